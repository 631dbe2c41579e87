"""Sums over coordinates and over times that cannot be negative: squared moduli, and moduli beside real parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import add
from typing import Any

from symicl.algebra import ClosedForm, closed_form, dims, read_form, scalar
from symicl.errors import DerivationError
from symicl.expectation import (
    InTime,
    TimeSum,
    entry_sum,
    in_moduli,
    modulus_name,
    modulus_sum,
)
from symicl.theory.bounds.nonnegative import Nonnegative
from symicl.theory.bounds.reasons import Reason
from symicl.theory.quadratic.signs import is_nonnegative
from symicl.typeset import formula_text

Combination = Iterable[tuple]
"""As `symicl.expectation.square_sum` takes it."""


def squares_of_moduli(combination: Combination, different: str, d: Any) -> Nonnegative:
    """Σ over coordinates of the squared modulus of a combination of complex entries, multiplied out, `in_moduli`.

    Parameters
    ----------
    combination, different
        As for `symicl.expectation.square_sum`.
    d : the number of coordinates
    """
    parts = list(combination)
    return _one("a sum of squared moduli", in_moduli(modulus_sum(parts, parts, different, d)))


def moduli_and_real_parts(one: tuple, other: tuple, different: str, d: Any, *, sign: int = 1) -> Nonnegative:
    """Σ over coordinates of |z| + Re z, or |z| − Re z, with z = one · conjugate of the other.

    Parameters
    ----------
    one, other : tuple of entries
        Products, each entry the name of a matrix and its indices; an empty one is 1.
    different, d
        As for `squares_of_moduli`.
    sign : 1 or −1
        In front of the real part.
    """
    left, right = [(1, *one)], [(1, *other)]
    real = (modulus_sum(left, right, different, d) + modulus_sum(right, left, different, d)) / 2
    moduli = [(modulus_name(name), *at) for name, *at in (*one, *other)]
    # With one index that is different from another one, the sum over both less that where they are equal.
    whole = reduce(add, _restricted(moduli, different), closed_form(0))
    return _one("|z| is at least the real part of z, and of −z", whole + in_moduli(real) * sign)


def sum_over_times(summand: Mapping[int, Any], last: Any) -> Nonnegative:
    """Σ_{n=1}^{last−1} Σ_m c_m n^m, no term of which is negative.

    Parameters
    ----------
    summand : dict
        From m to c_m.
    last : SymPy expression
        The last time, such as T − 1.

    Raises
    ------
    DerivationError
        If a term may be negative.
    """
    n = read_form(dims("n"))
    term = reduce(add, (closed_form(c) * n**m for m, c in summand.items()), closed_form(0))
    if not is_nonnegative(term):
        raise DerivationError(f"{formula_text(term)} is not seen to be at least 0")
    total = TimeSum(InTime.of_powers({m: closed_form(c) for m, c in summand.items()}), last).closed_form
    return _one("a sum of terms that are not negative", total, term * n ** max(0, -min(summand)))


class Total(Reason):
    """A sum each term of which is ≥ 0, with a form that shows it."""

    def __init__(self, why: str, form: ClosedForm, shown: ClosedForm):
        self.why, self.form, self.shown = why, form, shown

    def mean_square(self) -> tuple[str, ClosedForm, ClosedForm | None]:
        """The form that shows it, in place of the sum."""
        return self.why, self.shown, None

    def at(self, values: dict[int, ClosedForm]) -> Reason:
        raise DerivationError("the sum has been taken; put values in before")


def _one(why: str, form: ClosedForm, shown: ClosedForm | None = None) -> Nonnegative:
    total = read_form(scalar("S", nonnegative=True)) if shown is None else shown
    return Nonnegative(((Total(why, form, total),),))


def _restricted(moduli: list[tuple], different: str) -> Iterable[ClosedForm]:
    """Σ over coordinates of a product, two of which are different, in sums over all coordinates."""
    yield read_form(entry_sum(moduli))
    if different:
        kept, gone = tuple(different)
        yield -read_form(entry_sum([(name, *(kept if i == gone else i for i in at)) for name, *at in moduli]))
