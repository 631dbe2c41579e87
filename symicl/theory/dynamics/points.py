"""Exact points at which a derivative that should vanish is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from random import Random
from typing import Any

import sympy
from sympy.matrices.expressions.matexpr import MatrixSymbol

from symicl.algebra import Covariance, SymmetricMatrix
from symicl.numeric import Value, exact_matrix, identity_matrix

TRIES = 3


def points(
    symbols: Iterable[sympy.Basic], roots: Mapping[sympy.Symbol, sympy.Symbol]
) -> Iterator[dict[sympy.Basic, Value]]:
    """Small sizes that are squares, squares of fractions, matrices of integers; and the square roots of symbols."""
    listed = sorted(symbols, key=str)
    for seed in range(TRIES):
        draw = Random(seed)
        values: dict[sympy.Basic, Any] = {}
        for k, symbol in enumerate(s for s in listed if s.is_integer and isinstance(s, sympy.Symbol)):
            values[symbol] = sympy.Integer((2 + (k + seed) % 3) ** 2)
        for symbol in listed:
            if isinstance(symbol, MatrixSymbol):
                values[symbol] = _matrix(symbol, values, draw)
            elif symbol not in values:
                values[symbol] = sympy.Rational(draw.randint(1, 9), draw.randint(2, 5)) ** 2
        yield values | {r: sympy.sqrt(values[s]) for s, r in roots.items() if s in values}


def _matrix(symbol: MatrixSymbol, values: dict[sympy.Basic, Any], draw: Random) -> Value:
    rows, cols = (int(size.xreplace(values)) for size in symbol.shape)
    entries = exact_matrix([[draw.randint(-4, 4) for _ in range(cols)] for _ in range(rows)])
    if isinstance(symbol, Covariance):
        return entries * entries.transpose() + identity_matrix(rows)
    return entries + entries.transpose() if isinstance(symbol, SymmetricMatrix) else entries
