"""GD-β: one preconditioned gradient step from a trainable start."""

from __future__ import annotations

from dataclasses import dataclass

from symicl.algebra import Matrix, transpose
from symicl.models.model import Model, Weights
from symicl.models.shapes import WeightShape
from symicl.tasks import Prompt


@dataclass(frozen=True)
class GDBeta(Model):
    """f = ⟨β − (1/n) Γ Xᵀ(Xβ − y), x⟩ with β (d × 1) and Γ (d × d) trainable; with m responses β is d × m.

    Notes
    -----
    The class of Zhang, Wu, Bartlett (2024): one step on the in-context least squares (1/2n)‖Xβ − y‖² from β,
    preconditioned by Γ.
    """

    def weight_shapes(self) -> dict[str, WeightShape]:
        return {"beta": WeightShape(("d",), ("m",)), "Gamma": WeightShape(("d",), ("d",))}

    def forward(self, weights: Weights, prompt: Prompt) -> Matrix:
        residual = prompt.responses - prompt.covariates @ weights["beta"]
        step = weights["Gamma"] @ (transpose(prompt.covariates) @ residual)
        return transpose(transpose(prompt.query) @ (weights["beta"] + step * prompt.inverse_length))
