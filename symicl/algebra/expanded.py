"""Closed forms written out: single terms in words, powers of a letter, degrees.

For readers that take a closed form apart by its letters, such as the features of a prediction. Scalars and traces that
a closed form keeps in its coefficients stand here in the terms, and each coefficient is a rational number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any

from symicl.algebra.form import ClosedForm, collected_terms
from symicl.algebra.letters import ONE, PARTNER
from symicl.algebra.polynomial import MatrixPolynomial, Number, OpenTerm, Polynomial
from symicl.algebra.words import Monomial, Word
from symicl.errors import UnsupportedError


def terms_of(form: ClosedForm) -> dict[OpenTerm, Number]:
    """From (product of closed words, open word) to a rational coefficient.

    Raises
    ------
    UnsupportedError
        If the form has a denominator other than a number; see `ClosedForm.fraction`.
    """
    if not form.denominator.is_constant():
        raise UnsupportedError(
            f"{form!r} has a denominator, so it has no terms with rational coefficients; take its numerator"
        )
    scale = int(form.denominator.leading_coefficient())
    return {
        (tuple(sorted(monomial + generators)), word): Fraction(c, scale) if c % scale else c // scale
        for (monomial, word), coefficient in form.terms.items()
        for generators, c in form.field.in_words(coefficient)
    }


def is_value(value: Any) -> bool:
    """True for a closed form, and for the polynomials in words that expectations are computed on."""
    return isinstance(value, ClosedForm | Polynomial | MatrixPolynomial)


def in_words(value: Any) -> tuple[int, int, dict[OpenTerm, Number]]:
    """Rows, columns and terms of a value without a denominator."""
    if isinstance(value, ClosedForm):
        return value.rows, value.cols, terms_of(value)
    if isinstance(value, MatrixPolynomial):
        return value.rows, value.cols, value.terms
    return ONE, ONE, {(monomial, ()): c for monomial, c in value}


def monomials_of(form: ClosedForm) -> dict[Monomial, Number]:
    """The terms of a scalar, from a product of closed words to a rational coefficient; see `terms_of`."""
    return {monomial: c for (monomial, _), c in terms_of(form).items()}


def from_terms(rows: int, cols: int, terms: Mapping[OpenTerm, Number]) -> ClosedForm:
    """The matrix with these terms."""
    return collected_terms(rows, cols, terms.items())


def from_monomials(terms: Mapping[Monomial, Number]) -> ClosedForm:
    """The scalar with these terms."""
    return collected_terms(ONE, ONE, (((monomial, ()), c) for monomial, c in terms.items()))


def product_of_words(words: Monomial) -> ClosedForm:
    """A product of closed words as a scalar."""
    return from_monomials({words: 1})


def product_of_letters(rows: int, cols: int, word: Word) -> ClosedForm:
    """An open word as a matrix; the empty one is the identity."""
    return from_terms(rows, cols, {((), word): 1})


def powers(form: ClosedForm, word: Word) -> dict[int, ClosedForm]:
    """The coefficient of each power of a closed word, such as a scalar letter.

    Raises
    ------
    UnsupportedError
        If the word stands in the denominator.
    """
    num, den = form.fraction()
    if not den.letters().isdisjoint(word) and word in {w for m in monomials_of(den) for w in m}:
        raise UnsupportedError("the denominator is not free of what a closed form is expanded in")
    found: dict[int, dict[OpenTerm, Number]] = {}
    for (monomial, open_word), c in terms_of(num).items():
        rest = tuple([w for w in monomial if w != word])
        found.setdefault(len(monomial) - len(rest), {})[rest, open_word] = c
    return {k: from_terms(form.rows, form.cols, terms) / den for k, terms in found.items()}


def by_words(form: ClosedForm, chosen: Callable[[Word], bool]) -> dict[Monomial, ClosedForm]:
    """A scalar as a sum over products of chosen closed words, each with its coefficient."""
    num, den = form.fraction()
    found: dict[Monomial, dict[Monomial, Number]] = {}
    for monomial, c in monomials_of(num).items():
        words = tuple([w for w in monomial if chosen(w)])
        found.setdefault(words, {})[tuple([w for w in monomial if not chosen(w)])] = c
    return {words: from_monomials(terms) / den for words, terms in found.items()}


def degree(form: ClosedForm, letters: int | Iterable[int]) -> int:
    """The highest number of times that letters or their transposes occur in a term of the numerator."""
    wanted = {letters} if isinstance(letters, int) else set(letters)
    wanted |= {PARTNER[a] for a in wanted}
    num, _ = form.fraction()
    return max(
        (sum(a in wanted for w in (*monomial, word) for a in w) for monomial, word in terms_of(num)),
        default=0,
    )


def homogeneous(form: ClosedForm, letters: Iterable[int], order: int) -> ClosedForm:
    """The part of a form in which letters (or their transposes) occur ``order`` times in all."""
    wanted = set(letters)
    wanted |= {PARTNER[a] for a in wanted}
    num, den = form.fraction()
    terms = {
        (monomial, word): c
        for (monomial, word), c in terms_of(num).items()
        if sum(a in wanted for w in (*monomial, word) for a in w) == order
    }
    return from_terms(form.rows, form.cols, terms) / den


def letter_of(form: ClosedForm) -> int:
    """The letter, or the transposed one, that a form consists of."""
    (a,) = form.letters()
    return a if form == ClosedForm.of(a) else PARTNER[a]


def without_last(matrix: ClosedForm, cols: int) -> ClosedForm:
    """M for a matrix M A whose words all end in one letter A with this number of rows."""
    terms = {(monomial, word[:-1]): c for (monomial, word), c in matrix.terms.items()}
    return ClosedForm(matrix.rows, cols, matrix.field, terms, matrix.denominator)
