"""Blocks of tokens: the examples of a prompt that follow one law, such as those of one task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sympy.matrices.expressions import BlockMatrix, MatrixExpr
from sympy.matrices.expressions.matexpr import MatrixSymbol

from symicl.algebra import RandomMatrix, exact_size, matrix
from symicl.errors import InputError, brief


@dataclass(frozen=True)
class TokenBlock:
    """Examples of a prompt that stand below each other.

    Attributes
    ----------
    X, y : matrix symbols
        Covariates and responses as a model sees them.
    covariates, responses : matrix expressions
        What they are under the law.
    """

    X: MatrixSymbol
    y: MatrixSymbol
    covariates: MatrixExpr
    responses: MatrixExpr

    @property
    def length(self) -> Any:
        """The number of examples."""
        return self.X.shape[0]


def token_blocks(X: MatrixExpr, responses: Any) -> tuple[TokenBlock, ...]:
    """The blocks of a prompt: one, or those in which covariates and responses are stacked.

    Raises
    ------
    InputError
        If the responses do not fit the covariates.
    """
    if not isinstance(X, BlockMatrix):
        return (_block(X, responses, ""),)
    parts = _column(X, "X")
    if not isinstance(responses, BlockMatrix) or responses.rowblocksizes != X.rowblocksizes:
        lengths = ", ".join(map(str, X.rowblocksizes))
        raise InputError(
            f"X is stacked of blocks of {lengths} examples; give the responses stacked in the same way, such as "
            "si.stack([X_1 * w_1, X_2 * w_2])"
        )
    return tuple(
        _block(part, response, f"_{k}")
        for k, (part, response) in enumerate(zip(parts, _column(responses, "responses"), strict=True), 1)
    )


def _column(stacked: BlockMatrix, name: str) -> list[MatrixExpr]:
    if stacked.blockshape[1] != 1:
        raise InputError(f"{name} is {brief(stacked)}; its blocks stand below each other, by si.stack([…])")
    return [stacked.blocks[k, 0] for k in range(stacked.blockshape[0])]


def _block(X: MatrixExpr, responses: Any, index: str) -> TokenBlock:
    """One block, whose covariates keep their name if they are drawn and called X or X_1, X_2, …."""
    if not isinstance(X, MatrixExpr) or not X.has(RandomMatrix):
        raise InputError(f"X is {brief(X)}; give si.gaussian('X', …), or an expression in Gaussian matrices")
    length = X.shape[0]
    m = responses.shape[1] if isinstance(responses, MatrixExpr) else 1
    if not isinstance(responses, MatrixExpr) or tuple(responses.shape) != (exact_size(length), exact_size(m)):
        raise InputError(f"responses is {brief(responses)}; give a {length}×{m} matrix expression")
    own = isinstance(X, RandomMatrix) and X.name == f"X{index}"
    y = matrix(f"Y{index}" if index else "y", (length, m))  # y_1 is the first response
    return TokenBlock(X if own else matrix(f"X{index}", X.shape), y, X, responses)
