"""LaTeX of SymPy expressions that becomes one line of text: what two dimensions show is written with brackets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

import sympy
from sympy.matrices.expressions import MatMul, MatrixExpr
from sympy.matrices.expressions.diagonal import DiagMatrix, DiagonalMatrix, DiagonalOf
from sympy.matrices.expressions.matexpr import MatrixElement

from symicl.algebra import Commutation, Vec
from symicl.typeset.fraction import fraction_of
from symicl.typeset.latex_reader import read_latex
from symicl.typeset.line import (
    Fence,
    Kind,
    Level,
    Node,
    Row,
    Scripts,
    Word,
    kind_of,
    level,
    number_word,
    write_line,
)
from symicl.typeset.notation import SQUARES, factor_key
from symicl.typeset.printer import PaperPrinter, expression_latex

FIRST_PIECE = 0xE000
"""Code of the first character, of those for private use, that stands for a symbol."""


class LinePrinter(PaperPrinter):
    """Matrices stand in numerators, sums in brackets, traces are no norms; a symbol is one piece, whatever its name.

    Attributes
    ----------
    names : mapping
        How symbols are written, by their name; the papers' letters otherwise.
    pieces : dict
        The symbols that occur, by the character that stands for each.
    """

    def __init__(self, names: Mapping[str, Node] | None = None):
        super().__init__()
        self.names = names or {}
        self.pieces: dict[str, Node] = {}
        self._characters: dict[Node, str] = {}

    def node(self, text: str) -> Node:
        """The tree of what has been printed."""
        row = read_latex(text, pieces=self.pieces)
        return row.items[0] if len(row.items) == 1 else row

    # --- symbols and what stands at them ------------------------------------------------------------------

    def _print_Symbol(self, expr: sympy.Basic, style: str = "plain") -> str:
        return self._piece(self.names.get(expr.name) or _papers_name(expr))

    def _piece(self, node: Node) -> str:
        character = self._characters.setdefault(node, chr(FIRST_PIECE + len(self._characters)))
        self.pieces[character] = node
        return character

    _print_MatrixSymbol = _print_SymmetricMatrix = _print_Covariance = _print_RandomMatrix = _print_Symbol

    def _print_Pow(self, expr: sympy.Pow | sympy.MatPow) -> str:
        base, exponent = expr.base, expr.exp
        if base is sympy.E:
            return str(super()._print_Pow(expr))
        if isinstance(expr, sympy.Pow) and exponent.is_Number and exponent.is_negative:
            return self.product([expr])
        text = self._print(base)
        is_square = getattr(base, "name", "") in SQUARES
        node = self.node(text)
        if exponent == sympy.Rational(1, 2):
            if is_square and isinstance(node, Scripts) and node.sup == number_word(2):
                return self._piece(node.base)
            return rf"\sqrt{{{text}}}"
        bare = (is_square and exponent.is_Integer) or _takes_power(node)
        return f"{text if bare else f'({text})'}^{{{self._print(exponent)}}}"

    _print_MatPow = _print_Pow

    def _print_Transpose(self, expr: sympy.Transpose) -> str:
        base = self._base(expr.arg, "({})")
        return rf"{base}^{{\top}}"

    def _print_Inverse(self, expr: sympy.Inverse) -> str:
        is_sum = level(self.node(self._print(expr.arg))) <= Level.SUM
        base = self._base(expr.arg, r"\,[{}]" if is_sum else r"\,({})")
        return f"{base}^{{-1}}"

    def _base(self, matrix: MatrixExpr, brackets: str) -> str:
        text = self._print(matrix)
        bare = isinstance(matrix, sympy.MatrixSymbol) and _takes_power(self.node(text))
        return text if bare else brackets.format(text)

    # --- sums and products --------------------------------------------------------------------------------

    def signed(self, term: sympy.Basic) -> str:
        text = super().signed(term)
        is_sum = isinstance(term, sympy.Add | sympy.MatAdd) or level(self.node(text[1:])) < Level.OPEN
        return f"+({self._print(term)})" if is_sum else text

    def _print_MatMul(self, expr: MatMul) -> str:
        matrices = [a for a in expr.args if isinstance(a, MatrixExpr)]
        return self.product([a for a in expr.args if not isinstance(a, MatrixExpr)], matrices)

    def product(self, scalars: Iterable[sympy.Expr], matrices: Iterable[MatrixExpr] = ()) -> str:
        """A product of scalars and matrices: its sign, and one fraction."""
        parts = fraction_of(scalars)
        body = [self._matrix_factor(m) for m in matrices]
        top = self._factors(parts.numerator, parts.above, body)
        return ("-" if parts.negative else "") + (top if parts.is_product else self._over(top, parts))

    def _product(self, coefficient: int, factors: Iterable[sympy.Expr], *, before: bool = False) -> str:
        return self._factors(coefficient, factors, [])

    def _factors(self, coefficient: int, scalars: Iterable[sympy.Expr], matrices: list[str]) -> str:
        ordered = sorted(scalars, key=factor_key)
        found = [str(coefficient)] if coefficient != 1 or not (ordered or matrices) else []
        alone = len(ordered) + len(matrices) + len(found) == 1
        last = len(ordered) - 1 + bool(matrices)
        for i, factor in enumerate(ordered):
            text = self._print(factor)
            node = self.node(text)
            is_form = _is_form(node)
            least = Level.PRODUCT if is_form and kind_of(node) is not Kind.BIG else Level.ATOM
            bare = alone or level(node) >= (Level.OPEN if i == last else least)
            found.append(text if bare and not isinstance(factor, sympy.Add) else f"({text})")
            if i < last and is_form:
                found.append(r"\cdot")  # aᵀ H a · gᵀ H g
        return " ".join([*found, *matrices])

    def _matrix_factor(self, matrix: MatrixExpr) -> str:
        text = self._print(matrix)
        return text if level(self.node(text)) is Level.ATOM else rf"\,({text})"

    # --- single pieces ------------------------------------------------------------------------------------

    def _print_Trace(self, expr: sympy.Trace) -> str:
        text = self._print(expr.arg)
        return str(text) if expr.arg.shape[0] == 1 else rf"{{\operatorname{{tr}}({text})}}"

    # What is said of entries is written as the language of claims reads it.

    def _function(self, name: str, *arguments: object) -> str:
        inside = ", ".join(self._print(x) if isinstance(x, sympy.Basic) else str(x) for x in arguments)
        return rf"{{\operatorname{{{name}}}({inside})}}"

    def _nested(self, name: str, parts: Iterable[MatrixExpr]) -> str:
        first, *rest = parts
        text = self._print(first)
        for part in rest:
            text = rf"{{\operatorname{{{name}}}({text}, {self._print(part)})}}"
        return str(text)

    def _print_HadamardProduct(self, expr: sympy.HadamardProduct) -> str:
        return self._nested("hadamard", expr.args)

    def _print_HadamardPower(self, expr: sympy.HadamardPower) -> str:
        if not (expr.exp.is_Integer and 0 < expr.exp <= 8):
            return str(super()._print_HadamardPower(expr))
        return self._nested("hadamard", [expr.base] * int(expr.exp))

    def _print_KroneckerProduct(self, expr: sympy.KroneckerProduct) -> str:
        return self._nested("kron", expr.args)

    def _print_DiagonalOf(self, expr: DiagonalOf) -> str:
        return self._function("diag", expr.arg)

    def _print_DiagMatrix(self, expr: DiagMatrix) -> str:
        return self._function("diag", expr.args[0])

    def _print_DiagonalMatrix(self, expr: DiagonalMatrix) -> str:
        return self._function("diag", DiagonalOf(expr.arg))

    def _print_Vec(self, expr: Vec) -> str:
        return self._function("vec", expr.arg)

    def _print_Commutation(self, expr: Commutation) -> str:
        return self._function("commutation", expr.m, expr.n)

    def _print_MatrixElement(self, expr: MatrixElement) -> str:
        if not (expr.i.is_Integer and expr.j.is_Integer):
            return str(super()._print_MatrixElement(expr))
        return self._function("entry", expr.parent, int(expr.i) + 1, int(expr.j) + 1)

    def _print_OneMatrix(self, expr: sympy.OneMatrix) -> str:
        return str(super()._print_OneMatrix(expr)).replace(r"\mathbf{1}", r"{\mathrm{1}}")

    def _print_MatrixBase(self, expr: sympy.MatrixBase) -> str:
        rows = (" & ".join(map(self._print, row)) for row in expr.tolist())
        entries = r" \\ ".join(rows)
        return rf"\begin{{matrix}}{entries}\end{{matrix}}"

    _print_ImmutableMatrix = _print_ImmutableDenseMatrix = _print_MatrixBase


def _is_form(node: Node) -> bool:
    """vᵀ S v, which must not run into what stands behind it."""
    return isinstance(node, Row) and level(node) is Level.PRODUCT and not isinstance(node.items[0], Word)


def _takes_power(node: Node) -> bool:
    """True if an exponent can stand at it without brackets."""
    if isinstance(node, Scripts):
        star = node.sup is None or node.sup in (Word("⋆"), Word("′"))
        return star and kind_of(node) in (Kind.LETTER, Kind.NUMBER)
    return level(node) is Level.ATOM


@cache
def _papers_name(symbol: sympy.Basic) -> Node:
    return named(expression_latex(symbol))


def named(latex: str) -> Node:
    """A name in LaTeX as one piece: λ_min(H) is no product."""
    row = read_latex(latex)
    if len(row.items) == 1:
        (item,) = row.items
        return Word(item.text) if isinstance(item, Word) else item
    return Word(write_line(row)) if isinstance(row.items[-1], Fence) else row
