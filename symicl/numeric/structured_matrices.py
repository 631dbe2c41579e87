"""Exact matrices that satisfy the equation of a structured symbol: rational projectors, rotations, vectors of a norm.

A rational orthogonal matrix is Cayley's (I − S)(I + S)⁻¹ for a rational skew S. Its first columns are orthonormal, and
span the range of a projector.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flint
import sympy

from symicl.algebra import (
    Diagonal,
    DiagonalCovariance,
    NormedVector,
    OnesVector,
    Orthogonal,
    Projector,
    SemiOrthogonal,
    Structured,
    exact_size,
)
from symicl.numeric.exact import ExactMatrix, exact_matrix, flint_rational, identity_matrix

Sizes = Mapping[sympy.Basic, Any]


def exists(symbol: Any, values: Sizes) -> bool:
    """False if no matrix is meant by a symbol at these sizes, as by a projector of a rank above its size."""
    if isinstance(symbol, Projector):
        return _at(symbol.rank, values) <= _at(symbol.shape[0], values)
    if isinstance(symbol, SemiOrthogonal):
        return _at(symbol.shape[1], values) <= _at(symbol.shape[0], values)
    return True


def structured_matrix(symbol: Structured, values: Sizes, salt: int) -> ExactMatrix:
    """A matrix that satisfies the equation of a symbol, the simplest one for ``salt`` 0.

    Parameters
    ----------
    symbol : Structured
    values : mapping
        The sizes, the rank and the norm at which it is wanted; see `exists`.
    salt : int
        Other numbers give other matrices.
    """
    rows, cols = (_at(size, values) for size in symbol.shape)
    if isinstance(symbol, Diagonal | DiagonalCovariance):
        entries = [_entry(symbol, i, salt) for i in range(rows)]
        return exact_matrix([[entries[i] if i == j else 0 for j in range(rows)] for i in range(rows)])
    turn = rotation(rows, salt)
    if isinstance(symbol, Orthogonal):
        return turn
    if isinstance(symbol, Projector):
        columns = _columns(turn, _at(symbol.rank, values))
        return columns * columns.transpose()
    if isinstance(symbol, SemiOrthogonal):
        return _columns(turn, cols)
    if isinstance(symbol, OnesVector):
        return exact_matrix([[1]] * rows)
    assert isinstance(symbol, NormedVector)
    if symbol.norm == sympy.sqrt(symbol.shape[0]):
        return turn * exact_matrix([[1]] * rows)
    return _columns(turn, 1) * flint_rational(exact_size(values.get(symbol.norm, symbol.norm)))


def satisfies(symbol: Structured, matrix: ExactMatrix, values: Sizes) -> bool:
    """True if a matrix of the right shape satisfies the equation of a symbol, exactly."""
    rows, cols = matrix.nrows(), matrix.ncols()
    if isinstance(symbol, Diagonal | DiagonalCovariance):
        return all(matrix[i, j] == 0 for i in range(rows) for j in range(cols) if i != j)
    if isinstance(symbol, OnesVector):
        return all(entry == 1 for entry in matrix.entries())
    gram = matrix.transpose() * matrix
    if isinstance(symbol, Projector):
        return bool(gram == matrix and matrix.rank() == _at(symbol.rank, values))
    if isinstance(symbol, NormedVector):
        norm = values.get(symbol.norm, symbol.norm)
        wanted = rows if symbol.norm == sympy.sqrt(symbol.shape[0]) else flint_rational(norm) ** 2
        return bool(gram[0, 0] == wanted)
    return bool(gram == identity_matrix(cols))


def rotation(size: int, salt: int) -> ExactMatrix:
    """A rational orthogonal matrix, of either determinant; the identity for ``salt`` 0."""
    skew = [[_skew(i, j, salt) for j in range(size)] for i in range(size)]
    one, s = identity_matrix(size), exact_matrix(skew)
    turn = (one - s) * (one + s).inv()
    mirror = exact_matrix(
        [[(-1 if i == 0 and salt % 2 else 1) * (i == j) for j in range(size)] for i in range(size)]
    )
    return turn * mirror


def _skew(i: int, j: int, salt: int) -> int:
    if i == j or not salt:
        return 0
    low, high = sorted((i, j))
    return ((3 * low + 5 * high + 2 * salt) % 5 - 2) * (1 if i < j else -1)


def _columns(matrix: ExactMatrix, count: int) -> ExactMatrix:
    return exact_matrix([[matrix[i, j] for j in range(count)] for i in range(matrix.nrows())])


def _entry(symbol: Structured, i: int, salt: int) -> flint.fmpq:
    value = flint.fmpq(1 + (i * (salt + 1) + salt) % 5, 1 + salt % 2)
    return value if isinstance(symbol, DiagonalCovariance) or not salt else value * (-1) ** (i + salt)


def _at(size: Any, values: Sizes) -> int:
    return int(values.get(size, size))
