"""Closed forms as one line of plain text."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import sympy
from sympy.matrices.expressions import MatMul, MatrixExpr
from sympy.printing.str import StrPrinter

from symicl.algebra.polynomial import MatrixPolynomial, Polynomial
from symicl.algebra.ratio import MatrixRatio, Ratio
from symicl.typeset.formula import Equation
from symicl.typeset.notation import factor_key, matrix_term_key, term_key
from symicl.typeset.pretty import collected, pretty_matrix, pretty_matrix_ratio, pretty_ratio


class TextPrinter(StrPrinter):
    """Terms and factors in the papers' order, tr(·) for traces, A' for transposes."""

    def _print_Add(self, expr: sympy.Add, order: str | None = None) -> str:
        text = ""
        for term in sorted(expr.args, key=term_key):
            piece = self._print(term)
            if piece.startswith("-"):
                text += " - " + piece[1:] if text else piece
            else:
                text += " + " + piece if text else piece
        return text

    def _print_Mul(self, expr: sympy.Mul) -> str:
        numerator, denominator = sympy.fraction(expr)
        sign = ""
        if numerator.could_extract_minus_sign():
            sign, numerator = "-", -numerator
        top = self._factors(numerator)
        if denominator == 1:
            return sign + top
        bottom = self._factors(denominator)
        wrap = isinstance(denominator, sympy.Add | sympy.Mul)
        top = f"({top})" if isinstance(numerator, sympy.Add) else top
        return f"{sign}{top}/({bottom})" if wrap else f"{sign}{top}/{bottom}"

    def _factors(self, expr: sympy.Expr) -> str:
        factors = sorted(sympy.Mul.make_args(expr), key=factor_key)
        if len(factors) == 1:
            return self._print(factors[0])
        return "*".join(
            f"({self._print(f)})" if isinstance(f, sympy.Add) else self._print(f) for f in factors
        )

    def _print_Pow(self, expr: sympy.Pow, rational: bool = False) -> str:
        if expr.exp.is_negative:
            return self._print_Mul(expr)
        base = self._print(expr.base)
        return f"({base})^{expr.exp}" if isinstance(expr.base, sympy.Add) else f"{base}^{expr.exp}"

    def _print_Trace(self, expr: sympy.Trace) -> str:
        vector = (expr.arg.args[0] if isinstance(expr.arg, MatMul) else expr.arg).shape[0] == 1
        return self._print(expr.arg) if vector else f"tr({self._print(expr.arg)})"

    def _print_Transpose(self, expr: sympy.Transpose) -> str:
        inner = self._print(expr.arg)
        return f"{inner}'" if isinstance(expr.arg, sympy.MatrixSymbol) else f"({inner})'"

    def _print_Inverse(self, expr: sympy.Inverse) -> str:
        inner = self._print(expr.arg)
        return f"{inner}^-1" if isinstance(expr.arg, sympy.MatrixSymbol) else f"[{inner}]^-1"

    def _print_Identity(self, expr: sympy.Identity) -> str:
        return f"I_{expr.shape[0]}"

    def _print_MatMul(self, expr: MatMul) -> str:
        scalars = [a for a in expr.args if not isinstance(a, MatrixExpr)]
        matrices = [a for a in expr.args if isinstance(a, MatrixExpr)]
        body = " ".join(
            f"({self._print(m)})" if isinstance(m, sympy.MatAdd) else self._print(m) for m in matrices
        )
        coefficient = sympy.Mul(*scalars)
        if coefficient == 1:
            return body
        if coefficient == -1:
            return "-" + body
        text = self._print(coefficient)
        return f"({text}) {body}" if isinstance(coefficient, sympy.Add) else f"{text} {body}"

    def _print_MatAdd(self, expr: sympy.MatAdd) -> str:
        return " + ".join(self._print(term) for term in sorted(expr.args, key=matrix_term_key)).replace(
            "+ -", "- "
        )


_PRINTER = TextPrinter()


def expression_text(expression: sympy.Basic) -> str:
    """A SymPy expression on one line."""
    return str(_PRINTER.doprint(expression))


def formula_text(formula: Any) -> str:
    """A closed form, an equation or a LaTeX string on one line."""
    formula = getattr(formula, "closed_form", formula)
    if isinstance(formula, Equation):
        return f"{plain(f'${formula.head}$')} {formula_text(formula.right)}"
    if isinstance(formula, str):
        return plain(f"${formula}$")
    if isinstance(formula, Polynomial):
        pieces = [expression_text(c * s) for c, s in collected(formula)]
        return " + ".join(pieces).replace("+ -", "- ") or "0"
    if isinstance(formula, Ratio):
        formula = pretty_ratio(formula)
    elif isinstance(formula, MatrixRatio):
        formula = pretty_matrix_ratio(formula)
    elif isinstance(formula, MatrixPolynomial):
        formula = pretty_matrix(formula)
    return expression_text(formula)


_FRACTION = re.compile(r"\\t?frac(?:\{([^{}]*)\}|(\w))(?:\{([^{}]*)\}|(\w))")


def _as_quotient(match: re.Match[str]) -> str:
    """A fraction as a quotient, with parentheses where the converter would leave them out."""
    parts = [part for part in match.groups() if part is not None]
    return "{" + "/".join(part if re.fullmatch(r"\\?\w+", part) else f"({part})" for part in parts) + "}"


@lru_cache(maxsize=1)
def _converter() -> Any:
    from pylatexenc.latex2text import LatexNodes2Text

    return LatexNodes2Text()


def plain(text: str) -> str:
    """Text with LaTeX mathematics between dollar signs as Unicode text for a terminal."""
    if "$" not in text:
        return text
    converted = str(_converter().latex_to_text(_FRACTION.sub(_as_quotient, text)))
    for latex_form, unicode_form in (("^2", "²"), ("^-1", "⁻¹"), ("^⊤", "ᵀ"), ("^1/2", "^½"), ("‖ ", "‖")):
        converted = converted.replace(latex_form, unicode_form)
    return converted
