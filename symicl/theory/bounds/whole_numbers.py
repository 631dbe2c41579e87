"""Products of squares and of what is ≥ 0, also since sizes are whole numbers: u(u − 1), such as (n − 2)(n − 3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import reduce
from itertools import combinations
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
    monomials_of,
    product_of_words,
    read_form,
)
from symicl.errors import DerivationError
from symicl.theory.bounds.nonnegative import Nonnegative, mean_of_square, seen
from symicl.theory.bounds.reasons import Decided, Product, Reason
from symicl.theory.quadratic.signs import is_nonnegative, word_sign

MAX_FACTORS = 5
"""Of those that a product of two in a row is looked for in."""

MAX_DEGREE = 12
"""Of a polynomial that is factorised."""


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


def by_factors(form: ClosedForm) -> Nonnegative | None:
    """A polynomial in scalars as a product of squares, pairs u(u − 1), and what is seen to be ≥ 0, if it is one."""
    symbols = [meaning_of(a) for a in form.letters()]
    if not symbols or not all(isinstance(s, sympy.Symbol) for s in symbols) or not form.denominator.is_one():
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
    # Those without a sign of their own first: the partner of one may have a sign.
    left.sort(key=lambda value: is_nonnegative(value) or is_nonnegative(-value))
    while left:
        value = left.pop(0)
        if is_nonnegative(value):
            terms.append(_of_squares(value))
        elif is_nonnegative(-value):
            terms.append(_of_squares(-value))
            number = -number
        else:
            found = _in_a_row(value, left)
            if found is None:
                return None
            larger, used, sign = found
            left = [other for k, other in enumerate(left) if k not in used]
            terms.append(in_a_row(larger))
            number = number * sign
    return reduce(mul, terms, seen(closed_form(number))) if number > 0 else None


def _in_a_row(value: ClosedForm, left: Sequence[ClosedForm]) -> tuple[ClosedForm, set[int], int] | None:
    """The larger one of two products of factors in a row, the first with this value; the others, and the sign.

    As few factors as there can be: (n² − 3)(n² − 4) has the factors n² − 3, n − 2 and n + 2.
    """
    places = range(min(len(left), MAX_FACTORS))
    for count in range(1, len(places) + 1):
        for used in combinations(places, count):
            for k in range(count):
                for own in combinations(used, k):
                    one = reduce(mul, (left[i] for i in own), value)
                    other = reduce(mul, (left[i] for i in used if i not in own), closed_form(1))
                    if pair := _pair(one, other):
                        return pair[0], set(used), pair[2]
    return None


def _of_squares(form: ClosedForm) -> Nonnegative:
    """A polynomial that is ≥ 0: by the signs of its letters, or as each term is a square times such a one."""
    if all(word_sign(w) for monomial in monomials_of(form) for w in monomial):
        return seen(form)
    total = Nonnegative(())
    for monomial, c in monomials_of(form).items():
        counts = Counter(monomial)
        root = product_of_words(tuple(w for w, k in counts.items() for _ in range(k // 2)))
        rest = product_of_words(tuple(sorted(w for w, k in counts.items() if k % 2))) * c
        total = total + (mean_of_square(root) * rest if root.letters() else seen(rest))
    return total


def _pair(value: ClosedForm, other: ClosedForm) -> tuple[ClosedForm, ClosedForm, int] | None:
    """The larger one of two whole numbers in a row, up to the sign of the second one; that one, and its sign."""
    for sign in (1, -1) if is_whole(value) else ():
        gap = value - other * sign
        if gap == closed_form(1):
            return value, other, sign
        if gap == closed_form(-1):
            return other * sign, other, sign
    return None
