"""How long linear attention trains: a logistic law with its half time, and the plateaus of heads of rank one.

Setting     x ~ N(0, Λ), w ~ N(0, I_d), no noise; θ̇ = −½∇L. A head with merged key-query matrix computes
            f = c·xᵀBᵀβ, β = Xᵀy/n; a head of rank one has B = kqᵀ.
Statement   c² − tr BBᵀ + aᵀa − gᵀg is conserved. For Λ = I, from B = pI and c = √d p, u = cp has
            u̇ = 2√d u(1 − γu), γ = (n + d + 1)/n, so that u = 1/(γ + (1/u₀ − γ)e), e = exp(−2√d t), and
            u is half of its limit 1/γ when e = γ/(1/u₀ − γ). Heads of rank one on eigenvectors of Λ keep to these, each
            by itself: c = |k| = |q| = s has ṡ = λ²s²(1 − γ_λ s³), γ_λ = ((n + 1)λ + tr Λ)/n. Where some have learned
            and the others are 0, the flow rests, at the loss tr Λ − Σ λ/(1 + (1 + tr Λ/λ)/n); no other strengths of
            these heads have less.
Source      Zhang, Singh, Latham, Saxe (2025), conserved quantities, loss and time courses; the exact finite n and d are
            checked here.
"""

from sympy import Inverse, Trace, log, sqrt

from symicl.models import MultiHeadLinearAttention
from symicl.proofs.saxe2025.paper import PAPER
from symicl.proofs.saxe2025.parts.path import logistic, plateaus, what_is_conserved
from symicl.proofs.saxe2025.setting import D, Gamma, S, d, e, gamma, n, of_heads, plateau, task, u0
from symicl.statements import (
    EveryMinimiser,
    GlobalMinimum,
    Inequality,
    NotDetermined,
    Theorem,
    minimal_value,
    minimise_over_weights,
)

model = MultiHeadLinearAttention()


def half_time(values, digits):
    """−ln(e)/(2√d), with the e at which u is half of its limit."""
    factor = theorem.corollaries["half_factor"].subs(values)
    if not (factor.is_finite and 0 < factor < 1):
        raise NotDetermined("u starts above half of its limit")
    return log(1 / factor) / (2 * sqrt(values[d]))


theorem = Theorem(
    id="saxe2025.dynamics",
    title="How long linear attention trains",
    paper=PAPER,
    source="conserved quantities, loss and time courses, at finite n and d",
    assumptions=(
        r"covariates $x\sim N(0,I_d)$, task $w\sim N(0,I_d)$, no noise; for heads of rank one $x\sim N(0,\Lambda)$",
        r"gradient flow $\dot\theta=-\frac12\nabla L$ of one head with merged key-query matrix, or of heads of rank 1",
    ),
    task=task,
    model=model,
    states={},
    propositions=(
        GlobalMinimum("loss"),
        EveryMinimiser(task.x.T * task.X.T * task.y / (n * gamma)),
        Inequality("all_learned", of_heads, near={S: Inverse(Gamma)}),
    ),
    corollaries={
        "loss": d * (d + 1) / (n + d + 1),
        "effective_step": 1 / (gamma + (1 / u0 - gamma) * e),
        "half_factor": gamma / (1 / u0 - gamma),
        "plateau": plateau,
        "all_learned": Trace(D) - Trace(D**2 * Inverse(Gamma)),
    },
    certified={"half_time": half_time},
    inputs={"n": n, "d": d, "u0": u0},
    notation={
        "loss": "L^{*}",
        "effective_step": "u",
        "half_factor": r"u=\tfrac1{2\gamma}:\quad e",
        "plateau": "L_E",
        "all_learned": "L_I",
    },
    where={
        "p": "is a number",
        "t": r"$\ge0$ is the time of the flow",
        r"\Lambda": "is any covariance",
        "u": "is the effective step $cp$ of the head $B=pI$",
        "u_0": "is this at the start",
        "e": r"is $e^{-2\sqrt d\,t}$ at the time $t$",
        r"\gamma": r"$=\frac{n+d+1}n$ is one over the limit of $u$",
        "L_E": "is the loss where the heads of rank one with $E_{hh}=1$ have learned and those with $E_{hh}=0$ are $0$",
        "L_I": "is that where all have",
        "D": r"is $\Lambda$ in the basis of its eigenvectors",
        "E": "is diagonal; where its entries are $0$ and $1$, $2E-E^{2}=E$",
        "E_{hh}": "is one of these",
        "S": "has the strengths of the heads on its diagonal, any numbers",
    },
)


@theorem.derivation
def derive(step):
    step.axiom("Stein's identity for centred Gaussians")
    step.axiom("covariates and task are independent")
    optimum = minimise_over_weights(step, model, task)
    loss = optimum.loss
    value = minimal_value(step, optimum)
    what_is_conserved(step)
    course, half = logistic(step, loss)
    rested, least = plateaus(step)
    return {
        "loss": value,
        "effective_step": course,
        "half_factor": half,
        "plateau": rested,
        "all_learned": least,
    }
