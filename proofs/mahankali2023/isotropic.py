"""Linear self-attention on isotropic data: the global optimum is one step of gradient descent.

Setting     x₁…xₙ, x ~ N(0, I_d), w ~ N(0, I_d), yᵢ = ⟨w, xᵢ⟩ + εᵢ, Var εᵢ = σ²; all independent.
            Tokens vᵢ = (xᵢ; yᵢ), query token (x; 0); one layer of linear self-attention with weights
            W_K, W_Q, W_V of size (d+1)×(d+1) and output h; squared loss on the query.
Statement   Every global minimiser computes η ⟨Σ yᵢxᵢ, x⟩ with η = 1/(n + d + 1 + σ²), and the minimal loss is
            σ² + d(d + 1 + σ²)/(n + d + 1 + σ²). For d ≥ 2 the minimisers are exactly
            W_Vᵀh = c·e_{d+1} and (W_KᵀW_Q)_{:,1:d} = (η/c)·(I; 0), c ≠ 0.
Source      Mahankali, Hashimoto, Ma (2023), the main theorem on isotropic data.
"""

import sympy

from symicl.algebra import ONE, ClosedForm, closed_form, letter, limit_at_infinity, read_form, scalar_letter
from symicl.models import LinearSelfAttention
from symicl.proofs.mahankali2023.paper import PAPER
from symicl.statements import (
    EveryMinimiser,
    GlobalMinimum,
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
from symicl.theory import positive
from symicl.typeset import Equation

task, model = LinearRegression(), LinearSelfAttention()
n, d, sigma2 = task.n, task.d, task.noise
step_size = 1 / (n + d + 1 + sigma2)

SHIFT = "written in $n-1$ and $d-1$ it has no negative coefficient and a positive constant"

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
    propositions=(GlobalMinimum("loss"), EveryMinimiser(step_size * task.x.T * task.X.T * task.y)),
    corollaries={
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
    step(
        "The optimal coefficient is a multiple of the identity: one step of gradient descent",
        Equation(r"\eta", eta),
    )
    value = minimal_value(step, optimum)

    all_minimisers(step, optimum, certificate)

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
        "noiseless_eta": at(eta, sigma2=0),
        "noiseless_loss": at(value, sigma2=0),
        "one_dimensional_eta": at(eta, d=1),
        "one_example_loss": at(value, n=1),
        "long_context_loss": limit_at_infinity(value, n),
        "long_context_step": limit_at_infinity(eta * read_form(n), n),
    }


def all_minimisers(step, optimum, certificate):
    r"""E[(f − f_*)²] = 0 forces a = 0, g = 0 and cB = ηI, when d ≥ 2."""
    N, D, S = (read_form(symbol) for symbol in (n, d, sigma2))
    parameters = optimum.loss.parameters
    (a,), (c,) = parameters["w"].grid
    (B, _), (g_row, _) = parameters["M"].grid
    g, c = g_row.T, c.trace()
    K, target = optimum.problem.coefficient, ClosedForm.of(optimum.problem.unknown)

    # The odd feature carries K(θ) − K*, the two even ones p = Bᵀa and q = c·g.
    p, q = B.T @ a, g * c
    odd = ((K - target) @ (K - target).T).trace() * (N * (N + 1 + D + S))
    slack = (a.T @ a).trace() * (B @ B.T).trace() - (p.T @ p).trace()
    pp, pq, qq = N * (N + 2), N * (N * (D + S) + 2), N * (N + 2) * ((D + S) ** 2 + 2 * D)
    even = slack * N + (p.T @ p).trace() * pp + (p.T @ q).trace() * pq * 2 + (q.T @ q).trace() * qq
    step(
        "Who are the minimisers: the distance splits into squares",
        r"\mathbb{E}[(\hat{y}_\theta-\hat{y}_K)^{2}]=n(n+d+1+\sigma^{2})\lVert K(\theta)-K\rVert_{F}^{2}"
        r"+n(\lVert a\rVert^{2}\lVert B\rVert_{F}^{2}-\lVert p\rVert^{2})+Q(p,q)",
        *[Equation(left, entry) for left, entry in (("Q_{pp}", pp), ("Q_{pq}", pq), ("Q_{qq}", qq))],
        where={
            "p": r"$=B^{\top}a$",
            "q": "$=cg$",
            "Q": r"$=Q(p,q)=Q_{pp}\lVert p\rVert^{2}+2Q_{pq}\langle p,q\rangle+Q_{qq}\lVert q\rVert^{2}$",
        },
        name="squares",
    )
    step.check("the distance is the sum of these squares", certificate.distance, odd + even)
    step.require("the weight of the odd part is positive", positive(N * (N + 1 + D + S)), rule=SHIFT)
    step.require("the quadratic form $Q$ is positive definite: first minor", positive(pp), rule=SHIFT)
    step.require(
        "the quadratic form $Q$ is positive definite: determinant",
        positive(pp * qq - pq * pq),
        rule=SHIFT,
    )
    step.axiom(r"Cauchy-Schwarz: $\lVert B^{\top}a\rVert\le\lVert a\rVert\lVert B\rVert_{F}$")

    step(
        r"Hence ({step:squares}) the minimisers have $p=q=0$ and $\lVert a\rVert\lVert B\rVert_F=0$; "
        r"if $B=0$ the coefficient has rank one, "
        "which needs $d=1$",
        note=r"If $a\neq0$ then $B=0$ and $ga^{\top}=\eta I$. But $\operatorname{tr}((ga^{\top})^{2})="
        r"(\operatorname{tr}ga^{\top})^{2}$, while $\operatorname{tr}((\eta I)^{2})=\eta^{2}d$ and "
        r"$(\operatorname{tr}\eta I)^{2}=\eta^{2}d^{2}$, so $d=1$. For $d\ge2$ therefore "
        r"$a=0$; then $cB^{\top}=\eta I$ gives $c\neq0$ and $B=(\eta/c)I$, and $cg=0$ gives $g=0$.",
    )
    rank_one = g @ a.T
    step.check(
        r"$\operatorname{tr}((ga^{\top})^{2})=(\operatorname{tr}ga^{\top})^{2}$",
        (rank_one @ rank_one).trace(),
        rank_one.trace() ** 2,
    )
    e = letter("eta of the minimisers", ONE, ONE)
    scaled = ClosedForm.identity(B.rows) * ClosedForm.of(e)
    step.check(
        r"for $\eta I$ the two differ by $\eta^{2}d(d-1)$",
        scaled.trace() ** 2 - (scaled @ scaled).trace(),
        ClosedForm.of(e) ** 2 * D * (D - 1),
    )
