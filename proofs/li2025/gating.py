"""Gates weigh the examples: weights ω make n examples worth N = (Σ ω)²/Σ ω², and equal weights are best.

Setting     x₁…xₙ, x ~ N(0, I_d), w ~ N(0, I_d), yᵢ = ⟨w, xᵢ⟩ + εᵢ, Var εᵢ = σ². Gated linear attention adds up the
            examples with weights ωᵢ > 0, products of its gates, so that it reads the tokens √ωᵢ (xᵢ, yᵢ): one layer of
            linear self-attention on these, all weights of the layer free.
Statement   Every global minimiser computes η ⟨Σ ωᵢyᵢxᵢ, x⟩, and the least excess loss is d(d + 1 + σ²)/(N + d + 1 + σ²)
            with N = (Σ ω)²/Σ ω² ≤ n. Trained gates, any n × n matrix in the place of the weights, get to N = n.
Source      Li, Tarzanagh, Rawat, Fazel, Oymak (2025), the risk of gated linear attention by its weights, for one task
            and a sharper constant: d + 1 + σ² at finite n and d.
"""

from sympy import Trace

import symicl as si
from symicl.algebra import ClosedForm, closed_form, read_form
from symicl.proofs.li2025.paper import PAPER
from symicl.proofs.tokens.setting import NOTATION, SIZES, WHERE, model, one_step
from symicl.statements import (
    EveryMinimiser,
    GlobalMinimum,
    Inequality,
    Theorem,
)
from symicl.tasks import LinearRegression
from symicl.theory import excess_identity, expected_loss, minimise_over_features, trace_square
from symicl.typeset import Equation

n, d = si.dims("n d")
sigma2 = si.scalar("sigma2", nonnegative=True)
W = si.covariance("weights", n)
task = LinearRegression(
    covariates=si.gaussian("X", (n, d), row_cov=W),
    test=si.gaussian("x", d),
    noise=si.gaussian("epsilon", n, row_cov=sigma2 * W),
    query_noise=sigma2,
)
plain, gated = LinearRegression(), si.Layers([si.Attention(merged=True, gates="full")])
n_eff = Trace(W) ** 2 / Trace(W**2)
eta = Trace(W) / (Trace(W) ** 2 + (d + 1 + sigma2) * Trace(W**2))
excess = d * (d + 1 + sigma2) / (n_eff + d + 1 + sigma2)
AT_MOST = (
    r"$n\operatorname{tr}\Omega^{2}-(\operatorname{tr}\Omega)^{2}=n\lVert\Omega-\tfrac1n\operatorname{tr}(\Omega)I"
    r"\rVert_F^{2}$"
)


theorem = Theorem(
    id="li2025.gating",
    title="Gates weigh the examples",
    paper=PAPER,
    source="the risk of gated linear attention by its weights, for one task and without its limit of large n and d",
    assumptions=(
        r"covariates $x\sim N(0,I_d)$, task $w\sim N(0,I_d)$, noise $\varepsilon\sim N(0,\sigma^{2})$, all independent",
        r"gates that weigh example $i$ by $\omega_i>0$: the model reads the tokens $\sqrt{\omega_i}\,(x_i,y_i)$",
        SIZES,
        "one layer of linear self-attention on these, all its weights free, no softmax",
    ),
    task=task,
    model=model,
    states={"n_eff": n_eff, "excess": excess, "loss": sigma2 + excess},
    propositions=(
        GlobalMinimum("loss"),
        EveryMinimiser(eta * task.x.T * task.X.T * task.y),
        Inequality(Trace(W) ** 2, n * Trace(W**2)),
    ),
    corollaries={
        "eta": eta,
        "noiseless_excess": d * (d + 1) / (n_eff + d + 1),
        "trained_gates_loss": sigma2 + d * (d + 1 + sigma2) / (n + d + 1 + sigma2),
    },
    settings={"trained_gates_loss": (gated, plain)},
    notation=NOTATION | {"n_eff": "N", "trained_gates_loss": r"\text{trained gates:}\quad L^{*}"},
    where=WHERE
    | {
        "N": "is the number of examples of weight 1 that are worth as much",
        r"\omega_1,\dots,\omega_n": "are the positive weights of the examples, $i$ is one of them",
        r"\omega_i": "is one of these",
        "i": "is the number of an example",
        r"\mathrm{weights}": r"$=\operatorname{diag}(\omega_1,\dots,\omega_n)$ has the weights of the examples",
    },
)


@theorem.derivation
def derive(step):
    step.axiom("Stein's identity for centred Gaussians")
    found = one_step(step, task, sigma2)
    D, trace, square = read_form(W), read_form(Trace(W)), read_form(Trace(W**2))
    step.show("The number of examples that are worth as much", Equation("N", trace * trace / square))
    step(
        "Equal weights are best: the number is at most that of the examples",
        where={r"\Omega": r"$=\mathrm{weights}$, in short"},
    )
    mean = ClosedForm.identity(D.rows) * (trace / read_form(n))
    step.conclude(
        Inequality(trace * trace, square * read_form(n)), trace_square(D - mean) * read_form(n), claim=AT_MOST
    )
    best = minimise_over_features(expected_loss(gated, plain))
    step(
        "Gates that are trained with the layer, any $n\\times n$ matrix in the place of the weights",
        Equation(r"\min L_{\mathrm{gates}}", best.closed_form),
        where={r"L_{\mathrm{gates}}": "is the loss over all weights of the layer and all such matrices"},
    )
    step.check(
        "the mean square distance to the optimum is the excess loss", excess_identity(best), closed_form(0)
    )
    return found | {"n_eff": trace * trace / square, "trained_gates_loss": best.closed_form}
