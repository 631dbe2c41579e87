"""Attention with the ReLU: twice the step for half of the tokens.

Setting     x₁…xₙ, x ~ N(0, I_d), w ~ N(0, I_d), yᵢ = ⟨w, xᵢ⟩ + εᵢ, Var εᵢ = σ². The prediction η Σ yᵢ relu(xᵢᵀx) has
            the ReLU of the scores in the place of the softmax, and one weight η.
Statement   The least excess loss is d(2d + 3 + 2σ²)/(n + 2d + 3 + 2σ²), at η = 2/(n + 2d + 3 + 2σ²) alone; it is more
            than that of linear attention, in which n + d + 1 + σ² stands for n + 2d + 3 + 2σ².
Source      Derived here, for the setting of Mahankali, Hashimoto, Ma (2023), the main theorem on isotropic data;
            attention with the ReLU is that of Ahn, Cheng, Daneshmand, Sra (2023), the theorem on a ReLU of the scores.
"""

import sympy

import symicl as si
from symicl.algebra import limit_at_infinity, read_form
from symicl.proofs.attention.paper import PAPER
from symicl.proofs.tokens.setting import NOTATION, SIZES, at
from symicl.statements import (
    EveryMinimiser,
    GlobalMinimum,
    Inequality,
    Theorem,
    certify,
    derive_loss,
    minimal_value,
    solve,
)
from symicl.tasks import LinearRegression
from symicl.typeset import Equation

task, model = LinearRegression(), si.ReLUAttention()
n, d, sigma2 = task.n, task.d, task.noise
c = 2 * d + 3 + 2 * sigma2
eta, excess = 2 / (n + c), d * c / (n + c)

theorem = Theorem(
    id="attention.relu",
    title="Attention with the ReLU: twice the step for half of the tokens",
    paper=PAPER,
    source="derived here, for its setting with the ReLU of the scores",
    assumptions=(
        r"covariates $x\sim N(0,I_d)$, task $w\sim N(0,I_d)$, noise $\varepsilon\sim N(0,\sigma^{2})$, all independent",
        SIZES,
        r"attention $\eta\sum_i y_i\max(0,x_i^{\top}x)$ with one weight $\eta$",
    ),
    task=task,
    model=model,
    states={"eta": eta, "excess": excess, "loss": sigma2 + excess},
    propositions=(
        GlobalMinimum("loss"),
        EveryMinimiser(eta * task.y.T * si.relu(task.X * task.x)),
        Inequality(d * (d + 1 + sigma2) / (n + d + 1 + sigma2), "excess", strict=True),
    ),
    corollaries={
        "noiseless_excess": d * (2 * d + 3) / (n + 2 * d + 3),
        "long_context_step": sympy.Integer(2),
    },
    notation=NOTATION | {"long_context_step": r"\lim_{n\to\infty}n\,\eta"},
    where={
        r"\eta": r"is the step size, with which the optimum predicts $\eta\,\max(0,Xx)^{\top}y$",
        r"\mathcal{E}^{*}": r"$=L^{*}-\sigma^{2}$ is the least excess loss",
    },
)


@theorem.derivation
def derive(step):
    step.axiom("the signs of the scores are independent of what is even in each token")
    step.axiom("Stein's identity for centred Gaussians")
    optimum = solve(step, derive_loss(step, model, task))
    certify(step, optimum)
    step.show("The optimal coefficient", Equation(r"\eta", optimum.solution))
    loss = minimal_value(step, optimum)
    least = loss - read_form(sigma2)
    return {
        "eta": optimum.solution,
        "loss": loss,
        "excess": least,
        "noiseless_excess": at(least, sigma2, 0),
        "long_context_step": limit_at_infinity(optimum.solution * read_form(n), n),
    }
