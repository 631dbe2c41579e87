"""One step of (preconditioned) gradient descent on the in-context least squares."""

from __future__ import annotations

from dataclasses import dataclass

from symicl.algebra import Matrix, transpose
from symicl.models.model import Model, Weights
from symicl.models.shapes import WeightShape
from symicl.tasks import Prompt


@dataclass(frozen=True)
class OneStepGD(Model):
    """f = ⟨Γ Xᵀy, x⟩: one step from zero on ½ Σ (uᵀxᵢ − yᵢ)², preconditioned by Γ (d × d).

    With m responses the step is one of a d × m matrix U, and f = (Γ Xᵀy)ᵀx.
    """

    def weight_shapes(self) -> dict[str, WeightShape]:
        return {"Gamma": WeightShape(("d",), ("d",))}

    def forward(self, weights: Weights, prompt: Prompt) -> Matrix:
        gradient = transpose(prompt.covariates) @ prompt.responses
        return transpose(transpose(prompt.query) @ (weights["Gamma"] @ gradient))
