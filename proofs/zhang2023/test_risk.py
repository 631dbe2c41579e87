"""The risk of trained linear attention on prompts of another length and covariance, and how loose its bound is.

Setting     Trained on n tokens of covariance Λ, so that f = xᵀΓ⁻¹Xᵀy/m on the m tokens of a test prompt of one task w.
Statement   The risk at w is (1/m) tr(Σ_w Γ⁻²Λ) + n⁻²[wᵀΓ⁻²Λ³w + 2 tr Λ wᵀΓ⁻²Λ²w + (tr Λ)² wᵀΓ⁻²Λw] with
            Σ_w = ΛwwᵀΛ + (wᵀΛw)Λ. Averaged over w ~ N(0, I) it is at most
            (d + 1) tr Λ/m + ((2d + 1) tr Λ + (tr Λ)² tr Λ⁻¹)/n², which is at most the published bound
            (d + 1) tr Λ/m + (1 + 2d + κd²) tr Λ/n², κ the condition number of Λ. At Λ = I both bounds are
            (1 + (d + 1)/n)² times the risk, exactly.
Source      Zhang, Frei, Bartlett (2023), the risk of the limit on test prompts and its corollary, cited by content.
"""

from sympy import Identity, Inverse, Trace

from symicl.algebra import closed_form, covariance, dims, gaussian, limit_at_infinity, read_form, vector
from symicl.proofs.zhang2023.paper import PAPER
from symicl.proofs.zhang2023.setting import ASSUMPTIONS, Gamma_inverse, Lambda, d, model, n, task
from symicl.statements import Inequality, Theorem, minimise_over_weights
from symicl.tasks import D, GaussianRegression, LinearRegression
from symicl.theory import expected_loss, minimise_over_features, trace_square
from symicl.typeset import Equation

m, w, Omega = dims("M"), vector("v", D), covariance("Omega", D)


def of_one_task(law):
    """Prompts of m tokens of a covariance, all of the task w."""
    X, x = gaussian("X", (m, d), col_cov=law), gaussian("x", (d, 1), row_cov=law)
    return GaussianRegression(X, x, responses=X * w, response=w.T * x)


test = of_one_task(Lambda)
total = Trace(Lambda)


def spread(law):
    """Σ_w of tokens of a covariance."""
    return law * w * w.T * law + Trace(w.T * law * w) * law


def direct(G, law):
    """Variance over the tokens, and the square of what is missed."""
    missed = (Identity(d) - G * law) * w
    return Trace(spread(law) * G * law * G) / m + Trace(missed.T * law * missed)


def published(G, L):
    """The form of the paper."""
    square = Trace(w.T * G**2 * L**3 * w) + 2 * Trace(L) * Trace(w.T * G**2 * L**2 * w)
    return Trace(spread(L) * G**2 * L) / m + (square + Trace(L) ** 2 * Trace(w.T * G**2 * L * w)) / n**2


