"""Matrices of exact numbers that satisfy the equation of a letter.

From a matrix M of numbers with full rank: M (M'M)⁻¹ M' is a projector, and for a skew S Cayley's (I − S)(I + S)⁻¹ is
orthogonal, whose first columns are orthonormal, and which turns a vector of a given norm into others.
"""

from __future__ import annotations

import random
from fractions import Fraction
from math import isqrt
from typing import Any

from symicl.certificates.coordinates import matrices
from symicl.certificates.coordinates.entries import reduced
from symicl.certificates.coordinates.matrices import Matrix


class NoInstance(Exception):
    """No matrix of these sizes satisfies the equation, or none in rational numbers is known."""


def satisfying(equation: str, rows: int, cols: int, source: random.Random, value: Any = None) -> Matrix:
    """A matrix of the size rows × cols that satisfies an equation.

    Parameters
    ----------
    equation : "projector", "orthogonal", "orthonormal", "diagonal", "norm" or "ones"
    rows, cols : int
    source : random.Random
    value : int or Fraction, optional
        The rank of a projector; the square of a norm.

    Raises
    ------
    NoInstance
    """
    if equation == "ones":
        return [[1] for _ in range(rows)]
    if equation == "diagonal":
        entries = [source.choice([-3, -2, 2, 3, 5]) for _ in range(rows)]
        return [[entries[i] if i == j else 0 for j in range(rows)] for i in range(rows)]
    if equation == "projector":
        if value > rows:
            raise NoInstance(f"a projector of rank {value} in {rows} dimensions")
        span = [
            [int(i == j) if i < value else source.choice([-2, -1, 1, 3]) for j in range(value)]
            for i in range(rows)
        ]
        turned = matrices.transpose(span)
        middle = matrices.product(matrices.inverse(matrices.product(turned, span)), turned)
        return matrices.mapped(matrices.product(span, middle), reduced)
    turn = rotation(rows, source)
    if equation == "orthogonal":
        return turn
    if equation == "orthonormal":
        if cols > rows:
            raise NoInstance(f"{cols} orthonormal columns in {rows} dimensions")
        return [row[:cols] for row in turn]
    assert equation == "norm", equation
    start = [[x] for x in _with_square(Fraction(value), rows)]
    return matrices.mapped(matrices.product(turn, start), reduced)


def definite_diagonal(size: int, source: random.Random) -> Matrix:
    """A diagonal matrix with positive entries."""
    entries = [source.choice([2, 3, 5, 7]) for _ in range(size)]
    return [[entries[i] if i == j else 0 for j in range(size)] for i in range(size)]


def rotation(size: int, source: random.Random) -> Matrix:
    """An orthogonal matrix of either determinant."""
    above = [[source.choice([-2, -1, 1, 2]) for _ in range(size)] for _ in range(size)]
    skew = [[above[i][j] * (i < j) - above[j][i] * (j < i) for j in range(size)] for i in range(size)]
    one = matrices.identity(size)
    turn = matrices.product(
        matrices.add(one, matrices.scaled(skew, -1)), matrices.inverse(matrices.add(one, skew))
    )
    sign = source.choice([1, -1])
    return [[reduced(x * sign) if j == 0 else reduced(x) for j, x in enumerate(row)] for row in turn]


def _with_square(square: Fraction, size: int) -> list[Any]:
    """A vector of this squared norm."""
    if square == size:
        return [1] * size
    roots = isqrt(square.numerator), isqrt(square.denominator)
    if (roots[0] ** 2, roots[1] ** 2) == (square.numerator, square.denominator):
        return [Fraction(*roots), *[0] * (size - 1)]
    raise NoInstance(f"no vector of {size} entries with the square {square} is known")
