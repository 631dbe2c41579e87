"""From the all-ones start the trained model is not gradient descent, unless the gradient is masked.

Setting     as in `limit` with x_1 = (1, …, 1). With A = (α − α')I + α'J, B = (β − β')I + β'J, J = 11ᵀ, the flow from
            (a_0 I, b_0 I) moves α, α', β, β'.
Statement   At (aI, bI) the gradient has entries a²b H_{T−2} ≠ 0 off the diagonal of B, so for d ≥ 2 no such point is
            stationary: the trained model is the preconditioned step B Σ_s x_{s+1}x_s* A/(t−1), with α', β' ≠ 0. If the
            gradient off the diagonal is masked, ab tends to 1/(1 + (d−1)H_{T−2}/(T−2)). To leading order in 1/T the
            stationary point near plain gradient descent has α'/α = −(H_{T−2} + (d−2)H^{(2)}_{T−2})/(T−2) and
            β'/β = −H_{T−2}/(T−2). That it is the only one below the loss of zero weights, hence the limit of the
            flow, is certified at numbers d and T. Of which kind it is among all weights, see `stability`.
Source      Zheng et al. (2024), Theorem 4.3 and the discussion of Assumption 4.1; the limit without a mask is derived
            here.
"""

from sympy import Integer

from symicl.proofs.zheng2024.paper import PAPER
from symicl.proofs.zheng2024.parts import flow
from symicl.proofs.zheng2024.parts.all_ones import (
    alpha,
    alpha_,
    beta,
    beta_,
    derive_four_parameters,
    flow_of_four,
    leading_order,
    reduce_to_one,
    task,
)
from symicl.proofs.zheng2024.parts.letters import of, put
from symicl.proofs.zheng2024.parts.only_limit import the_only_limit
from symicl.proofs.zheng2024.parts.plane import full_loss, masked
from symicl.proofs.zheng2024.parts.quadratic import complete_the_square, scalar_loss
from symicl.proofs.zheng2024.parts.stationary import certified
from symicl.proofs.zheng2024.setting import ASSUMPTIONS, H2, WHERE, H, N, a, b, d, model, refuse_short
from symicl.statements import NotStationary, SpecialCase, Theorem
from symicl.tasks import T

masked_ab = 1 / (1 + (d - 1) * H / N)
q2 = d * (alpha**2 + (d - 1) * alpha_**2) * (beta**2 + (d - 1) * beta_**2)
q1 = (
    d * (d - 1)
    * (
        alpha**2 * beta**2 + 2 * alpha**2 * beta * beta_ + (2 * d - 3) * alpha**2 * beta_**2
        + 4 * alpha * alpha_ * beta**2 + 4 * alpha * alpha_ * beta * beta_ + (6 * d - 8) * alpha * alpha_ * beta_**2
        + (3 * d - 5) * alpha_**2 * beta**2 + (3 * d - 5) * (d - 1) * alpha_**2 * beta_**2
    )
)  # fmt: skip
q0 = (
    d * (d - 1) * (d - 2) * alpha_
    * (
        2 * alpha * beta**2 + 4 * alpha * beta * beta_ + (4 * d - 6) * alpha * beta_**2
        + (d - 2) * alpha_ * beta**2 + 2 * alpha_ * beta * beta_ + d * (d - 2) * alpha_ * beta_**2
    )
)  # fmt: skip

