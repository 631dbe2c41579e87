"""Examples that lean towards the query: one step of gradient descent, with exact constants over all weights.

Setting     x, w ~ N(0, I_d), xᵢ given x independent with the law N(αx, (1 − α²)I_d), yᵢ = ⟨w, xᵢ⟩ + εᵢ, Var εᵢ = σ².
            One layer of linear self-attention, all weights free.
Statement   Every global minimiser computes k ⟨Σ yᵢxᵢ, x⟩ with k = A/B, A = (d + 1)α² + 1,
            B = (n − 1)(d² + 4d + 5)α⁴ + ((d + 1)(d + 2n + σ²) + 2d + 4)α² + n + d + 1 + σ². The least excess loss is
            d − dnA²/B. It does not vanish as n grows: for α ≠ 0 it tends to
            2d(d + 2)α⁴/((d² + 4d + 5)α⁴ + 2(d + 1)α² + 1). The leading order d − κnd/(κn + d + σ²), κ = α²d + 1, of the
            paper tends to 0, as d(d + σ²)/(κn); at n = d = 20, α = 3/10, σ² = 0 it is less than the exact value by 7 %.
Source      Li, Rawat, Oymak (2024), the theorem on retrieval-augmented prompts, cited by content; the constants at
            finite n and d, and the limit, are derived here.
"""

from symicl.algebra import closed_form, read_form, scalar_letter
from symicl.models import LinearSelfAttention
from symicl.proofs.li2024.paper import PAPER
from symicl.statements import (
    EveryMinimiser,
    GlobalMinimum,
    Limit,
    Theorem,
    minimal_value,
    minimise_over_weights,
    solution_ratio,
)
from symicl.tasks import RetrievalRegression

task, model = RetrievalRegression(), LinearSelfAttention()
n, d, alpha, sigma2 = task.n, task.d, task.alpha, task.noise
A = (d + 1) * alpha**2 + 1
B = (n - 1) * (d**2 + 4 * d + 5) * alpha**4 + ((d + 1) * (d + 2 * n + sigma2) + 2 * d + 4) * alpha**2
B += n + d + 1 + sigma2
excess = d - d * n * A**2 / B
kappa = alpha**2 * d + 1
leading_order = d - kappa * n * d / (kappa * n + d + sigma2)
long_context = 2 * d * (d + 2) * alpha**4 / ((d**2 + 4 * d + 5) * alpha**4 + 2 * (d + 1) * alpha**2 + 1)

theorem = Theorem(
    id="li2024.retrieval",
    title="On examples that lean towards the query the optimum is one step of gradient descent",
    paper=PAPER,
    source="the theorem on retrieval-augmented prompts, with exact constants at finite $n$ and $d$",
    assumptions=(
        r"$x,w\sim N(0,I_d)$, $x_i\mid x\sim N(\alpha x,(1-\alpha^{2})I_d)$, noise $\varepsilon\sim N(0,\sigma^{2})$, "
        "all independent given $x$",
        r"$n\ge1$ context tokens, $d\ge1$, $-1\le\alpha\le1$",
        "one layer of linear self-attention, all weights free, no softmax",
    ),
    task=task,
    model=model,
    states={"step": A / B, "loss": sigma2 + excess, "excess": excess},
    propositions=(
        GlobalMinimum("loss"),
        EveryMinimiser(A / B * task.x.T * task.X.T * task.y),
        Limit("excess", long_context, (n,)),
        Limit(n * leading_order, d * (d + sigma2) / kappa, (n,)),
    ),
    corollaries={
        "isotropic_step": 1 / (n + d + 1 + sigma2),
        "copied_query_excess": d * (2 * n + sigma2) / (d * n + 4 * n + sigma2),
    },
    notation={
        "step": "k",
        "loss": "L^{*}",
        "excess": r"\mathcal{E}^{*}",
        "isotropic_step": r"\alpha=0:\quad k",
        "copied_query_excess": r"\alpha=1:\quad\mathcal{E}^{*}",
    },
    where={
        "k": r"is the step size, with which the optimum predicts $k\,x^{\top}X^{\top}y$",
        r"\mathcal{E}^{*}": r"$=L^{*}-\sigma^{2}$ is the least excess loss",
    },
)


@theorem.derivation
def derive(step):
    step.axiom("Stein's identity for centred Gaussians")
    optimum = minimise_over_weights(step, model, task)
    rate = solution_ratio(optimum).scalar_multiple_of_identity()
    loss = minimal_value(step, optimum)
    rest = loss - read_form(sigma2)
    return {
        "step": rate,
        "loss": loss,
        "excess": rest,
        "isotropic_step": rate.substitute({scalar_letter(alpha): closed_form(0)}),
        "copied_query_excess": rest.substitute({scalar_letter(alpha): closed_form(1)}),
    }
