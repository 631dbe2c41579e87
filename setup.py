"""Maps the folders proofs/ and numeric_checks/ into the package; everything else is in pyproject.toml.

In the repository the two stand beside symicl/, where a reader finds them.  Installed, from a wheel or in
editable mode, they are symicl.proofs and symicl.numeric_checks, and nothing but symicl is put at the top
level of site-packages.  The packages are found, not listed, so that a new paper needs no change here.
"""

from pathlib import Path

from setuptools import find_namespace_packages, setup
from setuptools.command.build_py import build_py

MAPPED = ("proofs", "numeric_checks")


def packages(folder: str) -> list[str]:
    return find_namespace_packages(include=[folder, f"{folder}.*"], exclude=["*__pycache__*"])


class WithCitation(build_py):
    """Puts CITATION.cff, which stands at the top of the repository, into the package for `symicl cite`."""

    def run(self):
        super().run()
        if not self.editable_mode:
            self.copy_file("CITATION.cff", str(Path(self.build_lib, "symicl", "CITATION.cff")))


setup(
    cmdclass={"build_py": WithCitation},
    packages=packages("symicl") + [f"symicl.{name}" for folder in MAPPED for name in packages(folder)],
    package_dir={f"symicl.{folder}": folder for folder in MAPPED},
)
