"""The preconditioner along the flow: it stays bounded, so that the flow never ends, and converges exponentially."""

from collections.abc import Callable
from typing import NamedTuple

from symicl.algebra import (
    ONE,
    ClosedForm,
    SmallestEigenvalue,
    closed_form,
    letter,
    letter_of,
    read_form,
    scalar,
    scalar_letter,
)
from symicl.proofs.zhang2024.flow.bounds import frobenius, of_the_metric, shown
from symicl.proofs.zhang2024.flow.forcing import Forcing, forced_by_the_start, level
from symicl.proofs.zhang2024.flow.q_lemma import any_vector
from symicl.proofs.zhang2024.setting import Gamma_star, H, beta_star, n, task, tau
from symicl.statements import BALANCE, SHARE, Convergence, Inequality, displacement
from symicl.theory import Nonnegative, nonnegative, rayleigh, trace_square


class Pieces(NamedTuple):
    """Terms that are ≥ 0 for all matrices and vectors, as functions of these, and the forcing of the preconditioner.

    Attributes
    ----------
    bent : callable
        4 tr(EᵀHEM_S) − 2μ‖E‖², of E and δ.
    square : callable
        ‖E‖² + 2 tr(EᵀF) + ‖F‖², of E and F.
    forcing : Forcing
    """

    bent: Callable[[ClosedForm, ClosedForm], Nonnegative]
    square: Callable[[ClosedForm, ClosedForm], Nonnegative]
    forcing: Forcing


class Distance:
    """Γ = Γ* + D, where of Γ* no more is used than Γ* M_Ψ = ΨH.

    Attributes
    ----------
    D, best : ClosedForm
        D and Γ*, as letters.
    M : ClosedForm
        M_Ψ.
    equation : ClosedForm
        H(Γ* M_Ψ − ΨH), which is zero.
    """

    def __init__(self, flow):
        dim = flow.dim
        self.flow, self.M = flow, flow.M(flow.Psi)
        self.D = ClosedForm.of(letter("distance to the optimal preconditioner", dim, dim))
        self.best = ClosedForm.of(letter("optimal preconditioner", dim, dim))
        self.equation = flow.H @ (self.best @ self.M - flow.Psi @ flow.H)

    def put(self, form):
        """A closed form in Γ and δ with Γ* + D in the place of Γ."""
        return form.substitute({self.flow.Gamma_letter: self.best + self.D})


def exists_for_all_time(step, distance, optimum):
    """The risk falls, and where it is bounded so are δ and D."""
    flow, D = distance.flow, distance.D
    risk = flow.from_delta(flow.risk)
    at_optimum = risk.substitute(
        {flow.Gamma_letter: distance.best, flow.delta_letter: ClosedForm.zero(flow.dim, ONE)}
    )
    step(
        r"The risk falls along the flow and bounds $\beta$ and $\Gamma$: the flow exists for all time",
        r"\dot{\mathcal{R}}=-\lVert\dot\beta\rVert^{2}-\lVert\dot\Gamma\rVert_F^{2}\le0,\qquad"
        r"\mathcal{R}-\mathcal{R}^{*}=\delta^{\top}Q(\Gamma)\delta+\operatorname{tr}(D^{\top}HDM_\Psi)",
        r"\tfrac{2}{n+2}\lambda_{\min}(H)\lVert\delta(t)\rVert^{2}+\tfrac{\tau}{n}\lambda_{\min}(H)^{2}"
        r"\lVert D(t)\rVert_F^{2}\le\mathcal{R}(\beta(0),\Gamma(0))-\mathcal{R}^{*}",
        where={"D": r"$=\Gamma-\Gamma^{*}$"},
        name="all time",
    )
    equation = optimum.equation
    K = flow.Gamma * read_form(1 / n)
    step.check(
        r"$\Gamma M_\Psi-\Psi H$ is the normal equation of $K=\Gamma/n$ times $H$: it vanishes at $\Gamma^{*}=nK^{*}$",
        flow.Gamma @ distance.M - flow.Psi @ flow.H,
        (K @ equation.factor - equation.right_side) @ flow.H,
    )
    velocities = (flow.motion.velocities[name] for name in ("beta", "Gamma"))
    step.check(
        r"$\dot{\mathcal{R}}=-\lVert\dot\beta\rVert^{2}-\lVert\dot\Gamma\rVert_F^{2}$ along the flow",
        flow.motion.derivative(flow.risk),
        -sum(map(frobenius, velocities), closed_form(0)),
    )
    step.check(
        r"$\mathcal{R}-\mathcal{R}^{*}$ is this sum, and $2\operatorname{tr}(D^{\top}H(\Gamma^{*}M_\Psi-\Psi H))=0$",
        distance.put(risk) - at_optimum,
        distance.put((flow.delta.T @ flow.Q @ flow.delta).trace())
        + (D.T @ flow.H @ D @ distance.M).trace()
        + (D.T @ distance.equation).trace() * 2,
    )
    step.axiom(
        "a differential equation with polynomial right side has one solution from each start, and a solution that "
        "stays in a bounded set exists for all time (Picard-Lindelöf and continuation: Hartman, Ordinary Differential "
        "Equations, chapter II)"
    )


