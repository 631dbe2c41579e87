"""Gradients of all entries of A and B at A = aI, B = bI, and when the plane of these points is kept by the flow."""

from dataclasses import dataclass

from sympy import Tuple

from symicl.algebra import closed_form
from symicl.expectation import (
    AnyLaw,
    FullMatrix,
    MixedMoment,
    PhaseExpectation,
    Places,
    TimeSum,
    entry_derivative,
)
from symicl.proofs.zheng2024.parts.letters import of, powers
from symicl.proofs.zheng2024.setting import H2, HALF, H, a, b, d, model, task
from symicl.tasks import find_law
from symicl.theory import autoregressive_loss
from symicl.typeset import Equation

PLACES = {("A", True): "A_{ll}", ("B", True): "B_{ll}", ("A", False): "A_{lm}", ("B", False): "B_{lm}"}


@dataclass(frozen=True)
class FullLoss:
    """L(A, B) for full matrices A and B: the average over the phases, any law of x_1.

    Attributes
    ----------
    over_phases : PhaseExpectation
    """

    over_phases: PhaseExpectation

    def slope(self, name, law, *, diagonal, at=None, last=task.last):
        """∂L/∂(an entry) at A = aI, B = bI, as a sum over t."""
        point = {"A": a, "B": b} if at is None else at
        return TimeSum(entry_derivative(self.over_phases, law, name, point, diagonal=diagonal), last)


def full_loss():
    """The loss of the active pair as full matrices."""
    pair = model.active(FullMatrix("A"), FullMatrix("B"))
    return FullLoss(autoregressive_loss(model, task, pair, factor=HALF).in_time.over_phases)


def moment(marked, *rest):
    """Σ_{r…} E[x_l^… x_m^… x_r^…]."""
    return of(MixedMoment(Tuple(*marked), Tuple(*rest)))


def gradients(step, full):
    """The gradient at A = aI, B = bI for an arbitrary law of x_1, entry by entry."""
    law = AnyLaw(d)
    found = {key: full.slope(key[0], law, diagonal=key[1]) for key in PLACES}
    step(
        r"The gradient at $A=aI$, $B=bI$ for an arbitrary law of $x_1$, entry by entry ($l\neq m$)",
        *[Equation(rf"\partial_{{{PLACES[key]}}}L", total.closed_form) for key, total in found.items()],
        where={
            "l,m": "are coordinates",
            "A_{lm},B_{lm}": "are the entries of $A$ and $B$",
            "x_l": "are the coordinates of $x_1$, for short",
            "p": r"$=H_{T-2}\mathbb{E}[x_lx_m^{3}]$",
            "q": r"$=H_{T-2}^{(2)}\sum_r\mathbb{E}[x_lx_m^{3}x_r^{2}]+H_{T-2}(\mathbb{E}[x_lx_m^{5}]"
            r"+\mathbb{E}[x_l^{3}x_m^{3}])$",
        },
        name="gradient",
        note="The sums over $r$ run over the coordinates other than $l$ and $m$.",
    )
    step.require(
        "no time $t$ is exceptional",
        Places(tuple(total.summand for total in found.values())),
        rule="the equations between times, case by case",
    )
    off_A, off_B = (found[name, False].closed_form for name in "AB")
    u = of(a) * of(b)
    step.check(
        r"$\partial_{B_{lm}}L=a^{2}b\,H_{T-2}\,\mathbb{E}[x_l^{3}x_m^{3}]$",
        off_B,
        of(a) * u * of(H) * moment((3, 3)),
    )
    first = of(H) * moment((1, 3))
    second = of(H2) * moment((1, 3), 2) + of(H) * (moment((1, 5)) + moment((3, 3)))
    step.check(
        r"$\partial_{A_{lm}}L=b\,(ab\,q-p)$",
        off_A,
        of(b) * (u * second - first),
    )
    step(
        "Hence ({step:gradient}) sharp conditions, for every law of $x_1$",
        r"(aI,bI)\text{ with }ab\neq0\text{ is stationary}\ \Leftrightarrow\ "
        r"\partial_{A_{ll}}L=\partial_{B_{ll}}L=0,\quad\mathbb{E}[x_l^{3}x_m^{3}]=0,\quad p=ab\,q",
        r"\text{the plane is kept}\ \Leftrightarrow\ \mathbb{E}[x_l^{3}x_m^{3}]=p=q=0,\quad"
        r"\tfrac1b\partial_{A_{ll}}L=\tfrac1a\partial_{B_{ll}}L\text{ is the same for all }l",
        note=r"For all $l\neq m$; $H_{T-2}>0$. The second line compares coefficients of "
        "$a^{2}b$, $b$ and $ab^{2}$.",
    )
    for claim, (i, j), coefficient in (
        (r"$b$ in it is $-p$", (0, 1), -first),
        (r"$ab^{2}$ in it is $q$", (1, 2), second),
    ):
        in_a = powers(off_A, a)
        step.check(
            rf"$\partial_{{A_{{lm}}}}L$: the coefficient of {claim}", powers(in_a[i], b)[j], coefficient
        )
    return found


