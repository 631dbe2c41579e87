"""With a guess of the response in the token of the query, one head of linear self-attention is gradient descent from μ.

Setting     x ~ N(0, I_d), w ~ N(μ, ψI), noise of variance σ²; the token of the query is (x; bᵀx) with a trained b, the
            query is masked out of the sums.
Statement   Every global minimiser computes xᵀ(μ + ηXᵀ(y − Xμ)), η = ψ/((n + d + 1)ψ + σ²), one step of gradient descent
            from the prior mean, with the excess dψ((d + 1)ψ + σ²)/((n + d + 1)ψ + σ²): no gap is left, with one head.
Source      Xie et al. (2025), the layer with an initial guess, by content; its exact excess is derived here.
"""

from symicl.algebra import read_form
from symicl.models import InitialGuessAttention
from symicl.proofs.xie2025.paper import PAPER
from symicl.proofs.xie2025.setting import ASSUMPTIONS, best_excess, d, mu, n, psi, sigma2, task
from symicl.statements import (
    EveryMinimiser,
    GlobalMinimum,
    Theorem,
    minimal_value,
    minimise_over_weights,
    solution_ratio,
)

model = InitialGuessAttention()
eta = psi / ((n + d + 1) * psi + sigma2)

theorem = Theorem(
    id="xie2025.guess",
    title="An initial guess makes one head gradient descent from the prior mean",
    paper=PAPER,
    source="the layer with an initial guess; the excess at finite $n$ and $d$ is derived here",
    assumptions=(*ASSUMPTIONS, r"the token of the query carries the guess $b^{\top}x$, with a trained $b$"),
    task=task,
    model=model,
    states={"eta": eta, "loss": sigma2 + best_excess, "excess": best_excess},
    propositions=(
        GlobalMinimum("loss"),
        EveryMinimiser(task.x.T * mu + eta * task.x.T * task.X.T * (task.y - task.X * mu)),
    ),
    inputs={"n": n, "d": d, "sigma2": sigma2, "psi": psi},
    notation={"eta": r"\eta", "loss": "L^{*}", "excess": r"\mathcal{E}^{*}"},
    where={
        r"\eta": "is the step size of gradient descent",
        r"\mu": "is the prior mean",
        r"\psi": "is the variance of each coordinate of the task",
        r"\mathcal{E}^{*}": r"$=L^{*}-\sigma^{2}$ is the least excess loss",
    },
)


@theorem.derivation
def derive(step):
    step.axiom("Stein's identity for centred Gaussians")
    step.axiom("covariates, task and noise are independent")
    optimum = minimise_over_weights(step, model, task)
    value = minimal_value(step, optimum)
    return {
        "eta": solution_ratio(optimum).scalar_multiple_of_identity(),
        "loss": value,
        "excess": value - read_form(sigma2),
    }
