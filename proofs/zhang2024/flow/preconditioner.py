"""The preconditioner along the flow: it stays bounded, so that the flow never ends, and converges exponentially."""

from symicl.algebra import ONE, ClosedForm, closed_form, letter, read_form, scalar
from symicl.proofs.zhang2024.flow.bounds import SQUARES, frobenius
from symicl.proofs.zhang2024.flow.q_lemma import norm
from symicl.proofs.zhang2024.setting import n
from symicl.theory import at_least, gaussian, lagrange, nonnegative


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


def converges(step, distance, constant):
    """‖D‖ falls at the rate 2(τ/n)λ² up to a forcing by ‖δ‖², which falls at 2ρ; returns the former rate."""
    flow, D = distance.flow, distance.D
    extra = flow.M(flow.S()) - distance.M
    forcing = distance.best @ extra - flow.delta @ flow.delta.T @ flow.H
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
    E = ClosedForm.of(letter("any matrix", flow.dim, flow.dim))
    step.require(
        r"Cauchy-Schwarz: $\operatorname{tr}(D^{\top}E)^{2}\le\lVert D\rVert_F^{2}\lVert E\rVert_F^{2}$, for $E=HB$",
        at_least(frobenius(D) * frobenius(E), (D.T @ E).trace() ** 2, lagrange(D, E)),
        rule=SQUARES,
    )
    forced_by_the_start(step, flow, distance.best, forcing)
    rate = constant * 2
    in_time(step)
    return rate


def forced_by_the_start(step, flow, best, forcing):
    """‖HB‖ ≤ C‖δ‖², C = ‖H‖(‖((n+1)/n)HΓ*H − H‖ + ‖HΓ*H‖/n)."""
    N, delta = read_form(n), flow.delta
    around = flow.H @ best @ flow.H
    W = around * (read_form(n + 1) / N) - flow.H
    E = ClosedForm.of(letter("any matrix", flow.dim, flow.dim))
    u = gaussian(flow.dim, role="direction")
    step(
        r"What the start error adds is at most a constant times $\lVert\delta\rVert^{2}$, whatever $\Gamma$ is",
        r"HB=W\delta\delta^{\top}H+\tfrac1n\lVert\delta\rVert_H^{2}H\Gamma^{*}H,\qquad"
        r"\lVert HB\rVert_F\le C\lVert\delta\rVert^{2}",
        where={
            "W": r"$=\frac{n+1}{n}H\Gamma^{*}H-H$",
            "C": r"$=\lVert H\rVert_F(\lVert W\rVert_F+\frac1n\lVert H\Gamma^{*}H\rVert_F)$",
        },
        name="forcing",
    )
    step.check(
        r"$HB=W\delta\delta^{\top}H+\frac1n\lVert\delta\rVert_H^{2}H\Gamma^{*}H$",
        flow.H @ forcing,
        W @ delta @ delta.T @ flow.H + around * (norm(delta) / N),
    )
    step.check(
        r"$\lVert W\delta\delta^{\top}H\rVert_F=\lVert W\delta\rVert\lVert H\delta\rVert$",
        frobenius(W @ delta @ delta.T @ flow.H),
        frobenius(W @ delta) * frobenius(flow.H @ delta),
    )
    step.require(
        r"$\lVert E\delta\rVert\le\lVert E\rVert_F\lVert\delta\rVert$ for every $E$, here for $W$ and for $H$",
        at_least(
            frobenius(E) * frobenius(delta),
            frobenius(E @ delta),
            lagrange(E.T @ ClosedForm.of(u.letter), delta, laws=[u]),
        ),
        rule=SQUARES,
    )
    step.require(
        r"$(\delta^{\top}E\delta)^{2}\le\lVert E\rVert_F^{2}\lVert\delta\rVert^{4}$ for every $E$, here for $H$",
        at_least(
            frobenius(E) * frobenius(delta) ** 2,
            (delta.T @ E @ delta).trace() ** 2,
            lagrange(E, delta @ delta.T),
        ),
        rule=SQUARES,
    )
    step.axiom("the triangle inequality for the Frobenius norm")


def in_time(step):
    """The integral of the linear inequality, and the slower one of its two exponents."""
    kappa, u, rest, more, other = (
        read_form(scalar(name, nonnegative=True)) for name in ("kappa", "u", "t - u", "a", "b")
    )
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
    step.axiom(
        r"the comparison theorem for differential inequalities, here for $\lVert D\rVert_F$: if its upper right "
        r"derivative is at most $-\mu\lVert D\rVert_F+2C\lVert\delta\rVert^{2}$, it is at most "
        r"$\exp(-\mu t)\lVert D(0)\rVert_F+2C\int_0^{t}\exp(-\mu(t-u))\lVert\delta(u)\rVert^{2}du$ (Hartman, Ordinary "
        "Differential Equations, chapter III)"
    )
    exponent = (kappa + more) * rest + (kappa + other) * u - kappa * (rest + u)
    step.require(
        r"$\mu(t-u)+2\rho u\ge\kappa t$ for $0\le u\le t$, so the integral is at most "
        r"$t\,\exp(-\kappa t)\lVert\delta(0)\rVert^{2}$",
        nonnegative(exponent),
        rule=r"no negative coefficient in $u$ and $t-u$, where $\mu=\kappa+a$ and $2\rho=\kappa+b$",
    )
