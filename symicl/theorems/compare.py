"""Is a stated closed form the derived one? Proved by algebra, refuted by numbers, else undecided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy
from sympy.matrices.expressions import MatrixExpr

from symicl.algebra.closed_form import ClosedForm, closed_form, same_form
from symicl.algebra.evaluate import ExactMatrix, Value, evaluate
from symicl.algebra.form_reader import read_form
from symicl.algebra.letters import COLS, MEANING, NO_LETTER, ONE, PARTNER, ROWS
from symicl.algebra.polynomial import MatrixPolynomial
from symicl.errors import InputError, SymiclError
from symicl.tasks.values import Values
from symicl.theorems.points import instances
from symicl.theory.normal_equations import MatrixSolution
from symicl.verdicts import PROVED, REFUTED, UNDECIDED, Provable


@dataclass(frozen=True)
class Comparison(Provable):
    """Outcome for one quantity.

    Attributes
    ----------
    status : "proved", "refuted" or "undecided"
    values : Values or None
        The instance that refutes.
    derived, stated : exact values at that instance, or None
    """

    status: str
    values: Values | None = None
    derived: Value | None = None
    stated: Value | None = None
    reason: str = ""

    @property
    def verdict(self) -> str:  # type: ignore[override]
        """The status, under the name that all results have."""
        return self.status

    def counterexample(self) -> str:
        """The refuting instance in words."""
        assert self.values is not None
        at = ", ".join(f"{symbol} = {show(value)}" for symbol, value in self.values.items())
        return f"at {at}: derived {show(self.derived)}, stated {show(self.stated)}"


def show(value: Any) -> str:
    """An exact value as text."""
    if isinstance(value, ExactMatrix):
        rows = [[str(value[i, j]) for j in range(value.ncols())] for i in range(value.nrows())]
        return "[" + ",".join("[" + ",".join(row) + "]" for row in rows) + "]"
    return str(value)


Found = ClosedForm | MatrixSolution


def compare(found: Found, stated: sympy.Basic) -> Comparison:
    """Compare a derived quantity with a stated expression.

    Equality is proved by exact algebra with all symbols free. Otherwise small exact instances are tried;
    one on which the two differ refutes the statement. Agreement on instances alone proves nothing, and the
    result is then undecided.
    """
    derived = found.expr
    if isinstance(derived, MatrixExpr) != isinstance(stated, MatrixExpr):
        return Comparison(UNDECIDED, reason="one is a matrix and the other is a scalar")
    problem = ""
    try:
        if _equal(found, stated):
            return Comparison(PROVED)
    except (SymiclError, ZeroDivisionError) as error:
        problem = str(error)
    for values in instances(derived.free_symbols | stated.free_symbols):
        try:
            left, right = evaluate(derived, values), evaluate(stated, values)
        except (InputError, ZeroDivisionError):
            continue
        if left != right and (isinstance(left, ExactMatrix) or sympy.simplify(left - right) != 0):
            return Comparison(REFUTED, values, left, right)
    return Comparison(UNDECIDED, reason=problem or "equal on all instances tried, but no proof was found")


def _equal(found: Found, stated: sympy.Basic) -> bool:
    form = read_form(stated)
    if isinstance(found, ClosedForm):
        return same_form(found, form)
    return same_form(found.matrix, form) or _equal_inverses(found, form)


def _equal_inverses(found: MatrixSolution, stated: ClosedForm) -> bool:
    """N F⁻¹ = A B⁻¹ for two different sums F and B: it suffices that F = B Q and N = A Q
    for a matrix or scalar letter Q."""
    last = {word[-1] if word else NO_LETTER for (_, word) in stated.num.terms}
    if len(last) != 1:
        return False
    (inverse,) = last
    meaning = MEANING[inverse] if inverse != NO_LETTER else None
    if not isinstance(meaning, sympy.Inverse) or inverse > PARTNER[inverse]:
        return False
    rest = {(m, w[:-1]): c for (m, w), c in stated.num.terms.items()}
    A = closed_form(MatrixPolynomial(stated.rows, ROWS[inverse], rest), stated.den)
    B = read_form(meaning.arg)
    N, F = closed_form(found.numerator), closed_form(found.factor)
    size = found.factor.rows
    for q in sorted(found.factor.letters() | found.numerator.letters()):
        if ROWS[q] == COLS[q] == ONE:
            Q = ClosedForm.identity(size) * ClosedForm.of(q)
        elif ROWS[q] == COLS[q] == size:
            Q = ClosedForm.of(q)
        else:
            continue
        if F == B @ Q and N == A @ Q:
            return True
    return False
