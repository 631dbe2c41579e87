"""Centred attention: to subtract the mean of the tokens costs exactly one example.

Setting     x₁…xₙ, x ~ N(0, I_d), w ~ N(0, I_d), yᵢ = ⟨w, xᵢ⟩ + εᵢ, Var εᵢ = σ². Attention reads the tokens
            less their mean, P(X, y) with P = I − 11ᵀ/n, and the query as it is; one layer, all weights free.
Statement   Every global minimiser computes η ⟨XᵀPy, x⟩ with η = 1/(n + d + σ²), and the least excess loss is
            d(d + 1 + σ²)/(n + d + σ²), that of n − 1 examples without centring, and so more than that of n.
Source      Derived here, for the setting of Mahankali, Hashimoto, Ma (2023), the main theorem on isotropic data.
"""

from sympy import Identity
from sympy.matrices.expressions import OneMatrix

import symicl as si
from symicl.algebra import read_form
from symicl.proofs.attention.paper import PAPER
from symicl.proofs.tokens.setting import NOTATION, WHERE, at, model, one_step
from symicl.statements import EveryMinimiser, GlobalMinimum, Inequality, Theorem
from symicl.tasks import LinearRegression
from symicl.theory import expected_loss, minimise_over_features

n, d = si.dims("n d")
sigma2 = si.scalar("sigma2", nonnegative=True)
P = Identity(n) - OneMatrix(n, n) / n
plain = LinearRegression()
Z, x, w = si.gaussian("Z", (n, d)), si.gaussian("x", d), si.gaussian("w", d)
noise, query_noise = (
    si.gaussian("epsilon", n, row_cov=sigma2),
    si.gaussian("epsilon_0", (1, 1), row_cov=sigma2),
)
task = si.GaussianRegression(P * Z, x, responses=P * (Z * w + noise), response=w.T * x + query_noise)
eta = 1 / (n + d + sigma2)
excess = d * (d + 1 + sigma2) / (n + d + sigma2)

theorem = Theorem(
    id="attention.centred",
    title="Centred attention costs one example",
    paper=PAPER,
    source="derived here, for its setting with centred tokens",
    assumptions=(
        r"covariates $x\sim N(0,I_d)$, task $w\sim N(0,I_d)$, noise $\varepsilon\sim N(0,\sigma^{2})$, all independent",
        r"$n\ge2$ context tokens, of which their mean is subtracted, $d\ge1$",
        "one layer of linear self-attention on these tokens, all weights free, no softmax",
    ),
    task=task,
    model=model,
    states={"eta": eta, "excess": excess, "loss": sigma2 + excess},
    propositions=(
        GlobalMinimum("loss"),
        EveryMinimiser(eta * task.x.T * task.X.T * task.y),
        Inequality(d * (d + 1 + sigma2) / (n + d + 1 + sigma2), "excess", strict=True),
    ),
    corollaries={"noiseless_excess": d * (d + 1) / (n + d)},
    notation=NOTATION,
    where=WHERE,
)


@theorem.derivation
def derive(step):
    step.axiom("Stein's identity for centred Gaussians")
    found = one_step(step, task, sigma2)
    whole = minimise_over_features(expected_loss(model, plain)).closed_form - read_form(sigma2)
    step("Centring costs one example")
    step.check(
        "the least excess loss is that of $n-1$ examples without centring",
        found["excess"],
        at(whole, n, n - 1),
    )
    return found
