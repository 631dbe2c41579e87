"""Linear self-attention on isotropic data: the global optimum is one step of gradient descent.

Setting     x₁…xₙ, x ~ N(0, I_d), w ~ N(0, I_d), yᵢ = ⟨w, xᵢ⟩ + εᵢ, Var εᵢ = σ²; all independent.
            Tokens vᵢ = (xᵢ; yᵢ), query token (x; 0); one layer of linear self-attention with weights
            W_K, W_Q, W_V of size (d+1)×(d+1) and output h; squared loss on the query.
Statement   Every global minimiser computes η ⟨Σ yᵢxᵢ, x⟩ with η = 1/(n + d + 1 + σ²), and the minimal loss is
            σ² + d(d + 1 + σ²)/(n + d + 1 + σ²). For d ≥ 2 the minimisers are exactly
            W_Vᵀh = c·e_{d+1} and (W_KᵀW_Q)_{:,1:d} = (η/c)·(I; 0), c ≠ 0. For σ² > 0 and the ridge estimator
            ŵ = (XᵀX + σ²I)⁻¹Xᵀy, the mean of w given the prompt, η = E[ŵᵀXᵀy] / E[yᵀXXᵀy].
Source      Mahankali, Hashimoto, Ma (2023), the main theorem on isotropic data.
"""

import sympy

from symicl.algebra import closed_form, limit_at_infinity, matrix, read_form, scalar, scalar_letter, vector
from symicl.models import LinearSelfAttention
from symicl.proofs.mahankali2023.paper import PAPER
from symicl.proofs.mahankali2023.parts.minimisers import all_minimisers
from symicl.proofs.mahankali2023.parts.ridge import posterior_mean, ratio_of_expectations
from symicl.statements import (
    EveryMinimiser,
    GlobalMinimum,
    MinimalExactlyWhere,
    Theorem,
    certify,
    derive_loss,
    minimal_value,
    reduce_weights,
    same_optimum,
    solution_ratio,
    solve,
)
from symicl.tasks import LinearRegression
from symicl.typeset import Equation

task, model = LinearRegression(), LinearSelfAttention()
n, d, sigma2 = task.n, task.d, task.noise
step_size = 1 / (n + d + 1 + sigma2)
a, g, c, B = vector("a", d), vector("g", d), scalar("c"), matrix("B", (d, d))
"""Blocks of the effective parameters."""
NOTHING_ELSE = {a: sympy.ZeroMatrix(d, 1), g: sympy.ZeroMatrix(d, 1)}
v = vector("v", d)
TRIES = tuple(
    {a: x, g: y, B: z * step_size / c * sympy.Identity(d)}
    for x, y, z in ((0 * v, 0 * v, 1), (v, 0 * v, 1), (0 * v, v, 1), (0 * v, 0 * v, 2))
)
"""A minimiser, and weights at which one of the equations does not hold."""

theorem = Theorem(
    id="mahankali2023.isotropic",
    title="One step of gradient descent is the optimal linear self-attention",
    paper=PAPER,
    source="main theorem on isotropic data",
    assumptions=(
        r"covariates $x\sim N(0,I_d)$, task $w\sim N(0,I_d)$, noise $\varepsilon\sim N(0,\sigma^{2})$, all independent",
        r"$n\ge1$ context tokens, $d\ge1$",
        "one layer of linear self-attention, all weights free, no softmax",
    ),
    task=task,
    model=model,
    states={
        "eta": step_size,
        "loss": sigma2 + d * (d + 1 + sigma2) / (n + d + 1 + sigma2),
    },
    propositions=(
        GlobalMinimum("loss"),
        EveryMinimiser(step_size * task.x.T * task.X.T * task.y),
        MinimalExactlyWhere(
            "loss", {**NOTHING_ELSE, c * B: step_size * sympy.Identity(d)}, given=(d > 1,), tries=TRIES
        ),
    ),
    corollaries={
        "ratio_of_expectations": step_size,
        "noiseless_eta": 1 / (n + d + 1),
        "noiseless_loss": d * (d + 1) / (n + d + 1),
        "one_dimensional_eta": 1 / (n + 2 + sigma2),
        "one_example_loss": sigma2 + d * (d + 1 + sigma2) / (d + 2 + sigma2),
        "long_context_loss": sigma2,
        "long_context_step": sympy.Integer(1),
    },
    notation={
        "eta": r"\eta",
        "loss": "L^{*}",
        "ratio_of_expectations": r"\frac{\mathbb{E}[\hat{w}^{\top}X^{\top}y]}{\mathbb{E}[y^{\top}XX^{\top}y]}",
        "noiseless_eta": r"\sigma^{2}=0:\quad\eta",
        "noiseless_loss": r"\sigma^{2}=0:\quad L^{*}",
        "one_dimensional_eta": r"d=1:\quad\eta",
        "one_example_loss": r"n=1:\quad L^{*}",
        "long_context_loss": r"\lim_{n\to\infty}L^{*}",
        "long_context_step": r"\lim_{n\to\infty}n\,\eta",
    },
    where={r"\eta": r"is the step size, with which the optimum predicts $\eta\,x^{\top}X^{\top}y$"},
)


@theorem.derivation
def derive(step):
    step.axiom("Stein's identity for centred Gaussians")
    step.axiom("covariates, task and noise are independent")

    reduce_weights(step, model, task)
    loss = derive_loss(step, model, task)
    optimum = solve(step, loss)
    certificate = certify(step, optimum)

    eta = solution_ratio(optimum).scalar_multiple_of_identity()
    step.show(
        "The optimal coefficient is a multiple of the identity: one step of gradient descent",
        Equation(r"\eta", eta),
    )
    value = minimal_value(step, optimum)
    ridge = posterior_mean(step, task)
    ratio = ratio_of_expectations(step, ridge, sympy.Identity(d), eta)

    equations = {**NOTHING_ELSE, c * B: eta.expr * sympy.Identity(d)}
    all_minimisers(step, optimum, certificate, MinimalExactlyWhere("loss", equations, given=(d > 1,)))

    step("Variants of the model that change nothing", where={"b": r"$\in\mathbb{R}^{d}$ is trainable"})
    same_optimum(
        step, "the query token attends to itself", LinearSelfAttention(query_in_context=True), task, optimum
    )
    same_optimum(
        step, "a trainable term $b^{\\top}x$ is added", LinearSelfAttention(skip=True), task, optimum
    )

    def at(ratio, **numbers):
        return ratio.substitute(
            {scalar_letter(task.symbols()[name]): closed_form(k) for name, k in numbers.items()}
        )

    return {
        "eta": eta,
        "loss": value,
        "ratio_of_expectations": ratio,
        "noiseless_eta": at(eta, sigma2=0),
        "noiseless_loss": at(value, sigma2=0),
        "one_dimensional_eta": at(eta, d=1),
        "one_example_loss": at(value, n=1),
        "long_context_loss": limit_at_infinity(value, n),
        "long_context_step": limit_at_infinity(eta * read_form(n), n),
    }
