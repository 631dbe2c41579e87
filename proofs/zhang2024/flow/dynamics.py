"""The gradient of the risk of GD-β as a flow: its equations, its only critical point, its limit."""

from symicl.algebra import ONE, ClosedForm, directional, letter, read_form, scalar, scalar_letter, vector
from symicl.proofs.zhang2024.flow.q_lemma import norm, quadratic_form
from symicl.proofs.zhang2024.setting import H, Psi, beta_star, d, n, sigma2, task, tau
from symicl.theory import flow
from symicl.typeset import Equation


class Flow:
    """The gradient flow of the risk, and its matrices, in the letters β, Γ and δ = β* − β.

    Attributes
    ----------
    motion : symicl.theory.Flow
        β̇ and Γ̇ in β and Γ.
    beta, Gamma, delta, H, Psi : ClosedForm
    beta_letter, Gamma_letter, delta_letter : int
    risk : ClosedForm
        In β and Γ.
    beta_dot, Gamma_dot : ClosedForm
        In δ and Γ.
    Q : ClosedForm
    """

    def __init__(self, loss):
        self.motion = flow(loss)
        self.beta_letter, self.Gamma_letter = (self.motion.letters[name] for name in ("beta", "Gamma"))
        self.beta, self.Gamma = map(ClosedForm.of, (self.beta_letter, self.Gamma_letter))
        self.dim, self.delta = self.Gamma.rows, read_form(vector("delta", d))
        (self.delta_letter,) = self.delta.letters()
        self.risk, self.H, self.Psi = loss.closed_form, read_form(H), read_form(Psi)
        self.Q = quadratic_form(self.Gamma)
        self.beta_dot, self.Gamma_dot = (
            self.from_delta(self.motion.velocities[name]) for name in ("beta", "Gamma")
        )

    def from_delta(self, form):
        """A closed form with β = β* − δ."""
        return form.substitute({self.beta_letter: read_form(beta_star) - self.delta})

    def S(self):
        """Ψ + δδᵀ."""
        return self.Psi + self.delta @ self.delta.T

    def M(self, S):
        """M_S = E[ASA] + (σ²/n)H for a symmetric S, by integrating over X."""
        free = letter("second moment of the task error", self.dim, self.dim, symmetric=True)
        A = read_form(task.X.T * task.X) * read_form(1 / n)
        moment = task.expectation(A @ ClosedForm.of(free) @ A)
        return moment.substitute({free: S}) + self.H * read_form(sigma2 / n)


def equations(step, flow):
    """β̇ = 2Q(Γ)δ and Γ̇ = −2H(ΓM_S − SH)."""
    S, M = flow.S(), flow.M(flow.S())
    step(
        r"The gradient of the risk: every occurrence of $\beta$ and of $\Gamma$ is cut out of its trace",
        Equation(r"-\nabla_\beta\mathcal{R}", flow.beta_dot),
        Equation(r"-\nabla_\Gamma\mathcal{R}", flow.Gamma_dot),
        where={r"\delta": r"$=\beta^{*}-\beta$"},
    )
    step(
        r"The flow $\dot\beta=-\nabla_\beta\mathcal{R}$, $\dot\Gamma=-\nabla_\Gamma\mathcal{R}$",
        r"\dot\beta=2Q(\Gamma)\delta,\qquad\dot\Gamma=-2H(\Gamma M_S-SH)",
        Equation("Q", flow.Q),
        Equation("M_S", M),
        where={
            "A": r"$=\frac1nX^{\top}X$",
            "Q": r"$=Q(\Gamma)=\mathbb{E}[(I-\Gamma A)^{\top}H(I-\Gamma A)]$",
            "S": r"$=\Psi+\delta\delta^{\top}$",
            "M_S": r"$=\mathbb{E}[ASA]+\frac{\sigma^{2}}{n}H$",
        },
        name="flow",
    )
    step.check(r"$-\nabla_\beta\mathcal{R}=2Q(\Gamma)\delta$", flow.beta_dot, flow.Q @ flow.delta * 2)
    step.check(
        r"$-\nabla_\Gamma\mathcal{R}=-2H(\Gamma M_S-SH)$",
        flow.Gamma_dot,
        flow.H @ (flow.Gamma @ M - S @ flow.H) * -2,
    )


