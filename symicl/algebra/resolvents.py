"""Inverses of sums, such as R = (a H + b I)⁻¹, which are letters of their own.

A letter of this kind is written by a *standard* one: the inverse of a sum with coprime coefficients, one for multiples,
transposes and sums that differ by letters at their ends alone. What it has to do with the letters inside of the sum is
said by rules, see `symicl.algebra.completion`; but for one thing about traces, which is said here.
"""

from __future__ import annotations

from functools import reduce as fold
from operator import matmul
from typing import Any

import sympy

from symicl.algebra.coefficients import word_name
from symicl.algebra.letters import COLS, INVERSE, MEANING, NO_LETTER, ONE, PARTNER, ROWS, inverse_letter
from symicl.algebra.reader import inverse_of, read_matrix
from symicl.algebra.words import Word, transposed_word

Form = Any
"""A `symicl.algebra.form.ClosedForm`; that module imports this one."""

MAX_STRIPPED = 12
"""Letters that are taken off a sum before it is inverted."""

_bases: dict[int, Form] = {}
_standards: dict[int, tuple[Form, Word]] = {}
_turned: dict[int, tuple[int, Form] | None] = {}


def is_inverse_of_sum(a: int) -> bool:
    """True for the inverse of anything but a letter, and for its transpose."""
    return isinstance(MEANING[min(a, PARTNER[a])], sympy.Inverse)


def base_of(a: int, kind: type[Form]) -> Form:
    """P, for the letter P⁻¹ or its transpose."""
    if a not in _bases:
        plain = min(a, PARTNER[a])
        meaning: Any = MEANING[plain]
        base = kind.zero(ROWS[plain], ROWS[plain]) + read_matrix(meaning.arg)
        _bases[a] = base if a == plain else base.T
    return _bases[a]


def standard(a: int, kind: type[Form]) -> tuple[Form, Word]:
    """A scalar c and a word w with R = c w, the same w for multiples, transposes and letters at the ends of a sum.

    The base of the inverse in it has coprime coefficients, the first one positive, and comes before its transpose by
    the names of its letters. No word of it begins or ends with the inverse of a letter, nor do all with the same one.
    """
    if a not in _standards:
        base = base_of(a, kind)
        content = base.content()
        left, plain, right = _stripped(base / content, kind)
        # The transpose of M − Mᵀ + H begins with another sign, so that signs come before the choice.
        (sign, first), (sign_turned, first_turned) = _positive(plain), _positive(plain.T)
        turned = _name(first_turned) < _name(first)
        word = transposed_word(inverse_word(first_turned)) if turned else inverse_word(first)
        _standards[a] = (sign_turned if turned else sign) / content, (*left, *word, *right)
    return _standards[a]


def _stripped(base: Form, kind: type[Form]) -> tuple[Word, Form, Word]:
    """Words v, w and a base Q with P⁻¹ = v Q⁻¹ w."""
    left: Word = ()
    right: Word = ()
    for _ in range(MAX_STRIPPED):
        words = [word for _, word in base.terms]
        if (x := _outer([word[-1:] for word in words])) is not None:  # P = Q x
            inverse = inverse_letter(x)
            left, base = (*left, inverse), base @ kind.of(inverse)
        elif (x := _outer([word[:1] for word in words])) is not None:  # P = x Q
            inverse = inverse_letter(x)
            right, base = (inverse, *right), kind.of(inverse) @ base
        else:
            break
    return left, base, right


def _outer(ends: list[Word]) -> int | None:
    """The letter that all words end with, or an inverse of a letter that one of them does; None if there is neither."""
    if len(ends) > 1 and len(set(ends)) == 1 and ends[0]:
        (x,) = ends[0]
        return x if ROWS[x] == COLS[x] and not is_inverse_of_sum(x) else None
    inverses = sorted(x for end in ends for x in end if isinstance(MEANING[min(x, PARTNER[x])], tuple))
    return next((x for x in inverses if INVERSE[x] != NO_LETTER and ROWS[x] == COLS[x]), None)


def inverse_word(base: Form) -> Word:
    """The inverse of a matrix whose coefficients are coprime, as a letter."""
    ((_, word),) = inverse_of(base.num).terms
    return word


def _positive(base: Form) -> tuple[int, Form]:
    """A sign and a form whose first term is positive, the product of which is this one."""
    *_, c = _name(base)[0]
    return (1, base) if c > 0 else (-1, -base)


def _name(base: Form) -> list[Any]:
    """The terms of a base by the names of their letters, which do not depend on history."""
    return sorted((word_name(w), sorted(map(word_name, m)), c) for (m, w), c in base.num.terms.items())


def product(word: Word, rows: int, kind: type[Form]) -> Form:
    """The product of the letters of a word; the identity for none."""
    return fold(matmul, map(kind.of, word)) if word else kind.identity(rows)


def turned(r: int, kind: type[Form]) -> tuple[int, Form] | None:
    """The standard inverse S of b I + Y x, for R that of b I + x Y, and b; or None.

    Then tr R^m − tr S^m = (p − q)/b^m, where R is p×p and S is q×q: x Y and Y x have the same eigenvalues other than 0.
    """
    if r not in _turned:
        _turned[r] = _turned_inverse(r, kind)
    return _turned[r]


def _turned_inverse(r: int, kind: type[Form]) -> tuple[int, Form] | None:
    base = base_of(r, kind)
    firsts = {word[0] for _, word in base.terms if word}
    constant = base.coefficient(())
    if len(firsts) != 1 or not constant.terms:
        return None
    (x,) = firsts
    if COLS[x] == ONE:
        return None
    terms = {(m, (*word[1:], *word[:1])): c for (m, word), c in base.terms.items()}
    scale, word = standard(inverse_word(kind(COLS[x], COLS[x], base.field, terms, base.denominator))[0], kind)
    return (word[0], constant) if len(word) == 1 and scale == 1 else None
