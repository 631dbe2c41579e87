"""Means over the coordinates of x_1, and those of squares of polynomials in them, which are not negative."""

from __future__ import annotations

from functools import reduce
from operator import mul
from typing import Any

from symicl.algebra import ClosedForm, closed_form, exact_scalar, powers, read_form, scalar, scalar_letter
from symicl.errors import DerivationError
from symicl.expectation import ExchangeableLaw
from symicl.theory.bounds.nonnegative import Nonnegative
from symicl.theory.bounds.reasons import Reason
from symicl.theory.quadratic.signs import is_nonnegative
from symicl.typeset import formula_text

COORDINATES = tuple([scalar(f"x_{i}") for i in (1, 2, 3)])
"""Different coordinates of x_1."""


def mean_over_coordinates(polynomial: ClosedForm, law: ExchangeableLaw) -> ClosedForm:
    """E of a polynomial in `COORDINATES`.

    Parameters
    ----------
    polynomial : ClosedForm, scalar
    law : ExchangeableLaw
        Of x_1.

    Raises
    ------
    InputError
        If the law does not have one of the moments.
    """
    total = closed_form(0)
    for exponents, number in _by_exponents(polynomial):
        ordered = tuple(sorted((k for k in exponents if k), reverse=True))
        moment = law.moment(ordered) if ordered else 1
        total = total + number * read_form(exact_scalar(moment, "a moment"))
    return total


def mean_of_coordinates(root: ClosedForm, law: ExchangeableLaw, weight: Any = 1) -> Nonnegative:
    """E[weight · root²], root and weight being polynomials in `COORDINATES`.

    Parameters
    ----------
    root : ClosedForm, scalar
    law : ExchangeableLaw
        Of x_1.
    weight : ClosedForm or number
        With even powers of the coordinates alone, and coefficients that are seen to be ≥ 0.

    Raises
    ------
    DerivationError
        If the weight may be negative.
    """
    return Nonnegative(((CoordinateSquare(root, law, closed_form(weight)),),))


class CoordinateSquare(Reason):
    """See `mean_of_coordinates`."""

    why = "the mean of a square"

    def __init__(self, root: ClosedForm, law: ExchangeableLaw, weight: ClosedForm):
        parts = list(_by_exponents(weight))
        if any(k % 2 for exponents, _ in parts for k in exponents) or not all(
            is_nonnegative(number) for _, number in parts
        ):
            raise DerivationError(
                f"the weight {formula_text(weight)} of a square is not seen to be at least 0"
            )
        self.root, self.law, self.weight = root, law, weight
        self.form = mean_over_coordinates(weight * root * root, law)

    def mean_square(self) -> tuple[str, ClosedForm, ClosedForm | None]:
        """The weight, with a letter ≥ 0 for the square of each coordinate: what is averaged is it times a square."""
        squares = [read_form(scalar(f"{x}^2", nonnegative=True)) for x in COORDINATES]
        shown = closed_form(0)
        for exponents, number in _by_exponents(self.weight):
            factors = (square ** (k // 2) for square, k in zip(squares, exponents, strict=True))
            shown = shown + reduce(mul, factors, number)
        return self.why, shown, None

    def at(self, values: dict[int, ClosedForm]) -> Reason:
        raise DerivationError("the mean over the coordinates has been taken; put values in before")


def _by_exponents(polynomial: ClosedForm) -> list[tuple[tuple[int, ...], ClosedForm]]:
    """The exponents of the coordinates, with their coefficients."""
    found: list[tuple[tuple[int, ...], ClosedForm]] = [((), polynomial)]
    for x in COORDINATES:
        word = (scalar_letter(x),)
        found = [((*done, k), rest) for done, form in found for k, rest in powers(form, word).items()]
    return found
