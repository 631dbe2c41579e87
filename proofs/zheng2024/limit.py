"""Gradient flow on autoregressive sequences learns one step of gradient descent, of this size.

Setting     x_{t+1} = Wx_t, W = diag(λ_1, …, λ_d) with independent uniform phases; one layer of causal linear attention
            from W_KQ,32 = a_0 I, W_PV,12 = b_0 I, all other blocks 0. The coordinates of x_1 are exchangeable, and
            their mixed moments of degree up to 6 with an odd exponent vanish (as for independent random signs in front
            of them). Write κ_1 = E x_{1j}⁴, κ_2 = E x_{1j}⁶, m_2 = E x_{1j}²,
            κ_3 = Σ_{r≠j} E x_{1j}² x_{1r}⁴, H_N = Σ_{n≤N} 1/n.
Statement   Unless a_0 = −b_0 the flow converges to ãI, b̃I and zeros with ãb̃ = κ_1/(κ_2 + κ_3 H_{T−2}/(T−2)), where the
            loss is (d(T−2)/2)(m_2 − κ_1 ãb̃). The trained model takes one step of gradient descent on the least
            squares of its context, from zero and of size ãb̃/(t−1).
            That is the least loss over all weights, complex ones too. If μ = E x_{1j}²x_{1r}⁴ > 0, and T > 3 or
            κ_2 > μ, a minimiser has A = aS, B = (ãb̃/a)S with signs S (with phases S and their conjugates, if it is
            complex); at T = 3 with κ_2 = μ the real ones are D and rD with a diagonal D and r tr D² = d ãb̃. If μ = 0,
            A is free off its diagonal.
Source      Zheng et al. (2024), Theorems 4.1 and 4.3, Corollary 4.1 and Example 4.1; the basin, the sharp conditions on
            the moments, the gauge of signs, and what is said of all weights are derived here.
"""

from sympy import Integer, Rational

from symicl.algebra import closed_form, limit_at_infinity, scalar, scalar_letter
from symicl.expectation import given_moments
from symicl.models import CausalLinearAttention
from symicl.proofs.zheng2024.paper import PAPER
from symicl.proofs.zheng2024.parts import flow
from symicl.proofs.zheng2024.parts.charges import charge_grading
from symicl.proofs.zheng2024.parts.complex_weights import complex_weights
from symicl.proofs.zheng2024.parts.counterexample import odd_moments_are_needed
from symicl.proofs.zheng2024.parts.exact_minimisers import A_jj, A_jk, A_kk, B_jj, B_jk, exact_minimisers
from symicl.proofs.zheng2024.parts.gauge import sign_gauge
from symicl.proofs.zheng2024.parts.global_minimum import minimum_over_all
from symicl.proofs.zheng2024.parts.letters import of, put
from symicl.proofs.zheng2024.parts.mesa import one_step_of_gradient_descent
from symicl.proofs.zheng2024.parts.minimisers import minimisers
from symicl.proofs.zheng2024.parts.moments import compared
from symicl.proofs.zheng2024.parts.plane import full_loss, gradients, kept_under_symmetry, masked
from symicl.proofs.zheng2024.parts.quadratic import (
    A,
    B,
    Quadratic,
    complete_the_square,
    minimum_over_u,
    scalar_loss,
)
from symicl.proofs.zheng2024.parts.squares import mu, nu
from symicl.proofs.zheng2024.setting import (
    ASSUMPTIONS,
    HALF,
    LAW_MOMENTS,
    SYMMETRY,
    WHERE,
    H,
    N,
    a,
    b,
    d,
    k1,
    k2,
    k3,
    m2,
    model,
    refuse_short,
    scale,
    task,
)
from symicl.statements import LeastOverAll, PairMinimalExactlyWhere, Theorem
from symicl.tasks import AutoregressiveTask, T
from symicl.theory import autoregressive_loss
from symicl.typeset import Equation

ab = k1 / (k2 + k3 * H / N)
r = scalar("r", nonnegative=True)
"""H_N/N."""

NAMED = ("gaussian", "rademacher", "sparse", "uniform")

