"""Linear self-attention on covariates of any covariance: its global optimum is a preconditioned step of descent.

Setting     x₁…xₙ, x ~ N(0, Λ), w ~ N(0, I_d), yᵢ = ⟨w, xᵢ⟩, no noise; one layer of linear attention with 1/n.
            Write Γ = (1 + 1/n)Λ + (tr Λ/n) I.
Statement   Every global minimiser computes xᵀ Γ⁻¹ (1/n) Σ yᵢxᵢ, and the minimal loss is tr Λ − tr(Λ²Γ⁻¹), which is at
            most (d + 1) tr Λ/n.
Source      Zhang, Frei, Bartlett (2023), the global optimum over all weights, which their gradient flow reaches.
"""

from sympy import Identity, Integer, Trace

from symicl.algebra import closed_form, limit_at_infinity, read_form
from symicl.proofs.zhang2023.paper import PAPER
from symicl.proofs.zhang2023.setting import (
    ASSUMPTIONS,
    Gamma_inverse,
    Lambda,
    d,
    model,
    n,
    prediction,
    task,
)
from symicl.statements import (
    EveryMinimiser,
    GlobalMinimum,
    Inequality,
    Theorem,
    minimal_value,
    minimise_over_weights,
)
from symicl.tasks import LinearRegression
from symicl.theory import expected_loss, minimise_over_features, trace_square
from symicl.typeset import Equation

isotropic = LinearRegression(noise=0)

theorem = Theorem(
    id="zhang2023.optimum",
    title="Linear attention learns a preconditioned step of gradient descent",
    paper=PAPER,
    source="the global optimum over all weights",
    assumptions=ASSUMPTIONS,
    task=task,
    model=model,
    states={"preconditioner": Gamma_inverse, "loss": Trace(Lambda) - Trace(Lambda**2 * Gamma_inverse)},
    propositions=(
        GlobalMinimum("loss"),
        EveryMinimiser(prediction),
        Inequality("loss", (d + 1) * Trace(Lambda) / n),
    ),
    corollaries={
        "isotropic_preconditioner": n / (n + d + 1) * Identity(d),
        "isotropic_loss": d * (d + 1) / (n + d + 1),
        "long_context_loss": Integer(0),
    },
    settings=dict.fromkeys(
        ("isotropic_preconditioner", "isotropic_loss", "long_context_loss"), (model, isotropic)
    ),
    notation={
        "preconditioner": r"\Gamma^{-1}",
        "loss": "L^{*}",
        "isotropic_preconditioner": r"\Lambda=I:\quad\Gamma^{-1}",
        "isotropic_loss": r"\Lambda=I:\quad L^{*}",
        "long_context_loss": r"\Lambda=I:\quad\lim_{n\to\infty}L^{*}",
    },
    where={
        r"\Gamma": r"$=\frac{n+1}{n}\Lambda+\frac{\operatorname{tr}\Lambda}{n}I$ is the matrix of the paper: "
        r"the prediction is $x^{\top}\Gamma^{-1}\frac1nX^{\top}y$"
    },
)


@theorem.derivation
def derive(step):
    step.axiom("Stein's identity for centred Gaussians")
    step.axiom("covariates and task are independent")
    step.axiom(r"$\Lambda\succ0$ is invertible")
    optimum = minimise_over_weights(step, model, task)
    value = minimal_value(step, optimum)
    preconditioner = optimum.solution * read_form(n)
    step.show("In the paper's normalisation", Equation(r"\Gamma^{-1}", preconditioner))
    step.conclude(Inequality(value, read_form((d + 1) * Trace(Lambda) / n)), *slack(preconditioner))
    plain = minimise_over_features(expected_loss(model, isotropic))
    step.show(
        r"At $\Lambda=I$",
        Equation(r"\Gamma^{-1}", plain.solution * read_form(n)),
        Equation("L^{*}", plain.closed_form),
    )
    return {
        "preconditioner": preconditioner,
        "loss": value,
        "isotropic_preconditioner": plain.solution * read_form(n),
        "isotropic_loss": plain.closed_form,
        "long_context_loss": limit_at_infinity(plain.closed_form, n),
    }


def slack(G):
    """(d + 1) tr Λ/n less the minimal loss: Γ − Λ = (Λ + tr Λ I)/n, put in twice, and Γ⁻¹ = Γ⁻¹ Γ Γ⁻¹ once."""
    L, N = read_form(Lambda), read_form(n)
    trace = L.trace()
    for matrix, left, weight in ((L @ G, None, closed_form(1)), (G, L, trace * 2), (G, None, trace * trace)):
        yield trace_square(matrix, left, L) * (weight * (N + 1) / N**3)
        yield trace_square(matrix, left) * (weight * trace / N**3)
