"""SymPy expressions as trees of `symicl.typeset.line`: terms and factors in the papers' order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache

import sympy
from sympy.matrices.expressions import MatMul, MatrixExpr

from symicl.typeset.eigenvalues import EigenSum
from symicl.typeset.fraction import fraction_of
from symicl.typeset.latex_reader import read_latex
from symicl.typeset.line import (  # fmt: skip
    DOT,
    MINUS,
    PLUS,
    TOP,
    Fence,
    Grid,
    Kind,
    Level,
    Node,
    Quotient,
    Root,
    Row,
    Scripts,
    Word,
    fenced,
    kind_of,
    level,
    number_word,
    raised,
    write_line,
)
from symicl.typeset.notation import SQUARES, factor_key, matrix_term_key, term_key
from symicl.typeset.printer import expression_latex

Signed = tuple[Word, Node]


class Lines:
    """Builds trees.

    Attributes
    ----------
    names : mapping
        How symbols are written, by their name; the papers' letters otherwise.
    renamed : callable
        The same for LaTeX.
    """

    def __init__(self, names: Mapping[str, Node] | None = None, renamed: Callable[[str], str] = str):
        self.names, self.renamed = names or {}, renamed

    def tree(self, expression: sympy.Basic) -> Node:
        """The tree of an expression."""
        return self.total([self.signed(term) for term in self.terms(expression)])

    def total(self, terms: Sequence[Signed]) -> Node:
        """A sum of terms, each with its sign; it does not start with a minus if it need not."""
        items: list[Node] = []
        first = next((i for i, (sign, _) in enumerate(terms) if sign == PLUS), 0)
        for sign, term in [terms[first], *terms[:first], *terms[first + 1 :]]:
            if items or sign == MINUS:
                items.append(sign)
            items.append(fenced(term, Level.OPEN))
        return items[0] if len(items) == 1 else Row(tuple(items))

    def terms(self, expression: sympy.Basic) -> list[sympy.Basic]:
        """The terms of a sum in the order in which they are written."""
        if isinstance(expression, sympy.MatAdd):
            return sorted(expression.args, key=matrix_term_key)
        if isinstance(expression, sympy.Add):
            terms = sorted(expression.args, key=term_key)
            # What follows a sum over an index would seem to belong to it.
            return sorted(terms, key=lambda term: isinstance(term, EigenSum) or term.has(EigenSum))
        return [expression]

    # --- terms ------------------------------------------------------------------------------------------

    def signed(self, term: sympy.Basic) -> Signed:
        """A term and its sign."""
        if isinstance(term, MatMul):
            scalars = [a for a in term.args if not isinstance(a, MatrixExpr)]
            matrices = [a for a in term.args if isinstance(a, MatrixExpr)]
            return self.product(scalars, matrices)
        if isinstance(term, sympy.Mul) or (isinstance(term, sympy.Number) and term.is_finite):
            return self.product([term], [])
        if isinstance(term, sympy.Pow) and term.exp.is_Number and term.exp.is_negative:
            return self.product([term], [])
        if isinstance(term, sympy.Add | sympy.MatAdd):
            return PLUS, Fence(self.tree(term))
        return PLUS, self.atom(term)

    def product(self, scalars: Iterable[sympy.Expr], matrices: Iterable[MatrixExpr]) -> Signed:
        """A product of scalars and matrices: its sign, and one fraction."""
        parts = fraction_of(scalars)
        top = self._factors(parts.numerator, list(parts.above), [self._matrix_factor(m) for m in matrices])
        sign = MINUS if parts.negative else PLUS
        if parts.is_product:
            return sign, top
        return sign, Quotient(top, self._factors(parts.denominator, list(parts.below), []))

    def _factors(self, coefficient: int, scalars: list[sympy.Expr], matrices: list[Node]) -> Node:
        factors = [self._factor(f) for f in sorted(scalars, key=factor_key)]
        if coefficient != 1 or not (factors or matrices):
            factors.insert(0, number_word(coefficient))
        if len(factors) + len(matrices) == 1:
            return factors[0] if factors else matrices[0]
        items: list[Node] = []
        last = len(factors) - 1 + (len(matrices) > 0)
        for i, factor in enumerate(factors):
            least = Level.ATOM if kind_of(factor) is Kind.BIG or not _is_form(factor) else Level.PRODUCT
            items.append(factor if i == last and level(factor) >= Level.OPEN else fenced(factor, least))
            if i < last and _is_form(factor):
                items.append(DOT)  # aᵀ H a · gᵀ H g
        return Row((*items, *matrices))

    def _factor(self, factor: sympy.Expr) -> Node:
        return Fence(self.tree(factor)) if isinstance(factor, sympy.Add) else self.atom(factor)

    def _matrix_factor(self, matrix: MatrixExpr) -> Node:
        inner = self.tree(matrix)
        return inner if level(inner) is Level.ATOM else Fence(inner, apart=True)

    # --- single pieces ------------------------------------------------------------------------------------

    def atom(self, expression: sympy.Basic) -> Node:
        """Anything that is no sum and no product."""
        for kind, method in _WRITERS.items():
            if isinstance(expression, kind):
                return method(self, expression)
        return self.other(expression)

    def symbol(self, symbol: sympy.Basic) -> Node:
        if symbol.name in self.names:
            return self.names[symbol.name]
        return _papers_name(symbol)

    def power(self, expression: sympy.Pow | sympy.MatPow) -> Node:
        base, exponent = expression.base, expression.exp
        if base is sympy.E:
            return self.other(expression)
        if exponent == sympy.Rational(1, 2):
            return self._root(base)
        inner = self.tree(base)
        if getattr(base, "name", "") in SQUARES and exponent.is_Integer and exponent > 0:
            return raised(inner, number_word(int(exponent)))
        inner = inner if _takes_power(inner) else Fence(inner)
        return raised(inner, self.tree(exponent))

    def _root(self, base: sympy.Basic) -> Node:
        inner = self.tree(base)
        if (
            isinstance(inner, Scripts)
            and inner.sup == number_word(2)
            and getattr(base, "name", "") in SQUARES
        ):
            return inner.base
        return Root(inner)

    def trace(self, expression: sympy.Trace) -> Node:
        inner = self.tree(expression.arg)
        if expression.arg.shape[0] == 1:
            return inner
        return Row((Word("tr", Kind.FUNCTION), Fence(inner)))

    def transpose(self, expression: sympy.Transpose) -> Node:
        inner = self.tree(expression.arg)
        plain = isinstance(expression.arg, sympy.MatrixSymbol) and _takes_power(inner)
        return Scripts(inner if plain else Fence(inner), sup=TOP)

    def inverse(self, expression: sympy.Inverse) -> Node:
        inner = self.tree(expression.arg)
        plain = isinstance(expression.arg, sympy.MatrixSymbol) and _takes_power(inner)
        left, right = "[]" if level(inner) <= Level.SUM else "()"
        base = inner if plain else Fence(inner, left, right, apart=True)
        return Scripts(base, sup=Row((MINUS, number_word(1))))

    def identity(self, expression: sympy.Identity) -> Node:
        return Scripts(Word("I"), self.tree(expression.shape[0]))

    def ones(self, expression: sympy.OneMatrix) -> Node:
        """A vector of ones, its transpose, or the product of two: a bare 1 would be taken for the number."""
        rows, cols = (self.tree(size) for size in expression.shape)
        column, row = Scripts(Word("1"), rows), Scripts(Word("1"), cols, TOP)
        if expression.shape[1] == 1:
            return column
        return row if expression.shape[0] == 1 else Row((column, row))

    def harmonic(self, expression: sympy.harmonic) -> Node:
        order = expression.args[1] if len(expression.args) > 1 else sympy.Integer(1)
        return Scripts(
            Word("H"), self.tree(expression.args[0]), None if order == 1 else Fence(self.tree(order))
        )

    def eigen_sum(self, expression: EigenSum) -> Node:
        index = Word(expression.eigenvalue.name.rsplit("_", 1)[1])
        below = Row((index, Word("=", Kind.RELATION), number_word(1)))
        sign = Scripts(Word("∑", Kind.BIG), below, self.tree(expression.dimension))
        return Row((sign, fenced(self.tree(expression.body), Level.PRODUCT)))

    def function(self, expression: sympy.Function) -> Node:
        items: list[Node] = []
        for argument in expression.args:
            items += [Word(",", Kind.PUNCTUATION), self.tree(argument)] if items else [self.tree(argument)]
        name = {"Max": "max", "Min": "min"}.get(type(expression).__name__, type(expression).__name__)
        return Row((Word(name, Kind.FUNCTION), Fence(Row(tuple(items)))))

    def grid(self, matrix: sympy.MatrixBase) -> Node:
        return Grid(
            tuple(tuple(self.tree(matrix[i, j]) for j in range(matrix.cols)) for i in range(matrix.rows))
        )

    def other(self, expression: sympy.Basic) -> Node:
        """An expression that is known by its LaTeX only."""
        row = read_latex(self.renamed(expression_latex(expression)))
        return row.items[0] if len(row.items) == 1 else row


_WRITERS = {
    sympy.Symbol: Lines.symbol,
    sympy.MatrixSymbol: Lines.symbol,
    sympy.Number: lambda self, value: self.tree(value) if value.is_finite else self.other(value),
    sympy.Inverse: Lines.inverse,
    sympy.Pow: Lines.power,
    sympy.MatPow: Lines.power,
    sympy.Trace: Lines.trace,
    sympy.Transpose: Lines.transpose,
    sympy.Identity: Lines.identity,
    sympy.ZeroMatrix: lambda self, matrix: number_word(0),
    sympy.OneMatrix: Lines.ones,
    sympy.harmonic: Lines.harmonic,
    EigenSum: Lines.eigen_sum,
    sympy.Max: Lines.function,
    sympy.Min: Lines.function,
    sympy.MatrixBase: Lines.grid,
    sympy.Add: lambda self, expression: Fence(self.tree(expression)),
    sympy.MatAdd: lambda self, expression: Fence(self.tree(expression)),
    sympy.Mul: lambda self, expression: self.tree(expression),
    MatMul: lambda self, expression: self.tree(expression),
}


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
