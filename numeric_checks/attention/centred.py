"""Attention on centred tokens, trained, takes the step of one example fewer.

Setting     All weights of one layer of linear self-attention, by Adam on fresh prompts, less the mean of their tokens:
            x ~ N(0, I_d), w ~ N(0, I_d), yᵢ = ⟨w, xᵢ⟩ + εᵢ.
Measured    The exact excess loss e = L(θ) − L* of the trained weights, and K(θ) beside K* = I/(n + d + σ²).
Why it      The step without centring, 1/(n + d + 1 + σ²), and that of two examples fewer are told apart by exact
could fail  distances.
"""

from sympy import Identity

from symicl.proofs.attention.centred import d, n, sigma2, theorem
from symicl.studies import Experiment

experiment = Experiment(
    id=theorem.id,
    task=theorem.task,
    model=theorem.model,
    theorem=theorem,
    defaults={"n": 6, "d": 3, "sigma2": "1/4"},
    nearest_wrong={
        "as without centring": 1 / (n + d + 1 + sigma2) * Identity(d),
        "two examples fewer": 1 / (n + d - 1 + sigma2) * Identity(d),
    },
)
