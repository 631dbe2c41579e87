"""The start x_1 = (1, …, 1) without a mask: the loss of four parameters, and its reduction to one."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import combinations

from sympy import Symbol

from symicl.algebra import ClosedForm, closed_form, read_form, scalar, unheard
from symicl.expectation import ExchangeableMatrix, Places, at_exchangeable, entry_sum
from symicl.proofs.zheng2024.parts.letters import along, of, powers, put, slope
from symicl.proofs.zheng2024.parts.quadratic import complete_the_square
from symicl.proofs.zheng2024.setting import H2, HALF, H, N, a, b, d, model
from symicl.statements import Recorder
from symicl.tasks import AutoregressiveTask
from symicl.theory import autoregressive_loss
from symicl.typeset import Equation

task = AutoregressiveTask("unitary", "ones")
alpha, alpha_, beta, beta_ = (Symbol(name, real=True) for name in ("alpha", "alpha'", "beta", "beta'"))
PARAMETERS = (("A", alpha), ("A", alpha_), ("B", beta), ("B", beta_))
POINT = {"A": ExchangeableMatrix(alpha, alpha_), "B": ExchangeableMatrix(beta, beta_)}
LETTERS_IN_LATEX = {alpha: r"\alpha", alpha_: r"\alpha'", beta: r"\beta", beta_: r"\beta'"}
p, q = scalar("p"), scalar("q")
"""α'/α and β'/β."""


@dataclass(frozen=True)
class OneVariable:
    """2L = Q u² − 2ℓu + Nd with Q = Q_0 + Q_1 q + Q_2 q², u = αβ; Q_k and ℓ are polynomials in p.

    Attributes
    ----------
    quadratic : tuple of ClosedForm
        Q_0, Q_1, Q_2.
    linear, constant : ClosedForm
        ℓ and Nd.
    """

    quadratic: tuple[ClosedForm, ClosedForm, ClosedForm]
    linear: ClosedForm
    constant: ClosedForm


def four_parameters():
    """L at A = (α − α')I + α'J, B = (β − β')I + β'J."""
    return autoregressive_loss(model, task, model.active(POINT["A"], POINT["B"]), factor=HALF)


def derive_four_parameters(step):
    """The loss in closed form, with what the time t = 2 adds."""
    loss = four_parameters()
    step(
        r"Permutations of the coordinates keep $A=(\alpha-\alpha')I+\alpha'J$, $B=(\beta-\beta')I+\beta'J$; "
        r"the loss there",
        *[Equation(rf"P_{{{k}}}", part) for k, part in loss.by_power.items()],
        Equation(r"\varepsilon_2", loss.exceptions.get(2, closed_form(0))),
        r"L=(T-2)P_0+H_{T-2}P_{-1}+H_{T-2}^{(2)}P_{-2}+\varepsilon_2",
        where={
            r"P_0,P_{-1},P_{-2},\varepsilon_2": "are the parts of the loss that belong to the powers of $1/(t-1)$"
        },
        note=r"$\varepsilon_2$ is what the time $t=2$ adds: there equations such as $t-1=1$ hold by accident. "
        r"Powers of "
        r"$1/(t-1)$ fitted at later times miss it.",
    )
    step.require(
        r"$t=2$ is the only exceptional time",
        Places((loss.total.summand,), frozenset({2}), frozenset({0, -1, -2})),
        rule="the equations between times, case by case",
    )
    step.axiom(
        "the law of the sequences does not change when coordinates are permuted, so these matrices are kept"
    )
    return loss


def flow_of_four(step, loss):
    """Each entry moves with its own gradient: a conserved quantity, and boundedness."""
    L = loss.closed_form
    norms = {name: squared_norm(name) for name in "AB"}
    # As many entries are equal to a parameter as ‖A‖² has of its squares; by the chain rule all of them add up in ∂L.
    entries = {x: slope(slope(norms[name], x), x) * HALF for name, x in PARAMETERS}
    velocities = {x: -slope(L, x) / count for x, count in entries.items()}
    step(
        "The flow of the four parameters",
        *[Equation(rf"\lVert {name}\rVert_F^{{2}}", norm) for name, norm in norms.items()],
        *[Equation(rf"m_{{{LETTERS_IN_LATEX[x]}}}", count) for x, count in entries.items()],
        r"\dot x=-\frac1{m_x}\frac{\partial L}{\partial x}\quad\text{for }x=\alpha,\alpha',\beta,\beta';\qquad"
        r"\lVert A\rVert_F^{2}-\lVert B\rVert_F^{2}\text{ is conserved}",
        where={"m_x": "is the number of entries of $A$ or $B$ that are equal to a parameter $x$"},
        note="Each entry moves with its own gradient; all entries that are equal add up in the derivative of the loss.",
    )
    step.check(
        r"$\dot L=-\sum_xm_x\dot x^{2}$: the loss falls",
        along(L, velocities),
        -sum((count * velocities[x] ** 2 for x, count in entries.items()), closed_form(0)),
    )
    step.check(
        r"$\lVert A\rVert_F^{2}-\lVert B\rVert_F^{2}$ does not change",
        along(norms["A"] - norms["B"], velocities),
        closed_form(0),
    )
    return velocities


def squared_norm(name):
    """‖A‖_F² or ‖B‖_F² at these matrices."""
    entry = (name, "i", "j")
    return at_exchangeable(read_form(entry_sum([entry, entry])), POINT, d)


def reduce_to_one(step, loss):
    """Minimise over u = αβ and q = β'/β in closed form; p = α'/α remains."""
    scaled = {alpha: of(a), alpha_: of(p) * of(a), beta: of(b), beta_: of(q) * of(b)}
    line = put(loss.closed_form, scaled)
    constant, linear, square = (2 * part for part in complete_the_square(line).coefficients)
    of_q = powers(square, q)
    found = OneVariable(
        tuple([of_q.get(k, closed_form(0)) for k in range(3)]),
        linear * Fraction(-1, 2),
        constant,
    )
    step(
        r"The loss is a quadratic in $u=\alpha\beta$ and in $q$",
        r"2L=(Q_0+Q_1q+Q_2q^{2})\,u^{2}-2\ell u+(T-2)d",
        *[Equation(f"Q_{k}", part) for k, part in enumerate(found.quadratic)],
        Equation(r"\ell", found.linear),
        r"q=-\frac{Q_1}{2Q_2},\qquad u=\frac{4Q_2\,\ell}{4Q_0Q_2-Q_1^{2}},\qquad"
        r"2L=(T-2)d-\frac{4Q_2\,\ell^{2}}{4Q_0Q_2-Q_1^{2}}",
        where={
            "p": r"$=\alpha'/\alpha$",
            "q": r"$=\beta'/\beta$",
            "u": r"$=\alpha\beta$",
            r"Q_0,Q_1,Q_2,\ell": "are polynomials in $p$",
            "Q": r"$=Q_0+Q_1q+Q_2q^{2}$",
        },
        name="one variable",
        note="Only $p$ is left, and $L$ is a rational function of it.",
    )
    Q0, Q1, Q2, ell = (part for part in (*found.quadratic, found.linear))
    product, ratio = of(a) * of(b), of(q)
    step.check(
        r"this is the loss at $(\alpha,p\alpha,\beta,q\beta)$",
        line * 2,
        (Q0 + Q1 * ratio + Q2 * ratio**2) * product**2 - ell * product * 2 + of(N * d),
    )
    Q0, Q1, Q2, ell = (of(scalar(name)) for name in ("Q_0", "Q_1", "Q_2", "ell"))
    best = -Q1 / (Q2 * 2)
    least = Q0 + Q1 * best + Q2 * best**2
    step.check(
        r"$Qu^{2}-2\ell u$ is $Q(u-\ell/Q)^{2}-\ell^{2}/Q$, and $Q=Q_0+Q_1q+Q_2q^{2}$ is least at $q=-Q_1/(2Q_2)$",
        Q0 + Q1 * ratio + Q2 * ratio**2,
        least + Q2 * (ratio - best) ** 2,
    )
    step.check(
        r"there $u=\ell/Q$ and $\ell^{2}/Q$ are as given",
        ell**2 / least,
        Q2 * ell**2 * 4 / (Q0 * Q2 * 4 - Q1**2),
    )
    return found


def leading_order(step, loss):
    """First order in r = H/N, s = H^{(2)}/N and w = 1/N around α = β = 1, α' = β' = 0.

    Returns
    -------
    tuple of ClosedForm
        α'/α and β'/β to leading order, and the excess loss of the masked limit.
    """
    weights = {0: closed_form(1), -1: of(H) / of(N), -2: of(H2) / of(N)}
    base = {alpha: closed_form(1), beta: closed_form(1), alpha_: closed_form(0), beta_: closed_form(0)}
    main = loss.by_power[0]
    moving = (alpha, alpha_, beta_)  # β = 1 fixes the scaling
    hessian = {(x, y): put(slope(slope(main, x), y), base) for x in moving for y in moving}
    slopes = {}
    for x in (alpha_, beta_):
        parts = [put(slope(part, x), base) * weights[k] for k, part in loss.by_power.items() if k]
        parts += [put(slope(part, x), base) / of(N) for part in loss.exceptions.values()]
        slopes[x] = sum(parts, closed_form(0))
    moves = [-slopes[x] / hessian[x, x] for x in (alpha_, beta_)]
    gained = sum((slopes[x] ** 2 / hessian[x, x] for x in (alpha_, beta_)), closed_form(0)) * of(N) / 2
    step(
        r"Long sequences: $L/(T-2)=P_0+rP_{-1}+sP_{-2}+w\varepsilon_2$ with $r=\frac{H_{T-2}}{T-2}$, "
        r"$s=\frac{H^{(2)}_{T-2}}{T-2}$, $w=\frac1{T-2}$, all of which tend to 0",
        Equation(r"\frac{\alpha'}{\alpha}\sim", moves[0]),
        Equation(r"\frac{\beta'}{\beta}\sim", moves[1]),
        r"L_{\mathrm{masked}}-L\sim\frac{d(d-1)}{2}\,(T-2)\Big(\big(\tfrac{\alpha'}{\alpha}\big)^{2}"
        r"+\big(\tfrac{\beta'}{\beta}\big)^{2}\Big)",
        note=r"$\sim$ says that the ratio of the two sides tends to 1. $P_0$ has its minimum at $\alpha\beta=1$, "
        r"$\alpha'=\beta'=0$, where its second derivative does not couple $\alpha'$, $\beta'$ and $\alpha\beta$. One "
        r"step of plain gradient descent is reached as $T\to\infty$, and not before.",
    )
    step.check(
        r"the excess loss is half the square of the gradient over the second derivative, in each direction",
        gained,
        (moves[0] ** 2 + moves[1] ** 2) * of(N * d * (d - 1)) / 2,
    )
    for x in (*moving, beta):
        step.check(
            rf"$\partial P_0/\partial {LETTERS_IN_LATEX[x]}$ vanishes at $\alpha=\beta=1$, $\alpha'=\beta'=0$",
            put(slope(main, x), base),
            closed_form(0),
            rule="differentiation",
        )
    for x, y in combinations(moving, 2):
        step.check(
            rf"so does $\partial^{{2}}P_0/\partial {LETTERS_IN_LATEX[x]}\,\partial {LETTERS_IN_LATEX[y]}$",
            hessian[x, y],
            closed_form(0),
            rule="differentiation",
        )
    step.axiom(
        r"the implicit function theorem at a minimum that is not degenerate; $H_{T-2}/(T-2)\to0$ and "
        r"$H_{T-2}^{2}/(T-2)\to0$"
    )
    return *moves, gained


@cache
@unheard
def derived_line():
    """The reduction to one variable, derived anew without recording the steps."""
    return reduce_to_one(Recorder(), four_parameters())
