"""Maps the folders proofs/ and numeric_checks/ into the package; everything else is in pyproject.toml.

In the repository the two stand beside symicl/, where a reader finds them.  Installed, from a wheel or in
editable mode, they are symicl.proofs and symicl.numeric_checks, and nothing but symicl is put at the top
level of site-packages.  The packages are found, not listed, so that a new paper needs no change here.
"""

from setuptools import find_namespace_packages, setup

MAPPED = ("proofs", "numeric_checks")


def packages(folder: str) -> list[str]:
    return find_namespace_packages(include=[folder, f"{folder}.*"], exclude=["*__pycache__*"])


setup(
    packages=packages("symicl") + [f"symicl.{name}" for folder in MAPPED for name in packages(folder)],
    package_dir={f"symicl.{folder}": folder for folder in MAPPED},
)
