"""Closed forms as functions of scalar letters: letters for traces, degrees, one variable at numbers."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import flint

from symicl.algebra.closed_form import ClosedForm
from symicl.algebra.letters import MEANING
from symicl.algebra.polynomial import Number, Polynomial
from symicl.algebra.words import Word
from symicl.errors import UnsupportedError


def with_letters(polynomial: Polynomial, letters: Mapping[Word, int]) -> Polynomial:
    """A polynomial with scalar letters in the place of closed words, such as s for tr(aᵀHa)."""
    terms: dict[tuple[Word, ...], Number] = {}
    for monomial, c in polynomial:
        renamed = tuple(sorted((letters[word],) if word in letters else word for word in monomial))
        terms[renamed] = terms.get(renamed, 0) + c
    return Polynomial(terms)


def degrees(form: ClosedForm, a: int) -> tuple[int, int]:
    """The degrees of numerator and denominator in a scalar letter."""
    place = form.field.place.get((a,))
    if place is None:
        return 0, 0
    return (
        max((int(c.degrees()[place]) for c in form.terms.values()), default=0),
        int(form.denominator.degrees()[place]),
    )


def in_one_variable(form: ClosedForm, a: int) -> tuple[flint.fmpq_poly, flint.fmpq_poly]:
    """Numerator and denominator as polynomials in a scalar letter; the denominator is not negative at 0.

    Raises
    ------
    UnsupportedError
        If another letter occurs.
    """
    others = form.letters() - {a}
    if others:
        raise UnsupportedError(f"{MEANING[min(others)]} needs a value")
    num, den = (_coefficients(part) for part in (form.num, form.den))
    return (-num, -den) if den(0) < 0 else (num, den)


def _coefficients(polynomial: Polynomial) -> flint.fmpq_poly:
    powers = {len(monomial): Fraction(c) for monomial, c in polynomial}
    numbers = [powers.get(k, Fraction(0)) for k in range(max(powers, default=0) + 1)]
    return flint.fmpq_poly([flint.fmpq(c.numerator, c.denominator) for c in numbers])
