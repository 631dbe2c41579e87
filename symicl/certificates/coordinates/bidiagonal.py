"""A large Gaussian matrix by its bidiagonal form, for traces of products of it alone.

Reflections from the left and the right turn a p × q matrix X of independent standard normals, p ≥ q, into a bidiagonal
one, U X V' = B (0 below), whose entries are independent: on the diagonal the roots of χ² numbers with p, p − 1, …,
p − q + 1 degrees of freedom, beside it of such with q − 1, …, 1. A trace of X'X X'X ⋯ is that of B'B B'B ⋯.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from symicl.certificates.coordinates import matrices
from symicl.certificates.coordinates.entries import Number
from symicl.certificates.coordinates.gaussian import Gaussians
from symicl.certificates.coordinates.matrices import Matrix
from symicl.certificates.coordinates.proof_log import Line, ProofLog, Word

LARGE = 12
"""Entries above which a matrix is taken by its bidiagonal form, where it can be."""
MAX_ORDER = 30


def has_bidiagonal_form(log: ProofLog, letter: int) -> bool:
    """True for a large matrix of numbers of rows and columns with independent entries of one variance."""
    line = log.letters[letter]
    rows, cols, law = line["rows"], line["cols"], line["law"]
    plain = law.get("row_cov") == law.get("col_cov") == 0 and isinstance(rows, int) and isinstance(cols, int)
    return plain and min(rows, cols) > 1 and rows * cols > LARGE


def stands_alone(letter: int, words: Iterable[Word]) -> bool:
    """True if each closed word that has a letter has no other one."""
    return all({abs(a) for a in word} == {letter} for word in words if letter in map(abs, word))


def words_of(line: Line) -> list[Word] | None:
    """The closed words of an entry that gives its terms as a scalar; None for another one."""
    terms = line.get("terms")
    if terms is None or any(word for _, _, word in terms):
        return None
    return [[a for a in word if a] for _, closed, _ in terms for word in closed]


def draw(gaussians: Gaussians, rows: int, cols: int, scale: Number) -> Matrix:
    """The bidiagonal form, square, of a matrix whose entries have a variance; transposed where rows < cols."""
    most, size = max(rows, cols), min(rows, cols)
    found: Matrix = [[0] * size for _ in range(size)]
    for k in range(size):
        found[k][k] = _root(gaussians, most - k, scale)
        if k + 1 < size:
            found[k][k + 1] = _root(gaussians, size - 1 - k, scale)
    return found if rows >= cols else matrices.transpose(found)


def _root(gaussians: Gaussians, degrees: int, scale: Number) -> Any:
    """A number whose square is χ² with so many degrees of freedom; in traces it has even powers."""
    moments: list[Number] = [1]
    for k in range(MAX_ORDER):
        moments.append(moments[-1] * (degrees + 2 * k) * scale)
    return gaussians.draw_numbers(1, 1, tuple(moments[1:]))[0][0]
