"""Attention whose scores are cut off at zero."""

from __future__ import annotations

from dataclasses import dataclass

from symicl.algebra import Matrix, relu, transpose
from symicl.models.model import Model, Weights
from symicl.models.shapes import WeightShape
from symicl.tasks import Prompt


@dataclass(frozen=True)
class ReLUAttention(Model):
    """f = η Σ yᵢ relu(xᵢᵀx) for one trainable number η: attention with the ReLU in the place of the softmax.

    Examples
    --------
    >>> import symicl as si
    >>> print(si.minimise(si.expected_loss(si.ReLUAttention(), si.LinearRegression())))
    K⋆ = 2/(n + 2d + 3 + 2σ²)
    L⋆ = σ² + d(2d + 3 + 2σ²)/(n + 2d + 3 + 2σ²)
    """

    def weight_shapes(self) -> dict[str, WeightShape]:
        return {"eta": WeightShape((1,), (1,))}

    def forward(self, weights: Weights, prompt: Prompt) -> Matrix:
        scores = relu(prompt.covariates @ prompt.query)
        return (transpose(prompt.responses) @ scores) @ weights["eta"]
