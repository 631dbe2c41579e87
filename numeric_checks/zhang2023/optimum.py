"""Trained linear attention finds the inverse of Γ, and not that of the covariance.

Setting     All weights of one layer of linear attention, trained from random ones by Adam on statistics of fresh
            prompts: x ~ N(0, Λ), w ~ N(0, I_d), yᵢ = ⟨w, xᵢ⟩; by default Λ is no multiple of I.
Measured    The exact excess loss of the trained weights, and n K(θ) beside the derived Γ⁻¹.
Why it      With n in place of n + 1, or with 2 tr Λ in place of tr Λ, it would be another matrix, whose distance from
could fail  the derived prediction is known exactly; the trained one must be nearer to the derived.
"""

from sympy import Identity, Inverse, Trace

from symicl.proofs.zhang2023.optimum import theorem
from symicl.proofs.zhang2023.setting import Lambda, d, n
from symicl.studies import Experiment, Reads


def covariance(size):
    """Eigenvalues 2, 1, ½, ½, …, and correlated first coordinates."""
    diagonal = ["2", "1", *["1/2"] * size]
    return [
        [diagonal[i] if i == j else "1/2" * (i + j == 1) or "0" for j in range(size)] for i in range(size)
    ]


experiment = Experiment(
    id=theorem.id,
    task=theorem.task,
    model=theorem.model,
    theorem=theorem,
    reads={"preconditioner": Reads("coefficient", lambda inverse, values: inverse / int(values[n]))},
    defaults={"n": 20, "d": 5},
    sized=lambda d: {"Lambda": covariance(d)},
    nearest_wrong={
        "n for n + 1": Inverse(n * Lambda + Trace(Lambda) * Identity(d)),
        "2 tr Λ for tr Λ": Inverse((n + 1) * Lambda + 2 * Trace(Lambda) * Identity(d)),
        "Λ⁻¹/n": Inverse(n * Lambda),
    },
)
