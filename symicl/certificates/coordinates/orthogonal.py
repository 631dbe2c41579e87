"""Moments of the entries of an orthogonal matrix of Haar's law, without Weingarten's functions.

A Gaussian matrix is G = O R: O has orthonormal columns of Haar's law, and R is upper triangular and independent of it,
with normal entries above the diagonal and R_jj² ~ χ² with N − j + 1 degrees of freedom. So a moment of G is a sum of
moments of O times moments of R, one for each way to put factors of column j into columns up to j. All but one of these
moments of O have factors further to the left; it is found from the moment of G and from them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import comb

Powers = tuple[tuple[int, int, int], ...]
"""Rows, columns and exponents of entries, counted from 0."""


@dataclass(frozen=True)
class OrthogonalEntry:
    """The law of one entry of an orthogonal matrix.

    Attributes
    ----------
    matrix : int
        Which matrix it is: those with other numbers are independent.
    size : int
        The number of rows.
    row, col : int
    """

    matrix: int
    size: int
    row: int
    col: int


def haar_moment(size: int, powers: Powers) -> Fraction:
    """E Π O_ij^k over matrices with so many rows and orthonormal columns."""
    rows, cols = Counter[int](), Counter[int]()
    for i, j, k in powers:
        rows[i] += k
        cols[j] += k
    if any(k % 2 for k in (*rows.values(), *cols.values())):
        return Fraction(0)  # −O_i· and −O_·j have the same law
    # The law is that with columns exchanged, and fewest ways are left if those with most factors come first.
    order = {j: place for place, j in enumerate(sorted(cols, key=lambda j: (-cols[j], j)))}
    return _moment(size, tuple(sorted((i, order[j], k) for i, j, k in powers if k)))


@cache
def _moment(size: int, powers: Powers) -> Fraction:
    total, own = Fraction(1), Fraction(0)
    for _, _, k in powers:
        total *= odd_factorial(k)
    for ways, moved in _moves(powers):
        weight = ways * _triangular(size, moved)
        if all(col == j for (_, j, col), _ in moved):
            own = weight
        elif weight:
            found = Counter[tuple[int, int]]()
            for (i, _, col), k in moved:
                found[i, col] += k
            total -= weight * haar_moment(size, tuple((i, col, k) for (i, col), k in found.items()))
    return total / own


Moved = tuple[tuple[tuple[int, int, int], int], ...]
"""For rows, columns, and columns up to these: how many factors are put there."""


def _moves(powers: Powers) -> Iterator[tuple[int, Moved]]:
    """In how many ways factors of each entry are put into columns up to its own."""
    if not powers:
        yield 1, ()
        return
    (i, j, k), *others = powers
    for ways, rest in _moves(tuple(others)):
        for number, parts in _shared(k, j + 1):
            here = tuple(((i, j, col), part) for col, part in enumerate(parts) if part)
            yield ways * number, here + rest


def _shared(k: int, places: int) -> Iterator[tuple[int, tuple[int, ...]]]:
    """The ways to share out k things, by how many come to each place."""
    if places == 1:
        yield 1, (k,)
        return
    for first in range(k + 1):
        for ways, rest in _shared(k - first, places - 1):
            yield ways * comb(k, first), (first, *rest)


def _triangular(size: int, moved: Moved) -> Fraction:
    """The moment of R."""
    exponents = Counter[tuple[int, int]]()
    for (_, j, col), k in moved:
        exponents[col, j] += k
    value = Fraction(1)
    for (col, j), k in exponents.items():
        if k % 2:
            return Fraction(0)
        if col < j:
            value *= odd_factorial(k)
        else:
            for step in range(k // 2):
                value *= size - j + 2 * step
    return value


def odd_factorial(k: int) -> int:
    """The moment of order k of a standard normal."""
    if k % 2:
        return 0
    found = 1
    for factor in range(k - 1, 1, -2):
        found *= factor
    return found
