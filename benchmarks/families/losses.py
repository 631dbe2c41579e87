"""Losses of linear models in context: several independent Gaussians in one expression."""

from __future__ import annotations

from collections.abc import Callable

from families.task import Task


def one_step_loss() -> Callable[[], list]:
    """One gradient step of size η from zero; isotropic covariates and task, noise σ²."""
    import symicl as si
    from symicl import expect

    n, d = si.dims("n d")
    eta, sigma2 = si.scalar("eta"), si.scalar("sigma2", positive=True)
    X = si.gaussian("X", (n, d))
    w, query = si.gaussian("w", (d, 1)), si.gaussian("x", (d, 1))
    noise = si.gaussian("epsilon", (n, 1), col_cov=sigma2)
    error = w - eta * X.T * (X * w + noise)
    expression = error.T * query * query.T * error
    return lambda: [expect(expression)]


def gd_beta_risk() -> Callable[[], list]:
    """One step with matrix Γ from the start b; covariates N(0, H), task N(β, Ψ), noise σ²."""
    import symicl as si
    from symicl import expect

    n, d = si.dims("n d")
    H, Psi = si.covariance("H", d), si.covariance("Psi", d)
    Gamma, start, beta = si.matrix("Gamma", (d, d)), si.vector("b", d), si.vector("beta", d)
    rate, sigma2 = si.scalar("c"), si.scalar("sigma2", positive=True)
    X = si.gaussian("X", (n, d), col_cov=H)
    w = si.gaussian("w", (d, 1), mean=beta, row_cov=Psi)
    query = si.gaussian("x", (d, 1), row_cov=H)
    noise = si.gaussian("epsilon", (n, 1), col_cov=sigma2)
    error = w - start - rate * Gamma * X.T * (X * w + noise - X * start)
    expression = error.T * query * query.T * error
    return lambda: [expect(expression)]


def attention_loss() -> Callable[[], list]:
    """Linear self-attention over all its parameters; covariates N(0, H), task N(β, Ψ), noise σ²."""
    import symicl as si
    from symicl import LinearRegression, LinearSelfAttention, expected_loss

    _, d = si.dims("n d")
    H, Psi, beta = si.covariance("H", d), si.covariance("Psi", d), si.vector("beta_star", d)
    sigma2 = si.scalar("sigma2", positive=True)

    def work() -> list:
        task = LinearRegression(covariate_cov=H, task_mean=beta, task_cov=Psi, noise=sigma2)
        return [expected_loss(LinearSelfAttention(), task).expr]

    return work


def two_steps_risk() -> Callable[[], list]:
    """Excess risk of two gradient steps with matrices Γ₁ ≠ Γ₂; covariates N(0, H), task N(0, Ψ), noise σ²."""
    import symicl as si
    from symicl import expect

    n, d = si.dims("n d")
    H, Psi = si.covariance("H", d), si.covariance("Psi", d)
    Gamma1, Gamma2 = si.matrix("Gamma1", (d, d)), si.matrix("Gamma2", (d, d))
    sigma2 = si.scalar("sigma2", positive=True)
    X = si.gaussian("X", (n, d), col_cov=H)
    w = si.gaussian("w", (d, 1), row_cov=Psi)
    noise = si.gaussian("epsilon", (n, 1), col_cov=sigma2)
    y = X * w + noise
    first = Gamma1 * X.T * y
    second = first + Gamma2 * X.T * (y - X * first)
    error = w - second
    expression = error.T * H * error
    return lambda: [expect(expression)]


def scalar_steps_risk(count: int) -> Callable[[], list]:
    """Excess risk of gradient steps of sizes η₁, η₂, … from zero without noise; isotropic covariates and task."""
    import sympy

    import symicl as si
    from symicl import expect

    n, d = si.dims("n d")
    X, error = si.gaussian("X", (n, d)), si.gaussian("w", (d, 1))
    for eta in sympy.symbols(f"eta1:{count + 1}"):
        error = (sympy.Identity(d) - eta / n * X.T * X) * error
    expression = error.T * error
    return lambda: [expect(expression)]


TASKS = [
    Task(
        name="loss-one-step",
        title="loss of one GD step, x, w ~ N(0, I), noise",
        budget=0.05,
        symicl=one_step_loss,
        tensorgrad=("one_step_loss",),
    ),
    Task(
        name="loss-gd-beta",
        title="risk of GD-β, x ~ N(0, H), w ~ N(β, Ψ), start b, matrix Γ, noise",
        budget=0.05,
        symicl=gd_beta_risk,
        tensorgrad=("gd_beta_risk",),
    ),
    Task(
        name="loss-attention",
        title="loss of linear self-attention over all parameters, x ~ N(0, H), w ~ N(β, Ψ), noise",
        budget=0.3,
        symicl=attention_loss,
    ),
    Task(
        name="loss-two-steps",
        title="excess risk of two GD steps, Γ₁ ≠ Γ₂, x ~ N(0, H), w ~ N(0, Ψ), noise",
        budget=0.05,
        symicl=two_steps_risk,
    ),
    Task(
        name="scalar-steps-4",
        title="excess risk of 4 gradient steps of sizes η₁, …, η₄, x, w ~ N(0, I)",
        budget=0.02,
        symicl=lambda: scalar_steps_risk(4),
    ),
    Task(
        name="scalar-steps-6",
        title="excess risk of 6 gradient steps of sizes η₁, …, η₆, x, w ~ N(0, I)",
        budget=0.4,
        symicl=lambda: scalar_steps_risk(6),
    ),
]
