"""Trained linear self-attention preconditions its step of gradient descent with the inverse covariance.

Setting     As in the isotropic experiment, with x ~ N(0, Σ) and w ~ N(0, Σ⁻¹); by default Σ is a fixed matrix
            that is not diagonal, so that the model has to find every entry of Σ⁻¹.
Measured    The exact excess loss e = L(θ) − L*, and K(θ) beside the derived K* = Σ⁻¹/(n + d + 1 + σ²).
Why it      The prediction with Σ, or with I, in place of Σ⁻¹ is far off, which alone would be a weak test. The
could fail  one with Σ⁻¹/(n + d + 2 + σ²) differs by 0.4 % of L* only, and must be told apart too.
"""

from sympy import Identity

from symicl.numeric import evaluate
from symicl.proofs.mahankali2023.preconditioned import theorem
from symicl.studies import Experiment, Reads

n, d, sigma2 = theorem.task.n, theorem.task.d, theorem.task.noise
Sigma = theorem.task.covariate_cov
eta = 1 / (n + d + 1 + sigma2)
FIVE_DIMENSIONAL = (
    ("2", "1/2", "0", "1/4", "0"),
    ("1/2", "1", "1/4", "0", "0"),
    ("0", "1/4", "3/2", "-1/2", "0"),
    ("1/4", "0", "-1/2", "1", "1/4"),
    ("0", "0", "0", "1/4", "1/2"),
)


def covariance(size):
    """A covariance that is not diagonal: `FIVE_DIMENSIONAL`, cut off or continued by 1."""
    rows = range(size)
    return [[FIVE_DIMENSIONAL[i][j] if max(i, j) < 5 else int(i == j) for j in rows] for i in rows]


experiment = Experiment(
    id=theorem.id,
    task=theorem.task,
    model=theorem.model,
    theorem=theorem,
    reads={"eta": Reads("coefficient", lambda value, values: evaluate(value * Sigma.inv(), values))},
    defaults={"n": 20, "d": 5, "sigma2": "1/4"},
    sized=lambda d: {"Sigma": covariance(d)},
    nearest_wrong={
        "η = 1/(n + d + 2 + σ²)": 1 / (n + d + 2 + sigma2) * Sigma.inv(),
        "η = 1/(n + d + σ²)": 1 / (n + d + sigma2) * Sigma.inv(),
        "Σ in place of Σ⁻¹": eta * Sigma,
        "I in place of Σ⁻¹": eta * Identity(d),
    },
    also_wrong={"η = 1/(n + d + 1)": 1 / (n + d + 1) * Sigma.inv()},
)
