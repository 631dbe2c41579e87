"""Affine forms with integer coefficients in the times of a term: the free time t and the summed times."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import NamedTuple

FREE = 0
"""The variable t; summed times are positive integers, see `fresh_time`."""

_fresh = count(FREE + 1)


def fresh_time() -> int:
    """A variable that occurs nowhere else."""
    return next(_fresh)


class Affine(NamedTuple):
    """constant + Σ coefficient · variable, with sorted variables and no zero coefficient."""

    constant: int = 0
    terms: tuple[tuple[int, int], ...] = ()

    def plus(self, other: Affine) -> Affine:
        """The sum of two forms."""
        if not other.terms:
            return Affine(self.constant + other.constant, self.terms)
        total = dict(self.terms)
        for variable, c in other.terms:
            total[variable] = total.get(variable, 0) + c
        return _affine(self.constant + other.constant, total)

    def times(self, factor: int) -> Affine:
        """The form times an integer."""
        if not factor:
            return Affine()
        return Affine(self.constant * factor, tuple([(v, c * factor) for v, c in self.terms]))

    def shift(self, by: int) -> Affine:
        """The form plus an integer."""
        return Affine(self.constant + by, self.terms)

    def coefficient(self, variable: int) -> int:
        """The coefficient of a variable."""
        return next((c for v, c in self.terms if v == variable), 0)

    def variables(self) -> set[int]:
        """The summed times that occur."""
        return {v for v, _ in self.terms if v != FREE}

    def renamed(self, names: Mapping[int, int]) -> Affine:
        """The form with other names for its variables; distinct variables must stay distinct."""
        return Affine(self.constant, tuple(sorted((names.get(v, v), c) for v, c in self.terms)))

    def replaced(self, variable: int, form: Affine) -> Affine:
        """The form with another one in place of a variable."""
        c = self.coefficient(variable)
        if not c:
            return self
        rest = Affine(self.constant, tuple([(v, e) for v, e in self.terms if v != variable]))
        return rest.plus(form.times(c))


def _affine(constant: int, terms: Mapping[int, int]) -> Affine:
    return Affine(constant, tuple(sorted((v, c) for v, c in terms.items() if c)))


def time(variable: int, lag: int = 0) -> Affine:
    """The form variable − lag."""
    return Affine(-lag, ((variable, 1),))


def difference(a: Affine, b: Affine) -> Affine:
    """The form a − b."""
    return a.plus(b.times(-1))
