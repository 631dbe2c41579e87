"""The model of a looped layer, the same step of gradient descent several times, and its best step at numbers."""

from dataclasses import dataclass

import flint

from symicl.algebra import transpose
from symicl.models import Model, WeightShape
from symicl.numeric import infimum, proven_digits, real_roots, value_at


@dataclass(frozen=True)
class Looped(Model):
    """f = ⟨u_L, x⟩ with u_ℓ = u_{ℓ−1} + (η/n) Xᵀ(y − Xu_{ℓ−1}) and u₀ = 0; the one number η is trained.

    Notes
    -----
    One layer of linear attention with the weights −ηI at the covariates, applied L times to labels and query.
    """

    layers: int = 2

    def weight_shapes(self):
        return {"eta": WeightShape((1,), (1,))}

    def forward(self, weights, prompt):
        covariates, left = prompt.covariates, prompt.responses
        learned = None
        for _ in range(self.layers):
            step = transpose(covariates) @ (left @ weights["eta"]) * prompt.inverse_length
            learned = step if learned is None else learned + step
            left = left - covariates @ step
        return transpose(transpose(prompt.query) @ learned)


def best_at(loop, values, digits=17):
    """The least excess over all real steps of a loop, and the step that has it, both with proven digits.

    Parameters
    ----------
    loop : Loop
    values : dict
        Exact values of the symbols of its task.
    digits : int
    """
    loss = loop.objective(values)
    least = infimum(loss, flint.fmpq_poly([1]), digits)

    def enclose():
        """The stationary point whose loss is below that of all others."""
        found = sorted(real_roots(loss.derivative()), key=lambda ball: float(value_at(loss, ball).mid()))
        first, *others = found
        apart = all(value_at(loss, first) < value_at(loss, other) for other in others)
        return [first] if apart else None

    (step,) = proven_digits(enclose, digits, "the best step")
    return least.value, step
