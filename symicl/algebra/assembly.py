"""Block assembly that works alike on symbolic blocks, SymPy matrices, NumPy arrays and torch tensors.

A model's forward pass is written once with ``@``, ``+``, `transpose` and `stack`, and never asks what its
arguments are. Arrays may carry leading batch axes.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from importlib import import_module
from typing import Any

import sympy
from sympy.matrices.expressions import BlockMatrix, MatrixExpr

from symicl.algebra.blocks import Blocks
from symicl.algebra.form import ClosedForm
from symicl.algebra.letters import DIMENSIONS, ONE
from symicl.algebra.named import NamedMatrix
from symicl.algebra.reader import symbol_letter
from symicl.algebra.structured import Centring
from symicl.algebra.symbols import exact_size
from symicl.errors import ShapeError, UnsupportedError

LAST_UNIT = "e_{d+1}"
"""How the last unit vector is written."""

Matrix = Any
"""Blocks, a SymPy matrix expression, a NumPy array, a torch tensor, or names that write down a formula."""


def transpose(matrix: Matrix) -> Matrix:
    """Transpose of the last two axes."""
    return matrix.mT if hasattr(matrix, "mT") else matrix.T


def stack(rows: Sequence[Matrix]) -> Matrix:
    """Put matrices with equal numbers of columns on top of each other."""
    first = rows[0]
    if isinstance(first, Blocks):
        return Blocks([line for block in rows for line in block.grid])
    if isinstance(first, MatrixExpr):
        return BlockMatrix([[row] for row in rows])
    if isinstance(first, NamedMatrix):
        return first.stacked(rows)
    # NumPy and torch both offer concatenate(arrays, axis) at top level.
    return import_module(type(first).__module__.partition(".")[0]).concatenate(list(rows), axis=-2)


def beside(columns: Sequence[Matrix]) -> Matrix:
    """Put matrices with equal numbers of rows next to each other."""
    if isinstance(columns[0], NamedMatrix):
        return columns[0].beside(columns)
    return transpose(stack([transpose(column) for column in columns]))


def last_column(matrix: Matrix) -> Matrix:
    """The last column (the last block column of a block matrix)."""
    if isinstance(matrix, Blocks):
        return Blocks([row[-1:] for row in matrix.grid])
    if isinstance(matrix, BlockMatrix):
        return BlockMatrix(matrix.blocks[:, -1:])
    if isinstance(matrix, NamedMatrix):
        return matrix @ last_unit(matrix)
    return matrix[..., :, -1:]


def last_unit(like: Matrix) -> Matrix:
    """The last unit vector, a column as tall as the given one."""
    if isinstance(like, Blocks):
        zeros = [[ClosedForm.zero(height, ONE)] for height in like.heights[:-1]]
        return Blocks([*zeros, [ClosedForm.identity(ONE)]])
    if isinstance(like, BlockMatrix):
        return BlockMatrix(
            [*([sympy.ZeroMatrix(h, 1)] for h in like.rowblocksizes[:-1]), [sympy.Identity(1)]]
        )
    if isinstance(like, NamedMatrix):
        return NamedMatrix.of(LAST_UNIT)
    return stack([like[..., :-1, :] * 0, like[..., -1:, :] * 0 + 1])


def last_rows(matrix: Matrix, responses: Matrix) -> Matrix:
    """The last rows of a matrix, one for each column of the responses; of a block matrix the last row of blocks.

    Raises
    ------
    ShapeError
        If the last row of blocks has another height.
    """
    if isinstance(matrix, Blocks):
        last = Blocks(matrix.grid[-1:])
        if last.heights != responses.widths:
            raise ShapeError(
                f"the last row of blocks of a {matrix.shape_text} matrix does not have one row for each response"
            )
        return last
    if isinstance(matrix, NamedMatrix):
        return transpose(last_unit(matrix)) @ matrix
    return matrix[..., -responses.shape[-1] :, :]


def diagonal(column: Matrix) -> Matrix:
    """The diagonal matrix diag(ω) of a column ω.

    In symbols a column that is declared as a diagonal is the matrix already, and is returned as it is.

    Raises
    ------
    UnsupportedError
        For a column of letters that is not declared as a diagonal.
    """
    if isinstance(column, Blocks):
        if column.heights != column.widths:
            raise UnsupportedError(
                f"a {column.shape_text} column of letters has no diagonal matrix in closed form; declare the weight "
                'with WeightShape(…, kind="diagonal")'
            )
        return column
    if isinstance(column, MatrixExpr):
        return sympy.DiagMatrix(column)
    if isinstance(column, NamedMatrix):
        return NamedMatrix.of(rf"\operatorname{{diag}}({column})")
    library = import_module(type(column).__module__.partition(".")[0])
    size = column.shape[-2]
    if library.__name__ == "torch":
        return column * library.eye(size, dtype=column.dtype, device=column.device)
    return column * library.eye(size, dtype=object if column.dtype == object else int)


CENTRING = "P_{n}"
"""How the projector I − 11ᵀ/n is written."""


def centred_columns(matrix: Matrix) -> Matrix:
    """A matrix less the mean of each column, (I − 11ᵀ/n) A; in symbols n is the number of rows.

    Raises
    ------
    UnsupportedError
        For symbols in several blocks of rows.
    """
    if isinstance(matrix, Blocks):
        if len(matrix.heights) > 1:
            raise UnsupportedError(
                "the columns of a matrix in several blocks of rows are not centred here; write the mean of each block"
            )
        size = DIMENSIONS[matrix.heights[0]]
        letter = symbol_letter(Centring(f"P_{size}", size, size, exact_size(size) - 1))
        return Blocks([[ClosedForm.of(letter)]]) @ matrix
    if isinstance(matrix, MatrixExpr):
        one = sympy.OneMatrix(matrix.shape[0], 1)
        return matrix - one * (one.T * matrix) / matrix.shape[0]
    if isinstance(matrix, NamedMatrix):
        return NamedMatrix.of(CENTRING) @ matrix
    rows = matrix.shape[-2]
    part = Fraction(1, rows) if "object" in str(matrix.dtype) else 1.0 / rows
    return matrix - matrix.sum(-2)[..., None, :] * part


def zero_row(like: Matrix) -> Matrix:
    """A row of zeros as wide as the matrix."""
    if isinstance(like, Blocks):
        return Blocks([[ClosedForm.zero(ONE, width) for width in like.widths]])
    if isinstance(like, MatrixExpr):
        return sympy.ZeroMatrix(1, like.shape[1])
    if isinstance(like, NamedMatrix):
        return NamedMatrix.of("0")
    return like[..., :1, :] * 0
