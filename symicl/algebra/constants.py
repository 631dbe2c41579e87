"""Constant matrices that are no products: matrices of ones, diagonal matrices, entrywise products.

A matrix of ones is the product of two vectors of ones, whose square 1ᵀ1 is a number. Everything else is one
letter of its own, with the shape and the symmetry that it has; equal ones, and transposes, share it.
"""

from __future__ import annotations

import sympy
from sympy.matrices.expressions import (
    HadamardPower,
    HadamardProduct,
    KroneckerProduct,
    MatrixExpr,
    OneMatrix,
    Transpose,
)
from sympy.matrices.expressions.diagonal import DiagMatrix, DiagonalMatrix

from symicl.algebra.letters import DIAGONAL, DIMENSIONS, ONE, letter, size_word
from symicl.algebra.polynomial import MatrixPolynomial
from symicl.algebra.relations import relate_norm


def ones(rows: int, cols: int) -> MatrixPolynomial:
    """The matrix of ones, as a product of two vectors of ones."""
    return _ones_vector(rows) @ _ones_vector(cols).T


def _ones_vector(size: int) -> MatrixPolynomial:
    if size == ONE:
        return MatrixPolynomial.identity(ONE)
    index = letter(OneMatrix(DIMENSIONS[size], 1), size, ONE)
    relate_norm(index, (size_word(size),))
    return MatrixPolynomial.of(index)


def opaque(expression: MatrixExpr, rows: int, cols: int) -> MatrixPolynomial:
    """A constant matrix as one letter, or as the transpose of one."""
    mirrored = _ordered(_transposed(expression))
    expression = _ordered(expression)
    symmetric = rows == cols and (
        mirrored == expression or isinstance(expression, DiagMatrix | DiagonalMatrix)
    )
    transposed = not isinstance(mirrored, Transpose) and sympy.default_sort_key(
        mirrored
    ) < sympy.default_sort_key(expression)
    if transposed and not symmetric:
        return MatrixPolynomial.of(letter(mirrored, cols, rows)).T
    made = letter(expression, rows, cols, symmetric=symmetric)
    if symmetric and isinstance(expression, DiagMatrix | DiagonalMatrix):
        DIAGONAL.add(made)
    return MatrixPolynomial.of(made)


def _transposed(expression: MatrixExpr) -> MatrixExpr:
    """The transpose, taken inside where that is possible."""
    if isinstance(expression, HadamardProduct):
        return HadamardProduct(*[factor.T for factor in expression.args])
    if isinstance(expression, KroneckerProduct):
        # SymPy's own transpose fails where a factor is a product.
        return KroneckerProduct(*[factor.T for factor in expression.args])
    if isinstance(expression, HadamardPower):
        return HadamardPower(expression.base.T, expression.exp)
    return expression.T


def _ordered(expression: MatrixExpr) -> MatrixExpr:
    """The factors of an entrywise product in a fixed order, since they commute."""
    if isinstance(expression, HadamardProduct):
        return HadamardProduct(*sorted(map(_ordered, expression.args), key=sympy.default_sort_key))
    return expression
