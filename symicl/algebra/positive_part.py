"""The positive part of a number, as a scalar of its own."""

from __future__ import annotations

from typing import Any

import sympy


class PositivePart(sympy.Function):
    """max(0, x), which the algebra takes as one scalar letter; a number at a number.

    Parameters
    ----------
    x : SymPy scalar
    """

    is_letter = True
    is_nonnegative = True

    @classmethod
    def eval(cls, x: sympy.Expr) -> sympy.Expr | None:
        return sympy.Max(0, x) if x.is_number else None

    def _latex(self, printer: Any) -> str:
        return rf"\left({printer.doprint(self.args[0])}\right)_{{+}}"

    def _sympystr(self, printer: Any) -> str:
        return f"max(0, {printer.doprint(self.args[0])})"
