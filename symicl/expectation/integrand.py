"""Closed forms as expectations take them: polynomials in words, on which Stein's identity runs with whole numbers."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from symicl.algebra import (
    MEANING,
    ClosedForm,
    MatrixPolynomial,
    Monomial,
    Number,
    Polynomial,
    closed_form,
    is_scalar,
    note,
    scalar_letter,
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
    below = _reciprocals(form)
    if below is None:
        return closed_form(expect(form.num)) / closed_form(form.den)
    return closed_form(expect(_in_words(form, *below)))


def polynomial_of(form: ClosedForm) -> Any:
    """A closed form as a polynomial in words, a denominator such as n² as letters that stand for 1/n.

    Raises
    ------
    UnsupportedError
        If its denominator is a sum.
    """
    below = _reciprocals(form)
    if below is None:
        raise UnsupportedError(f"{form!r} is divided by a sum, which is not a polynomial in words")
    return _in_words(form, *below)


def _reciprocals(form: ClosedForm) -> tuple[Monomial, int] | None:
    """The letters 1/n, … and the number that a form is divided by; None unless its denominator is such a product."""
    terms = dict(form.field.in_words(form.denominator))
    if len(terms) != 1:
        return None
    ((monomial, number),) = terms.items()
    if not all(is_scalar(word) for word in monomial):
        return None
    meanings: list[Any] = [MEANING[word[0]] for word in monomial]
    return tuple([(scalar_letter(1 / meaning),) for meaning in meanings]), int(number)


def _quotient(c: int, number: int) -> Number:
    """c/number, whole where it can be."""
    return Fraction(c, number) if c % number else c // number


def _in_words(form: ClosedForm, letters: Monomial, number: int) -> Polynomial | MatrixPolynomial:
    terms = {
        (tuple(sorted((*monomial, *generators, *letters))), word): _quotient(c, number)
        for (monomial, word), coefficient in form.terms.items()
        for generators, c in form.field.in_words(coefficient)
    }
    made: Polynomial | MatrixPolynomial = (
        Polynomial({m: c for (m, _), c in terms.items()})
        if form.is_scalar
        else MatrixPolynomial(form.rows, form.cols, terms)
    )
    note("over", (form,), made)
    return made
