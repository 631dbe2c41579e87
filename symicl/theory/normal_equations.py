"""The normal equations of the lifted least-squares problem, and their solution.

With one active feature s₂ᵀ K s₁ they form one linear matrix equation, which comes out of the expectation as

    Σ cᵢ Lᵢ K Rᵢ = C,

and is solved by cancelling common factors on both sides and inverting what is left.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sympy.matrices.expressions import MatrixExpr

from symicl.algebra.closed_form import ClosedForm, closed_form
from symicl.algebra.letters import COLS, MEANING, PARTNER, ROWS, inverse_letter
from symicl.algebra.polynomial import MatrixPolynomial, Polynomial, common_words, divide
from symicl.algebra.provenance import Compound, reported
from symicl.algebra.reader import inverse_of
from symicl.algebra.symbols import Covariance
from symicl.algebra.words import Monomial, Word
from symicl.errors import UnsupportedError
from symicl.typeset.formula import Equation, display
from symicl.verdicts import Evidence


@dataclass(frozen=True)
class MatrixEquation(Compound):
    """scale · left · (K · factor − right_side) · right = 0, a factorisation of the normal equation.

    Attributes
    ----------
    scale : Polynomial
        A product of scalars, such as n, that was divided out.
    left, right : words
        Common factors that were cancelled.
    factor, right_side : MatrixPolynomial
        What remains: K · factor = right_side.
    """

    scale: Polynomial
    left: Word
    right: Word
    factor: MatrixPolynomial
    right_side: MatrixPolynomial

    @property
    def cancelled(self) -> list[int]:
        """The letters that were cancelled; where all are invertible the solution is unique."""
        return sorted({min(a, PARTNER[a]) for a in self.left + self.right})

    def parts(self) -> Iterable[tuple[str, Polynomial | MatrixPolynomial]]:
        return (("scale", self.scale), ("factor", self.factor), ("right side", self.right_side))

    def expanded(self, unknown: int) -> MatrixPolynomial:
        """left · (K · factor − right_side) · right, multiplied out."""
        inner = MatrixPolynomial.of(unknown) @ self.factor - self.right_side
        for a in reversed(self.left):
            inner = MatrixPolynomial.of(a) @ inner
        for a in self.right:
            inner = inner @ MatrixPolynomial.of(a)
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


@dataclass(frozen=True)
class MatrixSolution:
    """K = numerator · factor⁻¹.

    Attributes
    ----------
    numerator, factor : MatrixPolynomial
    polynomial : MatrixPolynomial or None
        The same, when ``factor`` is a product of invertible letters.
    ratio : ClosedForm or None
        The same with a scalar denominator, when ``factor`` is a scalar times invertible letters.
    """

    numerator: MatrixPolynomial
    factor: MatrixPolynomial

    @property
    def polynomial(self) -> MatrixPolynomial | None:
        matrix = self._cancelled
        return matrix if {(m, c) for (m, _), c in self.factor.terms.items()} == {((), 1)} else None

    @property
    def _cancelled(self) -> MatrixPolynomial | None:
        """The numerator times the inverse of the letters of the factor, when that has only one product of them."""
        words = {word for (_, word) in self.factor.terms}
        if len(words) != 1:
            return None
        (word,) = words
        if not all(is_invertible(a) for a in word):
            return None
        matrix = self.numerator
        for a in reversed(word):
            matrix = matrix @ MatrixPolynomial.of(inverse_letter(a))
        return matrix

    @property
    @reported("solution")
    def ratio(self) -> ClosedForm | None:
        matrix = self._cancelled
        if matrix is None:
            return None
        return closed_form(matrix, Polynomial({m: c for (m, _), c in self.factor.terms.items()}))

    def _repr_latex_(self) -> str:
        return display(Equation("K^{*}", self))

    @property
    @reported("solution")
    def matrix(self) -> ClosedForm:
        """K over a scalar denominator, with the inverse of ``factor`` as a letter where it has to be."""
        ratio = self.ratio
        if ratio is not None:
            return ratio
        factor = closed_form(self.factor)
        numerator = closed_form(self.numerator)
        return numerator @ inverse_of(factor.num) * factor.den

    @property
    def closed_form(self) -> ClosedForm:
        """The closed form that is typeset."""
        return self.matrix

    @property
    def expr(self) -> MatrixExpr:
        """As a SymPy matrix expression."""
        return self.matrix.expr

    def __mul__(self, scalar: Polynomial) -> MatrixSolution:
        return MatrixSolution(self.numerator * scalar, self.factor)


@reported("factorised")
def factorise(equation: MatrixPolynomial, unknown: int) -> MatrixEquation:
    """Bring a normal equation, linear in the unknown, to the form left·(K·factor − right_side)·right.

    Raises
    ------
    UnsupportedError
        If the unknown occurs transposed as well, inside a trace, more than once in a product, or with
        different matrices on its left.
    """
    both = {unknown, PARTNER[unknown]}
    if any(not both.isdisjoint(scalar) for (monomial, _) in equation.terms for scalar in monomial):
        raise UnsupportedError("the normal equation contains a trace (or a scalar) of the unknown")
    if any(sum(a in both for a in word) > 1 for (_, word) in equation.terms):
        raise UnsupportedError("the normal equation is not linear in the unknown")
    if any(PARTNER[unknown] in word for (_, word) in equation.terms) and PARTNER[unknown] != unknown:
        equation = equation.T
    left_words: set[Word] = set()
    factor_terms: dict = {}
    constant_terms: dict = {}
    for (monomial, word), c in equation.terms.items():
        if unknown in word:
            at = word.index(unknown)
            left_words.add(word[:at])
            factor_terms[(monomial, word[at + 1 :])] = c
        else:
            constant_terms[(monomial, word)] = -c
    if any(PARTNER[unknown] in word and PARTNER[unknown] != unknown for (_, word) in equation.terms):
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
    factor = MatrixPolynomial(COLS[unknown], size, strip(factor_terms))
    side = MatrixPolynomial(ROWS[unknown], size, strip(constant_terms))
    common = common_words(monomial for part in (factor, side) for monomial, _ in part.terms)
    return MatrixEquation(
        Polynomial({common: 1}), left, right, *(_divide(part, common) for part in (factor, side))
    )


def _common_suffix(words: list[Word]) -> Word:
    suffix = words[0]
    for word in words[1:]:
        size = 0
        while size < min(len(suffix), len(word)) and suffix[-1 - size] == word[-1 - size]:
            size += 1
        suffix = suffix[len(suffix) - size :]
    return suffix


def _divide(part: MatrixPolynomial, words: Monomial) -> MatrixPolynomial:
    terms = {(divide(monomial, words), word): c for (monomial, word), c in part.terms.items()}
    return MatrixPolynomial(part.rows, part.cols, terms)


def solve(equation: MatrixEquation) -> MatrixSolution:
    """The solution K = right_side · factor⁻¹."""
    return MatrixSolution(equation.right_side, equation.factor)
