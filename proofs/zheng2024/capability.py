"""The capability of the trained model: its exact risk on test sequences, and for which laws of x_1 it learns the truth.

Setting     as in `limit`; the model with ãb̃ from training length T predicts x_{T_test+1} from x_1, …, x_{T_test}.
Statement   Per coordinate the risk is u²κ_2 − 2uκ_1 + m_2 + u²κ_3/(T_test − 1), u = ãb̃, and the mean of ŷ_j/x_j over
            the coordinates that are not zero is u m_2/P(x_{1j} ≠ 0). As T and T_test grow together the risk tends
            to m_2 − κ_1²/κ_2, which is zero if and only if x_{1j}² ∈ {0, c²} almost surely for some number c.
            For a Gaussian start the ratio tends to 1/5 and the relative risk to 2/5: it is not learned.
Source      Zheng et al. (2024), Proposition 4.1, Theorem 4.2 and Example 4.1; the exact risk is derived here.
"""

from sympy import Integer, Rational

from symicl.algebra import closed_form, limit_at_infinity
from symicl.errors import InputError
from symicl.proofs.zheng2024.limit import ab, long_sequences
from symicl.proofs.zheng2024.paper import PAPER
from symicl.proofs.zheng2024.parts.letters import of, put
from symicl.proofs.zheng2024.parts.quadratic import minimum_over_u
from symicl.proofs.zheng2024.parts.risk import c, equality_case, exact_risk, joint_limit
from symicl.proofs.zheng2024.setting import (
    ASSUMPTIONS,
    LAW_MOMENTS,
    NONZERO,
    SYMMETRY,
    WHERE,
    H,
    N,
    T_test,
    d,
    k1,
    k2,
    k3,
    m2,
    model,
    probability,
    refuse_short,
    scale,
    task,
)
from symicl.statements import Limit, Theorem, VanishesIff
from symicl.tasks import T
from symicl.typeset import Equation


def refuse_no_context(values):
    """Refuse a test context without a pair (x_s, x_{s+1})."""
    if values[T_test] < 2:
        raise InputError(
            f"T_test={values[T_test]} is too short; the context needs a pair, so give T_test ≥ 2"
        )


GAUSSIAN = r"\text{ (Gaussian)}"
stated_mse = ab**2 * k2 - 2 * ab * k1 + m2 + ab**2 * k3 / (T_test - 1)
limit_mse = m2 - k1**2 / k2

theorem = Theorem(
    id="zheng2024.capability",
    title="What the trained model can predict",
    paper=PAPER,
    source="Proposition 4.1, Theorem 4.2, Example 4.1",
    assumptions=(
        *ASSUMPTIONS,
        SYMMETRY + "; for all-ones starts the gradients off the diagonal are masked instead",
        r"the weights are the limit of gradient flow, $u=\tilde a\tilde b$; $T_{\mathrm{test}}\ge2$",
    ),
    task=task,
    model=model,
    propositions=(
        Limit("mse", "limit_mse", (T, T_test), together=True),
        VanishesIff("limit_mse", (0, c**2)),
        Limit("ratio", "limit_ratio", (T,)),
        Limit("ratio_gaussian", Rational(1, 5), (T,)),
    ),
    states={
        "mse": stated_mse,
        "ratio": ab * m2 / probability,
        "limit_mse": limit_mse,
        "limit_ratio": k1 * m2 / (k2 * probability),
    },
    corollaries={
        "ratio_gaussian": 1 / (5 + (d - 1) * H / N),
        "limit_ratio_gaussian": Rational(1, 5),
        "limit_mse_gaussian": Rational(2, 5) * scale**2,
        "limit_regression_gaussian": Rational(3, 5),
        "limit_ratio_uniform": Rational(7, 15),
        "limit_mse_uniform": Rational(4, 75) * scale**2,
        "mse_rademacher_long": (d - 1) * scale**2 / (T_test - 1),
        "limit_mse_rademacher": Integer(0),
        "mse_sparse": Integer(0),
        "ratio_sparse": Integer(1),
    },
    where=WHERE
    | {
        r"T_{\mathrm{test}}": r"is the length of a test sequence, $x_{T_{\mathrm{test}}+1}$ is to be predicted",
        r"\hat y_j,x_j": r"are a coordinate of this prediction and of $x_{T_{\mathrm{test}}+1}$",
        r"R": r"$=\mathbb{E}|\hat y_j-x_j|^{2}$ is the risk, and the prediction converges to the truth in mean square "
        r"where it tends to 0",
        r"\rho": r"$=\mathbb{E}[\hat y_j/x_j]$",
        r"\rho_{G}": "is this ratio for a Gaussian start",
        r"R_{\infty},\rho_{\infty}": r"are their limits as $T\to\infty$ and $T_{\mathrm{test}}\to\infty$ together, in "
        "whatever way",
        r"\lim": "is such a limit",
        "P": "is probability",
        "p": r"$=P(x_{1j}\neq0)$; a ratio is averaged where its denominator is not zero",
    },
    notation={
        "ratio_gaussian": r"\rho_{G}",
        "limit_ratio_gaussian": r"\lim\rho_{G}",
        "limit_mse_gaussian": rf"\lim\mathbb{{E}}|\hat y_j-x_j|^{{2}}{GAUSSIAN}",
        "limit_regression_gaussian": rf"\lim\mathbb{{E}}[\hat y_j\bar x_j]/\mathbb{{E}}|x_j|^{{2}}{GAUSSIAN}",
        "limit_ratio_uniform": r"\lim\mathbb{E}[\hat y_j/x_j]\text{ (uniform)}",
        "limit_mse_uniform": r"\lim\mathbb{E}|\hat y_j-x_j|^{2}\text{ (uniform)}",
        "mse_rademacher_long": r"\lim_{T\to\infty}\mathbb{E}|\hat y_j-x_j|^{2}\text{ (Rademacher)}",
        "limit_mse_rademacher": r"\lim\mathbb{E}|\hat y_j-x_j|^{2}\text{ (Rademacher)}",
        "mse_sparse": r"\mathbb{E}|\hat y_j-x_j|^{2}\text{ (sparse)}",
        "ratio_sparse": r"\mathbb{E}[\hat y_j/x_j]\text{ (sparse)}",
        "mse": "R",
        "ratio": r"\rho",
        "limit_mse": r"R_{\infty}",
        "limit_ratio": r"\rho_{\infty}",
    },
    options={"law": {name: LAW_MOMENTS[name] | {probability: NONZERO[name]} for name in LAW_MOMENTS}},
    inputs={"d": d, "T": T, "scale": scale, "T_test": T_test},
    refusals=(refuse_short, refuse_no_context),
)


