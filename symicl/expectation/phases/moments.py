"""Mixed moments of the first vector x_1: the law enters an expectation through nothing else."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

import sympy

from symicl.algebra import Polynomial, exact_scalar, read_scalar, unheard
from symicl.errors import InputError

Exponents = tuple[int, ...]
"""Positive exponents of distinct coordinates, the largest first."""


def sorted_exponents(exponents: Sequence[int]) -> Exponents:
    """The exponents that are not zero, the largest first."""
    if any(k < 0 for k in exponents):
        raise InputError("a moment of x_1 has a negative exponent; divide only by data that cancels")
    return tuple(sorted((k for k in exponents if k), reverse=True))


class MomentLaw(ABC):
    """The mixed moments of x_1.

    `summed` and `marked` are all that the expectation asks for.

    Attributes
    ----------
    d : SymPy expression or int
        The number of coordinates.
    """

    d: Any

    @abstractmethod
    def summed(self, exponents: Sequence[int], blocks: int, paired: bool) -> Polynomial:
        """Σ over distinct coordinates of the mixed moment.

        Parameters
        ----------
        exponents : of the coordinates that occur, in any order; zeros are allowed
        blocks : number of distinct coordinates (of distinct pairs, if ``paired``) that are summed over
        paired : whether coordinates of one block are partners
        """

    @abstractmethod
    def marked(self, marked: Exponents, rest: Sequence[int]) -> Polynomial:
        """Σ of the mixed moment over distinct coordinates that also differ from given ones.

        Parameters
        ----------
        marked : exponents of the given coordinates, in their order
        rest : exponents of the coordinates that are summed over; zeros are allowed
        """

    def single(self, exponents: Sequence[int]) -> Polynomial:
        """The mixed moment of distinct coordinates, if it is the same for all of them."""
        raise InputError(
            f"{type(self).__name__} has moments that differ between coordinates, so full matrices cannot be "
            "averaged with it; use a law with exchangeable coordinates"
        )


@dataclass(frozen=True)
class ExchangeableLaw(MomentLaw):
    """A law that permutations of the coordinates leave alone."""

    d: Any

    @abstractmethod
    def moment(self, exponents: Exponents) -> Any:
        """E Π_i x_i^{k_i} over distinct coordinates, as a SymPy expression or an exact number.

        Parameters
        ----------
        exponents : positive integers, the largest first

        Raises
        ------
        InputError
            If the moment is not known.
        """

    def single(self, exponents: Sequence[int]) -> Polynomial:
        return _weighted(self, sorted_exponents(exponents), 0, 0, 1)

    def summed(self, exponents: Sequence[int], blocks: int, paired: bool) -> Polynomial:
        return _weighted(self, sorted_exponents(exponents), 0, blocks, 2 if paired else 1)

    def marked(self, marked: Exponents, rest: Sequence[int]) -> Polynomial:
        return _weighted(self, sorted_exponents([*marked, *rest]), len(marked), len(rest), 1)


@cache
def falling(d: Any, taken: int, blocks: int, step: int) -> sympy.Expr:
    """The number of choices of further blocks of ``step`` coordinates when ``taken`` blocks are gone."""
    return sympy.Mul(*[exact_scalar(d, "d") - step * (taken + k) for k in range(blocks)])


@lru_cache(maxsize=4096)
@unheard
def _weighted(law: ExchangeableLaw, exponents: Exponents, taken: int, blocks: int, step: int) -> Polynomial:
    """A moment times the number of choices of the coordinates."""
    moment = law.moment(exponents) if exponents else 1
    moment = sympy.Rational(moment) if isinstance(moment, int | Fraction) else moment
    weight = falling(law.d, taken, blocks, step)
    if sympy.fraction(moment)[1].is_number:
        return read_scalar(weight) * read_scalar(moment)
    # Moments such as 1/d cancel against the number of choices.
    return read_scalar(sympy.expand(sympy.cancel(weight * moment)))
