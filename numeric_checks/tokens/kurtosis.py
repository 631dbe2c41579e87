"""Linear self-attention, trained on tokens with heavy tails, takes the derived step.

Setting     All weights of one layer, by Adam on fresh prompts: coordinates of x independent with variance 1 and fourth
            moment κ, on few values, w ~ N(0, I_d), yᵢ = ⟨w, xᵢ⟩ + εᵢ.
Measured    The exact excess loss e = L(θ) − L* of the trained weights, and K(θ) beside the derived K* = ηI.
Why it      The step of Gaussian coordinates, κ = 3, and that of elliptical tokens of the same fourth moment, are told
could fail  apart by exact distances.
"""

from sympy import Identity

from symicl.proofs.tokens.kurtosis import d, kappa, n, sigma2, theorem
from symicl.studies import Experiment

experiment = Experiment(
    id=theorem.id,
    task=theorem.task,
    model=theorem.model,
    theorem=theorem,
    defaults={"n": 6, "d": 3, "sigma2": "1/4", "kappa": "5"},
    nearest_wrong={
        "as for Gaussian coordinates": 1 / (n + d + 1 + sigma2) * Identity(d),
        "as for elliptical tokens": 1 / (n - 1 + (d + 2) * kappa / 3 + sigma2) * Identity(d),
    },
)
