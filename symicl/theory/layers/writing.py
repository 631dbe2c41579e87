"""Closed forms of depth and descent as SymPy expressions."""

from __future__ import annotations

import sympy

from symicl.algebra import ClosedForm
from symicl.typeset import pretty_ratio

MAX_FACTORED = 1100
"""Terms up to which a closed form is factored and collected for reading; longer ones would take minutes."""


def written(form: ClosedForm) -> sympy.Expr:
    """A closed form as SymPy, arranged for reading unless it is long."""
    return pretty_ratio(form) if len(form) <= MAX_FACTORED else form.expr
