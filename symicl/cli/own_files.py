"""Theorems by id or from a file of the user's own, whose code is run."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from symicl.cli.output import results_only
from symicl.cli.parameters import complete_ids
from symicl.errors import InputError, SymiclError

if TYPE_CHECKING:
    from symicl.statements import Derivation, Theorem

TheoremOrFile = Annotated[
    str,
    typer.Argument(
        metavar="ID|FILE.py",
        help="A theorem, as named by `symicl list`, or a Python file that defines some. A file is run.",
        autocompletion=complete_ids,
    ),
]


def is_file(target: str) -> bool:
    """True for what names a file, and not a theorem."""
    return target.endswith(".py") or "/" in target or "\\" in target


@contextlib.contextmanager
def running(file: str | None) -> Iterator[None]:
    """Keep standard output clean, and blame what goes wrong in a user's file on that file.

    Raises
    ------
    InputError
        If its code raises anything that symicl does not know, or wants to leave Python.
    """
    try:
        with results_only():
            yield
    except SymiclError:
        raise
    except (Exception, SystemExit) as error:
        if file is None:
            raise
        raise InputError(f"{file} could not be run: {type(error).__name__}: {error}") from error


def theorems_of(target: str) -> tuple[list[Theorem], str | None]:
    """The theorems that an id, a paper such as "mahankali2023" or a file stands for, and the file.

    Raises
    ------
    InputError
        For an unknown id, or a file that does not run or defines no theorem.
    """
    from symicl.statements import find, load_file, shipped_ids

    file = target if is_file(target) else None
    with running(file):
        if file is None and (ids := [id for id in shipped_ids() if id.partition(".")[0] == target]):
            return [find(id) for id in ids], None
        return (load_file(file) if file else [find(target)]), file


def derived(theorems: list[Theorem], file: str | None) -> list[tuple[Theorem, Derivation]]:
    """The theorems with their derivations, made now."""
    from symicl.cli.progress import working

    pairs = []
    for theorem in theorems:
        with working(f"deriving {theorem.id}"), running(file):
            pairs.append((theorem, theorem.derive()))
    return pairs
