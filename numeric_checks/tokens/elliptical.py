"""Linear self-attention, trained on elliptical tokens, takes a shorter step than on Gaussian ones, by E s⁴.

Setting     All weights of one layer of linear self-attention, by Adam on fresh prompts: x = ρz with z ~ N(0, I_d) and
            a factor ρ that takes two values, E ρ² = 1 and E ρ⁴ = q; w ~ N(0, I_d), yᵢ = ⟨w, xᵢ⟩ + εᵢ.
Measured    The exact excess loss e = L(θ) − L* of the trained weights, and K(θ) beside
            K* = I/(n − 1 + (d + 2)q + σ²).
Why it      The step of Gaussian tokens, q = 1, and that with d in place of d + 2 are told apart by exact distances.
could fail
"""

from sympy import Identity

from symicl.proofs.tokens.elliptical import d, n, q, sigma2, theorem
from symicl.studies import Experiment

experiment = Experiment(
    id=theorem.id,
    task=theorem.task,
    model=theorem.model,
    theorem=theorem,
    defaults={"n": 6, "d": 3, "sigma2": "1/4", "q": "3/2"},
    nearest_wrong={
        "as for Gaussian tokens": 1 / (n + d + 1 + sigma2) * Identity(d),
        "d q in place of (d + 2) q": 1 / (n - 1 + d * q + sigma2) * Identity(d),
    },
)
