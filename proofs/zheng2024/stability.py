"""The limit without a mask need not be a minimum: where it is a strict saddle among all weights, and where a minimum.

Setting     as in `not_gd`, from the all-ones start. The limit of the flow is the stationary point of the loss among
            A = (α − α')I + α'J, B = (β − β')I + β'J, J = 11ᵀ, below the loss of zero weights, up to (cA, B/c).
Statement   Among all real A and B it is a strict saddle of the loss at T = 3, d ≥ 3 and at T = 4, d ≥ 8; it is a local
            minimum at T = 3, d = 2, at T = 4, d ≤ 7 and at T = 5 for every d. At T = 3 its loss is d/2 − d/(2d−1), and
            two coordinates alone have d/2 − 2/3. At other T each d is decided where it is asked for, in balls.
Source      Derived here, for the setting of Zheng et al. (2024), Theorem 4.3.
"""

from sympy import Rational

from symicl.proofs.zheng2024.paper import PAPER
from symicl.proofs.zheng2024.parts.all_ones import derive_four_parameters, reduce_to_one, task
from symicl.proofs.zheng2024.parts.all_weights import all_weights
from symicl.proofs.zheng2024.parts.only_limit import where_it_is_stationary
from symicl.proofs.zheng2024.parts.stability import ends_at_saddle, is_not_global, stable
from symicl.proofs.zheng2024.parts.stationary import certified
from symicl.proofs.zheng2024.setting import ASSUMPTIONS, WHERE, d, model, refuse_short
from symicl.statements import SpecialCase, Stability, Theorem
from symicl.tasks import T

theorem = Theorem(
    id="zheng2024.stability",
    title="The limit without a mask is a strict saddle for some sizes, and a local minimum for others",
    paper=PAPER,
    source="derived for the setting of Theorem 4.3",
    assumptions=(*ASSUMPTIONS, r"$x_1=(1,\dots,1)$"),
    task=task,
    model=model,
    propositions=(
        Stability(True, {T: 3}, d, 3),
        Stability(False, {T: 3}, d, 2, 2),
        Stability(True, {T: 4}, d, 8),
        Stability(False, {T: 4}, d, 2, 7),
        Stability(False, {T: 5}, d, 2),
    ),
    states={"loss_T_3": d / 2 - d / (2 * d - 1)},
    corollaries={
        "beta_ratio_T_3": -1 / (2 * (d - 1)),
        "second_variation_T_3": -4 * d * (2 * d**2 - 6 * d + 3) / ((d - 1) ** 3 * (2 * d - 1) ** 2),
        "loss_of_two_coordinates_T_3": d / 2 - Rational(2, 3),
    },
    where=WHERE
    | {
        r"\alpha,\alpha',\beta,\beta'": "are the entries on and off the diagonal of $A$ and of $B$",
        "J": r"$=\mathbf{1}\mathbf{1}^{\top}$",
        "v": r"$\in\mathbb{R}^{d}$ is a vector",
        r"\delta^{2}L": "is the least second derivative along moves with $\\delta A=\\operatorname{diag}(v)$, "
        r"$\mathbf{1}^{\top}v=0$, $v^{\top}v=1$, at $\alpha=1$, $\alpha'=0$",
        "L_2": "is the loss at the limit for $d=2$",
    },
    notation={
        "loss_T_3": r"T=3:\quad L",
        "beta_ratio_T_3": r"T=3:\quad\beta'/\beta",
        "second_variation_T_3": r"T=3:\quad\delta^{2}L",
        "loss_of_two_coordinates_T_3": r"T=3:\quad L_2+\tfrac{d-2}2",
    },
    inputs={"d": d, "T": T},
    certified={"loss": certified(3), "stable": stable},
    refusals=(refuse_short,),
    special_cases=(
        SpecialCase(
            applies=lambda values: values[d] == 1,
            note="d = 1: there is nothing off the diagonal, and the model predicts exactly",
        ),
        SpecialCase(
            applies=ends_at_saddle,
            note="the limit is a strict saddle of the loss over all real A and B: some weights nearby have a smaller "
            "loss than `loss`, and a perturbation that tells coordinates apart leaves it",
        ),
        SpecialCase(
            applies=is_not_global,
            note="the limit is a local minimum over all real A and B, and not the global one: weights on d - 1 "
            "coordinates have a smaller loss than `loss`",
        ),
    ),
)


@theorem.derivation
def derive(step):
    step.axiom(
        r"$\mathbb{E}\prod_r\lambda_r^{m_r}=\prod_r[m_r=0]$ for independent uniform phases and any integers $m_r$"
    )
    four = derive_four_parameters(step)
    line = reduce_to_one(step, four)
    profile, gradient = where_it_is_stationary(step, four)
    return all_weights(step, four, line, profile, gradient)
