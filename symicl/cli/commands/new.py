"""`symicl new`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from symicl.cli.output import note, print_text
from symicl.cli.parameters import Quiet
from symicl.errors import InputError


def command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Lower-case letters, digits and _.")],
    folder: Annotated[
        Path, typer.Option("--dir", metavar="DIR", help="The folder in which the folder NAME is made.")
    ] = Path("."),
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there already.")] = False,
    quiet: Quiet = False,
) -> None:
    """A theorem of your own: a proof file, an experiment and a test that run as they are.

    They are written to DIR/NAME and prove, train and test a small theorem; change it into yours.
    The theorem is called mine.NAME.

    \b
    Examples:
      symicl new my_theorem
      symicl prove my_theorem/my_theorem.py --certificate certificates
      python my_theorem/experiment.py
      python -m pytest my_theorem
    """
    import datetime

    from symicl.cli.scaffold import template, write_files

    _check(name)
    texts = {
        f"{name}.py": template("theorem"),
        "experiment.py": template("experiment") + template("run_experiment"),
        f"test_{name}.py": template("test"),
    }
    year = str(datetime.date.today().year)
    filled = {file: text.replace("NAME", name).replace("YEAR", year) for file, text in texts.items()}
    written = write_files(folder / name, filled, force=force)
    for path in written:
        print_text(str(path))
    note(f"next: symicl prove {written[0]}", quiet=quiet)


def _check(name: str) -> None:
    import keyword
    import re
    import sys

    if not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", name) or keyword.iskeyword(name):
        raise InputError(
            f"{name!r} cannot be the name of a Python module; "
            "give lower-case letters, digits and _, such as my_theorem"
        )
    taken = {"symicl", "experiment", "sympy", "numpy", "torch", "pytest", "conftest"}
    if name in taken | sys.stdlib_module_names:
        raise InputError(f"{name} is the name of a module that Python or symicl uses; give another name")
