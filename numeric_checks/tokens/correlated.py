"""Linear self-attention, trained on correlated examples, takes the derived step, that of fewer independent ones.

Setting     All weights of one layer of linear self-attention, by Adam on fresh prompts: six rows with the correlations
            (3/5)^|i−j|, w ~ N(0, I_d), yᵢ = ⟨w, xᵢ⟩ + εᵢ, and an independent query.
Measured    The exact excess loss e = L(θ) − L* of the trained weights, and K(θ) beside the derived K*.
Why it      The step of independent examples, and the one that scales the noise by 1/N as well, are told apart.
could fail
"""

from fractions import Fraction

from sympy import Identity, Trace

from symicl.proofs.tokens.correlated import R, d, n, sigma2, theorem
from symicl.studies import Experiment


def autoregressive(size, correlation=Fraction(3, 5)):
    """The correlations ρ^|i−j|."""
    return [[correlation ** abs(i - j) for j in range(size)] for i in range(size)]


experiment = Experiment(
    id=theorem.id,
    task=theorem.task,
    model=theorem.model,
    theorem=theorem,
    defaults={"d": 3, "sigma2": "1/4", "R": autoregressive(6)},
    nearest_wrong={
        "as for independent examples": 1 / (n + d + 1 + sigma2) * Identity(d),
        "d + 2 for d + 1": Trace(R)
        / (Trace(R) ** 2 + (d + 2) * Trace(R**2) + sigma2 * Trace(R))
        * Identity(d),
    },
)
