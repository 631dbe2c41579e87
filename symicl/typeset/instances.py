"""Equality of two expressions in exact arithmetic, tried at matrices that do not commute."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy
from sympy.matrices.expressions import MatrixExpr

from symicl.typeset.eigenvalues import EigenSum, component

SIZES = (2, 3)


def agree(one: sympy.Basic, other: sympy.Basic) -> bool:
    """True if two expressions have the same value.

    Without matrices that is decided for all values, as rational functions; with them, at exact instances of two
    sizes in which each product of two matrices has known eigenvalues.
    """
    letters = sorted(one.atoms(sympy.MatrixSymbol) | other.atoms(sympy.MatrixSymbol), key=str)
    if not letters and not isinstance(one, MatrixExpr):
        return bool(sympy.cancel(one - other.doit()) == 0)
    for size in SIZES:
        env = _instance(one, other, letters, size)
        left, right = instance_value(one, env), instance_value(other, env)
        if sympy.simplify(left - right) != (sympy.zeros(*left.shape) if hasattr(left, "shape") else 0):
            return False
    return True


def _instance(one: sympy.Basic, other: sympy.Basic, letters: list, size: int) -> dict[Any, Any]:
    """Numbers for the symbols, and matrices for the letters: H = P Pᵀ and Ψ = P⁻ᵀ D P⁻¹, so H Ψ = P D P⁻¹.

    H and Ψ are the matrices whose eigenvalues are summed; the others need not have known ones.
    """
    symbols = sorted(one.free_symbols | other.free_symbols, key=str)
    env: dict[Any, Any] = {"size": size}
    for k, symbol in enumerate(symbols):
        if isinstance(symbol, sympy.Symbol):
            env[symbol] = sympy.Rational(7 + 2 * k, 3 + k)
    for symbol in symbols:
        if isinstance(symbol, sympy.Symbol) and symbol.name == "d":
            env[symbol] = sympy.Integer(size)
    values = [sympy.Rational(2 + 3 * i, 1 + i) for i in range(size)]
    basis = sympy.Matrix(size, size, lambda i, j: (2 if i == j else 0) + (i + 2 * j) % 3)
    squares = [a for a in letters if a.shape[0] == a.shape[1] and a.shape[0] != 1]
    rotation = _rotation(size)
    env["eigenvalues"] = values
    for k, letter in enumerate(letters):
        if letter not in squares:
            rows, cols = (1 if s == 1 else size for s in letter.shape)
            env[letter] = sympy.Matrix(
                rows, cols, lambda i, j, k=k: sympy.Rational(3 + (k + 2) * i + j - k, 4)
            )
            env["components", letter] = list(rotation.T * env[letter]) if cols == 1 else []
    summed = next((s.letters for s in one.atoms(EigenSum) | other.atoms(EigenSum)), tuple(squares[:2]))
    for k, letter in enumerate(a for a in squares if a not in summed):
        generic = sympy.Matrix(size, size, lambda i, j, k=k: sympy.Rational(1 + 3 * i - j * (k + 2), 3))
        env[letter] = generic if type(letter) is sympy.MatrixSymbol else generic + generic.T
    if len(summed) == 1:
        env[summed[0]] = rotation * sympy.diag(*values) * rotation.T
    elif summed:
        first, second = summed
        env[first] = basis * basis.T
        env[second] = basis.inv().T * sympy.diag(*values) * basis.inv()
    return env


def _along(expression: EigenSum, env: dict[Any, Any]) -> Iterator[dict[Any, Any]]:
    """For each eigenvalue its number, and the components of vectors along its eigenvector."""
    index = expression.eigenvalue.name.rsplit("_", 1)[1]
    for k, number in enumerate(env["eigenvalues"]):
        parts = {component(u, index): env["components", u][k] for u in expression.vectors}
        yield {expression.eigenvalue: number, **parts}


def _rotation(size: int) -> sympy.Matrix:
    turn = sympy.eye(size)
    turn[0, 0], turn[0, 1], turn[1, 0], turn[1, 1] = (sympy.Rational(k, 5) for k in (3, -4, 4, 3))
    return turn


def instance_value(expression: Any, env: dict[Any, Any]) -> Any:
    """The value of an expression at an instance."""
    if expression in env:
        return env[expression]
    if isinstance(expression, EigenSum):
        return sum(
            (instance_value(expression.body, {**env, **along}) for along in _along(expression, env)),
            sympy.Integer(0),
        )
    if isinstance(expression, sympy.Trace):
        return instance_value(expression.arg, env).trace()
    if isinstance(expression, sympy.Identity):
        return sympy.eye(env["size"])
    if isinstance(expression, sympy.Transpose):
        return instance_value(expression.arg, env).T
    if isinstance(expression, sympy.Inverse):
        return instance_value(expression.arg, env).inv()
    if isinstance(expression, sympy.Pow | sympy.MatPow):
        return instance_value(expression.base, env) ** instance_value(expression.exp, env)
    if isinstance(expression, sympy.Mul | sympy.MatMul):
        result = sympy.Integer(1)
        for argument in expression.args:
            result = result * instance_value(argument, env)
        return result
    if isinstance(expression, sympy.Add | sympy.MatAdd):
        first, *rest = (instance_value(argument, env) for argument in expression.args)
        for term in rest:
            first = first + term
        return first
    return expression
