"""Is a stated closed form the derived one? Proved by algebra, refuted by numbers, else undecided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy
from sympy.core.evalf import PrecisionExhausted
from sympy.matrices.expressions import MatrixExpr

from symicl.algebra import (
    ClosedForm,
    Known,
    is_heard,
    read_form,
)
from symicl.errors import InputError, SymiclError
from symicl.numeric import ExactMatrix, Value, evaluate, instances, symbols_of
from symicl.tasks import Values
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
    witness: str = ""
    """The refutation of a statement that is no equality, in words that follow its name."""

    @property
    def verdict(self) -> str:  # type: ignore[override]
        """The status, under the name that all results have."""
        return self.status

    def counterexample(self) -> str:
        """The refuting instance in words."""
        if self.witness:
            return self.witness
        assert self.values is not None
        return f"at {instance_text(self.values)}: derived {show(self.derived)}, stated {show(self.stated)}"


def instance_text(values: Values) -> str:
    """Exact values of symbols as text."""
    return ", ".join(f"{symbol} = {show(value)}" for symbol, value in values.items())


def show(value: Any) -> str:
    """An exact value as text."""
    if isinstance(value, ExactMatrix):
        rows = [[str(value[i, j]) for j in range(value.ncols())] for i in range(value.nrows())]
        return "[" + ",".join("[" + ",".join(row) + "]" for row in rows) + "]"
    return str(value)


def compare(found: ClosedForm, stated: sympy.Basic) -> Comparison:
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
        if found == _read(stated):
            return Comparison(PROVED)
    except (SymiclError, ZeroDivisionError) as error:
        problem = str(error)
    for values in instances(symbols_of(derived) | symbols_of(stated)):
        try:
            left, right = evaluate(derived, values), evaluate(stated, values)
        except (InputError, ZeroDivisionError):
            continue
        if _differ(left, right):
            return Comparison(REFUTED, dict(values.symbols), left, right)
    return Comparison(UNDECIDED, reason=problem or "equal on all instances tried, but no proof was found")


def _differ(left: Value, right: Value) -> bool:
    """True if two exact values differ."""
    if left == right or isinstance(left, ExactMatrix) or (left.is_Rational and right.is_Rational):
        return bool(left != right)
    difference = left - right
    try:
        if difference.evalf(DIGITS, strict=True) != 0:
            return True
    except (PrecisionExhausted, TypeError, ValueError):
        pass  # it may be zero; only algebra can tell
    return bool(sympy.simplify(difference) != 0)


DIGITS = 15
"""Digits of a difference of irrational values, each of which holds; none can be had of zero."""

_known: Known = {}
MAX_KNOWN = 20_000
"""Parts of statements that are kept as closed forms: wrong versions of one statement share nearly all of them."""


def _read(stated: sympy.Basic) -> ClosedForm:
    if is_heard():
        return read_form(stated)
    if len(_known) > MAX_KNOWN:
        _known.clear()
    return read_form(stated, _known)
