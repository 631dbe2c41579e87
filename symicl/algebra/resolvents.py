"""Inverses of sums, such as R = (a H + b I)⁻¹: the equations between such a letter and its neighbours in a word.

An inverse of a sum P is a letter of its own (see `symicl.algebra.reader.inverse_of`), and words do not know what it has
to do with the letters inside of P. Four kinds of equations tell:

- *relations*: R P = I, and R P x⁻¹ = x⁻¹ where a word of P ends with an x that has an inverse;
- *exchanges*: x S = R x if P x = x Q, for S = Q⁻¹; H commutes with (a H + b I)⁻¹, and
  Ψ (H Ψ + b I)⁻¹ = (Ψ H + b I)⁻¹ Ψ; for an x that is not square only with a term b I, without which P may be singular
  wherever Q is not;
- *meetings*: R S = (α S − β R)/γ if α P − β Q = γ I, for S = Q⁻¹;
- *turns*: tr R^m − tr S^m = (p − q)/b^m for the inverses R of b I + x Y, p×p, and S of b I + Y x, q×q.

Each holds wherever the inverses exist and nothing is divided by zero. `symicl.algebra.cancellation` applies them.
"""

from __future__ import annotations

from typing import Any

import sympy

from symicl.algebra.coefficients import word_name
from symicl.algebra.letters import COLS, INVERSE, MEANING, NO_LETTER, ONE, PARTNER, ROWS, inverse_letter
from symicl.algebra.reader import inverse_of, read_matrix
from symicl.algebra.words import Word, reduce, transposed_word

Form = Any
"""A `symicl.algebra.form.ClosedForm`; that module imports this one."""

Relation = tuple[dict[Word, Form], Word]
"""The coefficients of words w and a word q with Σ coefficient · R w = q."""

MAX_STRIPPED = 12
"""Letters that are taken off a sum before it is inverted."""

_bases: dict[int, Form] = {}
_standards: dict[int, tuple[Form, Word]] = {}
_relations: dict[tuple[int, frozenset[int]], list[Relation]] = {}
_exchanges: dict[tuple[int, int], int | None] = {}
_meetings: dict[tuple[int, int], tuple[Form, Form] | None] = {}
_commute: dict[tuple[int, int], bool] = {}


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
        word = transposed_word(_inverse(first_turned)) if turned else _inverse(first)
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


def _inverse(base: Form) -> Word:
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


def relations(a: int, kind: type[Form]) -> list[Relation]:
    """The relations of an inverse R, with words on its right; none if the sum is singular, as all its words pass
    through a side of size 1."""
    base = base_of(a, kind)
    words = dict.fromkeys(word for _, word in base.terms)
    if all(any(ROWS[x] == ONE for x in word) for word in words):
        return []
    last = frozenset(INVERSE[word[-1]] for word in words if word) - {NO_LETTER}
    if (a, last) not in _relations:
        scalars = {word: base.coefficient(word) for word in words}
        found: list[Relation] = [(scalars, ())]
        for inverse in sorted(last):
            found.append(({reduce((*word, inverse)): c for word, c in scalars.items()}, (inverse,)))
        _relations[a, last] = found
    return _relations[a, last]


def exchanged(x: int, s: int, kind: type[Form]) -> int | None:
    """The inverse R with x S = R x, or None.

    Parameters
    ----------
    x : int
        A letter that is no inverse of a sum.
    s : int
        A standard inverse of a sum Q, whose words all end with x, or start with its inverse.
    """
    if (x, s) not in _exchanges:
        _exchanges[x, s] = _exchanged(x, s, kind)
    return _exchanges[x, s]


def _exchanged(x: int, s: int, kind: type[Form]) -> int | None:
    base = base_of(s, kind)
    if ROWS[x] == ONE:
        return None
    terms = {}
    for (monomial, word), c in base.terms.items():
        if word and word[-1] == x:
            word = (x, *word[:-1])
        elif word and INVERSE[x] == word[0]:
            word = (*word[1:], word[0])
        elif word:
            return None
        terms[monomial, word] = c
    if terms == base.terms:
        return s
    if len(terms) < len(base.terms):
        return None
    if ROWS[x] != COLS[x] and all(word for _, word in terms):  # A Aᵀ may be singular where Aᵀ A is not
        return None
    turned = kind(ROWS[x], ROWS[x], base.field, terms, base.denominator)
    word = _inverse(turned)
    scale, word = standard(word[0], kind) if len(word) == 1 and is_inverse_of_sum(word[0]) else (None, word)
    return word[0] if scale is not None and len(word) == 1 and scale == 1 else None


def turned(r: int, kind: type[Form]) -> tuple[int, Form] | None:
    """The inverse S of b I + Y x, for R that of b I + x Y, and b; or None.

    Then tr R^m − tr S^m = (p − q)/b^m, where R is p×p and S is q×q.
    """
    base = base_of(r, kind)
    firsts = {word[0] for _, word in base.terms if word}
    constant = base.coefficient(())
    if len(firsts) != 1 or not constant.terms:
        return None
    (x,) = firsts
    mirrored = exchanged(PARTNER[x], PARTNER[r], kind)
    return None if mirrored is None else (PARTNER[mirrored], constant)


def meeting(r: int, s: int, kind: type[Form]) -> tuple[Form, Form] | None:
    """The scalars (α/γ, −β/γ) with R S = α/γ S − β/γ R, or None."""
    if (r, s) not in _meetings:
        _meetings[r, s] = _meeting(r, s, kind)
    return _meetings[r, s]


def _meeting(r: int, s: int, kind: type[Form]) -> tuple[Form, Form] | None:
    left, right = base_of(r, kind), base_of(s, kind)
    word = max((word for _, word in left.terms), key=lambda w: (len(w), w))
    alpha, beta = right.coefficient(word), left.coefficient(word)
    if not alpha.terms or not word:
        return None
    gamma = (left * alpha - right * beta).scalar_multiple_of_identity()
    return (alpha / gamma, -beta / gamma) if gamma is not None and gamma.terms else None


def commute(r: int, s: int, kind: type[Form]) -> bool:
    """True if two inverses are seen to commute, as their bases do."""
    if (r, s) not in _commute:
        left, right = base_of(r, kind), base_of(s, kind)
        square = left.rows == right.rows
        _commute[r, s] = square and not (left @ right - right @ left).terms
    return _commute[r, s]
