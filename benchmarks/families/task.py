"""What a benchmark task is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Task:
    """One task and the ways to do it.

    Attributes
    ----------
    name : str
        What it is called on the command line.
    title : str
        What it computes, for the table.
    budget : float
        The seconds that symicl is allowed, from a SymPy expression to a SymPy expression.
    symicl : callable
        Imports what is needed (symicl does so when a name is first used), writes the question down in SymPy
        and returns the work to be timed, which returns the answers as a list of SymPy expressions.
    tensorgrad : tuple of str, optional
        Arguments of peers/tensorgrad_peer.py.
    pairings : callable, optional
        The same by peers/pairings.py; returns a list of Counters of monomials.
    """

    name: str
    title: str
    budget: float
    symicl: Callable[[], Callable[[], list]]
    tensorgrad: tuple[str, ...] | None = None
    pairings: Callable[[], list[Counter]] | None = None
