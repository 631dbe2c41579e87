"""Signs of closed forms, by a certificate that can be read off.

Traces and bilinear forms that cannot be negative count as non-negative numbers, and so do squares; after n = 1 + m
for each dimension n no coefficient may be negative.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import sympy

from symicl.algebra import (
    COLS,
    MEANING,
    ONE,
    ROWS,
    ClosedForm,
    Covariance,
    Monomial,
    Number,
    Projector,
    SmallestEigenvalue,
    Word,
    from_monomials,
    meaning_of,
    monomials_of,
    read_form,
    scalar_letter,
    transposed_word,
)
from symicl.theory.positivity import shifted


@dataclass(frozen=True)
class Signed:
    """A closed form without a denominator, in scalars of known sign.

    Attributes
    ----------
    form : ClosedForm
        In dimensions, in scalars that are declared with a sign, and in stand-ins.
    stands_for : dict
        From each stand-in to a closed word and its power, 1 for a word with a sign and 2 for another one.
    """

    form: ClosedForm
    stands_for: dict[int, tuple[Word, int]]


def is_nonnegative(ratio: ClosedForm) -> bool:
    """True if a certificate shows that the value is ≥ 0 wherever it is defined; False says nothing."""
    return oriented(ratio, strict=False) is not None


def is_positive(ratio: ClosedForm) -> bool:
    """True if a certificate shows that the value is > 0; False says nothing."""
    return oriented(ratio, strict=True) is not None


def oriented(ratio: ClosedForm, *, strict: bool) -> tuple[ClosedForm, ClosedForm] | None:
    """A numerator that is ≥ 0, or > 0, over a denominator that is > 0; None if no certificate shows it."""
    above, below = ratio.fraction()
    for num, den in ((above, below), (-above, -below)):
        if _sign(den) != "positive":
            continue
        if _sign(num) in (("positive",) if strict else ("nonnegative", "positive")):
            return num, den
    return None


def is_semidefinite(form: ClosedForm) -> bool:
    """True if a matrix is seen to be positive semidefinite.

    That are sums of non-negative multiples of I, of covariances and their inverses, and of projectors.
    """
    return all(
        len(word) <= 1 and all(map(is_semidefinite_letter, word)) and is_nonnegative(form.coefficient(word))
        for word in {word for _, word in form.terms}
    )


def is_covariance_form(form: ClosedForm) -> bool:
    """True if a matrix is seen to be a covariance: sums of c B Bᵀ and c B S Bᵀ with c ≥ 0 and a covariance S."""
    return form == form.T and all(
        is_square(word) and is_nonnegative(form.coefficient(word))
        for word in {word for _, word in form.terms}
    )


def signed(form: ClosedForm) -> Signed | None:
    """A form without a denominator, with stand-ins for what has a sign; None if something in it has none."""
    stand_ins: dict[tuple[Word, int], int] = {}
    terms: dict[Monomial, Number] = {}
    for monomial, c in monomials_of(form).items():
        words: list[Word] = []
        for word, count in Counter(monomial).items():
            sign = word_sign(word)
            if sign and len(word) == 1 and ROWS[word[0]] == ONE and not is_definite(word[0]):
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
    return Signed(from_monomials(terms), {a: key for key, a in stand_ins.items()})


def leading(form: ClosedForm) -> tuple[Monomial, Number] | None:
    """A term that is > 0 of the shifted form, a constant first; None if a coefficient is negative or none is."""
    moved = monomials_of(shifted(form))
    return None if any(c < 0 for c in moved.values()) else _first_strict(moved)


def _first_strict(moved: Mapping[Monomial, Number]) -> tuple[Monomial, Number] | None:
    strict = sorted((len(monomial), monomial) for monomial in moved if all(map(_is_strict, monomial)))
    return (strict[0][1], moved[strict[0][1]]) if strict else None


def _sign(form: ClosedForm) -> str:
    """ "positive", "nonnegative" or "unknown"."""
    found = signed(form)
    if found is None:
        return "unknown"
    moved = monomials_of(shifted(found.form))
    if any(c < 0 for c in moved.values()):
        return "unknown"
    return "nonnegative" if _first_strict(moved) is None else "positive"


def _is_strict(word: Word) -> bool:
    """True if a letter of the shifted form stands for something > 0; m = n − 1 may be 0."""
    meaning = MEANING[word[0]]
    assert isinstance(meaning, tuple)
    return meaning[2] == 0 and bool(meaning[1].is_positive)


def word_sign(word: Word) -> str:
    """The sign of a closed word: "positive", "nonnegative", or nothing if it is not known.

    tr(B P A P') ≥ 0 for positive semidefinite A and B, either of which may be absent.
    """
    if len(word) == 1 and ROWS[word[0]] == COLS[word[0]] == ONE:
        meaning = MEANING[word[0]]
        if not isinstance(meaning, sympy.Symbol | SmallestEigenvalue):
            return "positive" if is_definite(word[0]) else ""
        return "positive" if meaning.is_positive else "nonnegative" if meaning.is_nonnegative else ""
    if len(word) <= 2 and all(is_definite(a) for a in word):
        return "positive"
    for i in range(len(word)):
        turned = word[i:] + word[:i]
        if is_square(turned) or (is_semidefinite_letter(turned[0]) and is_square(turned[1:])):
            return "nonnegative"
    return ""


def is_square(word: Word) -> bool:
    """P A P' with A positive semidefinite or absent."""
    half, odd = divmod(len(word), 2)
    if odd and not is_semidefinite_letter(word[half]):
        return False
    return transposed_word(word[:half]) == word[half + odd :]


def is_definite(a: int) -> bool:
    """A covariance or the inverse of one, or of a sum of such, one of them with a positive factor."""
    if _is_covariance(a):
        return True
    meaning = MEANING[a]
    if not isinstance(meaning, sympy.Inverse):
        return False
    base = read_form(meaning.arg)
    factors = [base.coefficient(word) for word in dict.fromkeys(word for _, word in base.terms)]
    return is_semidefinite(base) and any(map(is_positive, factors))


def is_semidefinite_letter(a: int) -> bool:
    """A projector, or a definite letter; see `is_definite`."""
    return isinstance(MEANING[a], Projector) or is_definite(a)


def _is_covariance(a: int) -> bool:
    return isinstance(meaning_of(a), Covariance)
