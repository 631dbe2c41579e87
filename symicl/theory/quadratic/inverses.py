"""Matrices that are known to have an inverse, and quotients by them."""

from __future__ import annotations

from symicl.algebra import (
    COLS,
    ClosedForm,
    Word,
    from_terms,
    inverse,
    inverse_of_update,
    is_thin,
    one_symmetric_letter,
    open_words,
    terms_of,
)
from symicl.errors import UnsupportedError
from symicl.theory.normal_equations import is_invertible
from symicl.theory.quadratic.signs import is_definite, is_nonnegative, is_positive, is_square


def seen_inverse(form: ClosedForm) -> ClosedForm:
    """The inverse of a matrix, unless sums of products u v' alone are left of it, which are singular.

    Raises
    ------
    UnsupportedError
        If it has none, or is not seen to have one.
    """
    if not form.is_scalar and is_thin(form) and inverse_of_update(form, inverse) is None:
        raise UnsupportedError(f"{form!r} is not seen to have an inverse")
    return inverse(form)


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
    return seen_inverse(left) @ right, left
