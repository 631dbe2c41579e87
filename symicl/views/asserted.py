"""How many steps of a certificate no checker computes again: the one count that is printed anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

AVERAGES = {"phases": "checkers.phases", "samples": "checkers.samples"}
"""Fields that say an asserted average in full, and the checker that recomputes it."""


@dataclass(frozen=True)
class Asserted:
    """The steps of certificates that `symicl.certificates.checkers.proof` does not recompute.

    Attributes
    ----------
    facts : tuple of str
        What no checker recomputes: each claim with its reason.
    averages : dict of int
        How many averages each of the other checkers recomputes, by its name. That they hold is for it to say.
    """

    facts: tuple[str, ...] = ()
    averages: tuple[tuple[str, int], ...] = ()

    def __add__(self, other: Asserted) -> Asserted:
        found = dict(self.averages)
        for name, number in other.averages:
            found[name] = found.get(name, 0) + number
        return Asserted(self.facts + other.facts, tuple(sorted(found.items())))

    @property
    def recomputed(self) -> int:
        """Averages that the other checkers recompute."""
        return sum(number for _, number in self.averages)

    def __str__(self) -> str:
        """For example: 10 steps asserted and recomputed by no checker; 188 averages recomputed by checkers.phases."""
        number = len(self.facts)
        text = f"{number} step{'s' * (number != 1)} asserted and recomputed by no checker"
        if self.averages:
            names = " and ".join(name for name, _ in self.averages)
            text += f"; {self.recomputed} average{'s' * (self.recomputed != 1)} recomputed by {names}"
        return text


def asserted_in(lines: Iterable[str | bytes]) -> Asserted:
    """Count what is asserted in a certificate that the checkers accept.

    Raises
    ------
    ValueError
        If a line is not JSON, or not an object.
    """
    total = Asserted()
    for line in lines:
        entry = json.loads(line)
        if not isinstance(entry, dict):
            raise ValueError("a line of a certificate is an object")
        if entry.get("rule") == "asserted":
            by = [name for key, name in AVERAGES.items() if key in entry]
            claim = f"{entry.get('claim', '')} ({entry.get('why', '')})"
            total += Asserted((), ((by[0], 1),)) if by else Asserted((claim,))
    return total
