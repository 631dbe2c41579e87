"""Tokens on a sphere: linear self-attention still takes one step of gradient descent, a longer one.

Setting     x₁…xₙ and the query x uniform on the sphere ‖x‖² = d, w ~ N(0, I_d), yᵢ = ⟨w, xᵢ⟩ + εᵢ, Var εᵢ = σ²; all
            independent. One layer of linear self-attention, all weights free.
Statement   Every global minimiser computes η ⟨Σ yᵢxᵢ, x⟩ with η = 1/(n + d − 1 + σ²), and the least excess loss is
            d(d − 1 + σ²)/(n + d − 1 + σ²), strictly less than for Gaussian tokens, where n + d + 1 + σ² stands for
            n + d − 1 + σ². For d = 1, where x = ±1, it is σ²/(n + σ²), and 0 without noise.
Source      Derived here, for the setting of Mahankali, Hashimoto, Ma (2023), the main theorem on isotropic data.
"""

import sympy

import symicl as si
from symicl.algebra import limit_at_infinity, read_form
from symicl.proofs.tokens.paper import PAPER
from symicl.proofs.tokens.setting import MODEL, NOTATION, SIZES, WHERE, at, model, one_step
from symicl.statements import EveryMinimiser, GlobalMinimum, Inequality, Theorem
from symicl.tasks import LinearRegression

n, d = si.dims("n d")
task = LinearRegression(covariates=si.sphere("X", (n, d)))
sigma2 = task.noise
eta = 1 / (n + d - 1 + sigma2)
excess = d * (d - 1 + sigma2) / (n + d - 1 + sigma2)

theorem = Theorem(
    id="tokens.sphere",
    title="Tokens on a sphere: one step of gradient descent",
    paper=PAPER,
    source="derived here, for its setting with tokens on a sphere",
    assumptions=(
        r"covariates uniform on the sphere $\lVert x\rVert^{2}=d$, task $w\sim N(0,I_d)$, noise "
        r"$\varepsilon\sim N(0,\sigma^{2})$, all independent",
        SIZES,
        MODEL,
    ),
    task=task,
    model=model,
    states={"eta": eta, "excess": excess},
    propositions=(
        GlobalMinimum("loss"),
        EveryMinimiser(eta * task.x.T * task.X.T * task.y),
        Inequality("excess", d * (d + 1 + sigma2) / (n + d + 1 + sigma2), strict=True),
    ),
    corollaries={
        "loss": sigma2 + excess,
        "noiseless_excess": d * (d - 1) / (n + d - 1),
        "one_dimensional_excess": sigma2 / (n + sigma2),
        "long_context_step": sympy.Integer(1),
    },
    notation=NOTATION
    | {
        "one_dimensional_excess": r"d=1:\quad\mathcal{E}^{*}",
        "long_context_step": r"\lim_{n\to\infty}n\,\eta",
    },
    where=WHERE,
)


@theorem.derivation
def derive(step):
    step.axiom("length and direction of a Gaussian vector are independent, and its direction is uniform")
    step.axiom("Stein's identity for centred Gaussians")
    found = one_step(step, task, sigma2)
    return found | {
        "one_dimensional_excess": at(found["excess"], d, 1),
        "long_context_step": limit_at_infinity(found["eta"] * read_form(n), n),
    }
