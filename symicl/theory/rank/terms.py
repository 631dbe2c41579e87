"""The gains of a coefficient of rank one: equal, functions of named eigenvalues, or the eigenvalues of a matrix."""

from __future__ import annotations

from dataclasses import dataclass

import sympy
from sympy.matrices.expressions import MatrixExpr

from symicl.algebra import (
    ClosedForm,
    Word,
    closed_form,
    powers,
    read_form,
    scalar,
    scalar_letter,
    transposed_word,
)
from symicl.errors import UnsupportedError
from symicl.theory.positivity import nonnegative
from symicl.theory.rank.quadratic import Quadratic, is_known_definite
from symicl.typeset import pretty_ratio

EIGENVALUE = sympy.IndexedBase("lambda", real=True)
GAIN = sympy.IndexedBase("s", real=True)
INDEX = sympy.Symbol("i", integer=True, positive=True)


@dataclass(frozen=True)
class Terms:
    """The eigenvalues of `Quadratic.gained`, in decreasing order.

    Attributes
    ----------
    term : SymPy expression
        The i-th one: free of i, a function of λ_i, or s_i.
    matrix : matrix expression or None
        The matrix whose eigenvalues λ_1 ≥ λ_2 ≥ … or s_1 ≥ s_2 ≥ … are; None where all terms are equal.
    equal : ClosedForm or None
        The common value of all terms.
    """

    term: sympy.Expr
    matrix: MatrixExpr | None
    equal: ClosedForm | None = None

    @property
    def letter(self) -> str:
        """LaTeX of the eigenvalues."""
        return "s" if self.term.has(GAIN) else r"\lambda"

    def total(self, first: sympy.Expr, last: sympy.Expr) -> sympy.Expr:
        """The sum of the terms from ``first`` to ``last``."""
        if self.equal is not None:
            return pretty_ratio(self.equal * read_form(sympy.expand(last - first + 1)))
        return sympy.Sum(self.term, (INDEX, first, last)) if first != last + 1 else sympy.Integer(0)


def terms_of_rank(form: Quadratic) -> Terms:
    """The terms of a quadratic form, by name where the law has symbols."""
    found = _commuting(form)
    if found is None:
        return Terms(GAIN[INDEX], form.gained.expr)
    primitive, above, below = found
    if not primitive:
        # Nothing is gained over a K₀ that is the best K.
        equal = above.get(0, closed_form(0)) ** 2 / below[0]
        return Terms(pretty_ratio(equal), None, equal)
    if not _increases(above, below, primitive):
        return Terms(GAIN[INDEX], form.gained.expr)
    value = scalar("lambda", nonnegative=True)
    ratio = _polynomial(above, value) ** 2 / _polynomial(below, value)
    matrix = ClosedForm.identity(form.A.rows)
    for a in primitive:
        matrix = matrix @ ClosedForm.of(a)
    return Terms(pretty_ratio(ratio).xreplace({value: EIGENVALUE[INDEX]}), matrix.expr)


Coefficients = dict[int, ClosedForm]


def _commuting(form: Quadratic) -> tuple[Word, Coefficients, Coefficients] | None:
    """A = a(P) L and M = m(P) L with polynomials a, m in one product P of letters; None where they are not.

    P L is a palindrome around a covariance, or a power of one, hence positive, and P L = L Pᵀ. So S = A M⁻¹ L⁻¹ Aᵀ is
    a(P)² m(P)⁻¹, and P has the eigenvalues λ ≥ 0 of a symmetric matrix.
    """
    above, below = _without(form.A, form.left), _without(form.M, form.left)
    if above is None or below is None:
        return None
    words = {word for part in (above, below) for word in part if word}
    primitive: Word = min(words, key=len) if words else ()
    found = _in_powers(above, primitive), _in_powers(below, primitive)
    if found[0] is None or found[1] is None:
        return None
    if primitive:
        whole = (*primitive, *form.left)
        centre = set(whole) if len(set(whole)) == 1 else {whole[len(whole) // 2]}
        if not all(map(is_known_definite, centre)) or transposed_word(whole) != whole:
            return None
        if len(whole) % 2 == 0 and len(set(whole)) > 1:
            return None
    return primitive, found[0], found[1]


def _without(side: ClosedForm, left: Word) -> dict[Word, ClosedForm] | None:
    """The words of a matrix without L at their end, each with its coefficient."""
    found: dict[Word, ClosedForm] = {}
    for word in {word for _, word in side.terms}:
        cut = len(word) - len(left)
        if word[cut:] != left or cut < 0:
            return None
        found[word[:cut]] = side.coefficient(word)
    return found


def _in_powers(words: dict[Word, ClosedForm], primitive: Word) -> Coefficients | None:
    found: Coefficients = {}
    for word, c in words.items():
        k = len(word) // len(primitive) if primitive else 0
        if word != primitive * k:
            return None
        found[k] = c
    return found


def _polynomial(coefficients: Coefficients, value: sympy.Symbol) -> ClosedForm:
    x = read_form(value)
    return sum((c * x**k for k, c in coefficients.items()), closed_form(0))


def _increases(above: Coefficients, below: Coefficients, primitive: Word) -> bool:
    """True if a(λ)²/m(λ) is seen to increase for λ ≥ 0: 2a′m − am′, a and m have no negative coefficient.

    Traces of powers of P are sums of powers of λ_i, and so they are not negative.
    """
    value = scalar("lambda", nonnegative=True)
    a, m = (_with_traces(_polynomial(c, value), primitive) for c in (above, below))
    try:
        return all(
            nonnegative(form).holds for form in (a, m, _slope(a, value) * m * 2 - a * _slope(m, value))
        )
    except UnsupportedError:
        return False


def _with_traces(form: ClosedForm, primitive: Word) -> ClosedForm:
    """Symbols that are not negative for the traces of P."""
    expression = form.expr
    found = {}
    for k in range(1, 3):
        power = ClosedForm.of(primitive[0])
        for a in (primitive * k)[1:]:
            power = power @ ClosedForm.of(a)
        found[power.trace().expr] = scalar(f"trace of power {k}", nonnegative=True)
    return read_form(expression.xreplace(found))


def _slope(form: ClosedForm, value: sympy.Symbol) -> ClosedForm:
    word = (scalar_letter(value),)
    num, den = form.fraction()
    x = read_form(value)
    return sum((c * x ** (k - 1) * k for k, c in powers(num, word).items() if k), closed_form(0)) / den
