"""A second package, built as a wheel and installed beside symicl, and packages that are broken in some way."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent / "package"


@pytest.fixture(scope="session")
def install(tmp_path_factory):
    """Build a wheel of a package and install it into a folder of its own, which is returned."""

    def call(package):
        folder = tmp_path_factory.mktemp(package.name)
        shutil.copytree(
            package, folder / "source", ignore=shutil.ignore_patterns("__pycache__", "build", "*.egg-info")
        )
        offline = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-index"]
        pip = [sys.executable, "-m", "pip"]
        subprocess.run(
            [*pip, "wheel", *offline, "--no-build-isolation", "-w", folder / "dist", folder / "source"],
            check=True,
        )
        [wheel] = (folder / "dist").glob("*.whl")
        subprocess.run([*pip, "install", *offline, "--target", folder / "site", wheel], check=True)
        return folder / "site"

    return call


@pytest.fixture(scope="session")
def installed(install):
    """The folder in which the wheel of the second package is installed."""
    return install(PACKAGE)


@pytest.fixture
def package(tmp_path):
    """Put a package with one module and its entry points into a folder, as an installer does."""
    site = tmp_path / "site"

    def write(name, source, points, version="0.3.1"):
        module = name.replace("-", "_")
        site.mkdir(exist_ok=True)
        (site / f"{module}.py").write_text(source)
        info = site / f"{module}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        lines = "\n".join(f"{point} = {module}:{value}" for point, value in points.items())
        (info / "entry_points.txt").write_text(f"[symicl.theorems]\n{lines}\n")
        return site

    return write


@pytest.fixture
def with_packages():
    """Run the command line in a process that sees further folders of packages."""

    def call(*arguments, folders, program=("-m", "symicl"), **variables):
        path = os.pathsep.join(map(str, folders))
        return subprocess.run(
            [sys.executable, *program, *map(str, arguments)],
            env=os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"} | variables,
            capture_output=True,
            text=True,
        )

    return call
