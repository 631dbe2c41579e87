"""Linear self-attention on covariates with covariance Σ: one step of Σ⁻¹-preconditioned gradient descent.

Setting     x₁…xₙ, x ~ N(0, Σ), Σ ≻ 0, w ~ N(0, Σ⁻¹), yᵢ = ⟨w, xᵢ⟩ + εᵢ, Var εᵢ = σ²; all independent.
Statement   Every global minimiser computes η ⟨Σ yᵢxᵢ, Σ⁻¹x⟩ with η = 1/(n + d + 1 + σ²), and the minimal loss is
            σ² + d(d + 1 + σ²)/(n + d + 1 + σ²), whatever Σ is.
            For a general prior w ~ N(0, Ψ) the optimum is ⟨K Σ yᵢxᵢ, x⟩ with
            K = Ψ [(n+1)ΣΨ + (tr(ΣΨ) + σ²) I]⁻¹. For σ² > 0 and the ridge estimator ŵ = (XᵀX + σ²Ψ⁻¹)⁻¹Xᵀy, the mean
            of w given the prompt, K = E[ŵyᵀX] E[XᵀyyᵀX]⁻¹, and η = E[ŵᵀXᵀy] / E[yᵀXΣ⁻¹Xᵀy] where Ψ = Σ⁻¹.
Source      Mahankali, Hashimoto, Ma (2023), the theorem on non-isotropic covariates.
"""

from sympy import Identity, Inverse, Trace

from symicl.algebra import ClosedForm, covariance, inverse_letter, inverse_of, letter, symbol_letter
from symicl.models import LinearSelfAttention
from symicl.proofs.mahankali2023.paper import PAPER
from symicl.proofs.mahankali2023.parts.ridge import (
    matrix_of_expectations,
    posterior_mean,
    ratio_of_expectations,
)
from symicl.statements import (
    EveryMinimiser,
    GlobalMinimum,
    Theorem,
    certify,
    minimal_value,
    minimise_over_weights,
    same_optimum,
    solution_ratio,
    solve,
)
from symicl.tasks import D, LinearRegression
from symicl.theory import expected_loss, minimise_over_features
from symicl.typeset import Equation

Sigma, Psi = covariance("Sigma", D), covariance("Psi", D)
task, model = LinearRegression(covariate_cov=Sigma, task_cov=Inverse(Sigma)), LinearSelfAttention()
general = LinearRegression(covariate_cov=Sigma, task_cov=Psi)
n, d, sigma2 = task.n, task.d, task.noise
eta = 1 / (n + d + 1 + sigma2)
general_K = Psi * Inverse((n + 1) * Sigma * Psi + (Trace(Sigma * Psi) + sigma2) * Identity(d))

theorem = Theorem(
    id="mahankali2023.preconditioned",
    title=r"With covariance $\Sigma$ the optimum is one step of preconditioned gradient descent",
    paper=PAPER,
    source="theorem on non-isotropic covariates",
    assumptions=(
        r"covariates $x\sim N(0,\Sigma)$ with $\Sigma\succ0$, task $w\sim N(0,\Sigma^{-1})$, noise "
        r"$\varepsilon\sim N(0,\sigma^{2})$, all independent",
        r"$n\ge1$ context tokens, $d\ge1$; for the general prior $w\sim N(0,\Psi)$ with $\Psi\succ0$",
        "one layer of linear self-attention, all weights free, no softmax",
    ),
    task=task,
    model=model,
    states={
        "eta": eta,
        "preconditioner": eta * Inverse(Sigma),
        "loss": sigma2 + d * (d + 1 + sigma2) / (n + d + 1 + sigma2),
    },
    propositions=(
        GlobalMinimum("loss"),
        EveryMinimiser(eta * task.x.T * Inverse(Sigma) * task.X.T * task.y),
    ),
    corollaries={
        "ratio_of_expectations": eta,
        "isotropic_preconditioner": eta * Identity(d),
        "general_preconditioner": general_K,
        "general_loss": sigma2 + Trace(Sigma * Psi) - n * Trace(Sigma * general_K * Sigma * Psi),
    },
    settings=dict.fromkeys(("general_preconditioner", "general_loss"), (model, general)),
    notation={
        "eta": r"\eta",
        "preconditioner": "K^{*}",
        "loss": "L^{*}",
        "ratio_of_expectations": r"\frac{\mathbb{E}[\hat{w}^{\top}X^{\top}y]}"
        r"{\mathbb{E}[y^{\top}X\Sigma^{-1}X^{\top}y]}",
        "isotropic_preconditioner": r"\Sigma=I:\quad K^{*}",
        "general_preconditioner": r"w\sim N(0,\Psi):\quad K^{*}",
        "general_loss": r"w\sim N(0,\Psi):\quad L^{*}",
    },
    where={
        r"\Psi": "is the covariance of the task in the general prior",
        "K^{*}": r"is the matrix of the optimal prediction $x^{\top}K^{*}X^{\top}y$",
        r"\eta": r"is the step size, $K^{*}=\eta\Sigma^{-1}$",
    },
)


