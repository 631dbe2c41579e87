"""A gated step on prompts whose query comes from another law than the examples."""

from dataclasses import dataclass

import sympy

import symicl as si
from symicl.algebra import transpose
from symicl.models import Model, WeightShape
from symicl.statements import (
    EveryMinimiser,
    GlobalMinimum,
    Paper,
    Theorem,
    certify,
    derive_loss,
    minimal_value,
    reduce_weights,
    solution_ratio,
    solve,
)


class ShiftedQuery(si.GaussianRegression):
    """y = Xw + ε with isotropic examples, and a query x ~ N(0, Λ)."""

    def __init__(self):
        n, d = si.dims("n d")
        self.noise = si.scalar("sigma2", nonnegative=True)
        self.shift = si.covariance("Lambda", d)
        X, x = si.gaussian("X", (n, d)), si.gaussian("x", (d, 1), row_cov=self.shift)
        w = si.gaussian("w", (d, 1))
        noises = [si.gaussian(name, (size, 1), col_cov=self.noise) for name, size in (("e", n), ("e_0", 1))]
        super().__init__(X, x, responses=X * w + noises[0], response=w.T * x + noises[1])


@dataclass(frozen=True)
class GatedStep(Model):
    """f = g ⟨M Xᵀy, x⟩ with a gate g."""

    def weight_shapes(self):
        return {"g": WeightShape((1,), (1,)), "M": WeightShape(("d",), ("d",))}

    def forward(self, weights, prompt):
        step = weights["M"] @ (transpose(prompt.covariates) @ prompt.responses)
        return (transpose(prompt.query) @ step) @ weights["g"]


task, model = ShiftedQuery(), GatedStep()
n, d, sigma2 = task.n, task.d, task.noise
eta = 1 / (n + d + 1 + sigma2)

theorem = Theorem(
    id="own.prompts",
    title="A gate changes nothing, and a shift of the query nothing but the loss",
    paper=Paper("own", "The package", "A lemma of another package", 2026, "none"),
    source="Lemma 1",
    assumptions=(r"covariates $x_i\sim N(0,I_d)$, query $x\sim N(0,\Lambda)$",),
    task=task,
    model=model,
    propositions=(GlobalMinimum(), EveryMinimiser(eta * task.x.T * task.X.T * task.y)),
    states={"eta": eta, "loss": sigma2 + sympy.Trace(task.shift) * (1 - n * eta)},
    notation={"eta": r"\eta", "loss": "L^{*}"},
    where={r"\eta": "is the step size"},
)


@theorem.derivation
def derive(step):
    step.axiom("Stein's identity for centred Gaussians")
    reduce_weights(step, model, task)
    loss = derive_loss(step, model, task)
    optimum = solve(step, loss)
    certify(step, optimum)
    return {
        "eta": solution_ratio(optimum).scalar_multiple_of_identity(),
        "loss": minimal_value(step, optimum),
    }
