"""No single head has an even part that comes nearer to β*ᵀx than ‖β*‖²_H/(n+1), whatever d, n, Ψ and σ are."""

from fractions import Fraction

from symicl.algebra import ONE, ClosedForm, letter, letter_of, read_form, stationary_point, symbol_letter
from symicl.expectation import expect_form
from symicl.proofs.zhang2024.lsa.parity import X, beta, per_token, r
from symicl.proofs.zhang2024.setting import H, n, sigma2, task
from symicl.typeset import Equation

Hm, N, variance = read_form(H), read_form(n), read_form(sigma2)
b2 = (beta.T @ Hm @ beta).trace()


def inner(u, v):
    """⟨u, v⟩ = uᵀHv."""
    return (u.T @ Hm @ v).trace()


def universal_bound(step, split) -> ClosedForm:
    """min over t of ((‖β*‖² − t)² + t²/n)/‖β*‖², by four inequalities."""
    dim = Hm.rows
    p, theta = (ClosedForm.of(letter(name, dim, ONE)) for name in ("projected B", "task minus mean"))
    a, gamma = split.a, ClosedForm.of(letter("projected scale", ONE, ONE))
    project_on_the_prior_mean(step, split, p, gamma)
    quadratic_form_in_gaussians(step, a, p, gamma, theta)
    variance_controls_the_mean(step, a, p, gamma, theta)
    return best_mean(step)


def project_on_the_prior_mean(step, split, p, gamma):
    """By Cauchy-Schwarz only the component along β* is needed."""
    error = beta * N - split.B.T @ X.T @ X @ split.a - split.g * (split.c * (r.T @ r).trace())
    step(
        r"Lower bound, first step: keep the component along $\beta^{*}$",
        r"\mathbb{E}\lVert v\rVert_H^{2}\ge\frac{\mathbb{E}\langle\beta^{*},v\rangle_H^{2}}{\lVert\beta^{*}"
        r"\rVert_H^{2}},"
        r"\qquad \mathcal{E}=\mathbb{E}\lVert v\rVert_H^{2}",
        where={
            "v": r"$=\beta^{*}-\tfrac1n(B^{\top}X^{\top}Xa+c\,r^{\top}r\,g)$",
            "p": r"$=BH\beta^{*}$",
            r"\gamma": r"$=c\,g^{\top}H\beta^{*}$",
        },
        note="$\\mathcal{E}$ is that of {step:parity}.",
    )
    step.axiom(
        r"Cauchy-Schwarz: $\langle\beta^{*},v\rangle_H^{2}\le\lVert\beta^{*}\rVert_H^{2}\lVert v\rVert_H^{2}$"
    )
    step.check(
        r"the error of the even part is $\mathbb{E}\lVert v\rVert_H^{2}$",
        task.expectation((error.T @ Hm @ error).trace() * per_token * per_token),
        split.even_risk,
    )
    p_letter, gamma_letter = letter_of(p), letter_of(gamma)
    along = b2 * N - (p.T @ X.T @ X @ split.a).trace() - gamma * (r.T @ r).trace()
    meaning = {
        p_letter: split.B @ Hm @ beta,
        gamma_letter: split.c * inner(split.g, beta),
    }
    step.check(
        r"$n\langle\beta^{*},v\rangle_H=n\lVert\beta^{*}\rVert_H^{2}-p^{\top}X^{\top}Xa-\gamma\,r^{\top}r$",
        (beta.T @ Hm @ error).trace(),
        along.substitute(meaning),
    )


def moments(a, p, gamma, theta):
    """t = E q/n and m with Var q = 2n·m, for q = pᵀXᵀXa + γ rᵀr at a fixed task β* + θ."""
    s = inner(theta, theta) + variance
    t = inner(p, a) + gamma * s
    m = (
        (inner(p, a) * inner(p, a) + inner(p, p) * inner(a, a)) * Fraction(1, 2)
        + gamma * inner(p, theta) * inner(a, theta) * 2
        + gamma * gamma * s * s
    )
    return s, t, m


