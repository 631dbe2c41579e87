"""Closed forms as expectations take them: polynomials in words, on which Stein's identity runs with whole numbers."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from symicl.algebra import (
    MEANING,
    ClosedForm,
    MatrixPolynomial,
    Number,
    Polynomial,
    closed_form,
    is_scalar,
    monomials_of,
    note,
    scalar_letter,
    terms_of,
)
from symicl.errors import UnsupportedError


def through_words(form: ClosedForm, random: set[int], expect: Callable[[Any], Any]) -> ClosedForm:
    """The result of an operation on polynomials in words for a closed form.

    A denominator such as n² goes in as letters that stand for 1/n; any other one is put below the result.

    Parameters
    ----------
    form : ClosedForm
    random : set of int
        Letters that are averaged over.
    expect : callable
        Linear, from a `Polynomial` (a `MatrixPolynomial` unless the form is a scalar) to another one.

    Raises
    ------
    UnsupportedError
        If the denominator contains a random letter.
    """
    if not random.isdisjoint(form.denominator_letters()):
        raise UnsupportedError(
            "the denominator of a closed form is random, so its expectation is outside the exact calculus"
        )
    integrand = _in_words(form)
    if integrand is None:
        return closed_form(expect(form.num)) / closed_form(form.den)
    return closed_form(expect(integrand))


def polynomial_of(form: ClosedForm) -> Any:
    """A closed form as a polynomial in words, a denominator such as n² as letters that stand for 1/n.

    Raises
    ------
    UnsupportedError
        If its denominator is a sum.
    """
    polynomial = _in_words(form)
    if polynomial is None:
        raise UnsupportedError(f"{form!r} is divided by a sum, which is not a polynomial in words")
    return polynomial


def _in_words(form: ClosedForm) -> Polynomial | MatrixPolynomial | None:
    """The form with 1/n, … as letters; None unless its denominator is a product of scalars."""
    num, den = form.fraction()
    below = monomials_of(den)
    if len(below) != 1:
        return None
    ((factors, number),) = below.items()
    if not all(map(is_scalar, factors)):
        return None
    meanings: list[Any] = [MEANING[word[0]] for word in factors]
    letters = [(scalar_letter(1 / meaning),) for meaning in meanings]
    terms = {
        (tuple(sorted((*monomial, *letters))), word): _quotient(c, number)
        for (monomial, word), c in terms_of(num).items()
    }
    made: Polynomial | MatrixPolynomial = (
        Polynomial({m: c for (m, _), c in terms.items()})
        if form.is_scalar
        else MatrixPolynomial(form.rows, form.cols, terms)
    )
    note("over", (form,), made)
    return made


def _quotient(c: Number, number: Number) -> Number:
    """c/number, whole where it can be."""
    return Fraction(c) / number if c % number else c // number
