"""Inverses of closed forms, and what is known to have one."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import matmul
from typing import Any

import sympy

from symicl.algebra import (
    COLS,
    MEANING,
    ONE,
    PARTNER,
    ROWS,
    ClosedForm,
    Word,
    closed_form,
    from_terms,
    inverse_letter,
    inverse_of,
    inverse_of_update,
    letter,
    meaning_of,
    powers,
    product_of_letters,
    read_form,
    symbol_letter,
    terms_of,
)
from symicl.errors import UnsupportedError
from symicl.theory.normal_equations import is_invertible
from symicl.theory.quadratic.signs import is_definite, is_nonnegative, is_positive, is_square


def inverse(form: ClosedForm) -> ClosedForm:
    """The inverse of a square matrix, or of a scalar.

    Of a product of square letters the product of their inverses; of a matrix plus products u v' by Sherman and
    Morrison; of another sum a letter of its own, which equal sums share whatever scalar stands in front.

    Raises
    ------
    UnsupportedError
        If it has none.
    """
    if form.is_scalar:
        return form.reciprocal()
    words = open_words(form)
    if form.rows != form.cols or not words:
        raise UnsupportedError(f"{form!r} has no inverse")
    if len(words) == 1:
        (word,) = words
        if all(ROWS[a] == COLS[a] for a in word):
            return _of_letters(word, form.rows) / form.coefficient(word)
    base = one_symmetric_letter(a for word in words for a in word)
    if base is not None and any(a != base for word in words for a in word):
        return function_of(base, as_function(form, base).reciprocal())
    updated = inverse_of_update(form, inverse)
    if updated is not None:
        return updated
    if any(map(_is_cut, words)):
        raise UnsupportedError(f"{form!r} is not seen to have an inverse")
    left, inner, right = _between_square_letters(form)
    content = inner.content()
    middle = inverse_of(inner / content) / content
    return _of_letters(right, form.rows) @ middle @ _of_letters(left, form.rows)


def open_words(form: ClosedForm) -> list[Word]:
    """The open words of a closed form, in an order that depends on it alone."""
    return list(dict.fromkeys(word for _, word in form.terms))


def _of_letters(word: Word, rows: int) -> ClosedForm:
    identity = ClosedForm.identity(rows)
    return reduce(matmul, (ClosedForm.of(inverse_letter(a)) for a in reversed(word)), identity)


def _is_cut(word: Word) -> bool:
    return any(ROWS[a] == ONE for a in word[1:])


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


def has_inverse(form: ClosedForm) -> bool:
    """True if a matrix or a scalar is known to have an inverse wherever no denominator vanishes.

    A product of invertible letters times a scalar that is not identically zero has one. So has a sum of positive
    definite letters, identities and products P A P' of them with factors that are at least 0, if one of the first two
    has a factor that is positive.
    """
    words = open_words(form)
    if len(words) == 1 and all(is_invertible(a) or is_definite(a) for a in words[0]):
        return True
    if not all(is_square(word) or _is_definite_word(word) for word in words):
        return False
    if not all(is_nonnegative(form.coefficient(word)) for word in words):
        return False
    return any(_is_definite_word(word) and is_positive(form.coefficient(word)) for word in words)


def _is_definite_word(word: Word) -> bool:
    """An identity, a definite letter, or a product of definite letters that commute."""
    if not all(map(is_definite, word)):
        return False
    return len(word) <= 1 or one_symmetric_letter(word) is not None


def quotient(factor: ClosedForm, of: ClosedForm) -> tuple[ClosedForm, ClosedForm]:
    """X with factor · X = of, after common letters on the left are cancelled, and what was left of the factor.

    Raises
    ------
    UnsupportedError
        If the factor has no inverse.
    """
    (top, above), (bottom, below) = of.fraction(), factor.fraction()
    terms, by = terms_of(top), terms_of(bottom)
    rows = bottom.rows
    while by and all(word for _, word in (*terms, *by)):
        first = {word[0] for _, word in (*terms, *by)}
        if len(first) != 1:
            break
        (a,) = first
        rows = COLS[a]
        terms, by = ({(m, w[1:]): c for (m, w), c in part.items()} for part in (terms, by))
    right, left = from_terms(rows, of.cols, terms) / above, from_terms(rows, factor.cols, by) / below
    if not right:
        return ClosedForm.zero(factor.cols, of.cols), left
    return inverse(left) @ right, left
