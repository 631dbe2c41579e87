"""The model of layers that update the labels, each by a step of its own."""

from dataclasses import dataclass

from symicl.algebra import transpose
from symicl.models import Model, WeightShape


@dataclass(frozen=True)
class Steps(Model):
    """f = ⟨u_L, x⟩ with u_ℓ = u_{ℓ−1} + (η_ℓ/n) Xᵀ(y − Xu_{ℓ−1}) and u₀ = 0, all numbers η_ℓ trainable.

    Notes
    -----
    Layer ℓ is linear attention with the weights −η_ℓI at the covariates: it moves the label of token i by
    −(η_ℓ/n) ⟨xᵢ, Xᵀr⟩, r the labels that are left, and that of the query in the same way.
    """

    layers: int = 2

    def weight_shapes(self):
        return {f"eta_{k}": WeightShape((1,), (1,)) for k in range(1, self.layers + 1)}

    def forward(self, weights, prompt):
        covariates, left = prompt.covariates, prompt.responses
        learned = None
        for name in self.weight_shapes():
            step = transpose(covariates) @ (left @ weights[name]) * prompt.inverse_length
            learned = step if learned is None else learned + step
            left = left - covariates @ step
        return transpose(transpose(prompt.query) @ learned)
