"""The inverse of a closed form: one rule for claims, for minimisers and for whoever else divides by a matrix."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import matmul
from typing import Any

import sympy

from symicl.algebra.expanded import from_terms, powers, product_of_letters, terms_of
from symicl.algebra.form import ClosedForm, closed_form
from symicl.algebra.form_reader import inverse_of, read_form
from symicl.algebra.letters import COLS, MEANING, ONE, PARTNER, ROWS, inverse_letter, letter, meaning_of
from symicl.algebra.provenance import reported
from symicl.algebra.reader import symbol_letter
from symicl.algebra.updates import inverse_of_update
from symicl.algebra.words import Word
from symicl.errors import UnsupportedError


def inverse(form: ClosedForm) -> ClosedForm:
    """The inverse of a square matrix, or of a scalar, wherever it has one.

    Of a product of square letters it is the product of their inverses; of a function of one symmetric letter again one;
    of a matrix plus products u v' that of Sherman and Morrison; of another sum a letter of its own, which equal sums
    share whatever scalar stands in front, between the inverses of the letters that all its words begin or end with.

    Raises
    ------
    UnsupportedError
        If it is zero, or not square.
    """
    words = open_words(form)
    if form.rows != form.cols or not words:
        raise UnsupportedError(f"{form!r} has no inverse")
    if form.is_scalar:
        return form.reciprocal()
    if len(words) == 1 and all(ROWS[a] == COLS[a] for a in words[0]):
        return _of_letters(words[0], form.rows) / form.coefficient(words[0])
    base = one_symmetric_letter(a for word in words for a in word)
    if base is not None and any(a != base for word in words for a in word):
        return _of_function(form, base)
    updated = inverse_of_update(form, inverse)
    if updated is not None:
        return updated
    left, inner, right = _between_square_letters(form)
    if left or right:
        return _of_product(form, (left, inner, right))
    content = form.content()
    return inverse_of(form / content) / content


# Whoever rechecks these multiplies them by the matrix that they are the inverse of.


@reported("inverse")
def _of_function(form: ClosedForm, base: int) -> ClosedForm:
    return function_of(base, as_function(form, base).reciprocal())


@reported("inverse")
def _of_product(form: ClosedForm, parts: tuple[Word, ClosedForm, Word]) -> ClosedForm:
    left, inner, right = parts
    return _of_letters(right, form.rows) @ inverse(inner) @ _of_letters(left, form.rows)


def open_words(form: ClosedForm) -> list[Word]:
    """The open words of a closed form, in an order that depends on it alone."""
    return list(dict.fromkeys(word for _, word in form.terms))


def is_thin(form: ClosedForm) -> bool:
    """True if a word of a matrix passes through a side of size 1, as u v' does."""
    return any(ROWS[a] == ONE for word in open_words(form) for a in word[1:])


def _of_letters(word: Word, rows: int) -> ClosedForm:
    identity = ClosedForm.identity(rows)
    return reduce(matmul, (ClosedForm.of(inverse_letter(a)) for a in reversed(word)), identity)


def _between_square_letters(form: ClosedForm) -> tuple[Word, ClosedForm, Word]:
    """Square letters that all words begin with, what is between, and square letters that all words end with."""
    num, den = form.fraction()
    terms = terms_of(num)
    left: list[int] = []
    right: list[int] = []
    while (first := {word[:1] for _, word in terms}) and len(first) == 1 and all(w for _, w in terms):
        ((a,),) = first
        if ROWS[a] != COLS[a]:
            break
        left.append(a)
        terms = {(m, w[1:]): c for (m, w), c in terms.items()}
    while (last := {word[-1:] for _, word in terms}) and len(last) == 1 and all(w for _, w in terms):
        ((a,),) = last
        if ROWS[a] != COLS[a]:
            break
        right.insert(0, a)
        terms = {(m, w[:-1]): c for (m, w), c in terms.items()}
    return tuple(left), from_terms(form.rows, form.cols, terms) / den, tuple(right)


def one_symmetric_letter(letters: Iterable[int]) -> int | None:
    """The symmetric letter of which all letters are functions: it, its inverse, inverses of polynomials in it."""
    used = set(letters)
    if any(PARTNER[a] != a for a in used):
        return None
    symbols: set[Any] = set()
    for a in used:
        meaning = meaning_of(a)
        if not isinstance(meaning, sympy.Basic):
            return None
        symbols |= {s for s in meaning.free_symbols if isinstance(s, sympy.MatrixSymbol)}
    base = symbol_letter(symbols.pop()) if len(symbols) == 1 else None
    return base if base is not None and PARTNER[base] == base else None


def as_function(form: ClosedForm, base: int) -> ClosedForm:
    """A matrix of functions of one letter as a rational function of a scalar in the place of that letter."""
    total = closed_form(0)
    for word in open_words(form):
        term = form.coefficient(word)
        for a in word:
            term = term * _eigenvalue(a, base)
        total = total + term
    return total


def function_of(base: int, function: ClosedForm) -> ClosedForm:
    """The matrix back from `as_function`."""
    top, bottom = (_polynomial(base, part) for part in function.fraction())
    return top @ inverse(bottom)


def _place(base: int) -> int:
    return letter(("eigenvalue", MEANING[base]), ONE, ONE)


def _eigenvalue(a: int, base: int) -> ClosedForm:
    if a == base:
        return ClosedForm.of(_place(base))
    meaning: Any = MEANING[a]
    if isinstance(meaning, sympy.Inverse):
        return as_function(read_form(meaning.arg), base).reciprocal()
    return ClosedForm.of(_place(base)).reciprocal()


def _polynomial(base: int, form: ClosedForm) -> ClosedForm:
    size = ROWS[base]
    total = ClosedForm.zero(size, size)
    for k, coefficient in powers(form, (_place(base),)).items():
        total = total + product_of_letters(size, size, (base,) * k) * coefficient
    return total
