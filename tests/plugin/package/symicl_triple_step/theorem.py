"""A model that takes three steps at once, on a task with five noises, predicts xᵀXᵀy/(n + d + 1 + 5σ²)."""

from dataclasses import dataclass

import symicl as si
from symicl.statements import (
    EveryMinimiser,
    Paper,
    Theorem,
    certify,
    derive_loss,
    minimal_value,
    solution_ratio,
    solve,
)


class FiveNoises(si.LinearRegression):
    """Linear regression whose noise has the variance 5σ²."""

    def __init__(self):
        super().__init__(noise=5 * si.scalar("sigma2", nonnegative=True))


@dataclass(frozen=True)
class TripleStep(si.OneStepGD):
    """f = 3 ⟨Γ Xᵀy, x⟩."""

    def forward(self, weights, prompt):
        once = super().forward(weights, prompt)
        return once + once + once


task, model = FiveNoises(), TripleStep()
n, d = task.n, task.d
sigma2 = si.scalar("sigma2", nonnegative=True)
eta = 1 / (n + d + 1 + 5 * sigma2)

theorem = Theorem(
    id="triple.step",
    title="The best triple step",
    paper=Paper("triple", "the package", "A lemma of another package", 2026, "none"),
    source="Lemma 4",
    assumptions=(r"covariates $x\sim N(0,I_d)$, task $w\sim N(0,I_d)$, noise of variance $5\sigma^{2}$",),
    task=task,
    model=model,
    propositions=(EveryMinimiser(eta * task.x.T * task.X.T * task.y),),
    states={"eta": eta},
    notation={"eta": r"\eta"},
)


@theorem.derivation
def derive(step):
    step.axiom("Stein's identity for centred Gaussians")
    loss = derive_loss(step, model, task)
    optimum = solve(step, loss)
    certify(step, optimum)
    minimal_value(step, optimum)
    return {"eta": solution_ratio(optimum).scalar_multiple_of_identity()}
