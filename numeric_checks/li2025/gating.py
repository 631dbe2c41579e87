"""Linear self-attention, trained on examples that gates have weighted, reaches the loss of N = (Σ ω)²/Σ ω² examples.

Setting     All weights of one layer of linear self-attention, by Adam on fresh prompts: x ~ N(0, I_d), w ~ N(0, I_d),
            yᵢ = ⟨w, xᵢ⟩ + εᵢ, tokens √ωᵢ (xᵢ, yᵢ) with six weights from 1 to 1/4.
Measured    The exact excess loss e = L(θ) − L* of the trained weights, and K(θ) beside the derived K*.
Why it      Without the unequal weights (N = n), or with d + 2 for d + 1, K* would be another; both are told apart.
could fail
"""

from sympy import Identity, Trace

from symicl.proofs.li2025.gating import W, d, n, sigma2, theorem
from symicl.studies import Experiment

experiment = Experiment(
    id=theorem.id,
    task=theorem.task,
    model=theorem.model,
    theorem=theorem,
    defaults={"d": 3, "sigma2": "1/4", "weights": ["1", "1", "3/4", "1/2", "1/4", "1/4"]},
    nearest_wrong={
        "as of n equal weights": n / (Trace(W) * (n + d + 1 + sigma2)) * Identity(d),
        "d + 2 for d + 1": Trace(W) / (Trace(W) ** 2 + (d + 2 + sigma2) * Trace(W**2)) * Identity(d),
    },
)
