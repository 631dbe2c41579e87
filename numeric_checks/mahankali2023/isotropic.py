"""Trained linear self-attention on isotropic data takes one step of gradient descent with the derived step size.

Setting     W_K, W_Q, W_V and h of one layer of linear self-attention, trained from random weights by Adam on
            statistics of fresh prompts: x ~ N(0, I_d), w ~ N(0, I_d), yᵢ = ⟨w, xᵢ⟩ + εᵢ.
Measured    The excess loss e = L(θ) − L* of the trained weights, from the closed form in exact arithmetic, and
            the matrix K(θ) of its prediction xᵀ K Xᵀy beside the derived K* = I/(n + d + 1 + σ²).
Why it      A theorem with n + d + 2 (or n + d) in place of n + d + 1 differs from the derived one by a mean
could fail  square of 0.4 % of L* at the default numbers. The trained model must lie nearer to the derived
            predictor than half of that distance, in two runs from different seeds.
"""

from sympy import Identity

from symicl.proofs.mahankali2023.isotropic import theorem
from symicl.studies import Experiment

n, d, sigma2 = theorem.task.n, theorem.task.d, theorem.task.noise

experiment = Experiment(
    id=theorem.id,
    task=theorem.task,
    model=theorem.model,
    theorem=theorem,
    defaults={"n": 20, "d": 5, "sigma2": "1/4"},
    nearest_wrong={
        "η = 1/(n + d + 2 + σ²)": 1 / (n + d + 2 + sigma2) * Identity(d),
        "η = 1/(n + d + σ²)": 1 / (n + d + sigma2) * Identity(d),
    },
    # With σ² = 1/4 this is four times nearer than the others; with σ² ≥ 1 it is told apart as well.
    also_wrong={"η = 1/(n + d + 1)": 1 / (n + d + 1) * Identity(d)},
)