def kept_under_symmetry(step, full, found):
    """With symmetric exchangeable moments the plane is kept, and its gradient is that of the quadratic in u."""
    zero = {name: full.slope(name, task.law, diagonal=False) for name in "AB"}
    slopes = {name: full.slope(name, task.law, diagonal=True).closed_form for name in "AB"}
    u, distance = of(a) * of(b), of(a) * of(b) - found.u_star
    step(
        r"If odd mixed moments vanish and the coordinates are exchangeable, the plane $(aI,bI)$ is kept by the flow",
        r"\partial_{A_{lm}}L=\partial_{B_{lm}}L=0\ (l\neq m),\qquad\partial_{A_{ll}}L=Kb\,(ab-u^{*}),\qquad"
        r"\partial_{B_{ll}}L=Ka\,(ab-u^{*})",
        note="Every moment off the diagonal has an odd exponent; on it all coordinates have the same moments.",
    )
    for name in "AB":
        step.check(rf"off the diagonal of ${name}$ the gradient vanishes", zero[name].closed_form)
    step.check(r"$\partial_{A_{ll}}L=Kb\,(ab-u^{*})$", slopes["A"], found.K * of(b) * distance)
    step.check(r"$\partial_{B_{ll}}L=Ka\,(ab-u^{*})$", slopes["B"], found.K * of(a) * distance)
    step.check(r"$a\,\partial_{A_{ll}}L=b\,\partial_{B_{ll}}L$", slopes["A"] * of(a), slopes["B"] * of(b))
    step.axiom("solutions of an ordinary differential equation with smooth right side are unique")
    return u


def masked(step, full, values):
    """Any exchangeable law whose gradient off the diagonal is masked: the same plane, here x_1 = (1, …, 1).

    Parameters
    ----------
    values : Quadratic
        At the moments of x_1 = (1, …, 1).
    """
    law = find_law("ones", d, closed_form(1).expr)
    distance = of(a) * of(b) - values.u_star
    step(
        r"All-ones start, gradients off the diagonal masked: the same flow with $\kappa_1=\kappa_2=1$, "
        r"$\kappa_3=d-1$",
        Equation("u^{*}", values.u_star),
    )
    for name, other in (("A", b), ("B", a)):
        step.check(
            rf"its gradient on the diagonal of ${name}$",
            full.slope(name, law, diagonal=True).closed_form,
            values.K * of(other) * distance,
        )
    left = full.slope("B", law, diagonal=False).closed_form
    step.check(
        r"without the mask $\partial_{B_{lm}}L=a^{2}b\,H_{T-2}\neq0$ for $ab\neq0$",
        left,
        of(a) ** 2 * of(b) * of(H),
    )
    return left
