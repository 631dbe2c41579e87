"""Quadratic objectives in some letters: their gradients, and the point at which these vanish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import sympy

from symicl.algebra import (
    INVERSE,
    MEANING,
    ONE,
    PARTNER,
    ROWS,
    ClosedForm,
    degree,
    gradient,
    homogeneous,
)
from symicl.errors import InputError, UnsupportedError
from symicl.theory.quadratic.linear_system import SystemSolution, solve_system
from symicl.theory.quadratic.vanishing import vanishes


@dataclass(frozen=True)
class Quadratic:
    """An objective that is quadratic in some letters.

    Attributes
    ----------
    objective : ClosedForm
    unknowns : tuple of int
    """

    objective: ClosedForm
    unknowns: tuple[int, ...]

    @cached_property
    def gradients(self) -> dict[int, ClosedForm]:
        """By each unknown half the gradient of the numerator; by a symmetric matrix the whole."""
        num, _ = self.objective.fraction()
        return {a: gradient(num, a) * Fraction(1, self.factor(a)) for a in self.unknowns}

    @staticmethod
    def factor(a: int) -> int:
        """By what the gradient was divided: half of it reads better, and so does the whole of what was symmetrised."""
        return 1 if PARTNER[a] == a and ROWS[a] != ONE else 2

    def part(self, order: int, at: Mapping[int, ClosedForm]) -> ClosedForm:
        """The part of degree 0, 1 or 2 in the unknowns, at a point."""
        return homogeneous(self.objective, self.unknowns, order).substitute(at)

    def solve(self) -> SystemSolution:
        """Where the gradients vanish; see `solve_system`."""
        return solve_system(self.gradients)

    def is_stationary(self, at: Mapping[int, ClosedForm]) -> bool:
        """True if the gradients are seen to vanish at a point, by putting it in."""
        try:
            return all(vanishes(slope, at) for slope in self.gradients.values())
        except UnsupportedError:
            return False

    def value(self, at: Mapping[int, ClosedForm]) -> ClosedForm:
        """The objective at a point where the gradients vanish: the quadratic part is −1/2 of the linear one there."""
        return self.part(0, at) + self.part(1, at) * Fraction(1, 2)


def as_quadratic(objective: ClosedForm, unknowns: Sequence[int]) -> Quadratic:
    """An objective as a quadratic.

    Raises
    ------
    InputError
        If an unknown does not occur.
    UnsupportedError
        If the objective is not quadratic in the unknowns.
    """
    letters = objective.letters()
    for a in unknowns:
        name = MEANING[a]
        if INVERSE[a] in letters:
            raise UnsupportedError(
                f"the objective contains the inverse of {name}, so it is not quadratic in it"
            )
        if any(_is_inside(name, b) for b in letters - {a}):
            raise UnsupportedError(
                f"the objective contains the inverse of a sum with {name}, so it is not quadratic"
            )
        if a not in letters:
            raise InputError(f"{name} does not occur in the objective")
    names = " and ".join(str(MEANING[a]) for a in unknowns)
    if not set(unknowns).isdisjoint(objective.denominator_letters()) or degree(objective, unknowns) > 2:
        raise UnsupportedError(f"the objective is not quadratic in {names}")
    return Quadratic(objective, tuple(unknowns))


def _is_inside(symbol: object, b: int) -> bool:
    meaning = MEANING[b]
    return isinstance(meaning, sympy.Basic) and meaning != symbol and symbol in meaning.free_symbols
