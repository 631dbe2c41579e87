"""The prompt of an in-context regression: labelled examples and a query."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy.matrices.expressions import MatrixExpr, ZeroMatrix

from symicl.algebra import Blocks, ClosedForm, Matrix, size_of, stack, transpose, zero_row
from symicl.tasks.arrays import is_exact


@dataclass(frozen=True)
class Prompt:
    """The input of a model.

    Attributes
    ----------
    covariates : n × d
        One example a row.
    responses : n × m
    query : d × 1
    """

    covariates: Matrix
    responses: Matrix
    query: Matrix

    @property
    def context(self) -> Matrix:
        """Context tokens (xᵢ; yᵢ) as the columns of a (d+m) × n matrix."""
        return stack([transpose(self.covariates), transpose(self.responses)])

    @property
    def inverse_length(self) -> Any:
        """1/n, to be multiplied with a matrix: a closed form for symbolic prompts, a number for arrays."""
        if isinstance(self.covariates, Blocks):
            return sum(
                map(size_of, self.covariates.heights[1:]), size_of(self.covariates.heights[0])
            ).reciprocal()
        if isinstance(self.covariates, MatrixExpr):
            return 1 / self.covariates.shape[0]
        if is_exact(self.covariates):
            return Fraction(1, self.covariates.shape[-2])
        return 1.0 / self.covariates.shape[-2]

    @property
    def query_token(self) -> Matrix:
        """The query token (x; 0), (d+m) × 1."""
        return stack([self.query, self._no_response])

    @property
    def _no_response(self) -> Matrix:
        """A zero for each response, m × 1."""
        if isinstance(self.responses, Blocks):
            return Blocks([[ClosedForm.zero(self.responses.widths[0], width) for width in self.query.widths]])
        if isinstance(self.responses, MatrixExpr):
            return ZeroMatrix(self.responses.shape[1], self.query.shape[1])
        return stack([zero_row(self.query)] * self.responses.shape[-1])
