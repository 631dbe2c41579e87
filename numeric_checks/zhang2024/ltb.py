"""A trained linear transformer block computes GD-β, whatever the prior mean is.

Setting     All six matrices of the block, trained from random weights by Adam on fresh prompts:
            x ~ N(0, H), β̃ ~ N(β*, Ψ), yᵢ = ⟨β̃, xᵢ⟩ + εᵢ.
Measured    The excess risk over R* of the trained weights, from the closed form in exact arithmetic, and the
            coefficient of its feature xᵀ K Xᵀr beside Γ*/n.
Why it      The same wrong versions of Γ* as for GD-β, told apart by exact distances.
could fail
"""

from symicl.numeric_checks.zhang2024.gd_beta import ALSO_WRONG, DEFAULTS, NEAREST_WRONG, sized
from symicl.proofs.zhang2024.ltb import theorem
from symicl.studies import Experiment, Schedule

experiment = Experiment(
    id=theorem.id,
    task=theorem.task,
    model=theorem.model,
    theorem=theorem,
    defaults=DEFAULTS,
    sized=sized,
    nearest_wrong=NEAREST_WRONG,
    also_wrong=ALSO_WRONG,
    schedule=Schedule(lr=0.05),
)