theorem = Theorem(
    id="zheng2024.limit",
    title="Gradient flow on autoregressive sequences learns one step of gradient descent",
    paper=PAPER,
    source="Theorems 4.1 and 4.3, Corollary 4.1, Example 4.1",
    assumptions=(
        *ASSUMPTIONS,
        SYMMETRY + "; for all-ones starts the gradients off the diagonal are masked instead",
        r"real initial values $W^{KQ}_{32}=a_0I$, $W^{PV}_{12}=b_0I$, all other blocks zero, so that $a$, $b$ move as "
        r"each diagonal entry of $A$, $B$ does",
    ),
    task=task,
    model=model,
    propositions=(
        flow.unless_opposite(
            curvature=N * k2 + H * k3,
            limit=ab,
            loss=scalar_loss(),
            near={a: Integer(1), b: Integer(1), k1: Integer(3), k2: Integer(2), k3: Integer(2)},
        ),
        LeastOverAll("loss", factor=HALF),
        PairMinimalExactlyWhere(
            "loss",
            {A_jj * B_jj: "ab", A_jj**2: A_kk**2, A_jk: Integer(0), B_jk: Integer(0)},
            given=(mu, (T > 3, k2 - mu)),
            factor=HALF,
        ),
        PairMinimalExactlyWhere(
            "loss", {A_jj * B_jj: "ab", B_jk: Integer(0)}, at={mu: Integer(0), nu: Integer(0)}, factor=HALF
        ),
    ),
    states={"ab": ab, "loss": d * N / 2 * (m2 - k1 * ab)},
    corollaries={
        "curvature": N * k2 + H * k3,
        "rate_from_equal_starts": 2 * N * k1,
        "ab_T_3": k1 / (k2 + k3),
        "ab_d_1": k1 / k2,
        "ab_long": k1 / k2,
        "loss_long": d / 2 * (m2 - k1**2 / k2),
        "ab_gaussian": 1 / (scale**2 * (5 + (d - 1) * H / N)),
        "ab_rademacher": 1 / (scale**2 * (1 + (d - 1) * H / N)),
        "ab_uniform": Rational(1, 5) / (scale**2 * (Rational(1, 7) + (d - 1) * H / (15 * N))),
        "ab_sparse": 1 / scale**2,
        "loss_sparse": Integer(0),
        "ab_masked": 1 / (1 + (d - 1) * H / N),
        "ab_not_normalised": 3 / (2 * (T - 1) + 3 * d - 4),
        "moment_3_3": Rational(81, 125),
        "gradient_3_3": Rational(5346, 15625),
    },
    where=WHERE
    | {
        ",".join(rf"u^{{*}}_{{\mathrm{{{name}}}}}" for name in NAMED): "are $u^{*}$ for the laws of that name"
    },
    notation={
        "ab": "u^{*}",
        "loss": "L^{*}",
        "curvature": "K",
        "rate_from_equal_starts": "2Ku^{*}",
        "ab_T_3": r"T=3:\quad u^{*}",
        "ab_d_1": r"d=1:\quad u^{*}",
        "ab_long": r"\lim_{T\to\infty}u^{*}",
        "loss_long": r"\lim_{T\to\infty}\frac{L^{*}}{T-2}",
        **{f"ab_{name}": rf"u^{{*}}_{{\mathrm{{{name}}}}}" for name in NAMED},
        "loss_sparse": r"L^{*}\text{ for the sparse law}",
        "ab_masked": r"u^{*}\text{ for all-ones starts, masked}",
        "ab_not_normalised": r"\rho_t=1,\ x_1=\mathbf{1}:\quad u^{*}",
        "moment_3_3": r"\mathbb{E}[x_1^{3}x_2^{3}]",
        "gradient_3_3": r"\partial_{B_{12}}L",
    },
    options={"law": LAW_MOMENTS},
    inputs={"d": d, "T": T, "scale": scale},
    refusals=(refuse_short,),
)


