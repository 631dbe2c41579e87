"""Linear self-attention, trained on examples that lean towards the query, takes the derived step.

Setting     All weights of one layer of linear self-attention, by Adam on fresh prompts: x, w ~ N(0, I_d),
            xᵢ ~ N(αx, (1 − α²)I_d) given x, yᵢ = ⟨w, xᵢ⟩ + εᵢ.
Measured    The exact excess loss e = L(θ) − L* of the trained weights, and K(θ) beside the derived K* = kI.
Why it      The step of independent examples, and that of the leading order of the paper, κ/(κn + d + σ²) with
could fail  κ = α²d + 1, are told apart by exact distances.
"""

from sympy import Identity

from symicl.proofs.li2024.retrieval import d, kappa, n, sigma2, theorem
from symicl.studies import Experiment

experiment = Experiment(
    id=theorem.id,
    task=theorem.task,
    model=theorem.model,
    theorem=theorem,
    defaults={"n": 6, "d": 3, "alpha": "1/2", "sigma2": "1/4"},
    nearest_wrong={
        "as for independent examples": 1 / (n + d + 1 + sigma2) * Identity(d),
        "the published leading order": kappa / (kappa * n + d + sigma2) * Identity(d),
    },
)
