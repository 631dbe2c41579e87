"""Small exact instances on which closed forms are compared.

The numbers are deliberately uneven (d ≠ n, non-diagonal matrices, fractions other than 0 and 1), because
symmetric instances hide mistakes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import product
from typing import NamedTuple

import flint
import sympy
from sympy.matrices.expressions.matexpr import MatrixExpr

from symicl.algebra import Structured, SymmetricMatrix
from symicl.numeric.exact import Point, Value, exact_matrix
from symicl.numeric.structured_matrices import exists, structured_matrix

_SIZES = (2, 3, 1, 5, 4, 7)
_FRACTIONS = tuple(
    sympy.Rational(*pair) for pair in ((5, 7), (3, 1), (2, 11), (13, 4), (7, 5), (1, 6), (17, 3))
)


class Kinds(NamedTuple):
    """Symbols by kind, each in the order of their names; sizes of matrices count as dimensions."""

    dimensions: list[sympy.Symbol]
    scalars: list[sympy.Symbol]
    matrices: list[MatrixExpr]


def by_kind(symbols: Iterable[sympy.Basic]) -> Kinds:
    """Sort symbols into dimensions, scalars and matrices."""
    ordered = sorted(set(symbols), key=str)
    matrices = [s for s in ordered if isinstance(s, MatrixExpr)]
    inner = {s for m in matrices if isinstance(m, Structured) for s in m.parameters}
    ordered = sorted({*ordered, *inner}, key=str)
    sizes = {size for m in matrices for size in m.shape if isinstance(size, sympy.Symbol)}
    dimensions = sorted(
        sizes | {s for s in ordered if not isinstance(s, MatrixExpr) and s.is_integer}, key=str
    )
    scalars = [s for s in ordered if not isinstance(s, MatrixExpr) and s not in dimensions]
    return Kinds(dimensions, scalars, matrices)


def instances(symbols: Iterable[sympy.Basic], limit: int = 12) -> Iterator[Point]:
    """Exact values for the symbols, smallest and most uneven first.

    The same symbols meet the same points again, which remember what was evaluated there.

    Parameters
    ----------
    symbols : iterable of SymPy symbols
        Dimensions, scalars, vectors and matrices.
    limit : int
        How many instances.
    """
    chosen = frozenset(symbols)
    kinds = _kinds(chosen)
    sizes = [
        k
        for k, numbers in enumerate(_sizes(len(kinds.dimensions)))
        if all(exists(m, dict(zip(kinds.dimensions, numbers, strict=True))) for m in kinds.matrices)
    ]
    for k in sizes[:limit]:
        yield _instance(chosen, k)


@lru_cache(maxsize=4096)
def symbols_of(expression: sympy.Basic) -> frozenset[sympy.Basic]:
    """The free symbols of an expression, which SymPy looks for anew each time."""
    return frozenset(expression.free_symbols)


@lru_cache(maxsize=64)
def _kinds(symbols: frozenset[sympy.Basic]) -> Kinds:
    return by_kind(symbols)


@cache
def _sizes(dimensions: int) -> list[tuple[int, ...]]:
    """Sizes for so many dimensions, in the order in which they are tried."""
    if not dimensions:
        return [()] * len(_FRACTIONS)  # the scalars still take different values
    choices = product(_SIZES, repeat=dimensions)
    return sorted(choices, key=lambda c: (len(set(c)) < len(c), 1 in c, sum(c)))


@lru_cache(maxsize=64)
def _instance(symbols: frozenset[sympy.Basic], k: int) -> Point:
    dimensions, scalars, matrices = _kinds(symbols)
    sizes = map(sympy.Integer, _sizes(len(dimensions))[k])
    values: dict[sympy.Basic, Value] = dict(zip(dimensions, sizes, strict=True))
    for j, s in enumerate(scalars):
        values[s] = _FRACTIONS[(k + j) % len(_FRACTIONS)]
    for j, m in enumerate(matrices):
        if isinstance(m, Structured):
            values[m] = structured_matrix(m, values, k + j + 1)
            continue
        rows, cols = (int(values.get(size, size)) for size in m.shape)
        values[m] = _matrix(rows, cols, k + j, symmetric=isinstance(m, SymmetricMatrix))
    return Point(values)


def _matrix(rows: int, cols: int, salt: int, *, symmetric: bool) -> flint.fmpq_mat:
    """A reproducible matrix without symmetries; symmetric ones are diagonally dominant, so positive definite."""

    def entry(i: int, j: int) -> sympy.Rational:
        return sympy.Rational((3 * i + 5 * j + 2 * salt) % 7 - 3, 2 + (i + j + salt) % 3)

    if not symmetric:
        return exact_matrix([[entry(i, j) + (1 if i == j else 0) for j in range(cols)] for i in range(rows)])
    dense = [[entry(min(i, j), max(i, j)) / 2 for j in range(cols)] for i in range(rows)]
    for i in range(rows):
        dense[i][i] = sum((abs(dense[i][j]) for j in range(cols) if j != i), sympy.Integer(1 + i % 3))
    return exact_matrix(dense)
