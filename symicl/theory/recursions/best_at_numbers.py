"""The best constant value of a scalar of a recursion at numbers: a polynomial is minimised, with proven digits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import flint
import sympy

from symicl.algebra import ClosedForm
from symicl.errors import UnsupportedError
from symicl.numeric import evaluate, flint_rational, infimum
from symicl.theory.recursions.best_parameter import BestParameter
from symicl.theory.recursions.invariants import InvariantMap, Row

MAX_TOKENS = 400
"""Tokens up to which the expectation is written out as a polynomial in the parameter."""


def best_at_numbers(
    found: InvariantMap,
    initial: Sequence[ClosedForm],
    tokens: int,
    symbol: sympy.Symbol,
    values: Mapping[sympy.Basic, Any],
) -> BestParameter:
    """The minimum over all real values with proven digits, of the expectation as a polynomial."""
    if tokens > MAX_TOKENS:
        raise UnsupportedError(
            f"a polynomial of degree {2 * tokens} is not minimised; at most {MAX_TOKENS} tokens"
        )
    u = [_polynomial(entry, symbol, values) for entry in initial]
    rows = [_row(row, symbol, values) for row in found.matrix]
    for _ in range(tokens):
        u = [_applied(row, u) for row in rows]
    objective = _applied(_row(found.quantity, symbol, values), u)
    minimum = infimum(objective, flint.fmpq_poly([1]))
    return BestParameter(minimum.at, minimum.value)


def _row(row: Row, symbol: sympy.Symbol, values: Mapping[sympy.Basic, Any]) -> dict[int, flint.fmpq_poly]:
    return {j: _polynomial(entry, symbol, values) for j, entry in row.items()}


def _applied(row: Mapping[int, flint.fmpq_poly], u: Sequence[flint.fmpq_poly]) -> flint.fmpq_poly:
    return sum((entry * u[j] for j, entry in row.items()), flint.fmpq_poly())


def _polynomial(
    entry: ClosedForm, symbol: sympy.Symbol, values: Mapping[sympy.Basic, Any]
) -> flint.fmpq_poly:
    top, bottom = sympy.fraction(sympy.together(entry.expr))
    if bottom.has(symbol):
        raise UnsupportedError(f"{entry.expr} is not polynomial in {symbol}")
    below = evaluate(bottom, values)
    coefficients = [evaluate(c, values) / below for c in sympy.Poly(top, symbol).all_coeffs()[::-1]]
    return flint.fmpq_poly([flint_rational(c) for c in coefficients])
