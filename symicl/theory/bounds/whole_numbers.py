"""Products that are ≥ 0 since sizes are whole numbers: u(u − 1), such as (n − 2)(n − 3) and (n − d)(n − d − 1)."""

from __future__ import annotations

from functools import reduce
from operator import mul
from typing import Any

import sympy

from symicl.algebra import (
    ONE,
    ClosedForm,
    closed_form,
    dimension_index,
    letter,
    meaning_of,
    read_form,
)
from symicl.errors import DerivationError
from symicl.theory.bounds.nonnegative import Nonnegative, mean_of_square, seen
from symicl.theory.bounds.reasons import Decided, Product, Reason
from symicl.theory.quadratic.signs import is_nonnegative

MAX_DEGREE = 12
"""Of a polynomial in sizes that is factorised."""


def in_a_row(number: ClosedForm) -> Nonnegative:
    """u(u − 1) for a whole number u.

    Parameters
    ----------
    number : ClosedForm
        u, a polynomial in dimensions with whole coefficients.

    Raises
    ------
    DerivationError
        If it is none.
    """
    return Nonnegative(((InARow(number),),))


class InARow(Reason):
    """See `in_a_row`."""

    why = "two whole numbers in a row have one sign, or one is 0"

    def __init__(self, number: ClosedForm):
        if not is_whole(number):
            raise DerivationError(f"{number!r} is not known to be a whole number")
        self.number, self.form = number, number * (number - 1)

    def products(self) -> list[Product]:
        """The form itself."""
        return [Product((ConsecutiveNumbers(self.number, self.form),))]

    def at(self, values: dict[int, ClosedForm]) -> Reason:
        if values.keys() & set(self.form.letters()):
            raise DerivationError("nothing is put for a size")
        return self


class ConsecutiveNumbers(Decided):
    """The product of a whole number and the one before it."""

    def __init__(self, number: ClosedForm, form: ClosedForm):
        self.number, self.form = number, form

    def write(self, log: Any, of: int) -> None:
        for a in sorted(self.number.letters()):
            # It is the number of rows of something, and so a whole one.
            log.letter_id(letter(("vector of the size", meaning_of(a)), dimension_index(meaning_of(a)), ONE))
        log.emit("consecutive", claim=self.why, of=of, whole=log.node(self.number))

    why = InARow.why


def is_whole(form: ClosedForm) -> bool:
    """True for a polynomial in dimensions with whole coefficients."""
    symbols = [meaning_of(a) for a in form.letters()]
    sizes = all(isinstance(s, sympy.Symbol) and s.is_integer and s.is_positive for s in symbols)
    return form.is_scalar and sizes and form.denominator.is_one()


def by_whole_numbers(form: ClosedForm) -> Nonnegative | None:
    """A polynomial in sizes as a product of squares, of pairs u(u − 1), and of what is seen to be ≥ 0, if it is one."""
    if not is_whole(form) or not form.letters():
        return None
    expression = form.expr
    if sympy.Poly(expression).total_degree() > MAX_DEGREE:
        return None
    content, factors = sympy.factor_list(expression)
    number = int(content)
    terms, left = [], []
    for factor, power in factors:
        value = read_form(factor)
        terms += [mean_of_square(value)] * (power // 2)
        left += [value] * (power % 2)
    while left:
        value = left.pop()
        if is_nonnegative(value):
            terms.append(seen(value))
        elif is_nonnegative(-value):
            terms.append(seen(-value))
            number = -number
        else:
            found = next((_pair(value, other) for other in left if _pair(value, other)), None)
            if found is None:
                return None
            larger, other, sign = found
            left.remove(other)
            terms.append(in_a_row(larger))
            number = number * sign
    return reduce(mul, terms, seen(closed_form(number))) if number > 0 else None


def _pair(value: ClosedForm, other: ClosedForm) -> tuple[ClosedForm, ClosedForm, int] | None:
    """The larger one of two whole numbers in a row, up to the sign of the second one; that one, and its sign."""
    for sign in (1, -1):
        gap = value - other * sign
        if gap == closed_form(1):
            return value, other, sign
        if gap == closed_form(-1):
            return other * sign, other, sign
    return None
