"""SymPy expressions at given sizes as grids of polynomials in entries, and all that is said of single entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations
from typing import Any

import sympy
from sympy.matrices.expressions import (
    Adjoint,
    BlockMatrix,
    Determinant,
    DotProduct,
    HadamardPower,
    HadamardProduct,
    Identity,
    KroneckerProduct,
    MatAdd,
    MatMul,
    MatPow,
    MatrixExpr,
    MatrixSymbol,
    OneMatrix,
    Trace,
    Transpose,
    ZeroMatrix,
)
from sympy.matrices.expressions.blockmatrix import BlockDiagMatrix
from sympy.matrices.expressions.diagonal import DiagMatrix, DiagonalMatrix, DiagonalOf
from sympy.matrices.expressions.matexpr import MatrixElement

from symicl.algebra import Commutation, Vec
from symicl.errors import InputError, ShapeError, UnsupportedError, brief
from symicl.expectation.at_sizes.quotients import Quotient, Variables

Grid = list[list[Quotient]]

MAX_TERMS_OF_SUM = 1000


class Explicit:
    """Evaluates expressions entry by entry.

    Parameters
    ----------
    variables : Variables
    sizes : dict
        From each size to a number.
    letters : dict
        The entries of each matrix symbol.
    """

    def __init__(
        self, variables: Variables, sizes: Mapping[sympy.Symbol, int], letters: Mapping[MatrixExpr, Grid]
    ):
        self.variables, self.sizes, self.letters = variables, dict(sizes), letters
        self._numbers = {symbol: sympy.Integer(size) for symbol, size in sizes.items()}

    # --- scalars -----------------------------------------------------------------------------------------

    def scalar(self, expression: sympy.Basic) -> Quotient:
        """A scalar expression.

        Raises
        ------
        UnsupportedError
            For what is no rational function of entries, or divides by something random.
        """
        if isinstance(expression, MatrixExpr):
            grid = self.matrix(expression)
            if len(grid) != 1 or len(grid[0]) != 1:
                raise ShapeError(f"the matrix {brief(expression)} stands where a scalar is needed")
            return grid[0][0]
        if isinstance(expression, sympy.Rational):
            return self.variables.rational(expression)
        if isinstance(expression, sympy.Symbol):
            if expression in self.sizes:
                return self.variables.number(self.sizes[expression])
            return self.variables.of(expression)
        if isinstance(expression, sympy.Add):
            return self._total([self.scalar(x) for x in expression.args])
        if isinstance(expression, sympy.Mul):
            result = self.variables.number(1)
            for factor in expression.args:
                result = result * self.scalar(factor)
            return result
        if isinstance(expression, sympy.Pow) and (exponent := self._whole(expression.exp)) is not None:
            base = self.scalar(expression.base)
            return base**exponent if exponent >= 0 else base.reciprocal(brief(expression)) ** -exponent
        if isinstance(expression, Trace):
            grid = self.matrix(expression.arg)
            self._square(grid, expression)
            return self._total([row[i] for i, row in enumerate(grid)])
        if isinstance(expression, Determinant):
            return self._determinant(self.matrix(expression.arg), expression)
        if isinstance(expression, MatrixElement):
            return self._entry(expression)
        if isinstance(expression, DotProduct):
            left, right = ([x for row in self.matrix(part) for x in row] for part in expression.args)
            return self._total([x * y for x, y in zip(left, right, strict=True)])
        if isinstance(expression, sympy.Sum):
            return self._sum(expression)
        if not expression.free_symbols - set(self.sizes):
            return self._number_at_sizes(expression)
        raise UnsupportedError(
            f"{brief(expression)} is no rational function of entries, so it is not averaged entry by entry; "
            "sample() takes it at numbers"
        )

    def _number_at_sizes(self, expression: sympy.Basic) -> Quotient:
        value = expression.subs(self._numbers)
        if isinstance(value, sympy.Float) or not isinstance(value, sympy.Rational):
            raise UnsupportedError(f"{brief(expression)} is no exact rational number at these sizes")
        return self.variables.rational(value)

    def _sum(self, expression: sympy.Sum) -> Quotient:
        """A sum over indices, term by term."""
        inner, (index, *bounds) = expression.args[0], expression.limits[-1]
        if len(expression.limits) > 1:
            inner = sympy.Sum(inner, *expression.limits[:-1])
        first, last = (self._whole(bound) for bound in bounds)
        if first is None or last is None or last - first >= MAX_TERMS_OF_SUM:
            raise UnsupportedError(
                f"the sum {brief(expression)} has no whole bounds at these sizes, or too many terms"
            )
        return self._total([self.scalar(inner.subs(index, k)) for k in range(first, last + 1)])

    def _entry(self, expression: MatrixElement) -> Quotient:
        grid = self.matrix(expression.parent)
        i, j = (self._whole(index) for index in (expression.i, expression.j))
        if i is None or j is None:
            raise UnsupportedError(f"the index of {expression} is no number; entries are counted from 0")
        if not (0 <= i < len(grid) and 0 <= j < len(grid[0])):
            raise InputError(
                f"{expression} is no entry of a {len(grid)}×{len(grid[0])} matrix; entries are counted from 0"
            )
        return grid[i][j]

    def _determinant(self, grid: Grid, expression: sympy.Basic) -> Quotient:
        self._square(grid, expression)
        size = len(grid)
        if size > 6:
            raise UnsupportedError(f"{brief(expression)}: determinants are taken entry by entry up to size 6")
        terms = []
        for chosen in permutations(range(size)):
            crossings = sum(chosen[i] > chosen[j] for i in range(size) for j in range(i + 1, size))
            term = self.variables.number((-1) ** crossings)
            for i, j in enumerate(chosen):
                term = term * grid[i][j]
            terms.append(term)
        return self._total(terms)

    def _whole(self, value: sympy.Expr) -> int | None:
        """A whole number, once the sizes are put in."""
        found = value.subs(self._numbers)
        return int(found) if isinstance(found, sympy.Integer) else None

    def size(self, value: Any) -> int:
        """A size as a number.

        Raises
        ------
        InputError
            If it is none.
        """
        found = self._whole(value) if isinstance(value, sympy.Basic) else value
        if found is None or found < 1:
            raise InputError(f"the size {value} is {found if found is not None else 'no number'} here")
        return found

    def _total(self, terms: Sequence[Quotient]) -> Quotient:
        total = self.variables.number(0)
        for term in terms:
            total = total + term
        return total

    # --- matrices ----------------------------------------------------------------------------------------

    def matrix(self, expression: MatrixExpr) -> Grid:
        """A matrix expression as a grid of its entries."""
        number = self.variables.number
        if expression in self.letters:
            return self.letters[expression]
        if isinstance(expression, MatrixSymbol):
            raise UnsupportedError(f"{expression} has no entries here")
        if isinstance(expression, Transpose):
            return _transposed(self.matrix(expression.arg))
        if isinstance(expression, Adjoint):
            return _transposed(self.matrix(expression.arg))
        if isinstance(expression, MatMul):
            return self._product(expression)
        if isinstance(expression, MatAdd):
            first, *rest = map(self.matrix, expression.args)
            for grid in rest:
                self._same(first, grid, expression)
                first = [[x + y for x, y in zip(r, s, strict=True)] for r, s in zip(first, grid, strict=True)]
            return first
        if isinstance(expression, MatPow):
            return self._power(expression)
        if isinstance(expression, Identity | ZeroMatrix | OneMatrix):
            rows, cols = map(self.size, expression.shape)
            kind = {ZeroMatrix: lambda i, j: 0, OneMatrix: lambda i, j: 1}.get(
                type(expression), lambda i, j: int(i == j)
            )
            return [[number(kind(i, j)) for j in range(cols)] for i in range(rows)]
        if isinstance(expression, sympy.MatrixBase):
            return [[self.scalar(x) for x in row] for row in expression.tolist()]
        found = self._entrywise(expression)
        if found is None:
            raise UnsupportedError(
                f"{brief(expression)}: {type(expression).__name__} is not taken entry by entry"
            )
        return found

    def _entrywise(self, expression: MatrixExpr) -> Grid | None:
        """The value of an entrywise, Kronecker or diagonal product; None for anything else."""
        number = self.variables.number
        if isinstance(expression, HadamardProduct):
            first, *rest = map(self.matrix, expression.args)
            for grid in rest:
                self._same(first, grid, expression)
                first = [[x * y for x, y in zip(r, s, strict=True)] for r, s in zip(first, grid, strict=True)]
            return first
        if isinstance(expression, HadamardPower):
            exponent = self._whole(expression.exp)
            if exponent is None or exponent < 0:
                raise UnsupportedError(f"{brief(expression)}: entries are taken to whole powers")
            return [[x**exponent for x in row] for row in self.matrix(expression.base)]
        if isinstance(expression, KroneckerProduct):
            result = [[number(1)]]
            for grid in map(self.matrix, expression.args):
                result = [[x * y for x in r for y in s] for r in result for s in grid]
            return result
        if isinstance(expression, DiagMatrix):
            entries = [x for row in self.matrix(expression.args[0]) for x in row]
            return [[x if i == j else number(0) for j in range(len(entries))] for i, x in enumerate(entries)]
        if isinstance(expression, DiagonalMatrix):
            grid = self.matrix(expression.arg)
            return [[x if i == j else number(0) for j, x in enumerate(row)] for i, row in enumerate(grid)]
        if isinstance(expression, DiagonalOf):
            grid = self.matrix(expression.arg)
            return [[grid[i][i]] for i in range(min(len(grid), len(grid[0])))]
        if isinstance(expression, Commutation):
            m, n = map(self.size, expression.args)
            places = [(i, j) for i in range(m) for j in range(n)]
            columns = [(i, j) for j in range(n) for i in range(m)]
            return [[number(int(a == b)) for b in columns] for a in places]
        if isinstance(expression, Vec):
            return [[x] for column in _transposed(self.matrix(expression.arg)) for x in column]
        if isinstance(expression, BlockMatrix | BlockDiagMatrix):
            blocks = expression.blocks
            rows: Grid = []
            for i in range(blocks.shape[0]):
                beside = [self.matrix(blocks[i, j]) for j in range(blocks.shape[1])]
                rows += [[x for line in lines for x in line] for lines in zip(*beside, strict=True)]
            return rows
        return None

    def _product(self, expression: MatMul) -> Grid:
        factor, product = self.variables.number(1), None
        for part in expression.args:
            if not isinstance(part, MatrixExpr | sympy.MatrixBase):
                factor = factor * self.scalar(part)
                continue
            grid = self.matrix(part)
            product = grid if product is None else self._times(product, grid, expression)
        assert product is not None
        return [[factor * x for x in row] for row in product]

    def _times(self, a: Grid, b: Grid, what: sympy.Basic) -> Grid:
        if len(a[0]) != len(b):
            raise ShapeError(
                f"{brief(what)} multiplies {len(a)}×{len(a[0])} by {len(b)}×{len(b[0])} at these sizes"
            )
        columns = _transposed(b)
        return [[self._total([x * y for x, y in zip(row, c, strict=True)]) for c in columns] for row in a]

    def _power(self, expression: MatPow) -> Grid:
        exponent, grid = self._whole(expression.exp), self.matrix(expression.base)
        if exponent is None:
            raise UnsupportedError(f"{brief(expression)}: powers of matrices are whole numbers")
        self._square(grid, expression)
        if exponent < 0:
            grid, exponent = self._inverse(grid, expression), -exponent
        one = self.variables.number
        result = [[one(int(i == j)) for j in range(len(grid))] for i in range(len(grid))]
        for _ in range(exponent):
            result = self._times(result, grid, expression)
        return result

    def _inverse(self, grid: Grid, expression: sympy.Basic) -> Grid:
        """By minors; nothing that is divided by may be random."""
        size = len(grid)
        below = self._determinant(grid, expression).reciprocal(brief(expression))

        def minor(i: int, j: int) -> Quotient:
            rest = [[x for b, x in enumerate(row) if b != j] for a, row in enumerate(grid) if a != i]
            return self._determinant(rest, expression) if rest else self.variables.number(1)

        return [
            [self.variables.number((-1) ** (i + j)) * minor(j, i) * below for j in range(size)]
            for i in range(size)
        ]

    @staticmethod
    def _square(grid: Grid, what: sympy.Basic) -> None:
        if len(grid) != len(grid[0]):
            raise ShapeError(f"{brief(what)} needs a square matrix, not {len(grid)}×{len(grid[0])}")

    @staticmethod
    def _same(a: Grid, b: Grid, what: sympy.Basic) -> None:
        if (len(a), len(a[0])) != (len(b), len(b[0])):
            raise ShapeError(f"the parts of {brief(what)} differ in shape at these sizes")


def _transposed(grid: Grid) -> Grid:
    return [list(column) for column in zip(*grid, strict=True)]
