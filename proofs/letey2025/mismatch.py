"""Linear attention, pretrained on tasks of one covariance, on tasks of another one: its risk at finite n and d.

Setting     x ~ N(0, H), tasks w ~ N(0, Ψ) in pretraining and w ~ N(0, Ω) at the test, noise of variance σ².
            G = Ψ[((n+1)/n) HΨ + ((tr HΨ + σ²)/n) I]⁻¹ is the optimum of pretraining, f = xᵀ G Xᵀy/n.
Statement   The excess risk at the test is (tr HΩ + σ²) tr(GHGᵀH)/n − 2 tr(GHΩH) + ((n+1)/n) tr(GHΩHGᵀH) + tr(HΩ). It is
            at least that of the optimum for Ω, by a sum of two traces of squares.
Source      Lu et al. (2405.11751) and Letey, Zavatone-Veth, Lu, Pehlevan (2025) in the limit of proportional sizes, by
            content; at finite n and d derived here.
"""

from sympy import Identity, Inverse, MatMul, Trace, Transpose

from symicl.algebra import covariance, read_form
from symicl.models import MultiHeadLinearAttention
from symicl.proofs.letey2025.paper import PAPER
from symicl.statements import Inequality, Theorem, minimise_over_weights
from symicl.tasks import D, LinearRegression
from symicl.theory import expected_loss, minimise_over_features, trace_square
from symicl.typeset import Equation

H, Psi, Omega = (covariance(name, D) for name in ("H", "Psi", "Omega"))
task, test = (LinearRegression(covariate_cov=H, task_cov=law) for law in (Psi, Omega))
model, n, d, sigma2 = MultiHeadLinearAttention(), task.n, task.d, task.noise


def ridge(law):
    """[HΨ + (tr HΨ + σ²)/(n + 1) I]⁻¹ for a covariance Ψ of tasks."""
    return Inverse(H * law + (Trace(H * law) + sigma2) / (n + 1) * Identity(d))


R = ridge(Psi)
excess = (
    Trace(H * Omega)
    - 2 * n / (n + 1) * Trace(Psi * R * H * Omega * H)
    + n / (n + 1) * Trace(MatMul(Psi, R, H * Omega * H, Transpose(R), Psi, H))
    + n / (n + 1) ** 2 * (Trace(H * Omega) + sigma2) * Trace(MatMul(Psi, R, H, Transpose(R), Psi, H))
)

theorem = Theorem(
    id="letey2025.mismatch",
    title="Tasks of another covariance at the test",
    paper=PAPER,
    source="the error on test tasks of another covariance",
    assumptions=(
        r"covariates $x\sim N(0,H)$ with $H\succ0$, noise of variance $\sigma^{2}$",
        r"tasks $w\sim N(0,\Psi)$ in pretraining and $w\sim N(0,\Omega)$ at the test",
        "one layer of linear self-attention with residual connection, mask and $1/n$, all weights free",
    ),
    task=task,
    model=model,
    states={"excess": excess},
    propositions=(Inequality("trained_on_it", "excess"),),
    corollaries={
        "risk": sigma2 + excess,
        "trained_on_it": Trace(H * Omega) - n / (n + 1) * Trace(H * Omega * ridge(Omega) * H * Omega),
    },
    notation={"risk": "R", "excess": "E", "trained_on_it": "E^{*}"},
    inputs={"n": n, "d": d, "sigma2": sigma2, "H": H, "Psi": Psi, "Omega": Omega},
    where={
        r"\Omega": "is the covariance of the tasks of the test",
        "R": "is the loss at the test, noise included, of the weights that are best in pretraining",
        "E": r"$=R-\sigma^{2}$ is the excess risk at the test",
        "E^{*}": r"is the least excess risk on these tasks, that of pretraining on them",
    },
)


@theorem.derivation
def derive(step):
    step.axiom("Stein's identity for centred Gaussians")
    step.axiom("covariates, task and noise are independent")
    step.axiom(r"$H,\Psi,\Omega\succ0$ are invertible")
    trained = minimise_over_weights(step, model, task)
    risk = trained.under(test).closed_form
    best = minimise_over_features(expected_loss(model, test))
    least = best.closed_form - read_form(sigma2)
    step.show(
        "The forward pass at weights that attain the optimum, on tasks of the other covariance",
        Equation("E^{*}", least),
    )
    gap, N, Hm = trained.solution - best.solution, read_form(n), read_form(H)
    law, noise = read_form(Omega), read_form(sigma2)
    step.conclude(
        Inequality(least, risk - noise),
        trace_square(gap @ Hm, Hm, law) * (N * (N + 1)),
        trace_square(gap, Hm, Hm) * (N * ((Hm @ law).trace() + noise)),
        claim="the excess is that of the best weights and two traces of squares",
    )
    step.check(
        r"at $\Omega=\Psi$ it is the minimal loss", trained.under(task).closed_form, trained.closed_form
    )
    return {"risk": risk, "excess": risk - noise, "trained_on_it": least}