def quadratic_form_in_gaussians(step, a, p, gamma, theta):
    """Given the task, the component along β* is a quadratic form in Gaussians."""
    _, t, m = moments(a, p, gamma, theta)
    level = ClosedForm.of(letter("level", ONE, ONE))
    noises = read_form(task.noises)
    residual = X @ theta + noises
    form = (p.T @ X.T @ X @ a).trace() + gamma * (r.T @ r).trace()
    form = form.substitute({symbol_letter(task.r): residual})
    error = level - form * per_token
    covariates, _, _, noise, _ = task.laws[0]
    step(
        r"Second step: given the task $\beta^{*}+\xi$ this is a quadratic form in Gaussians",
        r"\mathbb{E}\big[(h-\tfrac1nq)^{2}\,\big|\,\xi\big]=(h-t)^{2}+\tfrac2n\,m,\qquad "
        r"q=p^{\top}X^{\top}Xa+\gamma\,r^{\top}r",
        r"t=\langle p,a\rangle_H+\gamma s,\qquad m=\tfrac12\langle p,a\rangle_H^{2}+\tfrac12\lVert p\rVert_H^{2}"
        r"\lVert a\rVert_H^{2}+2\gamma\langle p,\xi\rangle_H\langle a,\xi\rangle_H+\gamma^{2}s^{2},\qquad "
        r"s=\lVert\xi\rVert_H^{2}+\sigma^{2}",
        where={
            r"\xi": r"$=w-\beta^{*}$ from here on to the end of the lower bound",
            "h": "is any number, later $\\lVert\\beta^{*}\\rVert_H^{2}$",
        },
    )
    step.check(
        r"the conditional second moment of $h-q/n$, for every $h$, $a$, $p$, $\gamma$ and $\xi$",
        expect_form(error * error, [covariates, noise]),
        (level - t) * (level - t) + m * 2 * per_token,
    )


def variance_controls_the_mean(step, a, p, gamma, theta):
    """2m ≥ t²: an exact sum of squares."""
    s, t, m = moments(a, p, gamma, theta)
    reflected = p * s - theta * (inner(p, theta) * 2)
    rest = a * inner(p, p) - reflected * gamma
    step(
        r"Third step: the variance controls the mean, $2m\ge t^{2}$",
        r"\lVert p\rVert_H^{2}\,(2m-t^{2})=\big\lVert\,\lVert p\rVert_H^{2}\,a-\gamma\,(s\,p-2\langle "
        r"p,\xi\rangle_H\,"
        r"\xi)\big\rVert_H^{2}+4\gamma^{2}\sigma^{2}\langle p,\xi\rangle_H^{2}\;\ge0",
        note=r"Where $p=0$, $2m-t^{2}=\gamma^{2}s^{2}\ge0$ directly.",
    )
    step.check(
        "this sum of squares, for all vectors and scalars",
        inner(p, p) * (m * 2 - t * t),
        inner(rest, rest) + gamma * gamma * variance * inner(p, theta) * inner(p, theta) * 4,
    )
    nothing = {letter_of(p): ClosedForm.zero(p.rows, ONE)}
    step.check(
        r"$2m-t^{2}=\gamma^{2}s^{2}$ where $p=0$", (m * 2 - t * t).substitute(nothing), gamma * gamma * s * s
    )


def best_mean(step) -> ClosedForm:
    """min over t of (h − t)² + t²/n at h = ‖β*‖²_H, divided by ‖β*‖²_H."""
    norm, free = b2, letter("mean of the form", ONE, ONE)
    t = ClosedForm.of(free)
    objective = (norm - t) ** 2 + t**2 / read_form(n)
    at = stationary_point(objective, [free])
    best, minimum = at[free], objective.substitute(at)
    bound = minimum / norm
    step(
        r"Fourth step: the best mean $t$, and the average over the task",
        r"(h-t)^{2}+\tfrac2nm\ge(h-t)^{2}+\tfrac1nt^{2}\ge\frac{h^{2}}{n+1},\qquad h=\lVert\beta^{*}\rVert_H^{2}",
        Equation(
            r"\inf\mathcal{R}_{1}-\mathcal{R}^{*}\ge\frac{1}{h}\min_t\{(h-t)^{2}+\tfrac1nt^{2}\}", bound
        ),
    )
    step.check(
        r"$(h-t)^{2}+\frac1nt^{2}-\min=(1+\frac1n)(t-\frac{n}{n+1}h)^{2}$",
        objective - minimum,
        (t - best) ** 2 * (1 + per_token),
    )
    step.axiom("the expectation of a quantity that is never below a constant is not below it")
    return bound
