"""The normal equations of the lifted least-squares problem, and their solution.

With one active feature s₂ᵀ K s₁ they form one linear matrix equation, which comes out of the expectation as

    Σ cᵢ Lᵢ K Rᵢ = C,

and is solved by cancelling common factors on both sides and inverting what is left.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from symicl.algebra import (
    COLS,
    MEANING,
    PARTNER,
    ROWS,
    ClosedForm,
    Compound,
    Covariance,
    Word,
    closed_form,
    common_words,
    divide,
    from_terms,
    inverse_letter,
    inverse_of,
    product_of_words,
    reported,
    terms_of,
)
from symicl.errors import UnsupportedError
from symicl.verdicts import Evidence


@dataclass(frozen=True)
class MatrixEquation(Compound):
    """scale · left · (K · factor − right_side) · right = 0, a factorisation of the normal equation.

    Attributes
    ----------
    scale : ClosedForm
        A product of scalars, such as n, that was divided out, over the denominator of the equation.
    left, right : words
        Common factors that were cancelled.
    factor, right_side : ClosedForm
        What remains: K · factor = right_side.
    """

    scale: ClosedForm
    left: Word
    right: Word
    factor: ClosedForm
    right_side: ClosedForm

    @property
    def cancelled(self) -> list[int]:
        """The letters that were cancelled; where all are invertible the solution is unique."""
        return sorted({min(a, PARTNER[a]) for a in self.left + self.right})

    @property
    def solution(self) -> ClosedForm:
        """K = right_side · factor⁻¹."""
        return right_quotient(self.right_side, self.factor)

    @property
    def has_scalar_factor(self) -> bool:
        """True if the factor is a scalar times invertible letters: the solution then has a scalar denominator."""
        return _invertible_word(self.factor) is not None

    def parts(self) -> Iterable[tuple[str, ClosedForm]]:
        return (("scale", self.scale), ("factor", self.factor), ("right side", self.right_side))

    def expanded(self, unknown: int) -> ClosedForm:
        """left · (K · factor − right_side) · right, multiplied out."""
        inner = ClosedForm.of(unknown) @ self.factor - self.right_side
        for a in reversed(self.left):
            inner = ClosedForm.of(a) @ inner
        for a in self.right:
            inner = inner @ ClosedForm.of(a)
        return inner


@dataclass(frozen=True)
class Uniqueness(Evidence):
    """That an equation has one solution at most, as far as what was cancelled goes: it is invertible."""

    equation: MatrixEquation

    @property
    def holds(self) -> bool:
        """True if each cancelled letter is known to be invertible."""
        return all(is_invertible(a) for a in self.equation.cancelled)


def is_invertible(a: int) -> bool:
    """True if a letter is known to be an invertible matrix."""
    meaning = MEANING[a]
    return isinstance(meaning, Covariance) or (isinstance(meaning, tuple) and meaning[0] == "inverse")


@reported("solution")
def right_quotient(numerator: ClosedForm, factor: ClosedForm) -> ClosedForm:
    """K = numerator · factor⁻¹, the solution of K · factor = numerator.

    Over a scalar denominator, if the factor is a scalar times invertible letters; else with the inverse of the factor
    as a letter.
    """
    word = _invertible_word(factor)
    if word is None:
        return numerator @ inverse_of(factor)
    matrix = numerator
    for a in reversed(word):
        matrix = matrix @ ClosedForm.of(inverse_letter(a))
    return matrix / factor.coefficient(word)


def _invertible_word(factor: ClosedForm) -> Word | None:
    """The product of invertible letters that a factor is a multiple of, if it is one."""
    words = {word for (_, word) in factor.terms}
    word = words.pop() if len(words) == 1 else None
    return word if word is not None and all(is_invertible(a) for a in word) else None


@reported("factorised")
def factorise(equation: ClosedForm, unknown: int) -> MatrixEquation:
    """Bring a normal equation, linear in the unknown, to the form left·(K·factor − right_side)·right.

    Raises
    ------
    UnsupportedError
        If the unknown occurs transposed as well, inside a trace, more than once in a product, or with
        different matrices on its left.
    """
    both = {unknown, PARTNER[unknown]}
    equation, den = closed_form(equation).fraction()
    if any(not both.isdisjoint(scalar) for (monomial, _) in terms_of(equation) for scalar in monomial):
        raise UnsupportedError("the normal equation contains a trace (or a scalar) of the unknown")
    if any(sum(a in both for a in word) > 1 for (_, word) in terms_of(equation)):
        raise UnsupportedError("the normal equation is not linear in the unknown")
    if any(PARTNER[unknown] in word for (_, word) in terms_of(equation)) and PARTNER[unknown] != unknown:
        equation = equation.T
    left_words: set[Word] = set()
    factor_terms: dict = {}
    constant_terms: dict = {}
    for (monomial, word), c in terms_of(equation).items():
        if unknown in word:
            at = word.index(unknown)
            left_words.add(word[:at])
            factor_terms[(monomial, word[at + 1 :])] = c
        else:
            constant_terms[(monomial, word)] = -c
    if any(PARTNER[unknown] in word and PARTNER[unknown] != unknown for (_, word) in terms_of(equation)):
        raise UnsupportedError("the normal equation contains the unknown and its transpose")
    if len(left_words) != 1:
        raise UnsupportedError(
            "the unknown of the normal equation is multiplied from the left by different matrices"
        )
    left = next(iter(left_words))
    if any(word[: len(left)] != left for (_, word) in constant_terms):
        raise UnsupportedError("the two sides of the normal equation have no common left factor")
    constant_terms = {(m, w[len(left) :]): c for (m, w), c in constant_terms.items()}
    right = _common_suffix([w for (_, w) in factor_terms] + [w for (_, w) in constant_terms])
    cut = len(right)

    def strip(terms: dict) -> dict:
        return {(m, w[: len(w) - cut]): c for (m, w), c in terms.items()}

    size = ROWS[right[0]] if right else equation.cols
    sides = [strip(factor_terms), strip(constant_terms)]
    common = common_words(monomial for side in sides for monomial, _ in side)
    rows = (COLS[unknown], ROWS[unknown])
    factor, right_side = (
        from_terms(row, size, {(divide(m, common), w): c for (m, w), c in side.items()})
        for row, side in zip(rows, sides, strict=True)
    )
    return MatrixEquation(product_of_words(common) / den, left, right, factor, right_side)


def _common_suffix(words: list[Word]) -> Word:
    suffix = words[0]
    for word in words[1:]:
        size = 0
        while size < min(len(suffix), len(word)) and suffix[-1 - size] == word[-1 - size]:
            size += 1
        suffix = suffix[len(suffix) - size :]
    return suffix