@theorem.derivation
def derive(step):
    step.axiom(
        r"$\mathbb{E}\prod_r\lambda_r^{m_r}=\prod_r[m_r=0]$ for independent uniform phases and any integers $m_r$"
    )
    charge_grading(step)
    found = minimum_over_u(step)
    full = full_loss()
    gradients(step, full)
    kept_under_symmetry(step, full, found)
    flow.dynamics(step)
    flow.implicit_solution(step)
    flow.solution(step)
    flow.exception(step)
    flow.limits(step)
    flow.converges(step)
    one_step_of_gradient_descent(step)
    sign_gauge(step, full)
    compared(step)
    above = minimum_over_all(step, found)
    minimisers(step, above)
    exact_minimisers(step, above)
    complex_weights(step, above)
    ones = complete_the_square(scalar_loss(AutoregressiveTask(law="ones")).closed_form)
    masked(step, full, ones)
    moment, gradient = odd_moments_are_needed(step, full)
    return {
        "ab": found.u_star,
        "loss": found.L_star,
        "curvature": found.K,
        "rate_from_equal_starts": rate_from_equal_starts(step, found),
        **long_sequences(step, found),
        **special_cases(step, found),
        "ab_masked": ones.u_star,
        "moment_3_3": moment,
        "gradient_3_3": gradient,
    }


def rate_from_equal_starts(step, found):
    """K R* at c = 0, where R = a² + b² and u = ab with a = b."""
    A, B = of(a), of(b)
    rate = found.K * found.u_star * ((A**2 + B**2) / (A * B)).substitute({scalar_letter(b): A})
    step(
        r"From $a_0=b_0$ the product approaches its limit at the rate $KR^{*}=2Ku^{*}$, since $a=b$ at all times",
        Equation("2Ku^{*}", rate),
    )
    step.check(
        r"$a^{2}+b^{2}=2ab$ where $a=b$",
        (A**2 + B**2 - A * B * 2).substitute({scalar_letter(b): A}),
    )
    return rate


def long_sequences(step, found):
    """T → ∞: H_{T−2}/(T−2) → 0."""
    in_r = {H: of(r) * of(N)}
    product = put(found.u_star, in_r)
    loss = limit_at_infinity(put(found.L_star, in_r) / of(N), T)
    none = {r: closed_form(0)}
    step.show(
        r"Long sequences, with $r=H_{T-2}/(T-2)$",
        Equation("u^{*}", product),
        Equation(r"\lim_{T\to\infty}u^{*}", put(product, none)),
        Equation(r"\lim_{T\to\infty}\frac{L^{*}}{T-2}", put(loss, none)),
    )
    step.axiom(
        r"$H_{T-2}/(T-2)\to0$: the mean of $1,\tfrac12,\dots,\tfrac1{T-2}$ tends to the limit of its terms"
    )
    return {"ab_long": put(product, none), "loss_long": put(loss, none)}


def special_cases(step, found):
    """T = 3, d = 1, the laws by name, and attention without normalisation."""
    shortest = at_length_three()
    single = AutoregressiveTask(law=given_moments(1, {2: m2, 4: k1, 6: k2, (4, 2): k3}), d=1)
    alone = complete_the_square(scalar_loss(single).closed_form)
    laws = {
        name: {symbol: of(value) for symbol, value in LAW_MOMENTS[name].items()}
        for name in LAW_MOMENTS
        if name != "ones"
    }
    plain = CausalLinearAttention(normalised=False)
    sander = autoregressive_loss(plain, AutoregressiveTask(law="ones"), plain.active(A, B), factor=HALF)
    products = {name: put(found.u_star, values) for name, values in laws.items()}
    not_normalised = complete_the_square(sander.closed_form).u_star
    step.show(
        "Special cases",
        Equation(r"T=3:\quad u^{*}", shortest.u_star),
        Equation(r"d=1:\quad u^{*}", alone.u_star),
        *[Equation(rf"u^{{*}}_{{\mathrm{{{name}}}}}", value) for name, value in products.items()],
        Equation(r"\rho_t=1,\ x_1=\mathbf{1}:\quad u^{*}", not_normalised),
        where={r"\rho_t": "is the divisor of the attention, which is $t-1$ elsewhere"},
        note=r"The last line is attention without the factor $1/(t-1)$ on $x_1=\mathbf{1}$, the augmented tokens of "
        "Sander et al. (2024) with $T_{\\max}=T-1$.",
    )
    return {
        "ab_T_3": shortest.u_star,
        "ab_d_1": alone.u_star,
        **{f"ab_{name}": value for name, value in products.items()},
        "loss_sparse": put(found.L_star, laws["sparse"]),
        "ab_not_normalised": not_normalised,
    }


def at_length_three() -> Quadratic:
    """The loss with T = 3 put in before it is summed over t."""
    return complete_the_square(scalar_loss().total.at_last(2).closed_form)
