"""LaTeX of SymPy expressions as the papers write them; needs amsmath and amssymb's blackboard bold only."""

from __future__ import annotations

import re
from collections.abc import Iterable

import sympy
from sympy.matrices.expressions import MatMul, MatrixExpr, Transpose
from sympy.matrices.expressions.diagonal import DiagMatrix, DiagonalMatrix, DiagonalOf
from sympy.printing.latex import LatexPrinter

from symicl.algebra import Commutation, Entrywise, Vec
from symicl.typeset.eigenvalues import EigenSum
from symicl.typeset.fraction import Fraction, fraction_of
from symicl.typeset.notation import LATEX, SQUARES, factor_key, matrix_term_key, term_key

MAX_UNBROKEN = 140
"""Length of the LaTeX up to which a sum with fractions stands in brackets as tall as it is."""


class PaperPrinter(LatexPrinter):
    """n + d + 1 + σ² instead of alphabetical order, I_d, tr, ⊤, ‖·‖."""

    def _print_Symbol(self, expr: sympy.Symbol, style: str = "plain") -> str:
        name = expr.name.rstrip("'")
        primes = expr.name[len(name) :]
        return (LATEX.get(name) or self._name(name)) + primes

    def _name(self, name: str) -> str:
        text = super()._print_Symbol(sympy.Symbol(name))
        return rf"\mathrm{{{name}}}" if len(name) > 1 and text == name and name.isalpha() else text

    def _print_harmonic(self, expr: sympy.harmonic, exp: str | None = None) -> str:
        """H_N and H_N^{(2)}."""
        order = rf"^{{({self._print(expr.args[1])})}}" if len(expr.args) > 1 and expr.args[1] != 1 else ""
        text = rf"H_{{{self._print(expr.args[0])}}}{order}"
        return rf"\left({text}\right)^{{{exp}}}" if exp is not None else text

    def _print_MatrixSymbol(self, expr: sympy.MatrixSymbol) -> str:
        if expr.name in LATEX:
            return LATEX[expr.name]
        head, *rest = expr.name.split("_")
        base = self._name(head)
        return base + "_{" + ",".join(rest) + "}" if rest else base

    _print_SymmetricMatrix = _print_Covariance = _print_RandomMatrix = _print_MatrixSymbol

    def _print_Entrywise(self, expr: Entrywise) -> str:
        """relu(X x), and |t|."""
        inside = self._print(expr.arg)
        if expr.kind == "absolute":
            return rf"\left|{inside}\right|"
        return rf"\operatorname{{{expr.kind}}}\left({inside}\right)"

    def _print_Add(self, expr: sympy.Add, order: str | None = None) -> str:
        """A sum, with the signs between the terms; it does not start with a minus if it need not."""
        return join_signed(plus_first([self.signed(term) for term in terms_in_order(expr)]))

    _print_MatAdd = _print_Add

    def signed(self, term: sympy.Basic) -> str:
        """A term with its sign in front."""
        return with_sign(self._print(term))

    def _print_Mul(self, expr: sympy.Mul) -> str:
        parts = fraction_of([expr])
        sign = "-" if parts.negative else ""
        top = self._product(parts.numerator, parts.above)
        if parts.is_product:
            return sign + top
        return sign + self._over(top, parts)

    def _over(self, top: str, parts: Fraction) -> str:
        return rf"\frac{{{top}}}{{{self._product(parts.denominator, parts.below)}}}"

    def coefficient(self, scalars: Iterable[sympy.Expr]) -> tuple[str, str]:
        """The sign of a product of scalars and its LaTeX in front of another factor, empty for 1."""
        parts = fraction_of(scalars)
        sign = "-" if parts.negative else ""
        if not parts.is_product:
            return sign, self._over(self._product(parts.numerator, parts.above), parts)
        if not parts.above:
            return sign, "" if parts.numerator == 1 else str(parts.numerator)
        text = self._product(parts.numerator, parts.above, before=True)
        is_sum = parts.numerator == 1 and len(parts.above) == 1 and isinstance(parts.above[0], sympy.Add)
        return sign, f"({text})" if is_sum else text

    def _print_Pow(self, expr: sympy.Pow) -> str:
        if expr.exp.is_negative:
            return rf"\frac{{1}}{{{self._print(expr.base**-expr.exp)}}}"
        if isinstance(expr.base, sympy.Symbol):
            name = expr.base.name
            if name in SQUARES:
                return f"{SQUARES[name]}^{{{self._print(2 * expr.exp)}}}"
            if re.search(r"\^|'|\\mathbb\{E\}", LATEX.get(name, "")):
                return rf"\left({LATEX[name]}\right)^{{{self._print(expr.exp)}}}"
        if isinstance(expr.base, sympy.Trace):
            return rf"\left({self._print(expr.base)}\right)^{{{self._print(expr.exp)}}}"
        return super()._print_Pow(expr)

    def _product(self, coefficient: int, factors: Iterable[sympy.Expr], *, before: bool = False) -> str:
        """A whole number times some factors, ``before`` something that must not seem to belong to the last one."""
        ordered = sorted(factors, key=factor_key)
        alone = len(ordered) == 1 and coefficient == 1
        last = len(ordered) - (not before)
        texts = [self._parenthesized(f, alone=alone, last=k == last) for k, f in enumerate(ordered)]
        if coefficient != 1 or not texts:
            texts.insert(0, str(coefficient))
        return " ".join(texts)

    def _parenthesized(self, factor: sympy.Basic, *, alone: bool = False, last: bool = True) -> str:
        text = self._print(factor)
        if isinstance(factor, sympy.Add) and not alone:
            # Brackets that grow hold a line together, so that a long sum in them could not be broken.
            tall = r"\frac" in text and len(text) <= MAX_UNBROKEN
            return rf"\left({text}\right)" if tall else f"({text})"
        if text.startswith((r"\sum", r"\mathbb{E}")) and not last:  # open to the right
            return rf"\left({text}\right)"
        return text

    def _print_MatMul(self, expr: MatMul) -> str:
        scalars = [a for a in expr.args if not isinstance(a, MatrixExpr)]
        matrices = [a for a in expr.args if isinstance(a, MatrixExpr)]
        body = " ".join(self._matrix_factor(m) for m in matrices)
        sign, text = self.coefficient(scalars)
        return sign + (f"{text} {body}" if text else body)

    def _matrix_factor(self, matrix: MatrixExpr) -> str:
        if isinstance(matrix, sympy.MatAdd):
            return rf"\left({self._print(matrix)}\right)"
        if isinstance(matrix, sympy.HadamardProduct | sympy.KroneckerProduct):
            return rf"\left({self._print(matrix)}\right)"
        if isinstance(matrix, MatMul) and not all(isinstance(a, MatrixExpr) for a in matrix.args):
            return rf"\left({self._print(matrix)}\right)"
        return self._print(matrix)

    def _print_Transpose(self, expr: Transpose) -> str:
        inner = self._print(expr.arg)
        if not isinstance(expr.arg, sympy.MatrixSymbol):
            return rf"\left({inner}\right)^{{\top}}"
        # A symbol that carries a superscript already, such as β*, takes ⊤ into it.
        return inner[:-1] + r"\top}" if inner.endswith("^{*}") else rf"{inner}^{{\top}}"

    def _applied(self, name: str, matrix: MatrixExpr) -> str:
        inner = self._print(matrix)
        return (
            rf"\operatorname{{{name}}}\left({inner}\right)"
            if r"\frac" in inner
            else rf"\operatorname{{{name}}}({inner})"
        )

    def _print_DiagonalOf(self, expr: DiagonalOf) -> str:
        return self._applied("diag", expr.arg)

    def _print_DiagonalMatrix(self, expr: DiagonalMatrix) -> str:
        """The diagonal part of a matrix."""
        return self._applied("Diag", DiagonalOf(expr.arg))

    def _print_DiagMatrix(self, expr: DiagMatrix) -> str:
        return self._applied("Diag", expr.args[0])

    def _print_Vec(self, expr: Vec) -> str:
        return self._applied("vec", expr.arg)

    def _print_Commutation(self, expr: Commutation) -> str:
        return rf"\mathbb{{K}}_{{{self._print(expr.m)},{self._print(expr.n)}}}"

    def _print_Inverse(self, expr: sympy.Inverse) -> str:
        inner = self._print(expr.arg)
        return (
            rf"{inner}^{{-1}}"
            if isinstance(expr.arg, sympy.MatrixSymbol)
            else rf"\left[{inner}\right]^{{-1}}"
        )

    def _print_MatPow(self, expr: sympy.MatPow) -> str:
        inner, exponent = self._print(expr.base), self._print(expr.exp)
        return (
            rf"{inner}^{{{exponent}}}"
            if isinstance(expr.base, sympy.MatrixSymbol)
            else rf"\left({inner}\right)^{{{exponent}}}"
        )

    def _print_Identity(self, expr: sympy.Identity) -> str:
        return f"I_{{{self._print(expr.shape[0])}}}"

    def _print_OneMatrix(self, expr: sympy.OneMatrix) -> str:
        r"""A vector of ones, its transpose, or the product of two: a bare 1 would be taken for the number."""
        rows, cols = (rf"\mathbf{{1}}_{{{self._print(size)}}}" for size in expr.shape)
        if expr.shape[1] == 1:
            return rows
        return rf"{cols}^{{\top}}" if expr.shape[0] == 1 else rf"{rows} {cols}^{{\top}}"

    def _print_Trace(self, expr: sympy.Trace) -> str:
        arg = expr.arg
        factors = list(arg.args) if isinstance(arg, MatMul) else [arg]
        vector_ends = arg.shape[0] == 1
        is_pair = len(factors) == 2 and all(isinstance(f, MatrixExpr) for f in factors)
        if is_pair and factors[0] == Transpose(factors[1]).doit():
            base = next((f.arg for f in factors if isinstance(f, Transpose)), None)
            if base is not None:
                return rf"\lVert {self._print(base)}\rVert" + ("^{2}" if vector_ends else "_{F}^{2}")
        if vector_ends:
            text = self._print(arg)
            return rf"\left({text}\right)" if isinstance(arg, sympy.MatAdd) else text
        return rf"\operatorname{{tr}}({self._print(arg)})"


