"""The risk of linear self-attention splits by parity: an odd part that GD-β has too, and an even part."""

from dataclasses import dataclass

from symicl.algebra import ClosedForm, read_form
from symicl.models import GDBeta
from symicl.proofs.zhang2024.setting import beta_star, n, task
from symicl.theory import Loss, Optimum, expected_loss, minimise
from symicl.typeset import Equation

X, x, r = (read_form(symbol) for symbol in (task.X, task.x, task.r))
beta = read_form(beta_star)
per_token = read_form(1 / n)


@dataclass(frozen=True)
class Split:
    """L(θ) = R(K(θ)) + E[(even part − β*ᵀx)²] in residual coordinates.

    Attributes
    ----------
    a, B, g : ClosedForm
        Letters of the parameters u = (a; c), M = (B, ·; gᵀ, ·).
    c : ClosedForm
    prediction : ClosedForm
        The sum of the odd and the even part, linear in B and g.
    even_risk : ClosedForm
        E[(even part − β*ᵀx)²].
    gd_beta : Optimum
        The optimum of GD-β.
    """

    a: ClosedForm
    B: ClosedForm
    g: ClosedForm
    c: ClosedForm
    prediction: ClosedForm
    even_risk: ClosedForm
    gd_beta: Optimum


def only(block):
    """The letter of a block."""
    (a,) = block.letters()
    return a


def split_by_parity(step, loss: Loss) -> tuple[Split, ClosedForm]:
    """u = T(a; c) and M = T(B; gᵀ) with T = (I, −β*; 0, 1) is a bijection that undoes y = Xβ* + r.

    Returns the two parts and the risk in these parameters.
    """
    (a,), (c_block,) = loss.parameters["u"].grid
    B, g = loss.parameters["M"].grid[0][0], loss.parameters["M"].grid[1][0].T
    c = c_block.trace()
    to_residuals = {only(a): a - beta * c, only(B): B - beta @ g.T}
    f = task.centred(loss.prediction).substitute(to_residuals)
    K = (B.T * c + g @ a.T) * per_token
    odd = (x.T @ K @ X.T @ r).trace()
    even = ((a.T @ X.T @ X @ B @ x).trace() + c * (r.T @ r).trace() * (g.T @ x).trace()) * per_token
    step(
        "In residual coordinates the prediction has an odd and an even part",
        r"\hat{y}_\theta=\tfrac1n\,x^{\top}(cB^{\top}+ga^{\top})X^{\top}r+\tfrac1n\left(a^{\top}X^{\top}XBx"
        r"+c\,r^{\top}r\,g^{\top}x\right)",
        note=r"From now on $u=(a-c\beta^{*};c)$ and $M=(B-\beta^{*}g^{\top};g^{\top})$, a bijection of the parameters. "
        r"With $(w-\beta^{*},\varepsilon)$ also $r$ changes its sign.",
    )
    back = {only(a): a + beta * c, only(B): B + beta @ g.T}
    for name, block in (("u", a), ("M", B)):
        step.check(
            f"the change of ${name}$ is undone by that with the other sign of $\\beta^{{*}}$",
            block.substitute(to_residuals).substitute(back),
            block,
        )
    negative = {only(r): -r}
    step.check("the odd part changes its sign with $r$", odd.substitute(negative), -odd)
    step.check("the even part does not", even.substitute(negative), even)
    step.check("the prediction is the sum of these two parts", f, odd + even)

    gd_beta = minimise(expected_loss(GDBeta(), task))
    unknown = gd_beta.problem.unknown
    residual = even - (beta.T @ x).trace()
    risk = loss.closed_form.substitute(to_residuals)
    even_risk = task.expectation(residual * residual)
    step(
        r"The risk is that of GD-$\beta$ at $\Gamma=nK(\theta)$, plus the error of the even part",
        Equation(r"\mathcal{E}", even_risk),
        where={
            r"K(\theta)": r"$=\frac1n(cB^{\top}+ga^{\top})$",
            "K": "is any matrix of this shape",
            r"\mathcal{E}": r"$=\mathbb{E}[(\text{even}-\beta^{*\top}x)^{2}]$ is the error of the even part",
        },
        name="parity",
        note=r"The even part has to reproduce $\beta^{*\top}x$ out of $X^{\top}X$ and $r^{\top}r$ alone.",
    )
    step.check(
        r"$\mathcal{R}(\theta)=\mathcal{R}(\beta^{*},nK(\theta))+\mathbb{E}[(\text{even}-\beta^{*\top}x)^{2}]$ for all "
        r"parameters",
        risk,
        gd_beta.certificate.candidate_loss.substitute({unknown: K}) + even_risk,
    )
    problem = gd_beta.problem
    at_optimum = problem.normal_equation.T @ (K - ClosedForm.of(unknown)) * 2
    distance = problem.contracted().substitute({unknown: K}) - problem.contracted()
    step.check(
        r"$\mathcal{R}(\beta^{*},nK)-\mathcal{R}^{*}=\mathbb{E}[(x^{\top}(K-K^{*})X^{\top}r)^{2}]\ge0$",
        gd_beta.certificate.candidate_loss.substitute({unknown: K})
        - gd_beta.certificate.candidate_loss
        - at_optimum.trace(),
        task.expectation(distance * distance),
        rule=r"the normal equation of GD-β, which vanishes at $K^{*}$",
    )
    return Split(a, B, g, c, odd + even, even_risk, gd_beta), risk
