"""How symbols are written: the papers' letters, and the order in which they stand in a sum or product."""

from __future__ import annotations

from functools import cached_property

import sympy
from sympy.matrices.expressions import MatrixExpr

LATEX = {
    "sigma2": r"\sigma^{2}",
    "psi2": r"\psi^{2}",
    "beta_star": r"\beta^{*}",
    "alpha'": r"\alpha'",
    "beta'": r"\beta'",
    "scale": r"\varsigma",
    "T_max": r"T_{\max}",
    "T_test": r"T_{\mathrm{test}}",
    "lambda_min": r"\lambda_{\min}(H)",
    "varphi_max": r"\varphi_{\max}",
    "epsilon_0": r"\varepsilon_{0}",
    "epsilon": r"\varepsilon",
    "E_g2": r"\mathbb{E}\lVert G\rVert^{2}",
    "E_x2f2": r"\mathbb{E}\lVert x\rVert^{2}F^{2}",
    "E_f2": r"\mathbb{E}F^{2}",
    "g2": r"\mathbb{E}\langle e,G\rangle^{2}",
    "xf2": r"\mathbb{E}\langle e,x\rangle^{2}F^{2}",
    "f2": r"\mathbb{E}F^{2}",
    "f2f2": r"\mathbb{E}(\mathbb{E}_{x}F^{2})^{2}",
    "f4": r"\mathbb{E}F^{4}",
}
"""Names that SymPy would not typeset as the papers do."""

SQUARES = {"sigma2": r"\sigma", "psi2": r"\psi"}
"""Symbols that stand for a square: a power k of them is typeset as the base to the 2k."""

_RANK = {"n": 0, "d": 1, "T": 2, "H": 3}
VARIANCE, EXPECTATION, OTHER = 90, 80, 50
"""Ranks of symbols that are not dimensions."""


def symbol_rank(symbol: sympy.Basic) -> tuple[int, str]:
    """Dimensions first, then other symbols by name, expectations and variances last."""
    name = str(symbol)
    if name in SQUARES:
        return VARIANCE, name
    if name.startswith("E_") or LATEX.get(name, "").startswith(r"\mathbb{E}"):
        return EXPECTATION, name
    counts = bool(getattr(symbol, "is_integer", False))  # T_max is one, too
    return _RANK.get(name, len(_RANK) if counts else OTHER), name


class _Text:
    """The text of an expression as the last part of a key, written only where a comparison comes down to it."""

    def __init__(self, expression: sympy.Basic) -> None:
        self._expression = expression

    @cached_property
    def _text(self) -> str:
        return str(self._expression)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Text) and self._text == other._text

    def __lt__(self, other: _Text) -> bool:
        return self._text < other._text


def term_key(term: sympy.Expr) -> tuple:
    """Order of terms in a sum: n + d + 1 + σ², fractions last."""
    numerator, denominator = sympy.fraction(term)
    symbols = [s for s in numerator.atoms(sympy.Symbol) if isinstance(s, sympy.Symbol)]
    ranks = sorted(symbol_rank(s) for s in symbols)
    variance = any(rank >= EXPECTATION for rank, _ in ranks)
    degree = sum(_degree(factor) for factor in sympy.Mul.make_args(numerator))
    return denominator != 1, variance, -degree, ranks, _Text(term)


def matrix_term_key(term: sympy.Basic) -> tuple:
    """Order of terms in a sum of matrices: long products first, then high powers of the dimensions."""
    factors = term.args if isinstance(term, sympy.MatMul) else (term,)
    matrices = [f for f in factors if isinstance(f, MatrixExpr)]
    scalars = [f for f in factors if not isinstance(f, MatrixExpr)]
    length = sum(int(m.exp) if isinstance(m, sympy.MatPow) else 1 for m in matrices if not m.is_Identity)
    traces = any(f.has(sympy.Trace) for f in scalars)
    degree = max((_degree(t) for f in scalars for t in sympy.Mul.make_args(f)), default=0)
    return -length, traces, -degree, _Text(term)


def _degree(factor: sympy.Expr) -> int:
    if factor.is_number:
        return 0
    if isinstance(factor, sympy.Pow) and isinstance(factor.exp, sympy.Integer):
        return int(factor.exp) * _degree(factor.base)
    if isinstance(factor, sympy.Add):
        return max(_degree(t) for term in factor.args for t in sympy.Mul.make_args(term))
    return 1


def factor_key(factor: sympy.Expr) -> tuple:
    """Order of factors in a product: numbers, dimensions and sums of them, other symbols, other sums, traces."""
    base = factor.base if isinstance(factor, sympy.Pow) else factor
    if factor.is_number:
        return 0, (0, ""), _Text(factor)
    if isinstance(base, sympy.Symbol):
        rank = symbol_rank(base)
        return (1 if rank[0] < OTHER else 3), rank, _Text(factor)
    if isinstance(base, sympy.Add):
        counts_only = all(symbol_rank(s)[0] < OTHER for s in base.free_symbols)
        return (2 if counts_only and base.is_polynomial() else 4), (0, ""), _Text(factor)
    return 5, (0, ""), _Text(factor)
