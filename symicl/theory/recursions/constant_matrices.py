"""Invariants eᵀCf with matrices C of numbers: of these as many as are linearly independent, so that powers close."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import product
from operator import mul

import flint
import sympy
from sympy.matrices.expressions import MatMul, MatPow, Trace, Transpose

Vectors = tuple[sympy.MatrixSymbol, sympy.MatrixSymbol]
Sum = list[tuple[sympy.Expr, sympy.Rational]]
"""Invariants with rational factors."""


class ConstantMatrices:
    """For each pair of vectors the matrices that have been met between them, without those that depend on others."""

    def __init__(self) -> None:
        self._bases: dict[Vectors, list[sympy.ImmutableMatrix]] = {}

    def reduced(self, invariant: sympy.Expr) -> Sum:
        """A product of traces as a combination of products in which only matrices of the bases stand."""
        sums = [self._factor(factor) for factor in _single_factors(invariant)]
        return [
            (sympy.Mul(*(factor for factor, _ in parts)), sympy.Mul(*(c for _, c in parts)))
            for parts in product(*sums)
        ]

    def _factor(self, factor: sympy.Expr) -> Sum:
        found = _between_vectors(factor)
        if found is None:
            return [(factor, sympy.Integer(1))]
        left, matrix, right = found
        if str(left) > str(right):
            left, matrix, right = right, matrix.T, left
        if left == right:
            matrix = (matrix + matrix.T) / 2
        matrix = sympy.ImmutableMatrix(matrix)
        basis = self._bases.setdefault((left, right), [])
        coefficients = _combination(basis, matrix)
        if coefficients is None:
            basis.append(matrix)
            coefficients = [sympy.Integer(0)] * (len(basis) - 1) + [sympy.Integer(1)]
        return [
            (Trace(MatMul(Transpose(left), b, right)), c)
            for b, c in zip(basis, coefficients, strict=True)
            if c
        ]


def numbers_in(expression: sympy.Expr) -> sympy.Expr:
    """The same with traces of matrices of numbers as numbers."""
    return expression.replace(
        lambda part: isinstance(part, Trace) and _number_matrix(part.arg) is not None, _trace
    )


def _trace(trace: Trace) -> sympy.Expr:
    matrix = _number_matrix(trace.arg)
    assert matrix is not None
    return matrix.trace()


def _single_factors(invariant: sympy.Expr) -> Iterator[sympy.Expr]:
    for factor in sympy.Mul.make_args(invariant):
        base, power = factor.as_base_exp()
        if isinstance(base, Trace) and power.is_Integer and power > 0:
            yield from [base] * int(power)
        else:
            yield factor


def _between_vectors(
    factor: sympy.Expr,
) -> tuple[sympy.MatrixSymbol, sympy.MatrixBase, sympy.MatrixSymbol] | None:
    """e, C and f of tr(eᵀCf) with a matrix C of rational numbers; None for anything else."""
    if not isinstance(factor, Trace) or not isinstance(factor.arg, MatMul):
        return None
    first, *inner, last = factor.arg.args
    vectors = isinstance(first, Transpose) and isinstance(first.arg, sympy.MatrixSymbol)
    if not vectors or not isinstance(last, sympy.MatrixSymbol) or first.shape[0] != 1:
        return None
    size = last.shape[0]
    if not isinstance(size, sympy.Integer) or last.shape[1] != 1:
        return None
    matrix = _product([sympy.eye(int(size)), *inner])
    return None if matrix is None else (first.arg, matrix, last)


def _number_matrix(expression: sympy.Basic) -> sympy.MatrixBase | None:
    if isinstance(expression, sympy.MatrixBase):
        return expression if all(entry.is_Rational for entry in expression) else None
    if isinstance(expression, MatPow) and expression.exp.is_Integer:
        base = _number_matrix(expression.base)
        return (
            None if base is None or (expression.exp < 0 and not base.det()) else base ** int(expression.exp)
        )
    if isinstance(expression, MatMul):
        return _product(expression.args)
    if isinstance(expression, Transpose):
        inner = _number_matrix(expression.arg)
        return None if inner is None else inner.T
    return None


def _product(factors: Sequence[sympy.Basic]) -> sympy.MatrixBase | None:
    """The product of matrices of numbers, None if something else is among them."""
    matrices = [_number_matrix(factor) for factor in factors]
    return None if any(matrix is None for matrix in matrices) else reduce(mul, matrices)


def _combination(
    basis: list[sympy.ImmutableMatrix], matrix: sympy.ImmutableMatrix
) -> list[sympy.Rational] | None:
    """The coefficients of a matrix in linearly independent ones, None if it depends on none of them."""
    columns = [[flint.fmpq(int(x.p), int(x.q)) for x in m] for m in (*basis, matrix)]
    rows, size = len(columns[0]), len(basis)
    table = flint.fmpq_mat(rows, size + 1, [column[i] for i in range(rows) for column in columns])
    reduced, rank = table.rref()
    if rank > size:
        return None
    return [sympy.Rational(int(reduced[i, size].p), int(reduced[i, size].q)) for i in range(size)]
