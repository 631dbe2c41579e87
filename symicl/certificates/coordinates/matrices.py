"""Matrices as nested lists, of exact numbers or of polynomial entries."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

Matrix = list[list[Any]]


def shape(a: Matrix) -> tuple[int, int]:
    """The numbers of rows and columns."""
    return len(a), len(a[0])


def transpose(a: Matrix) -> Matrix:
    """The transpose."""
    return [list(column) for column in zip(*a, strict=True)]


def add(a: Matrix, b: Matrix) -> Matrix:
    """The sum of two matrices of one shape."""
    assert shape(a) == shape(b), (shape(a), shape(b))
    return [[x + y for x, y in zip(r, s, strict=True)] for r, s in zip(a, b, strict=True)]


def scaled(a: Matrix, factor: Any) -> Matrix:
    """A scalar times a matrix."""
    return [[x * factor for x in row] for row in a]


def product(a: Matrix, b: Matrix) -> Matrix:
    """The product of two matrices."""
    assert shape(a)[1] == shape(b)[0], (shape(a), shape(b))
    columns = transpose(b)
    return [[_dot(row, column) for column in columns] for row in a]


def _dot(u: list[Any], v: list[Any]) -> Any:
    total = u[0] * v[0]
    for x, y in zip(u[1:], v[1:], strict=True):
        total = total + x * y
    return total


def trace(a: Matrix) -> Any:
    """The trace of a square matrix."""
    assert shape(a)[0] == shape(a)[1], shape(a)
    total = a[0][0]
    for i in range(1, len(a)):
        total = total + a[i][i]
    return total


def trace_of_product(a: Matrix, b: Matrix) -> Any:
    """The trace of the product of two matrices."""
    assert shape(a) == shape(b)[::-1], (shape(a), shape(b))
    total: Any = 0
    for row, column in zip(a, zip(*b, strict=True), strict=True):
        for x, y in zip(row, column, strict=True):
            total = total + x * y
    return total


def identity(size: int) -> Matrix:
    """The identity."""
    return [[int(i == j) for j in range(size)] for i in range(size)]


def inverse(a: Matrix) -> Matrix:
    """Gauss-Jordan with Fractions."""
    size = len(a)
    rows = [
        [Fraction(x) for x in row] + [Fraction(int(i == j)) for j in range(size)] for i, row in enumerate(a)
    ]
    for k in range(size):
        pivot = next(i for i in range(k, size) if rows[i][k])
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [x / rows[k][k] for x in rows[k]]
        for i in range(size):
            if i != k and rows[i][k]:
                rows[i] = [x - rows[i][k] * y for x, y in zip(rows[i], rows[k], strict=True)]
    return [row[size:] for row in rows]


def mapped(a: Matrix, function: Callable[[Any], Any]) -> Matrix:
    """A function of every entry."""
    return [[function(x) for x in row] for row in a]


def numbers(rows: int, cols: int, seed: int) -> Matrix:
    """A matrix of small rationals, none of them 0 or ±1."""
    source = random.Random(seed)
    return [
        [Fraction(source.choice([-3, -2, 2, 3, 5, 7]), source.choice([1, 2, 4])) for _ in range(cols)]
        for _ in range(rows)
    ]


def lower(size: int, seed: int) -> Matrix:
    """A lower triangular matrix of small integers with a positive diagonal."""
    source = random.Random(seed)
    return [
        [source.choice([2, 3]) if i == j else source.choice([-2, -1, 2]) if i > j else 0 for j in range(size)]
        for i in range(size)
    ]
