"""Expressions as nested lists, so that a case can be kept in a file and read again without eval."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy
from sympy.matrices.expressions import (
    HadamardPower,
    HadamardProduct,
    Identity,
    Inverse,
    KroneckerProduct,
    MatAdd,
    MatMul,
    MatPow,
    MatrixSymbol,
    OneMatrix,
    Trace,
    Transpose,
    ZeroMatrix,
)
from sympy.matrices.expressions.diagonal import DiagMatrix, DiagonalMatrix, DiagonalOf
from sympy.matrices.expressions.matexpr import MatrixElement

from symicl.algebra import Vec

HEADS = {
    head.__name__: head
    for head in (
        MatMul, MatAdd, MatPow, Transpose, Inverse, Trace, sympy.Add, sympy.Mul, sympy.Pow, HadamardProduct,
        HadamardPower, KroneckerProduct, DiagMatrix, DiagonalMatrix, DiagonalOf, MatrixElement, Vec,
    )
}  # fmt: skip
SHAPED = {head.__name__: head for head in (ZeroMatrix, OneMatrix)}

Tree = list[Any] | str


def to_tree(expression: sympy.Basic) -> Tree:
    """Heads with their arguments; letters by name, numbers as text."""
    if isinstance(expression, sympy.Rational):
        return str(expression)
    if isinstance(expression, sympy.Symbol | MatrixSymbol):
        return ["letter", expression.name]
    name = type(expression).__name__
    if isinstance(expression, Identity):
        return ["Identity", to_tree(expression.shape[0])]
    if name in SHAPED:
        return [name, *map(to_tree, expression.shape)]
    if name not in HEADS:
        raise NotImplementedError(f"{name} has no tree")
    return [name, *map(to_tree, expression.args)]


def from_tree(tree: Tree, letters: dict[str, sympy.Basic]) -> sympy.Basic:
    """The expression again.

    Parameters
    ----------
    letters : dict
        By name.
    """
    if isinstance(tree, str):
        value = Fraction(tree)
        return sympy.Rational(value.numerator, value.denominator)
    name, *rest = tree
    if name == "letter":
        return letters[rest[0]]
    arguments = [from_tree(part, letters) for part in rest]
    if name == "Identity":
        return Identity(*arguments)
    if name in SHAPED:
        return SHAPED[name](*arguments)
    return (
        HEADS[name](*arguments, evaluate=False) if name in ("Add", "Mul", "Pow") else HEADS[name](*arguments)
    )
