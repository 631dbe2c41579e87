"""Signs of closed forms, by a certificate that can be read off.

Traces and bilinear forms that cannot be negative count as non-negative numbers, and so do squares; after n = 1 + m
for each dimension n no coefficient may be negative.
"""

from __future__ import annotations

from collections import Counter

import sympy

from symicl.algebra.letters import COLS, MEANING, ONE, ROWS
from symicl.algebra.polynomial import Number, Polynomial
from symicl.algebra.ratio import Ratio
from symicl.algebra.reader import scalar_letter
from symicl.algebra.symbols import Covariance
from symicl.algebra.words import Monomial, Word, transpose
from symicl.claims.randomness import meaning_of
from symicl.claims.value import Value
from symicl.theory.positivity import shifted


def is_nonnegative(ratio: Ratio) -> bool:
    """True if a certificate shows that the value is ≥ 0 wherever it is defined; False says nothing."""
    return any(
        _sign(num) in ("nonnegative", "positive") and _sign(den) == "positive"
        for num, den in ((ratio.num, ratio.den), (-ratio.num, -ratio.den))
    )


def is_positive(ratio: Ratio) -> bool:
    """True if a certificate shows that the value is > 0; False says nothing."""
    return any(
        _sign(num) == _sign(den) == "positive"
        for num, den in ((ratio.num, ratio.den), (-ratio.num, -ratio.den))
    )


def is_semidefinite(value: Value) -> bool:
    """True if a matrix is seen to be positive semidefinite: non-negative multiples of I, covariances and inverses."""
    matrix = value.matrix
    if matrix is None:
        return is_nonnegative(value.scalar)
    by_word: dict[Word, dict[Monomial, Number]] = {}
    for (monomial, word), c in matrix.num.terms.items():
        by_word.setdefault(word, {})[monomial] = c
    return all(
        len(word) <= 1
        and all(_is_definite(a) for a in word)
        and is_nonnegative(Ratio(Polynomial(terms), matrix.den))
        for word, terms in by_word.items()
    )


def _sign(polynomial: Polynomial) -> str:
    """ "positive", "nonnegative" or "unknown"."""
    stand_ins: dict[tuple[Word, int], Word] = {}
    terms: dict[Monomial, Number] = {}
    for monomial, c in polynomial:
        words: list[Word] = []
        for word, count in Counter(monomial).items():
            if _is_dimension(word):
                words += [word] * count
                continue
            sign = word_sign(word)
            if not sign and count % 2:
                return "unknown"
            # An even power is a square, whatever the sign of its base.
            key = (word, 1) if sign else (word, 2)
            if key not in stand_ins:
                symbol = sympy.Symbol(
                    f"sign_{len(stand_ins)}", **{"positive" if sign == "positive" else "nonnegative": True}
                )
                stand_ins[key] = (scalar_letter(symbol),)
            words += [stand_ins[key]] * (count // key[1])
        key_of = tuple(sorted(words))
        terms[key_of] = terms.get(key_of, 0) + c
    moved = shifted(Polynomial({m: c for m, c in terms.items() if c}))
    if any(c < 0 for _, c in moved):
        return "unknown"
    strict = any(all(_is_strict(word) for word in monomial) for monomial, _ in moved)
    return "positive" if strict else "nonnegative"


def _is_strict(word: Word) -> bool:
    """Whether a letter of the shifted polynomial stands for something > 0; m = n − 1 may be 0."""
    meaning = MEANING[word[0]]
    assert isinstance(meaning, tuple)
    return meaning[2] == 0 and bool(meaning[1].is_positive)


def _is_dimension(word: Word) -> bool:
    meaning = MEANING[word[0]]
    return (
        len(word) == 1
        and isinstance(meaning, sympy.Symbol)
        and bool(meaning.is_integer and meaning.is_positive)
    )


def word_sign(word: Word) -> str:
    """The sign of a closed word: "positive", "nonnegative", or nothing if it is not known.

    tr(B P A P') ≥ 0 for positive semidefinite A and B, either of which may be absent.
    """
    if len(word) == 1 and ROWS[word[0]] == COLS[word[0]] == ONE:
        meaning = MEANING[word[0]]
        if not isinstance(meaning, sympy.Symbol):
            return ""
        return "positive" if meaning.is_positive else "nonnegative" if meaning.is_nonnegative else ""
    if len(word) <= 2 and all(_is_definite(a) for a in word):
        return "positive"
    for i in range(len(word)):
        turned = word[i:] + word[:i]
        if _is_square(turned) or (_is_definite(turned[0]) and _is_square(turned[1:])):
            return "nonnegative"
    return ""


def _is_square(word: Word) -> bool:
    """P A P' with A positive definite or absent."""
    half, odd = divmod(len(word), 2)
    if odd and not _is_definite(word[half]):
        return False
    return transpose(word[:half]) == word[half + odd :]


def _is_definite(a: int) -> bool:
    """A covariance or the inverse of one."""
    return isinstance(meaning_of(a), Covariance)
