"""Positions alone: d = 1, A = B = 1 and phases from an arc of the circle, where only p is trained."""

import sympy

from symicl.algebra import ONE, ClosedForm, dimension, dims, letter, read_form, scalar
from symicl.expectation import PositionalWeights, ScalarMatrix
from symicl.models import PositionalAttention
from symicl.tasks import AutoregressiveTask
from symicl.typeset import Equation

mu, lag, theta = scalar("mu", positive=True), scalar("k", positive=True), scalar("theta")
PHASE = 2 * lag / mu * theta
"""The angle of λ^{2k} for λ = e^{iθ/μ}."""
SIZE = dimension(dims("T"))


def gram() -> sympy.Expr:
    """G_{tt'} = Re E λ^{2(t−t')} at t − t' = k: the mean of cos(2kθ/μ) over 0 ≤ θ ≤ 2π."""
    primitive = sympy.sin(PHASE) / sympy.diff(PHASE, theta)
    return (primitive.subs(theta, 2 * sympy.pi) - primitive.subs(theta, 0)) / (2 * sympy.pi)


def positions_only(step) -> None:
    """The quadratic form in p, its minimiser e_T, and gradient descent from p = 0 in closed form."""
    _exponents(step)
    G = ClosedForm.of(letter("Gram matrix of positions", SIZE, SIZE, symmetric=True))
    p, e = (ClosedForm.of(letter(f"positions {name}", SIZE, ONE)) for name in ("p", "e_T"))
    step(
        r"Positions alone ($d=1$, $A=B=1$)",
        r"\ell(p)=\mathbb{E}\Big|\sum_{t\le T}p_t\lambda^{2(t-T)}-1\Big|^2=(p-e_T)^{\top}G(p-e_T)",
        Equation(r"|t-s|=k>0:\quad G_{ts}", gram()),
        where={
            r"\lambda": r"$=e^{\mathrm{i}\theta/\mu}$ is the phase",
            r"\mathrm{i}": "is the imaginary unit",
            r"\theta": r"is uniform on $[0,2\pi]$",
            r"\mu": r"$>0$ is a number: the larger, the closer the phase is to 1",
            "e_T": "is the last unit vector",
            "G": r"$\in\mathbb{R}^{T\times T}$ has the entries "
            r"$\operatorname{Re}\mathbb{E}\lambda^{2(t-s)}$ in row $t$ and column $s$",
            "k": "is the distance of two different positions",
            "s": "is a position, as $t$ is",
        },
        name="positions",
        note=r"The target is the term at $t=T$, so the linear part is $Ge_T$ for every law of $\lambda$. $G\succ0$ "
        r"unless $\lambda$ takes finitely many values only, and $p=e_T$ is then the only minimiser.",
    )
    step.require(
        r"the primitive of $\cos(2k\theta/\mu)$ is right",
        sympy.diff(sympy.sin(PHASE) / sympy.diff(PHASE, theta), theta) == sympy.cos(PHASE),
        rule="differentiation",
    )
    one = ClosedForm.identity(SIZE)
    eta = read_form(scalar("eta"))
    slope = (G @ p - G @ e) * 2
    form = (p.T @ G @ p).trace() - (p.T @ G @ e).trace() * 2 + (e.T @ G @ e).trace()
    step.check(
        r"$p^{\top}Gp-2p^{\top}Ge_T+e_T^{\top}Ge_T=(p-e_T)^{\top}G(p-e_T)$",
        form,
        ((p - e).T @ G @ (p - e)).trace(),
    )
    A = one - G * (eta * 2)
    step(
        r"Gradient descent with step $\eta$ from $p=0$ after $k$ steps",
        r"p^{(k)}=\big(I-(I-2\eta G)^{k}\big)e_T",
        where={
            r"\eta": r"$>0$ is the size of a step",
            "k": "is the number of steps",
            "p^{(k)}": "is $p$ after $k$ steps",
        },
        note=r"By induction over $k$; $G$ has eigenvalues close to 0 for large $\mu$, so that early stopping "
        r"leaves a smooth "
        r"$p$. For the mean of the losses of $T_{\max}-1$ rows the step is $\eta/(T_{\max}-1)$.",
    )
    step.check(r"a step takes $p-e_T$ to $(I-2\eta G)(p-e_T)$", p - slope * eta - e, A @ (p - e))
    power = ClosedForm.of(letter("k-th power of a step", SIZE, SIZE))
    at = (one - power) @ e
    step.check(
        r"if $p^{(k)}=(I-Q)e_T$ for some $Q$, then $p^{(k+1)}=(I-(I-2\eta G)Q)e_T$, and $p^{(0)}=0$ is $Q=I$",
        at - (G @ at - G @ e) * (eta * 2),
        (one - A @ power) @ e,
    )


def _exponents(step) -> None:
    """For d = 1 the term of p_s is λ^{2s−t}, that is λ^{2(s−t)} times the target λ^t."""
    task, model = AutoregressiveTask("unitary", law="ones", d=1), PositionalAttention()
    sequence = task.sequence()
    (term,) = model.predict({"C": ScalarMatrix(1), "P": PositionalWeights("p")}, sequence).terms
    (target,) = sequence.target().terms
    (position,) = term.positions
    total = target.data[0].exponent.times(-1)
    for x in term.data:
        total = total.plus(x.exponent)
    step("For one coordinate the term of $p_t$ is $\\lambda^{2(t-T)}$ times the target $\\lambda^{T}$")
    (free,) = target.data[0].exponent.variables() | {x for x, _ in target.data[0].exponent.terms}
    t, T = (read_form(scalar(name)) for name in "tT")
    at_t, at_T = (total.coefficient(x) for x in (min(position.time.variables()), free))
    step.check(
        r"its exponent minus that of the target is $2(t-T)$",
        t * at_t + T * at_T + total.constant,
        (t - T) * 2,
        rule="the exponents of the forward pass",
    )