def critical_point(step, flow, optimum):
    """∇R = 0 only at (β*, Γ*)."""
    M = flow.M(flow.Psi)
    v = ClosedForm.of(letter("test vector", flow.dim, ONE))
    step(
        r"The only critical point is $(\beta^{*},\Gamma^{*})$",
        r"\nabla_\beta\mathcal{R}=0\Rightarrow\delta^{\top}Q\delta=0\Rightarrow\delta=0;\qquad"
        r"\nabla_\Gamma\mathcal{R}=0\Rightarrow\Gamma=\Psi HM_\Psi^{-1}=\Gamma^{*}",
        Equation(r"M_\Psi", M),
        where={r"M_\Psi": r"is $M_S$ at $\delta=0$"},
    )
    step.check(
        r"at $\delta=0$ the gradient is $2H(\Gamma M_\Psi-\Psi H)$",
        -flow.Gamma_dot.substitute({flow.delta_letter: ClosedForm.zero(flow.dim, ONE)}),
        flow.H @ (flow.Gamma @ M - flow.Psi @ flow.H) * 2,
    )
    equation = optimum.equation
    K = flow.Gamma * read_form(1 / n)
    step.check(
        r"$\Gamma M_\Psi-\Psi H$ is the normal equation of $K=\Gamma/n$, whose only solution is $K^{*}$",
        flow.Gamma @ M - flow.Psi @ flow.H,
        (K @ equation.factor - equation.right_side) @ flow.H,
    )
    spread = (v.T @ flow.H @ flow.Psi @ flow.H @ v).trace()
    step.check(
        r"$n\,v^{\top}M_\Psi v=(n+1)(Hv)^{\top}\Psi(Hv)+\tau\lVert v\rVert_H^{2}$",
        (v.T @ M @ v).trace() * read_form(n),
        spread * read_form(n + 1) + norm(v) * read_form(tau),
    )
    step.axiom(r"$H\succ0$, $\Psi\succeq0$, $\tau>0$: so $M_\Psi\succ0$")


def convergence(step, flow):
    """Ḋ = −2H D M_Ψ + terms that vanish with δ, D = Γ − Γ*."""
    dim = flow.dim
    D_letter = letter("distance to the optimal preconditioner", dim, dim)
    D = ClosedForm.of(D_letter)
    best = ClosedForm.of(letter("optimal preconditioner", dim, dim))
    M = flow.M(flow.Psi)
    extra = flow.M(flow.S()) - M
    remainder = flow.H @ ((best + D) @ extra - flow.delta @ flow.delta.T @ flow.H) * -2
    step(
        "The preconditioner follows",
        r"\dot D=-2HDM_\Psi-2H\big(\Gamma\,(M_S-M_\Psi)-\delta\delta^{\top}H\big)",
        Equation(r"M_S-M_\Psi", extra),
        where={"D": r"$=\Gamma-\Gamma^{*}$"},
        note=r"The second term is at most a constant times $\lVert\delta\rVert^{2}(1+\lVert\Gamma\rVert)$, and "
        r"$\lVert\delta\rVert^{2}$ is integrable in time: $\Gamma$ stays bounded, and $D\to0$ exponentially.",
    )
    step.check(
        r"this is the flow of $\Gamma=\Gamma^{*}+D$, where $\Gamma^{*}M_\Psi=\Psi H$",
        flow.Gamma_dot.substitute({flow.Gamma_letter: best + D}),
        flow.H @ D @ M * -2 + remainder - flow.H @ (best @ M - flow.Psi @ flow.H) * 2,
    )
    size = ClosedForm.of(scalar_letter(scalar("s")))
    step.check(
        r"$M_S-M_\Psi$ is homogeneous of degree 2 in $\delta$",
        extra.substitute({flow.delta_letter: flow.delta * size}),
        extra * size * size,
    )
    step.check(
        r"without the second term $\frac{d}{dt}\lVert D\rVert_F^{2}=-4\operatorname{tr}(D^{\top}HDM_\Psi)$",
        directional((D.T @ D).trace(), D_letter, flow.H @ D @ M * -2),
        (D.T @ flow.H @ D @ M).trace() * -4,
    )
    step.axiom(
        r"$\operatorname{tr}(D^{\top}HDM)\ge\lambda_{\min}(H)\lambda_{\min}(M)\lVert D\rVert_F^{2}$ for every $M\succ0$"
    )
