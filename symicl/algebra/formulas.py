"""The formula that a value is or has: what functions of formulas take."""

from __future__ import annotations

from typing import Any

import sympy
from sympy.matrices.expressions import MatrixExpr

from symicl.algebra.form import ClosedForm
from symicl.errors import InputError, described


def formula_of(value: Any) -> ClosedForm | sympy.Basic:
    """The closed form or the SymPy expression that a value is or has.

    Raises
    ------
    InputError
        If it is no formula.
    """
    if isinstance(value, ClosedForm):
        return value
    if isinstance(value, sympy.MatrixBase):
        return sympy.ImmutableMatrix(value)
    if isinstance(value, sympy.Expr | MatrixExpr):
        return value
    found = getattr(value, "closed_form", None)
    if isinstance(found, ClosedForm):
        return found
    found = getattr(value, "expr", None)
    if isinstance(found, sympy.Expr | MatrixExpr):
        return found
    if isinstance(value, int) and not isinstance(value, bool):
        return sympy.Integer(value)
    raise InputError(f"{described(value)} is no formula; give a SymPy expression, a closed form or a loss")
