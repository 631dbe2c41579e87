"""Shapes of weight matrices, made of blocks."""

from __future__ import annotations

from dataclasses import dataclass

import sympy

from symicl.algebra import Blocks, ClosedForm, matrix, symbol_letter

Side = tuple[int | str, ...]
"""Sizes of the blocks along one side of a weight matrix; the string "d" is the covariate dimension."""


@dataclass(frozen=True)
class WeightShape:
    """A weight matrix with its block structure.

    Attributes
    ----------
    rows, cols : tuple of "d" or int
        Block sizes, such as ("d", 1) for a side of length d+1.
    """

    rows: Side
    cols: Side

    def sizes(self, d: int) -> tuple[int, int]:
        """Numeric shape for a covariate dimension."""
        return tuple(sum(d if s == "d" else int(s) for s in side) for side in (self.rows, self.cols))  # type: ignore[return-value]

    def symbols(self, name: str, d: sympy.Symbol | int) -> list[list[sympy.MatrixSymbol]]:
        """One SymPy matrix symbol per block; blocks are numbered from 1 when there are several."""
        single = len(self.rows) == len(self.cols) == 1

        def block(i: int, j: int, r: int | str, c: int | str) -> sympy.MatrixSymbol:
            index = (
                ""
                if single
                else f"_{i + 1}{j + 1}"
                if len(self.cols) > 1 and len(self.rows) > 1
                else f"_{max(i, j) + 1}"
            )
            return matrix(name + index, (d if r == "d" else r, d if c == "d" else c))

        return [[block(i, j, r, c) for j, c in enumerate(self.cols)] for i, r in enumerate(self.rows)]

    def blocks(self, name: str, d: sympy.Symbol | int) -> Blocks:
        """The symbolic weight matrix, every block a letter of its own."""
        return Blocks([[ClosedForm.of(symbol_letter(s)) for s in row] for row in self.symbols(name, d)])
