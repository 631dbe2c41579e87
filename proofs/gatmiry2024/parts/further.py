"""Beyond two passes with numbers for steps: more passes, sizes that grow together, and matrices."""

from symicl.algebra import closed_form, covariance, limit_at_infinity, read_form, scalar_letter
from symicl.proofs.ahn2023.parts.numbers import layers
from symicl.proofs.gatmiry2024.setting import best_at
from symicl.tasks import LinearRegression
from symicl.theory import depth


def best(values, digits=17):
    """The least excess and the step that has it, at numbers and for any number of layers."""
    return best_at(depth(LinearRegression(noise=0), int(values[layers]), tied=True), values, digits)


def in_the_long_run(step, task, c):
    """Where d/n → c, one to three free layers leave cᴸ/(1 + c + … + cᴸ) of the prior variance."""
    n, d = task.n, task.d
    step(
        "As $n$ and $d$ grow together, each free layer counts for one power of $c$",
        r"d=cn,\quad n\to\infty",
        where={
            "L_1^{*},L_3^{*}": "are the least losses of one and of three layers with a step of their own each"
        },
    )
    ratio, total = read_form(c), closed_form(1)
    for count in (1, 2, 3):
        total = total + ratio**count
        least = depth(task, count).closed_form.substitute({scalar_letter(d): ratio * read_form(n)})
        step.check(
            rf"$L_{count}^{{*}}/d\to c^{count}/(1+\dots+c^{count})$, of {count} with a step each",
            limit_at_infinity(least / (ratio * read_form(n)), n),
            ratio**count / total,
        )


def among_matrices(step, task):
    """The gradients by both matrices at η₁Σ⁻¹, η₂Σ⁻¹ are the derivatives by η₁, η₂ over d, times Σ."""
    d = task.d
    Sigma = covariance("Sigma", d)
    whitened = LinearRegression(covariate_cov=Sigma, task_cov=Sigma.inv(), noise=0)
    found = depth(whitened, 2, preconditioner=Sigma.inv()).matrix_steps()
    step(
        r"For $x\sim N(0,\Sigma)$, $w\sim N(0,\Sigma^{-1})$ a step is a matrix; here at $\eta_1\Sigma^{-1}$ and "
        r"$\eta_2\Sigma^{-1}$",
        where={
            r"\Sigma": "is a covariance",
            r"\eta_1,\eta_2": "are any numbers, equal ones in a loop",
        },
        note="Among matrices they are stationary wherever the numbers are; a minimum is not claimed.",
    )
    for k, (slope, along) in enumerate(zip(found.gradients, found.slopes, strict=True), 1):
        step.check(
            rf"the gradient by the matrix of step {k} is the derivative by $\eta_{k}$, over $d$, times $\Sigma$",
            slope,
            read_form(Sigma) * (along / read_form(d)),
        )
