"""An environment that lacks one package: the site-packages of this one, as links, without its files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path
from typing import NamedTuple


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


PROGRAM = """
import contextlib, io, json, sys
from symicl.cli.app import run

outcomes = []
for arguments in json.loads(sys.argv[1]):
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        code = run(arguments)
    outcomes.append((code, out.getvalue(), err.getvalue()))
print(json.dumps(outcomes))
"""


class Outcome(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


def symicl(python: Path, commands: Iterable[Iterable[object]], cwd: Path) -> list[Outcome]:
    """Run command lines in an environment, in one process: most of the time of each would be its start."""
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    lines = json.dumps([[str(argument) for argument in arguments] for arguments in commands])
    done = subprocess.run(
        [python, "-c", PROGRAM, lines], cwd=cwd, env=clean, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stderr
    return [Outcome(*outcome) for outcome in json.loads(done.stdout)]
