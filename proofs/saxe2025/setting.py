"""The letters of the flow, and heads of rank one."""

from dataclasses import dataclass

from sympy import Identity, Inverse, Trace

from symicl.algebra import covariance, diagonal_matrix, scalar, transpose
from symicl.models import Model, WeightShape
from symicl.tasks import LinearRegression

task = LinearRegression(noise=0)
n, d = task.n, task.d
u0, e = scalar("u_0", positive=True), scalar("e", positive=True)
gamma = (n + d + 1) / n
Lambda = covariance("Lambda", d)
D, S, E = diagonal_matrix("D", d, positive=True), diagonal_matrix("S", d), diagonal_matrix("E", d)
Gamma = (n + 1) / n * D + Trace(D) / n * Identity(d)
of_heads = Trace(D) - 2 * Trace(D**2 * S) + Trace(D**2 * Gamma * S**2)
"""The loss of heads of strengths S on the eigenvectors of Λ, in the basis of these."""
plateau = Trace(D) - Trace(D**2 * Inverse(Gamma) * (2 * E - E**2))


@dataclass(frozen=True)
class RankOneHeads(Model):
    """f = Σ_h v_h (k_hᵀ β)(q_hᵀ x), β = Xᵀy/n: heads whose keys and queries are one number each, v_h the value."""

    heads: int = 2

    def weight_shapes(self):
        column = WeightShape(("d",), (1,))
        shapes = {"v": WeightShape((1,), (1,)), "k": column, "q": column}
        return {f"{name}_{h}": shape for h in range(1, self.heads + 1) for name, shape in shapes.items()}

    def forward(self, weights, prompt):
        beta = transpose(prompt.covariates) @ prompt.responses * prompt.inverse_length
        output = None
        for h in range(1, self.heads + 1):
            key, query = transpose(weights[f"k_{h}"]) @ beta, transpose(weights[f"q_{h}"]) @ prompt.query
            added = query @ key @ weights[f"v_{h}"]
            output = added if output is None else output + added
        return output