theorem = Theorem(
    id="zheng2024.not_gd",
    title="From the all-ones start the trained model is not gradient descent",
    propositions=(
        NotStationary({"A": a, "B": b}, (a, b)),
        flow.unless_opposite(
            curvature=N + (d - 1) * H,
            limit=masked_ab,
            loss=scalar_loss(task),
            near={a: Integer(1), b: Integer(1)},
        ),
    ),
    paper=PAPER,
    source="Theorem 4.3 and what follows it",
    assumptions=(
        *ASSUMPTIONS,
        r"$x_1=(1,\dots,1)$; initial values $W^{KQ}_{32}=a_0I$, $W^{PV}_{12}=b_0I$, all other blocks zero, with a "
        r"loss below "
        r"that of zero weights, as for $0<a_0b_0<2\tilde a\tilde b$ of the masked flow",
        r"in the masked flow, where gradients off the diagonal are left out, $a$, $b$ move as each diagonal entry of "
        r"$A$, $B$ does",
    ),
    task=task,
    model=model,
    states={"masked_ab": masked_ab, "masked_loss": d * N / 2 * (1 - masked_ab)},
    corollaries={
        "gradient_A": b * (-H + a * b * ((d - 2) * H2 + 2 * H)),
        "gradient_B": a**2 * b * H,
        "constant_part": (q2 - 2 * d * alpha * beta + d) / 2,
        "harmonic_part": q1 / 2 - d * (d - 1) * alpha_ * beta,
        "second_harmonic_part": q0 / 2,
        "at_t_2_only": d
        * (d - 1)
        * (d**2 - 3 * d + 3)
        * alpha_**2
        * beta_
        * (2 * beta + (d - 2) * beta_)
        / 2,
        "alpha_ratio_leading": -(H + (d - 2) * H2) / N,
        "beta_ratio_leading": -H / N,
        "excess_of_masked_leading": d * (d - 1) * ((H + (d - 2) * H2) ** 2 + H**2) / (2 * N),
        "masked_ab_T_3": 1 / d,
    },
    where=WHERE
    | {
        r"L_{\mathrm{masked}}": "is the loss at the limit of the masked flow",
        r"\alpha,\alpha',\beta,\beta'": r"are the entries on and off the diagonal of $A$ and of $B$",
        "J": r"$=\mathbf{1}\mathbf{1}^{\top}$",
    },
    notation={
        "masked_ab": r"\tilde a\tilde b",
        "masked_loss": r"L_{\mathrm{masked}}",
        "gradient_A": r"\partial_{A_{lm}}L\text{ at }A=aI,\,B=bI",
        "gradient_B": r"\partial_{B_{lm}}L\text{ at }A=aI,\,B=bI",
        "constant_part": "P_0",
        "harmonic_part": "P_{-1}",
        "second_harmonic_part": "P_{-2}",
        "at_t_2_only": r"\varepsilon_2",
        "alpha_ratio_leading": r"\alpha'/\alpha\text{ to leading order}",
        "beta_ratio_leading": r"\beta'/\beta\text{ to leading order}",
        "excess_of_masked_leading": r"L_{\mathrm{masked}}-L\text{ to leading order}",
        "masked_ab_T_3": r"T=3:\quad\tilde a\tilde b",
    },
    inputs={"d": d, "T": T},
    certified={name: certified(k) for k, name in enumerate(("ab", "alpha_ratio", "beta_ratio", "loss"))},
    refusals=(refuse_short,),
    special_cases=(
        SpecialCase(
            applies=lambda values: values[d] == 1,
            note="d = 1: there is nothing off the diagonal, and the model predicts exactly",
        ),
    ),
)


@theorem.derivation
def derive(step):
    step.axiom(
        r"$\mathbb{E}\prod_r\lambda_r^{m_r}=\prod_r[m_r=0]$ for independent uniform phases and any integers $m_r$"
    )
    loss = derive_four_parameters(step)
    ones = complete_the_square(on_the_plane(loss.closed_form))
    full = full_loss()
    off_B = masked(step, full, ones)
    flow.converges(step)
    off_A = full.slope("A", task.law, diagonal=False).closed_form
    flow_of_four(step, loss)
    reduce_to_one(step, loss)
    the_only_limit(step, loss)
    alpha_ratio, beta_ratio, excess = leading_order(step, loss)
    shortest = complete_the_square(on_the_plane(loss.total.at_last(2).closed_form))
    return {
        "masked_ab": ones.u_star,
        "masked_loss": ones.L_star,
        "gradient_A": off_A,
        "gradient_B": off_B,
        "constant_part": loss.by_power[0],
        "harmonic_part": loss.by_power[-1],
        "second_harmonic_part": loss.by_power[-2],
        "at_t_2_only": loss.exceptions[2],
        "alpha_ratio_leading": alpha_ratio,
        "beta_ratio_leading": beta_ratio,
        "excess_of_masked_leading": excess,
        "masked_ab_T_3": shortest.u_star,
    }


def on_the_plane(form):
    """The loss at α' = β' = 0."""
    none = of(Integer(0))
    return put(form, {alpha: of(a), beta: of(b), alpha_: none, beta_: none})
