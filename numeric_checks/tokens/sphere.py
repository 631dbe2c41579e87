"""Linear self-attention, trained on tokens from a sphere, takes the derived step and not that of Gaussian tokens.

Setting     All weights of one layer of linear self-attention, by Adam on fresh prompts: x uniform on ‖x‖² = d,
            w ~ N(0, I_d), yᵢ = ⟨w, xᵢ⟩ + εᵢ.
Measured    The exact excess loss e = L(θ) − L* of the trained weights, and K(θ) beside K* = I/(n + d − 1 + σ²).
Why it      The step of Gaussian tokens, 1/(n + d + 1 + σ²), and n + d, as if lengths and directions were of no matter,
could fail  are near; the trained model must lie nearer to the derived predictor than half of their distance.
"""

from sympy import Identity

from symicl.proofs.tokens.sphere import d, n, sigma2, theorem
from symicl.studies import Experiment

experiment = Experiment(
    id=theorem.id,
    task=theorem.task,
    model=theorem.model,
    theorem=theorem,
    defaults={"n": 6, "d": 3, "sigma2": "1/4"},
    nearest_wrong={
        "as for Gaussian tokens": 1 / (n + d + 1 + sigma2) * Identity(d),
        "n + d in place of n + d − 1": 1 / (n + d + sigma2) * Identity(d),
    },
)
