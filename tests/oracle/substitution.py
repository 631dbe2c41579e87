"""Closed forms of the engine at exact numbers, by the oracle's own walker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy

from oracle.gaussian import Coordinates
from symicl.algebra import MEANING, PARTNER, Blocks, is_transposed, letter_of
from symicl.certificates.coordinates import Matrix
from symicl.certificates.coordinates.matrices import transpose


def value_at(expression: sympy.Basic, values: Mapping[sympy.Basic, Any]) -> Any:
    """The value of a SymPy expression; a symbol without a value is an error."""
    at = Coordinates(dict(values))
    at._symbol = lambda symbol: (_ for _ in ()).throw(KeyError(f"no value for {symbol}"))  # type: ignore[method-assign]
    return at.value(expression)


def block_values(blocks: Blocks, matrix: Matrix) -> dict[sympy.Basic, Any]:
    """Values of the letters of a symbolic block matrix that stands for the given matrix.

    Every block is one letter or its transpose; the first blocks of a side take all but the last entry.
    """
    cuts_down, cuts_right = ([0, len(side) - 1, len(side)] for side in (matrix, matrix[0]))
    values: dict[sympy.Basic, Any] = {}
    for i, row in enumerate(blocks.grid):
        top, bottom = cuts_down[i : i + 2] if len(blocks.grid) > 1 else (0, len(matrix))
        for j, block in enumerate(row):
            left, right = cuts_right[j : j + 2] if len(row) > 1 else (0, len(matrix[0]))
            part = [line[left:right] for line in matrix[top:bottom]]
            if block.is_scalar:
                values[block.expr] = part[0][0]
            else:
                a = letter_of(block)
                values[MEANING[min(a, PARTNER[a])]] = transpose(part) if is_transposed(a) else part
    return values