@theorem.derivation
def derive(step):
    step.axiom(
        r"$\mathbb{E}\prod_r\lambda_r^{m_r}=\prod_r[m_r=0]$ for independent uniform phases and any integers $m_r$"
    )
    found = minimum_over_u(step)
    longest = long_sequences(step, found)["ab_long"]
    risk = exact_risk(step)
    equality_case(step, risk)
    trained, limit = risk.at(found.u_star), risk.at(longest)
    long_context = limit_at_infinity(limit.mse, T_test)
    joint_limit(step, trained, long_context)
    shown = closed_form(1) / of(probability)
    step.show(
        r"The trained model, $u=u^{*}$, and its limits as $T$ and $T_{\mathrm{test}}$ grow together",
        Equation(theorem.left("ratio"), trained.ratio * shown),
        Equation(theorem.left("limit_mse"), long_context),
        Equation(theorem.left("limit_ratio"), limit.ratio * shown),
    )
    return {
        "mse": trained.mse,
        "ratio": trained.ratio * shown,
        "limit_mse": long_context,
        "limit_ratio": limit.ratio * shown,
        **laws(step, trained, limit),
    }


def laws(step, trained, limit):
    """The laws by name."""
    at = {name: {symbol: of(value) for symbol, value in LAW_MOMENTS[name].items()} for name in LAW_MOMENTS}
    gaussian, uniform, rademacher, sparse = (
        at[name] for name in ("gaussian", "uniform", "rademacher", "sparse")
    )
    found = {
        "ratio_gaussian": put(trained.ratio, gaussian),
        "limit_ratio_gaussian": put(limit.ratio, gaussian),
        "limit_mse_gaussian": put(limit.limit, gaussian),
        "limit_regression_gaussian": put(limit.overlap / of(m2), gaussian),
        "limit_ratio_uniform": put(limit.ratio, uniform),
        "limit_mse_uniform": put(limit.limit, uniform),
        "mse_rademacher_long": put(limit.mse, rademacher),
        "limit_mse_rademacher": put(limit.limit, rademacher),
        "mse_sparse": put(trained.mse, sparse),
        "ratio_sparse": put(trained.ratio, sparse) / of(NONZERO["sparse"]),
    }
    step.show(
        "The laws by name",
        *[Equation(theorem.left(name), value) for name, value in found.items()],
        note=r"For the Gaussian $1/5$ is the mean of the ratios $x_{1j}^{2}/(5\varsigma^{2})$, not a factor of "
        r"shrinkage: the "
        r"regression coefficient $\mathbb{E}[\hat y\bar x]/\mathbb{E}|x|^{2}$ is $3/5$.",
    )
    return found
