"""GD-β, trained, finds the prior mean as its start and the derived preconditioner.

Setting     β and Γ of GD-β, trained by Adam on fresh prompts: x ~ N(0, H), β̃ ~ N(β*, Ψ), yᵢ = ⟨β̃, xᵢ⟩ + εᵢ.
Measured    The excess risk of the trained β and Γ, from the closed form in exact arithmetic, and Γ/n beside the
            derived Γ*/n.
Why it      With n in place of n + 1, or without the noise, Γ* would be another matrix; its mean square distance
could fail  from the derived predictor is known exactly, and the trained one must be nearer to the derived.
"""

from sympy import Identity, Inverse, Trace

from symicl.proofs.zhang2024.gd_beta import theorem
from symicl.proofs.zhang2024.setting import H, Psi, d, n, tau
from symicl.studies import Experiment, Reads, Schedule
from symicl.tasks import ScaledIdentity

DEFAULTS = {"n": 20, "d": 5, "sigma2": "1/4", "H": ScaledIdentity(), "Psi": ScaledIdentity()}


def sized(d):
    """Default vectors."""
    return {"beta_star": [1] * d}


NEAREST_WRONG = {
    "n + 2 for n + 1": Psi * Inverse((n + 2) * H * Psi + tau * Identity(d)),
    "n for n + 1": Psi * Inverse(n * H * Psi + tau * Identity(d)),
}
ALSO_WRONG = {"without the noise": Psi * Inverse((n + 1) * H * Psi + Trace(H * Psi) * Identity(d))}

experiment = Experiment(
    id=theorem.id,
    task=theorem.task,
    model=theorem.model,
    theorem=theorem,
    reads={
        "beta": Reads("offset"),
        "Gamma": Reads("coefficient", lambda Gamma, values: Gamma / int(values[n])),
    },
    defaults=DEFAULTS,
    sized=sized,
    nearest_wrong=NEAREST_WRONG,
    also_wrong=ALSO_WRONG,
    schedule=Schedule(lr=0.05),
)
