"""The loss on the plane A = aI, B = bI: a convex quadratic in u = ab."""

from dataclasses import dataclass

from symicl.algebra import ClosedForm, closed_form, scalar
from symicl.errors import DerivationError
from symicl.expectation import Places, ScalarMatrix
from symicl.proofs.zheng2024.parts.letters import of, positive_letters, powers
from symicl.proofs.zheng2024.setting import HALF, N, a, b, d, k1, k2, m2, model, task
from symicl.theory import autoregressive_loss, nonnegative
from symicl.typeset import Equation

u = scalar("u")
A, B = ScalarMatrix(a), ScalarMatrix(b)


@dataclass(frozen=True)
class Quadratic:
    """L = (d/2) K (u − u*)² + L*.

    Attributes
    ----------
    K, u_star, L_star : ClosedForm
    coefficients : tuple of ClosedForm
        Of 1, u and u².
    """

    K: ClosedForm
    u_star: ClosedForm
    L_star: ClosedForm
    coefficients: tuple[ClosedForm, ClosedForm, ClosedForm]

    def at(self, value):
        """The loss at a value of u."""
        return of(d) * self.K * (value - self.u_star) ** 2 / 2 + self.L_star


def scalar_loss(task=task):
    """L(aI, bI) in closed form."""
    return autoregressive_loss(model, task, model.active(A, B), factor=HALF)


def complete_the_square(form):
    """Minimise a loss that depends on a and b through u = ab, at most quadratically.

    Raises
    ------
    DerivationError
        If it does not.
    """
    coefficients = [closed_form(0)] * 3
    for k, part in powers(form, a).items():
        of_b = powers(part, b)
        if set(of_b) != {k} or k > 2:
            raise DerivationError("the loss is not a quadratic function of ab")
        coefficients[k] = of_b[k]
    constant, linear, square = coefficients
    u_star = -linear / (square * 2)
    lowest = constant + linear * u_star / 2
    return Quadratic(square * 2 / of(d), u_star, lowest, (constant, linear, square))


def minimum_over_u(step):
    """The closed form of the loss, its minimiser and its minimum."""
    loss = scalar_loss()
    step(
        r"The loss at $A=aI$, $B=bI$ in closed form, $d$ and $T$ symbolic",
        r"\hat y_{t,j}=\frac{ab\,x_{1j}}{t-1}\sum_{s=1}^{t-1}\lambda_j^{s}\sum_{r}x_{1r}^{2}\lambda_r^{t-s}",
        Equation("L(a,b)", loss.closed_form),
        where={"j": "is any coordinate"},
        name="plane",
        note=r"The average over the phases counts the solutions of linear equations between times: the terms with "
        r"$r=j$ "
        r"all have the monomial $\lambda_j^{t}$, those with $r\neq j$ are pairwise different. Then "
        r"$\sum_{n=1}^{T-2}n^{2}/n^{2}=T-2$ and $\sum_{n=1}^{T-2}n/n^{2}=H_{T-2}$.",
    )
    step.require(
        "no time $t$ is exceptional, so the closed form holds for every $T\\ge3$",
        Places((loss.total.summand,)),
        rule="the equations between times, case by case",
    )
    found = complete_the_square(loss.closed_form)
    step(
        r"It depends on $u=ab$ alone and is a convex quadratic in it",
        r"L=\tfrac d2K\,(u-u^{*})^{2}+L^{*}",
        Equation("K", found.K),
        Equation("u^{*}", found.u_star),
        Equation("L^{*}", found.L_star),
        where={
            "K": r"is the curvature of the loss over $d$, $u^{*}$ and $L^{*}$ are the minimiser and the minimum"
        },
        name="quadratic",
    )
    step.check(
        "the square is completed",
        loss.closed_form,
        found.at(of(a) * of(b)),
    )
    step.check(
        r"$L^{*}=\tfrac{d(T-2)}2(m_2-\kappa_1u^{*})$",
        found.L_star,
        of(d * N) * (of(m2) - of(k1) * found.u_star) / 2,
    )
    excess = found.K - of(N) * of(k2)
    step.require(
        r"$K\ge(T-2)\kappa_2>0$: the rest is $\kappa_3H_{T-2}\ge0$",
        nonnegative(positive_letters(excess)),
        rule="no negative coefficient",
    )
    return found
