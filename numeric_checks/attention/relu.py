"""Attention with the ReLU, trained, takes the derived step, which is near twice that of linear attention.

Setting     The one weight of η Σ yᵢ relu(xᵢᵀx), by Adam on fresh prompts: x ~ N(0, I_d), w ~ N(0, I_d),
            yᵢ = ⟨w, xᵢ⟩ + εᵢ.
Measured    The exact excess loss e = L(η) − L* of the trained weight, and η beside η* = 2/(n + 2d + 3 + 2σ²).
Why it      Twice the step of linear attention, 2/(n + d + 1 + σ²), and 2/(n + 2d + 2 + 2σ²) are told apart from η* by
could fail  exact distances.
"""

from symicl.proofs.attention.relu import c, d, n, sigma2, theorem
from symicl.studies import Experiment

experiment = Experiment(
    id=theorem.id,
    task=theorem.task,
    model=theorem.model,
    theorem=theorem,
    defaults={"n": 6, "d": 3, "sigma2": "1/4"},
    nearest_wrong={
        "twice the step of linear attention": 2 / (n + d + 1 + sigma2),
        "2d + 2 in place of 2d + 3": 2 / (n + c - 1),
    },
)
