"""Entrywise, Kronecker and diagonal products of nested lists."""

from __future__ import annotations

from functools import reduce
from typing import Any

from sympy.matrices.expressions import HadamardPower, HadamardProduct, KroneckerProduct
from sympy.matrices.expressions.diagonal import DiagMatrix, DiagonalMatrix, DiagonalOf

from symicl.algebra import Commutation, Vec

ENTRYWISE = (
    HadamardProduct, HadamardPower, KroneckerProduct, DiagMatrix, DiagonalMatrix, DiagonalOf, Vec, Commutation,
)  # fmt: skip


def entrywise(expression: Any, parts: list[Any]) -> list[list[Any]]:
    """The value of an expression of one of these kinds, given those of its arguments."""
    first = parts[0]
    if isinstance(expression, HadamardProduct):
        return reduce(
            lambda a, b: [[x * y for x, y in zip(r, s, strict=True)] for r, s in zip(a, b, strict=True)],
            parts,
        )
    if isinstance(expression, HadamardPower):
        return [[x ** int(parts[1]) for x in row] for row in first]
    if isinstance(expression, KroneckerProduct):
        return reduce(lambda a, b: [[x * y for x in r for y in s] for r in a for s in b], parts)
    if isinstance(expression, DiagMatrix):
        entries = [x for row in first for x in row]
        return [[x if i == j else 0 for j in range(len(entries))] for i, x in enumerate(entries)]
    if isinstance(expression, DiagonalMatrix):
        return [[x if i == j else 0 for j, x in enumerate(row)] for i, row in enumerate(first)]
    if isinstance(expression, DiagonalOf):
        return [[row[i]] for i, row in enumerate(first)]
    if isinstance(expression, Vec):
        return [[row[j]] for j in range(len(first[0])) for row in first]
    m, n = parts  # vec(M') has M_ij at i n + j, vec(M) has it at j m + i
    return [[int(k == j * m + i) for k in range(m * n)] for i in range(m) for j in range(n)]
