"""Closed forms as functions of scalar letters: letters for traces, degrees, one variable at numbers."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import flint

from symicl.algebra.expanded import from_monomials, monomials_of
from symicl.algebra.form import ClosedForm
from symicl.algebra.letters import MEANING
from symicl.algebra.polynomial import Number
from symicl.algebra.words import Word
from symicl.errors import UnsupportedError


def with_letters(form: ClosedForm, letters: Mapping[Word, int]) -> ClosedForm:
    """A scalar with scalar letters in the place of closed words, such as s for tr(aᵀHa)."""

    def renamed(part: ClosedForm) -> ClosedForm:
        terms: dict[tuple[Word, ...], Number] = {}
        for monomial, c in monomials_of(part).items():
            words = tuple(sorted((letters[word],) if word in letters else word for word in monomial))
            terms[words] = terms.get(words, 0) + c
        return from_monomials(terms)

    num, den = form.fraction()
    return renamed(num) / renamed(den)


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
    num, den = map(_coefficients, form.fraction())
    return (-num, -den) if den(0) < 0 else (num, den)


def _coefficients(form: ClosedForm) -> flint.fmpq_poly:
    powers = {len(monomial): Fraction(c) for monomial, c in monomials_of(form).items()}
    numbers = [powers.get(k, Fraction(0)) for k in range(max(powers, default=0) + 1)]
    return flint.fmpq_poly([flint.fmpq(c.numerator, c.denominator) for c in numbers])
