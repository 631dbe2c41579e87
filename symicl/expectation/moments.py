"""Even moments of a symmetric number, its cumulants, and how a moment that is not known is refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from math import comb

import sympy

from symicl.algebra import Polynomial, read_scalar
from symicl.errors import InputError, UnsupportedError

ORDINALS = {2: "second", 4: "fourth", 6: "sixth", 8: "eighth", 10: "tenth"}


class EvenMoments:
    """E z², E z⁴, … of a number z whose odd moments vanish.

    Parameters
    ----------
    values : sequence of SymPy scalars or None
        In this order, None for one that is not known.
    of : str
        The number, as errors name it.
    """

    def __init__(self, values: Sequence[sympy.Expr | None], of: str):
        self.values, self.of = tuple(values), of

    def __eq__(self, other: object) -> bool:
        return isinstance(other, EvenMoments) and (self.values, self.of) == (other.values, other.of)

    def __hash__(self) -> int:
        return hash((self.values, self.of))

    def moment(self, order: int) -> Polynomial:
        """E z^order, for an even order.

        Raises
        ------
        UnsupportedError
            That names the moment, if it is not known.
        """
        if order == 0:
            return Polynomial.constant(1)
        known = self._read.get(order)
        if known is None:
            name = ORDINALS.get(order, f"{order}-th")
            raise UnsupportedError(f"this needs the {name} moment of {self.of}, which its law does not have")
        return known

    @cached_property
    def _read(self) -> dict[int, Polynomial]:
        return {2 * k + 2: read_scalar(v) for k, v in enumerate(self.values) if v is not None}

    def cumulant(self, order: int) -> Polynomial:
        """The cumulant of an even order: m_2k = Σ_j binom(2k − 1, 2j − 1) c_2j m_(2k − 2j).

        Raises
        ------
        UnsupportedError
            If a moment up to this order is not known.
        """
        rest = self.moment(order)
        for j in range(2, order, 2):
            rest = rest - self.cumulant(j) * self.moment(order - j) * comb(order - 1, j - 1)
        return rest


def check_moments(values: Sequence[sympy.Expr], of: str) -> None:
    """Refuse numbers that are no moments of a number t ≥ 0.

    Parameters
    ----------
    values : sequence of SymPy scalars
        E t, E t², …; NaN for one that is not known. Symbols are moments of some t, and split the list.
    of : str
        The number, as errors name it.

    Raises
    ------
    InputError
        If numbers that follow each other are no moments of a measure on t ≥ 0.
    """
    run: list[Fraction] = []
    for k, m in enumerate([sympy.Integer(1), *values]):
        if not m.is_Rational:
            run = []
            continue
        *before, last = run = [*run, Fraction(int(m.p), int(m.q))]
        if not is_moment_sequence(run):
            listed, first = ", ".join(map(str, run)), 2 * (k - len(before))
            raise InputError(
                f"no law has the moments {listed} of the orders {first} to {2 * k} of {of}; the last one is "
                f"{_least_after(before, last)}"
            )


def _least_after(before: list[Fraction], last: Fraction) -> str:
    """The condition on the moment behind these."""
    # The last number that Stieltjes' fraction makes is linear in it: it is ≥ 0, or 0 behind another one that is.
    *_, here = _stieltjes([*before, last])
    *_, there = _stieltjes([*before, last + 1])
    least = last - here[-1] / (there[-1] - here[-1])
    return f"at least {least}" if len(here) == 1 else f"{least}"


def is_moment_sequence(numbers: Sequence[Fraction]) -> bool:
    """True if these are ∫ dμ, ∫ t dμ, ∫ t² dμ, … for some measure μ on t ≥ 0.

    The Hankel matrices (m_{i+j}) and (m_{i+j+1}) are then positive semidefinite. It is decided by Stieltjes' continued
    fraction of Σ m_k z^k, whose coefficients are quotients of the leading minors of both: each is ≥ 0, and behind one
    that is 0 nothing is left.
    """
    return all(a >= 0 and (a > 0 or not any(rest)) for a, *rest in _stieltjes(list(numbers)))


def _stieltjes(series: list[Fraction]) -> Iterator[list[Fraction]]:
    """Series S, S′, … with S = s/(1 − z S′) for the first coefficient s of S, which come next in the fraction."""
    while series:
        yield series
        first = series[0]
        if not first:
            return
        inverse = [1 / first]
        for k in range(1, len(series)):
            inverse.append(-sum(series[j] * inverse[k - j] for j in range(1, k + 1)) / first)
        series = [-first * x for x in inverse[1:]]
