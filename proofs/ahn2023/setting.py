"""The model of two layers that update the labels, each by a step of its own."""

from dataclasses import dataclass

from symicl.algebra import transpose
from symicl.models import Model, WeightShape


@dataclass(frozen=True)
class TwoSteps(Model):
    """f = ⟨u₂, x⟩ with u_ℓ = u_{ℓ−1} + (η_ℓ/n) Xᵀ(y − Xu_{ℓ−1}) and u₀ = 0, both numbers η_ℓ trainable.

    Notes
    -----
    Layer ℓ is linear attention with the weights −η_ℓI at the covariates: it moves the label of token i by
    −(η_ℓ/n) ⟨xᵢ, Xᵀr⟩, r the labels that are left, and that of the query in the same way.
    """

    def weight_shapes(self):
        return {"eta_1": WeightShape((1,), (1,)), "eta_2": WeightShape((1,), (1,))}

    def forward(self, weights, prompt):
        covariates, responses = prompt.covariates, prompt.responses
        first = transpose(covariates) @ (responses @ weights["eta_1"]) * prompt.inverse_length
        left = responses - covariates @ first
        second = transpose(covariates) @ (left @ weights["eta_2"]) * prompt.inverse_length
        return transpose(transpose(prompt.query) @ (first + second))