def terms_in_order(expression: sympy.Basic) -> list[sympy.Basic]:
    """The terms of a sum in the order in which they are written."""
    if isinstance(expression, sympy.MatAdd):
        return sorted(expression.args, key=matrix_term_key)
    # What follows a sum over eigenvalues would seem to belong to it.
    return sorted(sorted(sympy.Add.make_args(expression), key=term_key), key=_is_eigen_sum)


def _is_eigen_sum(term: sympy.Basic) -> bool:
    return isinstance(term, EigenSum) or any(isinstance(factor, EigenSum) for factor in term.args)


def with_sign(text: str) -> str:
    """LaTeX of a term with its sign in front."""
    return text if text.startswith("-") else "+" + text


def plus_first(terms: list[str]) -> list[str]:
    """Signed terms with the first positive one in front."""
    first = next((i for i, term in enumerate(terms) if term.startswith("+")), 0)
    return [terms[first], *terms[:first], *terms[first + 1 :]] if terms else terms


def join_signed(terms: list[str]) -> str:
    """Signed terms as one sum; the first sign is left out when it is a plus."""
    text = " ".join(f"{term[0]} {term[1:]}" for term in terms)
    if text.startswith("+ "):
        return text[2:]
    return "-" + text[2:] if text.startswith("- ") else text


_PRINTER = PaperPrinter()


def expression_latex(expression: sympy.Basic) -> str:
    """LaTeX of a SymPy expression in the papers' notation."""
    return str(_PRINTER.doprint(expression))


def coefficient_latex(coefficient: sympy.Expr) -> tuple[str, str]:
    """The sign of a scalar and its LaTeX in front of another factor, empty for 1."""
    return _PRINTER.coefficient([coefficient])
