"""Closed forms as expectations take them: polynomials in words, on which Stein's identity runs with whole numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from fractions import Fraction
from typing import Any

from symicl.algebra import (
    MEANING,
    PARTNER,
    ClosedForm,
    MatrixPolynomial,
    Number,
    Polynomial,
    Word,
    closed_form,
    is_scalar,
    monomials_of,
    note,
    reported,
    scalar_letter,
    terms_of,
    transposed_word,
)
from symicl.errors import ShapeError, UnsupportedError

DIAGONAL_PARTS: ContextVar[bool] = ContextVar("diagonal parts", default=False)


@contextmanager
def diagonal_parts() -> Iterator[None]:
    """Σ_i A_ii u_i v_i is written as uᵀ D v with D the diagonal part of A, a letter of its own, inside of this."""
    token = DIAGONAL_PARTS.set(True)
    try:
        yield
    finally:
        DIAGONAL_PARTS.reset(token)


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


@reported("cut")
def cut_out(polynomial: Polynomial, probe: int, rows: int, cols: int) -> MatrixPolynomial:
    """The matrix M with polynomial = tr(M P), for a polynomial linear in the letter P."""
    terms: dict = {}
    for monomial, c in polynomial:
        holder = [w for w in monomial if probe in w or PARTNER[probe] in w]
        if len(holder) != 1:
            raise ShapeError("the polynomial is not linear in the letter to be cut out")
        word: Word = holder[0] if probe in holder[0] else transposed_word(holder[0])
        at = word.index(probe)
        rest = word[at + 1 :] + word[:at]
        others = list(monomial)
        others.remove(holder[0])
        key = (tuple(others), rest)
        terms[key] = terms.get(key, 0) + c
    return MatrixPolynomial(rows, cols, {k: c for k, c in terms.items() if c})


def cut_out_of_form(form: ClosedForm, probe: int, rows: int, cols: int) -> ClosedForm:
    """The matrix M with form = tr(M P), for a scalar linear in the letter P; see `cut_out`."""
    return through_words(form, {probe}, lambda polynomial: cut_out(polynomial, probe, rows, cols))
