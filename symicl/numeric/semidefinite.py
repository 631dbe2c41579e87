"""Signs of symmetric matrices of exact numbers."""

from __future__ import annotations

from symicl.numeric.exact import ExactMatrix


def is_semidefinite_matrix(matrix: ExactMatrix, *, strict: bool = False) -> bool:
    """True if a symmetric matrix is positive semidefinite, or definite if it is strict; by elimination.

    Parameters
    ----------
    matrix : ExactMatrix
        Square.
    strict : bool
    """
    size = matrix.nrows()
    rows = [[matrix[i, j] for j in range(size)] for i in range(size)]
    for k in range(size):
        pivot = rows[k][k]
        if pivot < 0 or (strict and pivot == 0):
            return False
        if pivot == 0:
            if any(rows[k][j] != 0 for j in range(k + 1, size)):
                return False
            continue
        for i in range(k + 1, size):
            factor = rows[i][k] / pivot
            for j in range(k + 1, size):
                rows[i][j] -= factor * rows[k][j]
    return True