def converges(step, distance, constant, decay, falls):
    """‖D‖ falls at the rate 2(τ/n)λ² up to a forcing by ‖δ‖², which falls at 2ρ.

    Parameters
    ----------
    constant : ClosedForm
        (τ/n)λ².
    decay : ExponentialDecay
        Of the start error.
    falls : callable
        −d‖δ‖²/dt − 2ρ‖δ‖², of δ.

    Returns
    -------
    ClosedForm
        The rate.
    Pieces
    """
    flow, best = distance.flow, read_form(Gamma_star)
    beta = flow.symbol("beta")
    error = displacement(beta)
    how_it_moves(step, distance)
    bent = curvature_at_any_vector(step, flow)
    forcing = forced_by_the_start(step)
    square = both_squared(step, flow.dim)
    pieces = Pieces(bent, square, forcing)
    away, v = flow.Gamma - best, letter_of(read_form(any_vector))
    added = forcing.value.substitute({v: error})
    said = Convergence(
        flow.Gamma,
        best,
        of_the_metric(constant * 2),
        decay.of,
        decay.rate,
        forcing.constant,
        motion=flow.motion,
        origins={beta: beta_star},
    )
    p, q = map(read_form, (SHARE, BALANCE))
    step(
        "Hence the preconditioner converges exponentially, from every start",
        r"\lVert D(t)\rVert_F\le\exp(-\mu t)\lVert D(0)\rVert_F"
        r"+2C\int_0^{t}\exp(-\mu(t-u))\lVert\delta(u)\rVert^{2}du",
        r"\lVert\Gamma(t)-\Gamma^{*}\rVert_F\le \exp(-\kappa t)\big(\lVert\Gamma(0)-\Gamma^{*}\rVert_F"
        r"+2Ct\lVert\beta(0)-\beta^{*}\rVert^{2}\big)",
        where={
            r"\kappa": r"$=\min\{\mu,2\rho\}$",
            "a,b": r"$=\mu-\kappa,\,2\rho-\kappa$, both $\ge0$",
            "u": r"is a time from $0$ to $t$",
        },
        name="converges",
    )
    step.conclude(
        said,
        falls(error) * p,
        bent(away, error) * q,
        square(away * q, added) * 2,
        forcing.room.at({v: error}) * 2,
    )
    slower_exponent(step)
    return constant * 2, pieces


