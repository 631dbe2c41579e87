"""The gradient flow of linear attention: the plane that it keeps, what it conserves, where it starts and ends."""

from sympy import Identity, Trace

from symicl.algebra import ClosedForm, closed_form, matrix, read_form, scalar, scalar_letter, symbol_letter
from symicl.proofs.zhang2023.setting import Lambda, d, n
from symicl.statements import Inequality
from symicl.theory import trace_square
from symicl.typeset import Equation

B, c, Theta, sigma = matrix("B", (d, d)), scalar("c"), matrix("Theta", (d, d)), scalar("sigma")
Gamma = (n + 1) / n * Lambda + Trace(Lambda) / n * Identity(d)
A = Theta * Theta.T


def kept_plane(step, whole, motion):
    """The loss and the velocities where a = g = 0."""
    column = ClosedForm.zero(read_form(B).rows, read_form(c).rows)
    zero = {motion.letters[name]: column for name in "ag"}
    moves = {name: form.substitute(zero) for name, form in motion.velocities.items()}
    plane = whole.closed_form.substitute(zero)
    step(
        "The flow does not leave $a=0$, $g=0$",
        Equation("L_0", plane),
        Equation(r"\dot B", moves["B"]),
        Equation(r"\dot c", moves["c"]),
        where={r"\dot B,\dot c": "are derivatives in time, as every dot is"},
    )
    step.check(r"$\dot a=0$ there", moves["a"])
    step.check(r"$\dot g=0$ there", moves["g"])
    return plane, moves


def what_is_conserved(step, motion):
    """c² − tr BBᵀ + aᵀa − gᵀg."""
    a, b, g, k = (ClosedForm.of(motion.letters[name]) for name in "aBgc")
    both = k * k - (b @ b.T).trace() + (a.T @ a).trace() - (g.T @ g).trace()
    step(
        r"The flow conserves $C=c^{2}-\operatorname{tr}BB^{\top}+a^{\top}a-g^{\top}g$",
        r"C=\sigma^{2}\left(1-\lVert\Theta\Theta^{\top}\rVert_F^{2}\right)\text{ at the start}",
    )
    step.check(r"$\dot C=0$ along the flow of all weights", motion.derivative(both), closed_form(0))


def stays_away_from_zero(step, plane):
    """The distance of the loss below that of zero weights bounds c² tr Λ² + tr(BᵀΛ²B) from below."""
    k, b, law = (read_form(z) for z in (c, B, Lambda))
    quadratic = (law @ read_form(Gamma) @ b @ law @ b.T).trace() * k * k
    fall = (law @ law @ b).trace() * k * 2 - quadratic
    step(
        "Where the loss starts below that of zero weights, $c$ stays away from $0$",
        r"\operatorname{tr}\Lambda-L_0\le c^{2}\operatorname{tr}\Lambda^{2}+\operatorname{tr}(B^{\top}\Lambda^{2}B)",
    )
    step.check(r"the left side is $\operatorname{tr}\Lambda-L_0$", law.trace() - plane, fall)
    N = read_form(n)
    step.conclude(
        Inequality(fall, (law @ law).trace() * k * k + (b.T @ law @ law @ b).trace()),
        trace_square(law * k - law @ b),
        trace_square(law @ b * k, None, law) * ((N + 1) / N),
        trace_square(b * k, law, law) * (law.trace() / N),
    )


def where_it_ends(step, plane, moves, limit, least):
    """The gradient by B vanishes for c ≠ 0 only at B = Γ⁻¹/c; there C is c² − tr Γ⁻²/c², and the loss the least one."""
    k, b, law, gamma = (read_form(z) for z in (c, B, Lambda, Gamma))
    E = b * k - limit
    step(
        "Where it rests with $c\\neq0$",
        r"\dot B=-c\,\Lambda\Gamma E\Lambda,\qquad c\neq0:\quad\dot B=0\iff E=0",
        where={"E": r"$=cB-\Gamma^{-1}$"},
    )
    step.check(r"$\dot B=-c\Lambda\Gamma E\Lambda$", moves["B"], law @ gamma @ E @ law * -k)
    excess = (law @ gamma @ E @ law @ E.T).trace()
    there = {symbol_letter(B): limit / k}
    step.check(
        r"$L_0-L^{*}=\operatorname{tr}(\Lambda\Gamma E\Lambda E^{\top})$",
        plane - least,
        excess,
    )
    step.check(r"$\dot c=0$ there as well", moves["c"].substitute(there), closed_form(0))
    line = (k * k - (b @ b.T).trace()).substitute(there)
    step.show("What is conserved, at this point", Equation("C", line))
    return line


def how_it_starts(step, plane):
    """The loss at c = σ, B = σΘΘᵀ, and the σ² below which it is less than that of zero weights."""
    law, start, size = read_form(Lambda), read_form(A), read_form(sigma)
    at = {symbol_letter(B): start * size, scalar_letter(c): size}
    linear = (law @ law @ start).trace() * 2
    square = (law @ read_form(Gamma) @ start @ law @ start).trace()
    step("The start", Equation(r"\bar\sigma^{2}", linear / square))
    step.check(
        r"$\operatorname{tr}\Lambda-L_0=\sigma^{2}(\bar\sigma^{2}-\sigma^{2})\operatorname{tr}(\Lambda\Gamma\Theta"
        r"\Theta^{\top}\Lambda\Theta\Theta^{\top})$ there",
        law.trace() - plane.substitute(at),
        size * size * (linear / square - size * size) * square,
    )
    return linear / square
