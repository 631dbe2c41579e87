"""A trained preconditioner is Q⁻¹, and not one with another share of the identity.

Setting     Γ of one step of gradient descent, trained by Adam on statistics of prompts, x ~ N(0, H), w ~ N(0, ψI).
Measured    The exact excess loss of the trained Γ, and nΓ beside the derived Q⁻¹.
Why it      With n in place of n + 1, or σ² in place of σ²/ψ, Q would be another matrix; the mean square distance of its
could fail  prediction is known exactly, and the trained one must be nearer to the derived.
"""

from fractions import Fraction

from sympy import Identity, Inverse, Trace

from symicl.proofs.wu2023.excess import H, d, n, psi, sigma2, theorem
from symicl.studies import Experiment, Reads, Schedule


def without(examples, noise):
    """Γ of a wrong Q, whose H has a number of examples in front and whose noise is another one."""
    return Inverse(examples * H + (Trace(H) + noise) * Identity(d))


experiment = Experiment(
    id=theorem.id,
    task=theorem.task,
    model=theorem.model,
    theorem=theorem,
    reads={"preconditioner": Reads("coefficient", lambda inverse, values: inverse / int(values[n]))},
    defaults={"n": 20, "d": 5, "sigma2": "1/2", "psi": "1/3"},
    sized=lambda d: {"H": [[Fraction(1, 1 + abs(i - j) * 3) for j in range(d)] for i in range(d)]},
    nearest_wrong={
        "n for n + 1": without(n, sigma2 / psi),
        "σ² for σ²/ψ": without(n + 1, sigma2),
        "without the noise": without(n + 1, 0),
    },
    schedule=Schedule(lr=0.05),
)