def curvature_at_any_vector(step, flow):
    """4 tr(EᵀHEM_S) − 2μ‖E‖² ≥ 0 for every E and every δ; a function that puts in these."""
    N, least = read_form(n), SmallestEigenvalue(H)
    v, lam = read_form(any_vector), ClosedForm.of(scalar_letter(least))
    a = letter("any matrix", flow.dim, flow.dim)
    E = ClosedForm.of(a)
    whole = (E.T @ flow.H @ E @ flow.M(flow.Psi + v @ v.T)).trace()
    found = shown(
        step,
        Inequality(frobenius(E) * lam * lam * read_form(4 * tau / n), whole * 4),
        trace_square(E @ flow.H, flow.H, flow.Psi, task=task) * (4 * (N + 1) / N),
        trace_square(E @ flow.H @ v, flow.H) * (4 * (N + 1) / N),
        trace_square(E, flow.H, flow.H) * trace_square(v, flow.H) * (4 / N),
        (rayleigh(E, least, flow.H) + rayleigh(E.T, least) * lam) * level() * (4 / N),
        claim=r"$4\operatorname{tr}(E^{\top}HEM_S)\ge2\mu\lVert E\rVert_F^{2}$ for every $E$ and $\delta$",
    )
    return lambda M, x: found.at({a: M, letter_of(v): x})


def both_squared(step, dim):
    """‖E‖² + 2 tr(EᵀF) + ‖F‖² ≥ 0 for all E and F; a function that puts in these."""
    E, F = letter("any matrix", dim, dim), letter("any other matrix", dim, dim)
    first, second = ClosedForm.of(E), ClosedForm.of(F)
    found = shown(
        step,
        Inequality((first.T @ second).trace() * -2, frobenius(first) + frobenius(second)),
        trace_square(first + second),
        claim=r"$-2\operatorname{tr}(E^{\top}F)\le\lVert E\rVert_F^{2}+\lVert F\rVert_F^{2}$ for every $E$ and $F$",
    )
    return lambda M, N: found.at({E: M, F: N})


def how_it_moves(step, distance):
    """d‖D‖²/dt = −4 tr(DᵀHDM_S) − 4 tr(DᵀHB)."""
    flow, D = distance.flow, distance.D
    forcing = distance.best @ (flow.M(flow.S()) - distance.M) - flow.delta @ flow.delta.T @ flow.H
    step(
        "The preconditioner follows",
        r"\tfrac{d}{dt}\lVert D\rVert_F^{2}=-4\operatorname{tr}(D^{\top}HDM_S)-4\operatorname{tr}(D^{\top}HB)"
        r"\le-2\mu\lVert D\rVert_F^{2}+4\lVert D\rVert_F\lVert HB\rVert_F",
        where={
            "B": r"$=\Gamma^{*}(M_S-M_\Psi)-\delta\delta^{\top}H$",
            r"\mu": r"$=2\frac{\tau}{n}\lambda_{\min}(H)^{2}$, from the bound of {step:curvature}",
        },
        name="preconditioner",
    )
    square = (flow.Gamma - distance.best).T @ (flow.Gamma - distance.best)
    step.check(
        r"$\frac{d}{dt}\lVert D\rVert_F^{2}$ is this, and $4\operatorname{tr}(D^{\top}H(\Gamma^{*}M_\Psi-\Psi H))=0$",
        distance.put(flow.from_delta(flow.motion.derivative(square.trace()))),
        (D.T @ flow.H @ D @ flow.M(flow.S())).trace() * -4
        - (D.T @ flow.H @ forcing).trace() * 4
        - (D.T @ distance.equation).trace() * 4,
    )


def slower_exponent(step):
    """The slower one of the two exponents bounds the integral."""
    kappa, u, rest, more, other = (
        read_form(scalar(name, nonnegative=True)) for name in ("kappa", "u", "t - u", "a", "b")
    )
    exponent = (kappa + more) * rest + (kappa + other) * u - kappa * (rest + u)
    step.require(
        r"$\mu(t-u)+2\rho u\ge\kappa t$ for $0\le u\le t$, so the integral is at most "
        r"$t\,\exp(-\kappa t)\lVert\delta(0)\rVert^{2}$",
        nonnegative(exponent),
        rule=r"no negative coefficient in $u$ and $t-u$, where $\mu=\kappa+a$ and $2\rho=\kappa+b$",
    )
