"""Block matrices: the symbolic side of a model's forward pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from operator import add
from typing import Any

from symicl.algebra.letters import DIMENSIONS
from symicl.errors import ShapeError


class Blocks:
    """A grid of matrices that multiplies, adds and transposes like one matrix.

    Parameters
    ----------
    rows : sequence of sequences of ClosedForm
        The blocks; heights must agree along a row and widths along a column.
    """

    __slots__ = ("grid",)

    def __init__(self, rows: Sequence[Sequence[Any]]):
        self.grid = [list(row) for row in rows]
        heights, widths = self.heights, self.widths
        for row, height in zip(self.grid, heights, strict=True):
            if len(row) != len(widths):
                raise ShapeError("the rows of a block matrix must have the same number of blocks")
            for block, width in zip(row, widths, strict=True):
                if (block.rows, block.cols) != (height, width):
                    raise ShapeError(
                        f"a block of shape {block.shape_text} does not fit where "
                        f"{DIMENSIONS[height]}×{DIMENSIONS[width]} is needed"
                    )

    @property
    def heights(self) -> list[int]:
        return [row[0].rows for row in self.grid]

    @property
    def widths(self) -> list[int]:
        return [block.cols for block in self.grid[0]]

    @property
    def shape_text(self) -> str:
        """The shape in words, such as (d+1)×n."""
        sides = ("+".join(str(DIMENSIONS[i]) for i in side) for side in (self.heights, self.widths))
        return "×".join(f"({side})" if "+" in side else side for side in sides)

    @property
    def T(self) -> Blocks:
        return Blocks([[block.T for block in column] for column in zip(*self.grid, strict=True)])

    def __matmul__(self, other: Blocks) -> Blocks:
        if self.widths != other.heights:
            raise ShapeError(
                f"cannot multiply {self.shape_text} by {other.shape_text}; the inner dimensions must be equal"
            )
        columns = list(zip(*other.grid, strict=True))
        return Blocks(
            [
                [reduce(add, [a @ b for a, b in zip(row, column, strict=True)]) for column in columns]
                for row in self.grid
            ]
        )

    def __add__(self, other: Blocks) -> Blocks:
        if (self.heights, self.widths) != (other.heights, other.widths):
            raise ShapeError(f"cannot add {self.shape_text} and {other.shape_text}; the shapes must be equal")
        return Blocks(
            [[a + b for a, b in zip(r, s, strict=True)] for r, s in zip(self.grid, other.grid, strict=True)]
        )

    def __sub__(self, other: Blocks) -> Blocks:
        return self + other * -1

    def __mul__(self, factor: Any) -> Blocks:
        return self.map(lambda block: block * factor)

    __rmul__ = __mul__

    def map(self, function: Callable[[Any], Any]) -> Blocks:
        """Apply a function to each block."""
        return Blocks([[function(block) for block in row] for row in self.grid])

    def single(self) -> Any:
        """The only block of a 1×1 grid."""
        if len(self.grid) != 1 or len(self.grid[0]) != 1:
            raise ShapeError(
                f"a {self.shape_text} block matrix is not a single matrix; take its blocks apart first"
            )
        return self.grid[0][0]

    def trace(self) -> Any:
        """Sum of the traces of the diagonal blocks."""
        if self.heights != self.widths:
            raise ShapeError(f"the trace needs a square block matrix, not {self.shape_text}")
        return reduce(add, [row[i].trace() for i, row in enumerate(self.grid)])
