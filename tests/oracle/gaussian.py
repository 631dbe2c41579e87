"""Expectation of a SymPy expression by explicit coordinates.

`Coordinates` gives every symbol of an expression a number (asymmetric, never 0 or 1) and every Gaussian matrix
explicit entries, as in `symicl.certificates.coordinates.gaussian`. `value` walks the SymPy tree with these;
`expectation` takes the mean of what comes out.
"""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import sympy
from sympy.matrices.expressions import (
    BlockMatrix,
    Identity,
    Inverse,
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
from sympy.matrices.expressions.matexpr import MatrixElement

from oracle.entrywise import ENTRYWISE, entrywise
from symicl.algebra import (
    Covariance,
    Diagonal,
    DiagonalCovariance,
    GaussianMatrix,
    NormedVector,
    Orthogonal,
    Projector,
    SemiOrthogonal,
    Structured,
    SymmetricMatrix,
)
from symicl.certificates.coordinates import Gaussians, Matrix, equations, matrices
from symicl.certificates.coordinates.entries import Entry
from symicl.certificates.coordinates.inverse_gram import draw_inverse
from symicl.errors import UnsupportedError
from symicl.expectation import EllipticalMatrix, GOEMatrix, HaarMatrix, IndependentEntries, expect_at

VARIANCES = [Fraction(4), Fraction(3), Fraction(9, 4), Fraction(1, 2), Fraction(5, 9)]
NUMBERS = [-3, -2, 2, 3, 5]
EQUATIONS = {
    Projector: "projector",
    Orthogonal: "orthogonal",
    SemiOrthogonal: "orthonormal",
    Diagonal: "diagonal",
    NormedVector: "norm",
}


def is_gram(expression: sympy.Basic) -> bool:
    """True for X'X with a Gaussian X."""
    return (
        isinstance(expression, MatMul)
        and len(expression.args) == 2
        and isinstance(expression.args[1], GaussianMatrix)
        and expression.args[0] == expression.args[1].T
    )


def power(a: Matrix, exponent: int) -> Matrix:
    """A whole power, negative ones by the inverse."""
    if exponent < 0:
        a, exponent = matrices.inverse(a), -exponent
    result = matrices.identity(len(a))
    for _ in range(exponent):
        result = matrices.product(result, a)
    return result


def assemble(blocks: list[list[Matrix]]) -> Matrix:
    """A matrix from its blocks."""
    return [[x for block in row for x in block[i]] for row in blocks for i in range(len(row[0]))]


class Coordinates:
    """Numbers for symbols and entries for Gaussians, made on demand from a seed.

    Parameters
    ----------
    dims : dict
        Sizes of the dimension symbols.
    seed : int
    """

    def __init__(self, dims: dict[sympy.Symbol, int], seed: int = 0):
        self.values: dict[sympy.Basic, Any] = dict(dims)
        self.random = random.Random(seed)
        self.gaussians = Gaussians()

    # --- numbers ---------------------------------------------------------------------------------------

    def size(self, expression: Any) -> int:
        return int(self.value(sympy.sympify(expression)))

    def _entry(self) -> int:
        return self.random.choice(NUMBERS)

    def _array(self, rows: int, cols: int) -> Matrix:
        return [[self._entry() for _ in range(cols)] for _ in range(rows)]

    def _symbol(self, symbol: sympy.Basic) -> Any:
        if isinstance(symbol, sympy.Symbol):
            return self.random.choice(VARIANCES) if symbol.is_nonnegative else Fraction(self._entry(), 7)
        rows, cols = (self.size(side) for side in symbol.shape)
        if isinstance(symbol, GaussianMatrix):
            return self._gaussian(symbol, rows, cols)
        if isinstance(symbol, GOEMatrix):
            half = self.gaussians.draw(rows, cols, None, None, Fraction(self.value(symbol.variance)) / 2)
            return matrices.add(half, matrices.transpose(half))
        if isinstance(symbol, HaarMatrix):
            return self.gaussians.draw_orthogonal(rows, cols)
        if isinstance(symbol, IndependentEntries):
            return self.gaussians.draw_numbers(rows, cols, self._moments(symbol))
        if isinstance(symbol, EllipticalMatrix):
            cov, moments = self.value(symbol.cov), self._moments(symbol)
            if not symbol.is_column:
                return self.gaussians.draw_elliptical(rows, cols, cov, moments)
            return matrices.transpose(self.gaussians.draw_elliptical(1, rows, cov, moments))
        if isinstance(symbol, Structured):
            return self._structured(symbol, rows, cols)
        if isinstance(symbol, Covariance):
            lower = [[self._entry() if i >= j else 0 for j in range(cols)] for i in range(rows)]
            return matrices.product(lower, matrices.transpose(lower))
        array = self._array(rows, cols)
        return (
            matrices.add(array, matrices.transpose(array)) if isinstance(symbol, SymmetricMatrix) else array
        )

    def _structured(self, symbol: Structured, rows: int, cols: int) -> Matrix:
        """A matrix that satisfies the equation of its kind, by the second engine."""
        if isinstance(symbol, DiagonalCovariance):
            return equations.definite_diagonal(rows, self.random)
        kind, value = EQUATIONS[type(symbol)], None
        if isinstance(symbol, Projector):
            value = self.size(symbol.rank)
        if isinstance(symbol, NormedVector):
            value = self.value(symbol.norm**2)
        return equations.satisfying(kind, rows, cols, self.random, value)

    def _gaussian(self, z: GaussianMatrix, rows: int, cols: int) -> Matrix:
        centred = self.gaussians.draw(rows, cols, self.value(z.row_cov), self.value(z.col_cov), 1)
        return matrices.add(centred, self.value(z.mean))

    def _inverse_gram(self, x: GaussianMatrix) -> Matrix:
        """(X'X)⁻¹; X itself stands nowhere else."""
        return draw_inverse(self.gaussians, self.size(x.shape[0]), self.value(x.col_cov), 1)

    def _moments(self, z: IndependentEntries | EllipticalMatrix) -> tuple[Fraction, ...]:
        return tuple(Fraction(self.value(m)) if m is not None else Fraction(0) for m in z.known)

    # --- expressions -----------------------------------------------------------------------------------

    def value(self, expression: sympy.Basic) -> Any:
        """The value: a number or `Entry` for a scalar, a nested list for a matrix."""
        if expression in self.values:
            return self.values[expression]
        if isinstance(expression, sympy.Symbol | MatrixSymbol):
            self.values[expression] = self._symbol(expression)
            return self.values[expression]
        if isinstance(expression, MatrixExpr):
            return self._matrix(expression)
        return self._scalar(expression)

    def _scalar(self, expression: sympy.Basic) -> Any:
        if isinstance(expression, sympy.Rational):
            return (
                int(expression) if expression.is_Integer else Fraction(int(expression.p), int(expression.q))
            )
        if isinstance(expression, Trace):
            return matrices.trace(self.value(expression.arg))
        if isinstance(expression, MatrixElement):
            return self.value(expression.parent)[int(expression.i)][int(expression.j)]
        parts = [self.value(arg) for arg in expression.args]
        if isinstance(expression, sympy.Add | sympy.Mul):
            # SymPy lets a 1×1 matrix stand where a scalar stands.
            parts = [part[0][0] if isinstance(part, list) else part for part in parts]
            result = parts[0]
            for part in parts[1:]:
                result = result + part if isinstance(expression, sympy.Add) else result * part
            return result
        if isinstance(expression, sympy.Pow):
            base, exponent = parts
            base = base[0][0] if isinstance(base, list) else base
            return Fraction(base) ** exponent if exponent < 0 else base**exponent
        raise NotImplementedError(f"{type(expression).__name__}: {expression}")

    def _matrix(self, expression: MatrixExpr) -> Matrix:
        if isinstance(expression, Identity):
            return matrices.identity(self.size(expression.shape[0]))
        if isinstance(expression, ZeroMatrix | OneMatrix):
            rows, cols = (self.size(side) for side in expression.shape)
            return [[int(isinstance(expression, OneMatrix))] * cols for _ in range(rows)]
        if isinstance(expression, Transpose):
            return matrices.transpose(self.value(expression.arg))
        if isinstance(expression, Inverse) and is_gram(expression.arg):
            self.values[expression] = self._inverse_gram(expression.arg.args[1])
            return self.values[expression]
        if isinstance(expression, MatPow) and expression.exp < 0 and is_gram(expression.base):
            return power(self.value(Inverse(expression.base)), -int(expression.exp))
        if isinstance(expression, Inverse | MatPow):
            return power(self.value(expression.base), int(expression.exp))
        if isinstance(expression, BlockMatrix):
            blocks = expression.blocks
            return assemble(
                [[self.value(blocks[i, j]) for j in range(blocks.shape[1])] for i in range(blocks.shape[0])]
            )
        if isinstance(expression, sympy.MatrixBase):
            return [
                [self.value(expression[i, j]) for j in range(expression.shape[1])]
                for i in range(expression.shape[0])
            ]
        if isinstance(expression, MatAdd):
            result = self.value(expression.args[0])
            for term in expression.args[1:]:
                result = matrices.add(result, self.value(term))
            return result
        if isinstance(expression, MatMul):
            result, factor = None, Fraction(1)
            for part in expression.args:
                part = self.value(part)
                if not isinstance(part, list):
                    factor = factor * part
                else:
                    result = part if result is None else matrices.product(result, part)
            return matrices.scaled(result, factor)
        if isinstance(expression, ENTRYWISE):
            return entrywise(expression, [self.value(arg) for arg in expression.args])
        raise NotImplementedError(f"{type(expression).__name__}: {expression}")

    def expectation(self, expression: sympy.Basic) -> Any:
        """E of the expression: an exact number, or a nested list of them."""
        value = self.value(expression)
        if isinstance(value, list):
            return self.gaussians.mean(value)
        return self.gaussians.mean([[value]])[0][0]


def disagreement(
    expression: sympy.Basic, answer: sympy.Basic, dims: dict[sympy.Symbol, int], seed: int = 0
) -> str | None:
    """Why ``answer`` is not the expectation of ``expression`` at one point; None if it is."""
    at = Coordinates(dims, seed)
    right, given = _bare(at.expectation(expression)), _bare(at.value(answer))
    if is_random(given):
        return f"E[{expression}] = {answer} is still random"
    if given == right:
        return None
    return f"E[{expression}] is not {answer} at {dims}, seed {seed}: {given} instead of {right}"


def disagreement_at(expression: sympy.Basic, dims: dict[sympy.Symbol, int], seed: int = 0) -> str | None:
    """Why the expectation at given sizes differs at one point; empty if it does not, None if it is refused."""
    at = Coordinates(dims, seed)
    try:
        right = _bare(at.expectation(expression))
    except UnsupportedError:
        return None
    needed = {symbol.name for symbol in all_symbols(expression)}
    try:
        found = expect_at(expression, **{s.name: size for s, size in dims.items() if s.name in needed})
    except UnsupportedError:
        return None
    given = _bare(at.value(found.value))
    return "" if given == right else f"E[{expression}] is not {found.value} at {dims}, seed {seed}: {right}"


def all_symbols(expression: sympy.Basic) -> set[sympy.Symbol]:
    """The scalars and sizes of an expression, those of the shapes and laws of its letters among them."""
    found: set[sympy.Symbol] = set()
    waiting: list[sympy.Basic] = [expression]
    seen: set[sympy.Basic] = set()
    while waiting:
        part = waiting.pop()
        for symbol in part.free_symbols - seen:
            seen.add(symbol)
            if isinstance(symbol, sympy.Symbol):
                found.add(symbol)
            waiting += [*getattr(symbol, "shape", ()), *getattr(symbol, "law_parts", ())]
    return found


def difference(
    left: sympy.Basic, right: sympy.Basic, dims: dict[sympy.Symbol, int], seed: int = 0
) -> str | None:
    """Why two non-random expressions differ at one point; None if they agree there."""
    at = Coordinates(dims, seed)
    a, b = _bare(at.value(left)), _bare(at.value(right))
    assert not is_random(a) and not is_random(b), "a random expression has no single value"
    return None if a == b else f"{left} is {a} and {right} is {b} at {dims}, seed {seed}"


def is_random(value: Any) -> bool:
    if isinstance(value, list):
        return any(is_random(x) for row in value for x in row)
    return isinstance(value, Entry) and any(m and c for m, c in value.terms.items())


def _bare(value: Any) -> Any:
    """A 1×1 matrix and its entry are the same thing; so are a number and a constant polynomial."""
    if isinstance(value, list) and matrices.shape(value) == (1, 1):
        value = value[0][0]
    if isinstance(value, Entry) and not is_random(value):
        return value.terms.get(0, 0)
    return value
