"""Rows that are drawn from a finite set of vectors, with given weights."""

from __future__ import annotations

from typing import Any

import sympy
from sympy.matrices.expressions import MatrixExpr, OneMatrix

from symicl.algebra import (
    Dimension,
    RandomMatrix,
    check_dimension,
    check_name,
    contains_random,
    exact_size,
    refuse_namesakes,
)
from symicl.errors import InputError, brief


class FiniteTokens(RandomMatrix):
    """Independent rows, or a column, each one of finitely many vectors; see `finite_tokens`."""

    vectors = property(lambda self: self.args[3], doc="The vectors, as rows.")
    weights = property(
        lambda self: self.args[4], doc="Their probabilities, a column; ones over K if all are equal."
    )
    is_uniform = property(lambda self: isinstance(self.args[4], OneMatrix), doc="True for equal weights.")

    @property
    def is_column(self) -> bool:
        """True for one vector, False for rows."""
        return bool(self.shape[1] == 1 and self.vectors.shape[1] != 1)

    def check(self) -> None:
        """Refuse weights that are none."""
        _check_weights(self.name, self.weights)


def finite_tokens(name: str, count: Dimension | None, vectors: Any, *, weights: Any = None) -> FiniteTokens:
    """Independent rows (or one column) drawn from the rows of a matrix.

    Parameters
    ----------
    name : str
    count : dimension or None
        The number of rows; None for one column, such as a query.
    vectors : matrix expression or explicit matrix, K × d
        The vectors, as rows: a symbol of any size, exact numbers, or ``sympy.Identity(d)`` for one-hot tokens.
    weights : matrix expression or explicit matrix, K × 1, optional
        Their probabilities; equal ones by default. Those of a symbol are taken to be ≥ 0 with the sum 1.

    Raises
    ------
    InputError
        If the shapes do not fit, something is random or rounded, or explicit weights are no probabilities.

    Examples
    --------
    >>> import sympy, symicl as si
    >>> n, d = si.dims("n d")
    >>> X = si.finite_tokens("X", n, sympy.Identity(d))      # one-hot
    >>> si.expect(X.T * X)
    (n/d)*I
    """
    check_name(name)
    V = _constant(vectors, f"the vectors of {name}")
    size, d = V.shape
    if count is not None:
        check_dimension(count, f"the matrix {name}")
    if weights is None:
        p: MatrixExpr = OneMatrix(size, 1)
    else:
        p = _constant(weights, f"the weights of {name}")
        if tuple(p.shape) != (size, 1):
            raise InputError(
                f"the weights of {name} are {p.shape[0]}×{p.shape[1]}; give {size}×1, one for each vector"
            )
        _check_weights(name, p)
    rows, cols = (d, 1) if count is None else (exact_size(count), d)
    made = FiniteTokens(name, rows, cols, V, p)
    refuse_namesakes(made, V, p)
    return made


def _constant(value: Any, what: str) -> MatrixExpr:
    if isinstance(value, list | tuple):
        if not all(isinstance(row, list | tuple) and len(row) == len(value[0]) for row in value):
            raise InputError(f"{what} are no matrix; give rows of the same length")
        if any(isinstance(x, str) for row in value for x in row):
            raise InputError(f"{what} hold text; give exact numbers")
        value = sympy.ImmutableMatrix([list(row) for row in value])
    if isinstance(value, sympy.MatrixBase):
        value = sympy.ImmutableMatrix(value)
    if not isinstance(value, MatrixExpr):
        raise InputError(f"{what} are {brief(value)}; give a matrix, its rows are the vectors")
    if contains_random(value) or value.has(sympy.Float):
        raise InputError(f"{what} are {brief(value)}; give exact constants")
    return value


def _check_weights(name: str, weights: MatrixExpr) -> None:
    if not isinstance(weights, sympy.MatrixBase):
        return
    numbers = [x for x in weights if x.is_number]
    total = sympy.simplify(sum(weights))
    if any(x.is_negative for x in numbers) or (total.is_number and total != 1):
        raise InputError(f"the weights of {name} are {brief(list(weights))}; they are ≥ 0 and their sum is 1")
