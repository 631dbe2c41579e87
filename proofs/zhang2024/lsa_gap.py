"""Linear self-attention without the MLP: the gap to the transformer block when the prior mean is not zero.

Setting     as in `gd_beta`; one head f = [Z + (1/n) W_PᵀW_V Z M Zᵀ W_KᵀW_Q Z]_{d+1,n+1}, or a sum of heads.
            Write Φ = H^½ΨH^½, τ = tr(HΨ) + σ², ‖v‖²_H = vᵀHv; R* is the minimal risk of the transformer block.
Statement   For one head inf R − R* ≥ ‖β*‖²_H/(n+1), whatever d, n, Ψ and σ are.
            For any number of heads inf R − R* ≥ κ‖β*‖²_H, κ = 2/(2 + n(d + σ⁴/(τ² + (n+1) tr Φ²))), and d + 1 heads
            attain it.
            For one head inf R − R* is at most (1 − nτ²/((n+2)(τ² + 2 tr Φ²)))‖β*‖²_H, and at most the excess of
            descent from zero, which is Σᵢ h(sᵢ) − Σᵢ h(φᵢ) with h(φ) = φ(φ+τ)/((n+1)φ+τ), φᵢ the eigenvalues of Φ,
            sᵢ those of H^½(Ψ + β*β*ᵀ)H^½ with τ + ‖β*‖²_H for τ.
            For one head the best a has a part along that of β* in each eigenspace of Φ; at numbers the least risk over
            these directions has proven digits. For Ψ = φH⁻¹ inf R is the minimum of a rational function of one variable
            s. For φ > 0 and growing n its value at s = 1 is R* + (d+1)‖β*‖²_H/n to leading order; at any other fixed s
            it stays away from R*, and at s = 1 + O(1/√n) nothing is gained. (Minimisers that grow with n are not
            excluded.)
Source      Zhang, Wu, Bartlett (2024), the approximation gap of linear self-attention; the constants are derived here.
"""

from sympy import Identity, Integer, Inverse, Trace, ZeroMatrix

from symicl.algebra import closed_form, limit_at_infinity, matrix, scalar, scalar_letter, vector
from symicl.models import MultiHeadLinearAttention
from symicl.numeric import evaluate
from symicl.proofs.zhang2024.lsa.any_prior import any_prior
from symicl.proofs.zhang2024.lsa.asymptotics import asymptotics
from symicl.proofs.zhang2024.lsa.best_direction import best_direction
from symicl.proofs.zhang2024.lsa.gap_on_a_line import risk_of_gd_beta, s, single_head_gap
from symicl.proofs.zhang2024.lsa.many_heads import many_heads
from symicl.proofs.zhang2024.lsa.one_head import b2, one_head, phi
from symicl.proofs.zhang2024.lsa.parity import split_by_parity
from symicl.proofs.zhang2024.lsa.universal_bound import b2 as mean_norm
from symicl.proofs.zhang2024.lsa.universal_bound import universal_bound
from symicl.proofs.zhang2024.lsa.upper_bounds import (
    Psi_0,
    constant_from_the_responses,
    descent_from_zero,
    tau_0,
    tau_1,
)
from symicl.proofs.zhang2024.lsa.whole_bound import for_all_weights
from symicl.proofs.zhang2024.paper import PAPER
from symicl.proofs.zhang2024.setting import (
    ASSUMPTIONS,
    WHERE,
    H,
    Psi,
    beta_star,
    d,
    n,
    risk,
    sigma2,
    task,
    tau,
)
from symicl.statements import LeastOverHeads, LossAtLeast, SpecialCase, Theorem, derive_loss, reduce_weights
from symicl.typeset import Equation

model = MultiHeadLinearAttention(heads=1)
norm = Trace(beta_star.T * H * beta_star)
level = d * phi + sigma2  # τ at Ψ = φH⁻¹
slope = ((n + 1) * phi + level) / n
fourth = level**2 + 2 * d * phi**2

NO_WEIGHTS = {
    matrix("B", (d, d)): ZeroMatrix(d, d),
    **{vector(name, d): ZeroMatrix(d, 1) for name in "agm"},
    **{scalar(name): Integer(0) for name in "cs"},
}


def explained(S, total):
    """The power that GD-β explains of a centred task with covariance S, total = tr(HS) + σ²."""
    return n * Trace(Inverse((n + 1) * H * S + total * Identity(d)) * H * S * H * S)


def second_moment(values):
    """Ψ₀ at numbers."""
    return values[Psi] + values[beta_star] * values[beta_star].transpose()


kappa = 2 / (2 + n * (d + sigma2**2 / (tau**2 + (n + 1) * Trace(H * Psi * H * Psi))))

