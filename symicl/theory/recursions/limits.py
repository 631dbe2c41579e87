"""Recursions for n → ∞: the constant part of a closed form, or the stationary point of the map at numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import flint
import sympy

from symicl.algebra import ClosedForm
from symicl.errors import UnsupportedError
from symicl.numeric import sympy_rational
from symicl.theory.recursions.at_numbers import NumericMap
from symicl.theory.recursions.eigenvalues import ZERO
from symicl.theory.recursions.exponentials import LinearSolution, Terms


def constant_part(solution: LinearSolution, terms: Terms) -> tuple[ClosedForm, list[ClosedForm]]:
    """The coefficient of 1ⁿ, and the other eigenvalues, whose powers have to vanish.

    Raises
    ------
    UnsupportedError
        If one of the other terms does not, whatever the symbols are.
    """
    constant = ZERO
    falling: dict[int, ClosedForm] = {}
    for (k, j), c in terms.items():
        value = solution.eigenvalues[k]
        if value == 1 and j == 0:
            constant = c
        elif value == 1 or (value.expr.is_number and abs(value.expr) >= 1):
            raise UnsupportedError(
                "the expectation has no limit: it grows or oscillates with the number of tokens"
            )
        else:
            falling[k] = value
    return constant, list(falling.values())


def stationary(numeric: NumericMap) -> sympy.Rational:
    """The limit for many tokens: what is constant stays, everything else forgets its beginning.

    Raises
    ------
    UnsupportedError
        Unless all other eigenvalues of the map are smaller than 1 in modulus, by balls around them.
    """
    (matrix,) = numeric.matrices
    size = range(matrix.nrows())
    kept = [i for i in size if all(matrix[i, j] == (i == j) for j in size)]
    moving = [i for i in size if i not in kept]
    inner = _block(matrix, moving, moving)
    roots: Any = (
        inner.charpoly().numer().complex_roots()
    )  # pairs (root, multiplicity), unlike its type hints say
    if not all(abs(root) < 1 for root, _ in roots):
        raise UnsupportedError(
            "an eigenvalue of the map is not smaller than 1 in modulus at these numbers, so that no limit is derived"
        )
    beginning = _block(numeric.initial, kept, [0])
    one = flint.fmpq_mat(len(moving), len(moving), [int(i == j) for i in moving for j in moving])
    forced = (one - inner).solve(_block(matrix, moving, kept) * beginning) if moving else None
    value = (_block(numeric.row, [0], kept) * beginning)[0, 0] if kept else flint.fmpq(0)
    if forced is not None:
        value += (_block(numeric.row, [0], moving) * forced)[0, 0]
    return sympy_rational(value)


def _block(matrix: flint.fmpq_mat, rows: Sequence[int], columns: Sequence[int]) -> flint.fmpq_mat:
    return flint.fmpq_mat(len(rows), len(columns), [matrix[i, j] for i in rows for j in columns])
