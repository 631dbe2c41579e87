"""Earlier names of closed forms, for theorem files that were written with them; symicl itself does not use them."""

from __future__ import annotations

from symicl.algebra.form import ClosedForm, closed_form
from symicl.algebra.form_reader import read_form
from symicl.algebra.limits import limit_at_infinity

Ratio = MatrixRatio = closed_form
read_ratio = read_matrix_ratio = read_form
clear_reciprocals = clear_matrix_reciprocals = closed_form

__all__ = [
    "ClosedForm",
    "MatrixRatio",
    "Ratio",
    "clear_matrix_reciprocals",
    "clear_reciprocals",
    "limit_at_infinity",
    "read_matrix_ratio",
    "read_ratio",
]