theorem = Theorem(
    id="zhang2023.test_risk",
    title="The risk of trained attention on test prompts",
    paper=PAPER,
    source="the risk of the limit on test prompts, and its corollary",
    assumptions=(*ASSUMPTIONS, r"test prompts of $M$ tokens of covariance $\Lambda$, of one task $v$"),
    task=task,
    model=model,
    states={"risk": direct(Gamma_inverse, Lambda)},
    propositions=(
        Inequality(
            "average", (d + 1) * total / m + ((2 * d + 1) * total + total**2 * Trace(Inverse(Lambda))) / n**2
        ),
    ),
    corollaries={
        "shifted": direct(Gamma_inverse, Omega),
        "average": Trace((Lambda + total * Identity(d)) * Lambda * Gamma_inverse * Lambda * Gamma_inverse) / m
        + Trace((Identity(d) - Lambda * Gamma_inverse) * Lambda * (Identity(d) - Gamma_inverse * Lambda)),
        "isotropic": d * (d + 1) * (n**2 + m * (d + 1)) / (m * (n + d + 1) ** 2),
        "many_test_tokens": d * (d + 1) ** 2 / (n + d + 1) ** 2,
        "bound_over_risk": (1 + (d + 1) / n) ** 2,
    },
    notation={
        "risk": r"R",
        "shifted": r"\text{tokens of covariance }\Omega\text{ at the test:}\quad R",
        "average": r"\bar{R}",
        "isotropic": r"\Lambda=I:\quad\bar{R}",
        "many_test_tokens": r"\Lambda=I:\quad\lim_{M\to\infty}\bar{R}",
        "bound_over_risk": r"\Lambda=I:\quad\text{the published bound over }\bar{R}",
    },
    inputs={"n": n, "m": m, "d": d, "Lambda": Lambda, "w": w},
    where={
        "R": "is the risk at the task $v$, of the weights that are best in pretraining",
        r"\Gamma": r"$=\frac{n+1}{n}\Lambda+\frac{\operatorname{tr}\Lambda}{n}I$ is the matrix of the paper",
        "M": "is the number of tokens of a test prompt",
        "v": "is its task",
        r"\Omega": "is another covariance, of the tokens of a test prompt",
        r"\bar{R}": r"is the mean of the risk over tasks $v\sim N(0,I)$",
    },
)


@theorem.derivation
def derive(step):
    step.axiom("Stein's identity for centred Gaussians")
    step.axiom("covariates and task are independent")
    step.axiom(r"$\Lambda\succ0$ is invertible")
    optimum = minimise_over_weights(step, model, task)
    risk = optimum.under(test).closed_form
    shifted = optimum.under(of_one_task(Omega)).closed_form
    average = optimum.under(LinearRegression(covariate_cov=Lambda, noise=0, n=m)).closed_form
    step.show(
        "The forward pass at weights that attain the optimum, on prompts of another law",
        Equation(r"R", risk),
        Equation("R", risk),
    )
    step.check(
        r"it is the published form, by $I-\Gamma^{-1}\Lambda=\Gamma^{-1}(\Lambda+\operatorname{tr}\Lambda\,I)/n$",
        risk - read_form(published((optimum.solution * read_form(n)).expr, Lambda)),
    )
    L, N, M = (read_form(letter) for letter in (Lambda, n, m))
    bound = read_form((d + 1) / m + (2 * d + 1) / n**2) * L.trace()
    bound = bound + L.trace() ** 2 * read_form(Trace(Inverse(Lambda))) * (1 / N**2)
    claim = r"the mean risk is at most $(d+1)\operatorname{tr}\Lambda/M+\dots$ of the statement"
    step.conclude(Inequality(average, bound), *slack(optimum.solution * N, L, N, M), claim=claim)
    plain = minimise_over_features(expected_loss(model, LinearRegression(noise=0)))
    isotropic = plain.under(LinearRegression(noise=0, n=m)).closed_form
    largest = read_form((d + 1) * d / m + (1 + 2 * d + d**2) * d / n**2)
    step.show(
        r"At $\Lambda=I$, where the condition number is $1$, the published bound over the risk",
        Equation(r"\bar{R}", isotropic),
        largest / isotropic,
    )
    return {
        "risk": risk,
        "shifted": shifted,
        "average": average,
        "isotropic": isotropic,
        "many_test_tokens": limit_at_infinity(isotropic, m),
        "bound_over_risk": largest / isotropic,
    }


def slack(G, L, N, M):
    """The bound less the mean risk: Γ² − Λ² has no negative part, next to Λ, I and Λ⁻¹."""
    trace, inverse = L.trace(), read_form(Inverse(Lambda))
    a, b = (N + 1) / N, trace / N
    for left, weight in (
        (L, 1 / M + 1 / N**2),
        (None, trace * (1 / M + closed_form(2) / N**2)),
        (inverse, trace * trace / N**2),
    ):
        yield trace_square(G @ L, left) * (weight * (a * a - 1))
        yield trace_square(G, left, L) * (weight * a * b * 2)
        yield trace_square(G, left) * (weight * b * b)