@theorem.derivation
def derive(step):
    step.axiom("Stein's identity for centred Gaussians")
    step.axiom("covariates, task and noise are independent")
    step.axiom(r"$\Sigma\succ0$ is invertible and has a symmetric square root")

    optimum = minimise_over_weights(step, model, task)
    loss = optimum.loss

    preconditioner = solution_ratio(optimum)
    S = symbol_letter(Sigma)
    rate = (preconditioner @ ClosedForm.of(S)).scalar_multiple_of_identity()
    step.show("The optimal coefficient is a multiple of the inverse covariance", Equation(r"\eta", rate))
    value = minimal_value(step, optimum)
    ratio = ratio_of_expectations(step, posterior_mean(step, task), Inverse(Sigma), rate)

    second_proof(step, loss, preconditioner, value)

    at_identity = preconditioner.substitute({S: ClosedForm.identity(preconditioner.rows)})

    step("Variants of the model that change nothing", where={"b": r"$\in\mathbb{R}^{d}$ is trainable"})
    same_optimum(
        step, "the query token attends to itself", LinearSelfAttention(query_in_context=True), task, optimum
    )
    same_optimum(
        step, "a trainable term $b^{\\top}x$ is added", LinearSelfAttention(skip=True), task, optimum
    )

    general_optimum = general_prior(step)

    return {
        "eta": rate,
        "preconditioner": preconditioner,
        "loss": value,
        "ratio_of_expectations": ratio,
        "isotropic_preconditioner": at_identity,
        "general_preconditioner": general_optimum.solution,
        "general_loss": general_optimum.closed_form,
    }


def second_proof(step, loss, preconditioner, value):
    """By congruence: with x = Σ^½x′, w = Σ^-½w′ the loss is the isotropic one at transformed parameters."""
    isotropic = expected_loss(model, LinearRegression())
    dim = loss.parameters["w"].heights[0]
    root = ClosedForm.of(letter("symmetric square root of Sigma", dim, dim, symmetric=True))
    (a,), _ = isotropic.parameters["w"].grid
    (B, _), (g, _) = isotropic.parameters["M"].grid
    transformed = {
        min(a.letters()): root @ a,
        min(B.letters()): root @ B @ root,
        min(g.letters()): root @ g.T,
    }
    step(
        "A second proof, by whitening",
        where={"S": r"$=\Sigma^{1/2}$ is the symmetric square root"},
        note=r"The loss at $(a,c,B,g)$ is the isotropic loss at $(Sa,c,SBS,Sg)$.",
    )
    step.check(
        r"the two losses agree with $\Sigma=S^{2}$",
        loss.closed_form.substitute({symbol_letter(Sigma): root @ root}),
        isotropic.closed_form.substitute(transformed),
    )
    optimum, S = minimise_over_features(isotropic), symbol_letter(Sigma)
    squared = {S: root @ root, inverse_letter(S): inverse_of(root) @ inverse_of(root)}
    step.check(
        r"the optimal coefficient is carried along: $SK^{*}S$ is that of isotropic data",
        root @ preconditioner.substitute(squared) @ root,
        solution_ratio(optimum),
    )
    step.check("and the minimal loss is the same", value, optimum.closed_form)


def general_prior(step):
    """w ~ N(0, Ψ): the same normal equation, with Ψ in place of Σ⁻¹."""
    step.show(
        r"The general prior $w\sim N(0,\Psi)$: from here on $L$, $L^{*}$ and $K^{*}$ are those of this law of the task",
    )
    weights, prompt = model.symbolic_weights(**model.sizes_on(general)), general.prompt()
    step.check(
        "the weights enter through the same effective parameters",
        model.forward(weights, prompt).single().trace(),
        model.predict(model.effective(weights), prompt).single().trace(),
    )
    optimum = solve(step, expected_loss(model, general))
    certify(step, optimum)
    minimal_value(step, optimum)
    matrix_of_expectations(step, posterior_mean(step, general), optimum)
    return optimum