theorem = Theorem(
    id="zhang2024.lsa_gap",
    title="The gap of linear self-attention without an MLP",
    propositions=(
        LossAtLeast(risk + norm / (n + 1), near=NO_WEIGHTS),
        LeastOverHeads(risk + kappa * norm, d + 1),
    ),
    where=WHERE
    | {
        r"\mathcal{R}^{*}": r"is the least risk of the linear transformer block, which GD-$\beta$ attains",
        r"\mathcal{R}_{m}": r"is the risk of the sum of $m$ heads, each with its weights, for every $m\ge1$; "
        r"$\mathcal{R}=\mathcal{R}_{1}$",
        r"\beta,\Gamma": r"are any vector in $\mathbb{R}^{d}$ and any matrix in $\mathbb{R}^{d\times d}$",
        r"\mathcal{R}(\beta,\Gamma)": r"is the risk of GD-$\beta$, which is one head where $\beta=0$ and predicts "
        r"$x^{\top}(\beta+\tfrac{1}{n}\Gamma X^{\top}(y-X\beta))$",
        "K^{*}": r"is the $\Gamma/n$ of its minimiser",
        r"\kappa": r"is the number that the second equation of the statement determines",
        r"\Psi_0": r"$=\Psi+\beta^{*}\beta^{*\top}$ is the second moment of the task",
        r"\tau_0": r"$=\operatorname{tr}(H\Psi_0)+\sigma^{2}$",
        "b_{2}": r"$=\lVert\beta^{*}\rVert_H^{2}$",
        r"\phi": "is a vector of features, with finite second moments",
        r"\varphi": r"$\ge0$ is the number of the special case $\Psi=\varphi H^{-1}$",
        r"\mathrm{gap}(s)": r"is the risk of one head that is least among those with $a=s\beta^{*}$, minus "
        r"$\mathcal{R}^{*}$, for every $s\in\mathbb{R}\cup\{\infty\}$ in this case",
    },
    paper=PAPER,
    source="the approximation gap of linear self-attention; the constants are derived here",
    assumptions=(*ASSUMPTIONS, "all weight matrices free, of inner sizes at least $d+1$"),
    task=task,
    model=model,
    states={
        "lower_bound": norm / (n + 1),
        "multi_head_gap": kappa * norm,
        "upper_bound": (1 - n * tau**2 / ((n + 2) * (tau**2 + 2 * Trace(H * Psi * H * Psi)))) * norm,
        "gd_0_gap": tau_0 - tau_1 - explained(Psi_0, tau_0) + explained(Psi, tau_1),
    },
    corollaries={
        "asymptotic_gap": (d + 1) * b2,
        "gap_without_XX": (1 - n * level**2 / ((n + 2) * fourth)) * b2,
        "risk_without_responses": sigma2 + d * phi - phi**2 / slope + 2 * b2 / (n + 2),
    },
    notation={
        "lower_bound": r"\inf\mathcal{R}_{1}-\mathcal{R}^{*}\ge",
        "multi_head_gap": r"\inf_{m}\inf\mathcal{R}_{m}-\mathcal{R}^{*}=\min\mathcal{R}_{d+1}-\mathcal{R}^{*}=\kappa"
        r"\lVert\beta^{*}\rVert_H^{2}",
        "upper_bound": r"\inf\mathcal{R}_{1}-\mathcal{R}^{*}\le",
        "gd_0_gap": r"\min_{\Gamma}\mathcal{R}(0,\Gamma)-\mathcal{R}^{*}",
        "asymptotic_gap": r"\lim_{n\to\infty}n\,\mathrm{gap}(1)",
        "gap_without_XX": r"\mathrm{gap}(0)",
        "risk_without_responses": r"\mathcal{R}^{*}+\mathrm{gap}(\infty)",
    },
    auxiliary={
        Psi_0: second_moment,
        tau_1: lambda values: evaluate(tau, values),
        tau_0: lambda values: evaluate(tau, values) + evaluate(norm, values),
    },
    certified={"single_head_gap": single_head_gap},
    special_cases=(
        SpecialCase(
            applies=lambda values: values[sigma2] == 0 and not any(values[Psi].entries()),
            note="tr(H Psi) + sigma2 = 0: the responses are X beta_star exactly, r = 0, and only XᵀX is left as a "
            "feature",
            replaces={
                "multi_head_gap": 2 / (2 + n * d) * norm,
                "upper_bound": 2 / (2 + n) * norm,
                "gd_0_gap": 2 / (2 + n) * norm,
            },
        ),
    ),
)


@theorem.derivation
def derive(step):
    step.axiom("Stein's identity for centred Gaussians")
    step.axiom("covariates, task and noise are independent")
    step.axiom(r"$H\succ0$ is invertible")

    reduce_weights(step, model, task)
    loss = derive_loss(step, model, task)
    split, own_risk = split_by_parity(step, loss)
    bound = universal_bound(step, split)
    for_all_weights(step, loss, split, bound)
    from_even_part = many_heads(step, loss, split)
    ratio, from_zero = constant_from_the_responses(step, split), descent_from_zero(step, split)
    any_prior(step, own_risk, split)
    gap = best_direction(step, one_head(step, own_risk, split), own_risk, split)
    at_zero = gap.substitute({scalar_letter(s): closed_form(0)})
    at_infinity = limit_at_infinity(gap, s)
    step.show(
        r"With $a=s\beta^{*}$ a function of one variable remains, to be minimised in exact arithmetic at numbers",
        r"\inf\mathcal{R}=\min_{s\in\mathbb{R}\cup\{\infty\}}E(s),\qquad E(s)=\mathcal{R}^{*}+\mathrm{gap}(s)",
        Equation(r"\mathrm{gap}(0)", at_zero),
        Equation(r"\mathrm{gap}(\infty)", at_infinity),
        where={"E(s)": r"is the least risk of one head with $a=s\beta^{*}$"},
        note=r"Its real stationary points are isolated and the minimum enclosed "
        r"in balls.",
    )
    asymptotic = asymptotics(step, gap)
    return {
        "lower_bound": bound,
        "multi_head_gap": from_even_part * mean_norm,
        "upper_bound": ratio * mean_norm,
        "gd_0_gap": from_zero,
        "asymptotic_gap": asymptotic,
        "gap_without_XX": at_zero,
        "risk_without_responses": at_infinity + risk_of_gd_beta(split.gd_beta),
    }
