"""Attention with keys of the dimension of tokens and a label head, as a forward pass alone."""

from dataclasses import dataclass

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


@dataclass(frozen=True)
class KeyedAttention(Model):
    """f = (1/n) W_P W_V Z Z'W_K'W_Q z, where W_P is a row."""

    def weight_shapes(self):
        full = WeightShape(("d", 1), ("d", 1))
        return {"W_P": WeightShape((1,), ("d", 1)), "W_V": full, "W_K": full, "W_Q": full}

    def forward(self, weights, prompt):
        Z, z = prompt.context, prompt.query_token
        scores = transpose(weights["W_K"] @ Z) @ (weights["W_Q"] @ z)
        return weights["W_P"] @ (weights["W_V"] @ Z @ scores) * prompt.inverse_length


task, model = si.LinearRegression(), KeyedAttention()
n, d, sigma2 = task.n, task.d, task.noise
eta = 1 / (n + d + 1 + sigma2)

theorem = Theorem(
    id="own.pass",
    title="Merged keys and values",
    paper=Paper("own", "The package", "A lemma of another package", 2026, "none"),
    source="Lemma 3",
    assumptions=(r"covariates $x_i,x\sim N(0,I_d)$",),
    task=task,
    model=model,
    propositions=(GlobalMinimum(), EveryMinimiser(eta * task.x.T * task.X.T * task.y)),
    states={"eta": eta, "loss": sigma2 + d * (1 - n * eta)},
    notation={"eta": r"\eta", "loss": "L^{*}"},
    where={r"\eta": "is the step size"},
)


@theorem.derivation
def derive(step):
    step.axiom("Stein's identity for centred Gaussians")
    reduce_weights(step, model, task)
    optimum = solve(step, derive_loss(step, model, task))
    certify(step, optimum)
    return {
        "eta": solution_ratio(optimum).scalar_multiple_of_identity(),
        "loss": minimal_value(step, optimum),
    }
