"""Positions alone for one coordinate whose phase comes from an arc of the circle: the loss, its minimiser, descent."""

import sympy

from symicl.algebra import (
    ClosedForm,
    closed_form,
    covariance,
    dimension,
    dims,
    letter,
    read_form,
    scalar,
    vector,
)
from symicl.expectation import PositionalWeights, ScalarMatrix
from symicl.models import PositionalAttention
from symicl.statements import MinimalExactlyWhere
from symicl.tasks import AutoregressiveTask
from symicl.theory import trace_square
from symicl.typeset import Equation

mu, lag = scalar("mu", positive=True), scalar("k", positive=True)
RATE = 2 * lag / mu
"""The angle of λ^{2k} for λ = e^{iθ/μ}, over θ."""
T = dims("T")
SIZE = dimension(T)
GRAM, P, LAST = covariance("G", T), vector("p", T), vector("e_T", T)
INTEGRAL = r"$\int_0^x\cos y\,dy=\sin x$"


def gram() -> sympy.Expr:
    """G_{ts} = Re E λ^{2(t−s)} at |t − s| = k: the mean of cos(2kθ/μ) over 0 ≤ θ ≤ 2π."""
    end = RATE * 2 * sympy.pi
    return sympy.sin(end) / end


def on_an_arc(step) -> None:
    """The quadratic form in p, its minimiser e_T, and gradient descent from p = 0 in closed form."""
    _exponents(step)
    _form(step)
    _descent(step)


def _letters() -> tuple[ClosedForm, ClosedForm, ClosedForm]:
    """G, p and e_T."""
    return read_form(GRAM), read_form(P), read_form(LAST)


def _form(step) -> None:
    """ℓ = (p − e_T)ᵀG(p − e_T), and the entries of G."""
    G, p, e = _letters()
    step(
        r"One coordinate with a phase from an arc: the loss is a quadratic form, zero at $p=e_T$ alone",
        r"\ell(p)=\mathbb{E}\Big|\sum_{t\le T}p_t\lambda^{2(t-T)}-1\Big|^2=(p-e_T)^{\top}G(p-e_T)",
        Equation(r"|t-s|=k>0:\quad G_{ts}", gram()),
        where={
            r"\lambda": r"$=e^{\mathrm{i}\theta/\mu}$ is the phase, $\theta$ uniform on $[0,2\pi]$",
            r"\mu": r"$>0$ is a number: the larger, the closer the phase is to 1",
            "G": r"$\in\mathbb{R}^{T\times T}$ has the entries "
            r"$\operatorname{Re}\mathbb{E}\lambda^{2(t-s)}$ in row $t$ and column $s$",
            "k": "is the distance of two different positions",
            "s": "is a position, as $t$ is",
            "x,y": "are numbers",
        },
        name="arc",
        note=r"For every law of $\lambda$: the target is the term of $e_T$, and those of $p$ and $e_T$ are alike "
        "({step:exponents}).",
    )
    step.axiom(
        r"$v^{\top}Gv=\mathbb{E}|\sum_tv_t\lambda^{2t}|^2>0$ for every $v\ne0$: a polynomial that vanishes at "
        "infinitely many points has no coefficients but zeros"
    )
    step.axiom(INTEGRAL)
    pi, rate = read_form(scalar("pi")), read_form(RATE)
    end = rate * pi * 2
    step.check(
        r"$\frac1{2\pi}\int_0^{2\pi}\cos\frac{2k\theta}{\mu}\,d\theta$ is $\frac1x\int_0^x\cos y\,dy$ at "
        r"$x=\frac{4\pi k}{\mu}$: $2\pi$ times the rate $\frac{2k}{\mu}$ is $x$",
        end,
        read_form(lag) * pi * 4 / read_form(mu),
    )
    step.check(
        r"with $\theta=\frac{\mu y}{2k}$ the factor is $\frac1{2\pi}\frac{\mu}{2k}=\frac1x$",
        1 / (pi * 2) / rate,
        1 / end,
    )
    form = (p.T @ G @ p).trace() - (p.T @ G @ e).trace() * 2 + (e.T @ G @ e).trace()
    step.check(
        r"$p^{\top}Gp-2p^{\top}Ge_T+e_T^{\top}Ge_T=(p-e_T)^{\top}G(p-e_T)$",
        form,
        ((p - e).T @ G @ (p - e)).trace(),
    )
    step.conclude(
        MinimalExactlyWhere(closed_form(0), {P: LAST}, given=(GRAM,), loss=form), trace_square(p - e, left=G)
    )


def _descent(step) -> None:
    """p after k steps."""
    G, p, e = _letters()
    one = ClosedForm.identity(SIZE)
    eta = read_form(scalar("eta"))
    slope = (G @ p - G @ e) * 2
    A = one - G * (eta * 2)
    step(
        r"Gradient descent with step $\eta$ from $p=0$ after $k$ steps",
        r"p^{(k)}=\big(I-(I-2\eta G)^{k}\big)e_T",
        where={
            r"\eta": r"$>0$ is the size of a step",
            "k": "is the number of steps",
            "p^{(k)}": "is $p$ after $k$ steps",
            "Q": r"is any $T\times T$ matrix",
        },
        note=r"By induction over $k$. For the mean of the losses of $T_{\max}-1$ rows the step is $\eta/(T_{\max}-1)$.",
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
    step(
        "For one coordinate the term of $p_t$ is $\\lambda^{2(t-T)}$ times the target $\\lambda^{T}$",
        name="exponents",
    )
    (free,) = target.data[0].exponent.variables() | {x for x, _ in target.data[0].exponent.terms}
    t, T = (read_form(scalar(name)) for name in "tT")
    at_t, at_T = (total.coefficient(x) for x in (min(position.time.variables()), free))
    step.check(
        r"its exponent minus that of the target is $2(t-T)$",
        t * at_t + T * at_T + total.constant,
        (t - T) * 2,
        rule="the exponents of the forward pass",
    )
    s = read_form(scalar("s"))

    def relative(time):
        """The exponent of the term of a position, minus that of the target."""
        return time * at_t + T * at_T + total.constant

    step.check("at $t=T$ it is zero: the term of $e_T$ is the target", relative(T), closed_form(0))
    step.check(
        r"the term of $p_t$ times the conjugate of that of $p_s$ is $\lambda^{2(t-s)}$",
        relative(t) - relative(s),
        (t - s) * 2,
        rule="the exponents of the forward pass",
    )
