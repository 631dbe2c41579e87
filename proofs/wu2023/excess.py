"""The excess risk of every preconditioner over the best one is a square, at any number of examples.

Setting     x ~ N(0, H), w ~ N(0, ψI), noise of variance σ²; f = xᵀ Γ Xᵀy, and G = nΓ is the matrix of the
            paper. Q = ((tr H + σ²/ψ)/n) I + ((n+1)/n) H.
Statement   The best G is Q⁻¹, and for every G: risk(G) − risk(Q⁻¹) = ψ tr[H (G − Q⁻¹) H Q (G − Q⁻¹)ᵀ].
Source      Wu, Zou, Chen, Braverman, Gu, Bartlett (2023), the population part of the pretraining, cited by content.
"""

from sympy import Identity, Inverse, Trace

from symicl.algebra import ClosedForm, covariance, matrix, read_form, scalar, symbol_letter
from symicl.models import OneStepGD
from symicl.proofs.wu2023.paper import PAPER
from symicl.statements import EveryMinimiser, GlobalMinimum, Theorem, minimal_value, minimise_over_weights
from symicl.tasks import D, LinearRegression
from symicl.typeset import Equation

H, psi = covariance("H", D), scalar("psi", positive=True)
task, model = LinearRegression(covariate_cov=H, task_cov=psi * Identity(D)), OneStepGD()
n, d, sigma2, Gamma = task.n, task.d, task.noise, matrix("Gamma", (D, D))
Q = (Trace(H) + sigma2 / psi) / n * Identity(d) + (n + 1) / n * H
best = psi * (Trace(H) - Trace(H**2 * Inverse(Q)))

theorem = Theorem(
    id="wu2023.excess",
    title="The excess risk of every preconditioner",
    paper=PAPER,
    source="the population part of the pretraining",
    assumptions=(
        r"covariates $x\sim N(0,H)$ with $H\succ0$, task $w\sim N(0,\psi I_d)$, noise of variance $\sigma^{2}$",
        r"one step of gradient descent with a free matrix $\Gamma$",
    ),
    task=task,
    model=model,
    states={"preconditioner": Inverse(Q), "loss": sigma2 + best, "excess": best},
    propositions=(
        GlobalMinimum("loss"),
        EveryMinimiser(task.x.T * Inverse(Q) * task.X.T * task.y / n),
    ),
    corollaries={
        "excess_of_any": psi * n * (n + 1) * Trace(H * Gamma * H**2 * Gamma.T)
        + n * (psi * Trace(H) + sigma2) * Trace(H * Gamma * H * Gamma.T)
        + psi * Trace(H**2 * (Inverse(Q) - 2 * n * Gamma))
    },
    notation={
        "preconditioner": "G^{*}",
        "loss": "L^{*}",
        "excess": r"L^{*}-\sigma^{2}",
        "excess_of_any": r"E_{\Gamma}",
    },
    where={
        "Q": r"$=\frac{\operatorname{tr}H+\sigma^{2}/\psi}{n}I+\frac{n+1}{n}H$ is the matrix of the paper",
        r"\Gamma": "is any matrix",
        "G": r"$=n\Gamma$ is that of the paper",
        "G^{*}": "is the best one",
        r"E_{\Gamma}": r"$=L(\Gamma)-L^{*}$ is the excess at any $\Gamma$",
        r"\psi": "is the variance of each coordinate of the task",
    },
)


@theorem.derivation
def derive(step):
    step.axiom("Stein's identity for centred Gaussians")
    step.axiom("covariates, task and noise are independent")
    step.axiom(r"$H\succ0$ is invertible")
    optimum = minimise_over_weights(step, model, task)
    loss = optimum.loss
    value = minimal_value(step, optimum)
    preconditioner = optimum.solution * read_form(n)
    step.show("In the paper's normalisation", Equation("G^{*}", preconditioner))
    any_matrix = loss.closed_form - value
    step(r"The excess at any $\Gamma$", Equation(r"E_{\Gamma}", any_matrix))
    gap, Hm = read_form(n * Gamma) - preconditioner, read_form(H)
    factor = read_form((n + 1) / n * H + (Trace(H) + sigma2 / psi) / n * Identity(d))
    step.check(
        "the factor $Q$ is the inverse of the best matrix",
        preconditioner @ factor,
        ClosedForm.identity(factor.rows),
    )
    square = (Hm @ gap @ Hm @ factor @ gap.T).trace() * read_form(psi)
    step.check(
        r"the excess is $\psi\operatorname{tr}[H(G-Q^{-1})HQ(G-Q^{-1})^{\top}]$ for every $G$",
        any_matrix - square,
    )
    at_zero = {symbol_letter(Gamma): ClosedForm.zero(factor.rows, factor.rows)}
    step.check(
        r"at $G=0$ it is what the best matrix explains, $\psi\operatorname{tr}(H^{2}Q^{-1})$",
        any_matrix.substitute(at_zero),
        (Hm @ Hm @ preconditioner).trace() * read_form(psi),
    )
    return {
        "preconditioner": preconditioner,
        "loss": value,
        "excess": value - read_form(sigma2),
        "excess_of_any": any_matrix,
    }
