"""The gradient of the risk of GD-β as a flow: and its equations."""

from symicl.algebra import ClosedForm, letter, read_form, vector
from symicl.proofs.zhang2024.flow.q_lemma import quadratic_form
from symicl.proofs.zhang2024.setting import H, Psi, beta_star, d, n, sigma2, task
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

    def symbol(self, name):
        """β or Γ, by its name."""
        return self.motion.unknowns[name]

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
    step.show(
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
