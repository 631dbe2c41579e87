"""An environment that lacks one package: the site-packages of this one, as links, without its files."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from importlib.metadata import distribution
from pathlib import Path


def environment_without(package: str, folder: Path) -> Path:
    """The interpreter of a new environment in ``folder`` that has everything but ``package``."""
    venv.EnvBuilder(symlinks=True).create(folder)
    (site,) = folder.glob("lib/python*/site-packages")
    removed = {Path(str(file)).parts[0] for file in distribution(package).files or ()}
    for place in map(Path, sys.path):
        if place.name != "site-packages":
            continue
        for entry in place.iterdir():
            if entry.name in removed or (site / entry.name).is_symlink() or _adds_a_place(entry):
                continue
            (site / entry.name).symlink_to(entry)
    return folder / "bin" / "python"


def _adds_a_place(entry: Path) -> bool:
    """Whether a file puts another folder on the path, from which the package would come back."""
    return entry.suffix == ".pth" and any(Path(line).is_dir() for line in entry.read_text().splitlines())


def symicl(python: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line in an environment."""
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return subprocess.run(
        [python, "-m", "symicl", *arguments], cwd=cwd, env=clean, capture_output=True, text=True, timeout=120
    )
