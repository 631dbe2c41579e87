"""Signs of closed forms, by a certificate that can be read off.

Traces and bilinear forms that cannot be negative count as non-negative numbers, and so do squares; after n = 1 + m
for each dimension n no coefficient may be negative.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import sympy

from symicl.algebra.closed_form import ClosedForm, closed_form
from symicl.algebra.letters import COLS, MEANING, ONE, ROWS
from symicl.algebra.polynomial import Number, Polynomial
from symicl.algebra.reader import scalar_letter
from symicl.algebra.symbols import Covariance
from symicl.algebra.words import Monomial, Word, transpose
from symicl.claims.randomness import meaning_of
from symicl.claims.value import Value, form_of
from symicl.errors import UnsupportedError
from symicl.theory.positivity import shifted


@dataclass(frozen=True)
class Signed:
    """A polynomial in scalars of known sign.

    Attributes
    ----------
    polynomial : Polynomial
        In dimensions, in scalars that are declared with a sign, and in stand-ins.
    stands_for : dict
        From each stand-in to a closed word and its power, 1 for a word with a sign and 2 for another one.
    """

    polynomial: Polynomial
    stands_for: dict[int, tuple[Word, int]]


def is_nonnegative(ratio: ClosedForm) -> bool:
    """True if a certificate shows that the value is ≥ 0 wherever it is defined; False says nothing."""
    return oriented(ratio, strict=False) is not None


def is_positive(ratio: ClosedForm) -> bool:
    """True if a certificate shows that the value is > 0; False says nothing."""
    return oriented(ratio, strict=True) is not None


def oriented(ratio: ClosedForm, *, strict: bool) -> tuple[Polynomial, Polynomial] | None:
    """A numerator that is ≥ 0, or > 0, over a denominator that is > 0; None if no certificate shows it."""
    for num, den in ((ratio.num, ratio.den), (-ratio.num, -ratio.den)):
        signs = (_sign(num), _sign(den))
        if signs[1] == "positive" and signs[0] in (("positive",) if strict else ("nonnegative", "positive")):
            return num, den
    return None


def is_semidefinite(value: Value) -> bool:
    """True if a matrix is seen to be positive semidefinite: non-negative multiples of I, covariances and inverses."""
    form = form_of(value)
    return all(
        len(word) <= 1 and all(is_definite(a) for a in word) and is_nonnegative(form.coefficient(word))
        for word in {word for _, word in form.terms}
    )


def signed(polynomial: Polynomial) -> Signed | None:
    """A polynomial with stand-ins for what has a sign; None if something in it has none."""
    stand_ins: dict[tuple[Word, int], int] = {}
    terms: dict[Monomial, Number] = {}
    for monomial, c in polynomial:
        words: list[Word] = []
        for word, count in Counter(monomial).items():
            sign = word_sign(word)
            if sign and len(word) == 1 and ROWS[word[0]] == ONE:
                words += [word] * count
                continue
            if not sign and count % 2:
                return None
            # An even power is a square, whatever the sign of its base.
            key = (word, 1) if sign else (word, 2)
            if key not in stand_ins:
                # No symbol of a file has a space in its name.
                name = f"nonnegative {len(stand_ins) + 1}"
                positive = sign == "positive"
                stand_ins[key] = scalar_letter(
                    sympy.Symbol(name, nonnegative=True, positive=positive or None)
                )
            words += [(stand_ins[key],)] * (count // key[1])
        key_of = tuple(sorted(words))
        terms[key_of] = terms.get(key_of, 0) + c
    return Signed(Polynomial({m: c for m, c in terms.items() if c}), {a: key for key, a in stand_ins.items()})


def leading(polynomial: Polynomial) -> tuple[Monomial, Number] | None:
    """A term that is > 0 of the shifted polynomial, a constant first; None if a coefficient is negative or none is."""
    moved = _moved(polynomial)
    return None if any(c < 0 for _, c in moved) else _first_strict(moved)


def _moved(polynomial: Polynomial) -> Polynomial:
    """The polynomial with each symbol written as its lower bound plus a number ≥ 0; see `shifted`."""
    form = closed_form(polynomial)
    if not form.denominator.is_constant():
        raise UnsupportedError(
            "a letter stands for a reciprocal, so the sign is not read off the coefficients"
        )
    moved: Polynomial = shifted(form).num
    return moved


def _first_strict(moved: Polynomial) -> tuple[Monomial, Number] | None:
    strict = sorted(
        (len(monomial), monomial) for monomial, _ in moved if all(_is_strict(word) for word in monomial)
    )
    return (strict[0][1], moved.terms[strict[0][1]]) if strict else None


def _sign(polynomial: Polynomial) -> str:
    """ "positive", "nonnegative" or "unknown"."""
    form = signed(polynomial)
    if form is None:
        return "unknown"
    moved = _moved(form.polynomial)
    if any(c < 0 for _, c in moved):
        return "unknown"
    return "nonnegative" if _first_strict(moved) is None else "positive"


def _is_strict(word: Word) -> bool:
    """True if a letter of the shifted polynomial stands for something > 0; m = n − 1 may be 0."""
    meaning = MEANING[word[0]]
    assert isinstance(meaning, tuple)
    return meaning[2] == 0 and bool(meaning[1].is_positive)


def word_sign(word: Word) -> str:
    """The sign of a closed word: "positive", "nonnegative", or nothing if it is not known.

    tr(B P A P') ≥ 0 for positive semidefinite A and B, either of which may be absent.
    """
    if len(word) == 1 and ROWS[word[0]] == COLS[word[0]] == ONE:
        meaning = MEANING[word[0]]
        if not isinstance(meaning, sympy.Symbol):
            return ""
        return "positive" if meaning.is_positive else "nonnegative" if meaning.is_nonnegative else ""
    if len(word) <= 2 and all(is_definite(a) for a in word):
        return "positive"
    for i in range(len(word)):
        turned = word[i:] + word[:i]
        if is_square(turned) or (is_definite(turned[0]) and is_square(turned[1:])):
            return "nonnegative"
    return ""


def is_square(word: Word) -> bool:
    """P A P' with A positive definite or absent."""
    half, odd = divmod(len(word), 2)
    if odd and not is_definite(word[half]):
        return False
    return transpose(word[:half]) == word[half + odd :]


def is_definite(a: int) -> bool:
    """A covariance or the inverse of one."""
    return isinstance(meaning_of(a), Covariance)
