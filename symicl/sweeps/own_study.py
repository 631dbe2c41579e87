"""A study of the user's own, from a Python file."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path

from symicl.errors import InputError
from symicl.statements import Theorem, run_file
from symicl.studies import Experiment, Study


def load_study(path: str | Path) -> Study:
    """The numeric check that a Python file defines at its top level. The file is run.

    Raises
    ------
    InputError
        If the file does not exist or run, or does not define exactly one.
    """
    with redirect_stdout(sys.stderr):  # standard output is for results
        module = run_file(path)
    found = {id(value): value for value in vars(module).values() if isinstance(value, Study)}
    if len(found) != 1:
        many = "no study" if not found else f"{len(found)} studies"
        raise InputError(f"{path} defines {many}; assign one Experiment to a name at its top level")
    study = next(iter(found.values()))
    if isinstance(study, Experiment) and study.theorem is None:
        # What the file states is judged, whether or not its experiment mentions it.
        theorems = {id(value): value for value in vars(module).values() if isinstance(value, Theorem)}
        own = [theorem for theorem in theorems.values() if theorem.id == study.id]
        return replace(study, theorem=own[0]) if own else study
    return study
