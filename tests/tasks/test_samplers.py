"""The sampler draws from the law that the symbols state.

Each statistic has a mean in closed form from the symbols and an average over draws. They must agree within 5
standard errors; for a right sampler one of the comparisons in this file would fail with probability about
3·10⁻⁵ for one seed, and the seed is fixed. Each statistic must also tell a wrong law from the right one.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from sympy.matrices.expressions import Trace

import symicl as si
from symicl.algebra import read_form
from symicl.numeric import evaluate, exact_matrix
from symicl.tasks import NumpyDraws

DRAWS, ERRORS = 60_000, 5.0
n, d = si.dims("n d")
Sigma, Psi, beta = si.covariance("Sigma", d), si.covariance("Psi", d), si.vector("beta", d)
sigma2 = si.scalar("sigma2", nonnegative=True)
A, B = si.matrix("A", (d, d)), si.matrix("B", (d, d))
NUMBERS = {A: exact_matrix([[1, 2], [-1, 3]]), B: exact_matrix([[2, 0], [1, -1]])}
a, b = (
    np.array([[float(Fraction(str(m[i, j]))) for j in range(2)] for i in range(2)]) for m in NUMBERS.values()
)

TASKS = {
    "isotropic": (si.LinearRegression(), {"n": 3, "d": 2, "sigma2": Fraction(1, 4)}),
    "general": (
        si.LinearRegression(Sigma, beta, Psi),
        {"n": 3, "sigma2": 2, "Sigma": [[2, 1], [1, 3]], "Psi": [[1, -1], [-1, 2]], "beta": [1, -2]},
    ),
    "inverse prior": (
        si.LinearRegression(Sigma, None, Sigma.inv()),
        {"n": 3, "sigma2": Fraction(1, 2), "Sigma": [[2, 1], [1, 3]]},
    ),
    "singular prior": (
        si.LinearRegression(task_cov=si.symmetric("Psi", d), noise=0),
        {"n": 3, "Psi": [[1, 2], [2, 4]]},
    ),
    "scaled": (
        si.LinearRegression(covariate_cov=2, task_cov=Fraction(1, 3), noise=sigma2 / 2),
        {"n": 3, "d": 2, "sigma2": 3},
    ),
    "retrieval": (
        si.RetrievalRegression(),
        {"n": 3, "d": 2, "alpha": Fraction(-2, 3), "sigma2": Fraction(1, 4)},
    ),
    "relu": (
        si.RotationInvariantRegression(si.find_neuron("relu")),
        {"n": 3, "d": 2, "sigma2": Fraction(1, 4)},
    ),
    "cubic": (si.RotationInvariantRegression(si.find_neuron("cubic")), {"n": 3, "d": 2, "sigma2": 1}),
    "abs": (si.RotationInvariantRegression(si.find_neuron("abs")), {"n": 3, "d": 2, "sigma2": 0}),
    "leaky relu": (
        si.RotationInvariantRegression(si.find_neuron("leaky_relu")),
        {"n": 3, "d": 2, "sigma2": 2},
    ),
}


def _quadratic(left, matrix, right):
    return np.einsum("zij,jk,zlk->zil", left, matrix, right)


def _traces(batch):
    return np.einsum("zii->z", batch)


# name: (closed form in the task's symbols, average over draws)
STATISTICS = {
    "covariates": (
        lambda t, y0: read_form(Trace(t.X * A * t.X.T)),
        lambda X, y, x, t: _traces(_quadratic(X, a, X)),
    ),
    "covariates, fourth": (
        lambda t, y0: read_form(Trace(t.X * A * t.X.T * t.X * B * t.X.T)),
        lambda X, y, x, t: _traces(_quadratic(X, a, X) @ _quadratic(X, b, X)),
    ),
    "query": (
        lambda t, y0: read_form(Trace(t.x.T * A * t.x)),
        lambda X, y, x, t: _quadratic(x.mT, a, x.mT)[:, 0, 0],
    ),
    "responses": (lambda t, y0: read_form(Trace(t.y.T * t.y)), lambda X, y, x, t: (y.mT @ y)[:, 0, 0]),
    "target": (lambda t, y0: y0 * y0, lambda X, y, x, t: t[:, 0, 0] ** 2),
    "gradient": (
        lambda t, y0: read_form(Trace(t.y.T * t.X * A * t.X.T * t.y)),
        lambda X, y, x, t: _quadratic(y.mT @ X, a, y.mT @ X)[:, 0, 0],
    ),
    "one step and target": (
        lambda t, y0: read_form(Trace(t.y.T * t.X * B * t.x)) * y0,
        lambda X, y, x, t: (y.mT @ X @ b @ x)[:, 0, 0] * t[:, 0, 0],
    ),
    "responses and target": (
        lambda t, y0: read_form(Trace(t.y.T * t.y)) * y0 * y0,
        lambda X, y, x, t: (y.mT @ y)[:, 0, 0] * t[:, 0, 0] ** 2,
    ),
}


def drawn(name: str, seed: int = 1, **changes):
    task, numbers = TASKS[name]
    values = task.at(**(numbers | changes)).values
    sample = task.sample(values, DRAWS, NumpyDraws(seed))
    return sample.prompt.covariates, sample.prompt.responses, sample.prompt.query, sample.target


def stated(name: str, statistic: str) -> float:
    task, numbers = TASKS[name]
    polynomial = STATISTICS[statistic][0](task, task.target())
    return float(evaluate(task.expectation(polynomial).expr, task.at(**numbers).values | NUMBERS))


def deviation(average: np.ndarray, mean: float) -> float:
    """How many standard errors the average is away from the mean."""
    return abs(average.mean() - mean) / (average.std() / DRAWS**0.5)


@pytest.mark.parametrize("name", TASKS)
def test_the_sampler_has_the_stated_moments(name):
    sample = drawn(name)
    for statistic, (_, average) in STATISTICS.items():
        assert deviation(average(*sample), stated(name, statistic)) < ERRORS, statistic


WRONG = {
    "covariates": {"Sigma": [[2, 1], [1, 2]]},
    "covariates, fourth": {"Sigma": [[2, 1], [1, 2]]},
    "query": {"Sigma": [[2, 1], [1, 2]]},
    "responses": {"beta": [1, -1]},
    "target": {"Psi": [[1, 0], [0, 2]]},
    "gradient": {"sigma2": 10},
    "one step and target": {"Psi": [[1, 1], [1, 2]]},
    "responses and target": {"beta": [-1, -2]},
}
"""Of the general linear regression."""


@pytest.mark.parametrize("statistic", STATISTICS)
def test_a_wrong_law_is_told_apart(statistic):
    sample = drawn("general", **WRONG[statistic])
    assert deviation(STATISTICS[statistic][1](*sample), stated("general", statistic)) > ERRORS


@pytest.mark.parametrize("statistic", ["covariates, fourth", "gradient", "one step and target"])
def test_another_correlation_with_the_query_is_told_apart(statistic):
    sample = drawn("retrieval", alpha=Fraction(1, 3))
    assert deviation(STATISTICS[statistic][1](*sample), stated("retrieval", statistic)) > ERRORS


@pytest.mark.parametrize("name", TASKS)
def test_shapes_and_seeds(name):
    task, numbers = TASKS[name]
    values = task.at(**numbers).values
    first, again, other = (task.sample(values, 7, NumpyDraws(seed)) for seed in (3, 3, 4))
    prompt = first.prompt
    assert (prompt.covariates.shape, prompt.responses.shape) == ((7, 3, 2), (7, 3, 1))
    assert (prompt.query.shape, first.target.shape) == ((7, 2, 1), (7, 1, 1))
    assert np.array_equal(first.target, again.target) and not np.array_equal(first.target, other.target)


def test_responses_without_noise_follow_one_function():
    task = si.LinearRegression(noise=0)
    sample = task.sample(task.at(n=5, d=2).values, 4, NumpyDraws(0))
    for X, y, x, t in zip(
        sample.prompt.covariates, sample.prompt.responses, sample.prompt.query, sample.target, strict=True
    ):
        w = np.linalg.lstsq(X, y, rcond=None)[0]
        assert np.allclose(X @ w, y) and np.allclose(w.T @ x, t)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: si.RotationInvariantRegression().sample({}, 1, NumpyDraws(0)), "choose a neuron"),
        (lambda: si.LinearRegression().sample({}, 1, NumpyDraws(0)), "no value is given for n"),
        (lambda: si.LinearRegression(noise=-1), "≥ 0"),
        (lambda: si.LinearRegression(noise=si.scalar("t")), "≥ 0"),
        (lambda: si.LinearRegression(noise=0.5), "exact number"),
        (lambda: si.LinearRegression(noise="sigma2"), "exact number"),
        (lambda: si.LinearRegression(n=0), "size 0"),
        (lambda: si.LinearRegression(d=-1), "size -1"),
        (lambda: si.LinearRegression(covariate_cov=A), "not symmetric"),
        (lambda: si.LinearRegression(task_mean=[1, 2]), "d×1 matrix"),
        (lambda: si.LinearRegression(task_mean=A), "d×1"),
        (lambda: si.LinearRegression(task_mean=si.gaussian("m", d)), "another random matrix"),
        (lambda: si.find_neuron("sigmoid"), "choose one of relu"),
        (lambda: si.LinearRegression().at(n=2, d=2), "sigma2"),
        (lambda: si.RetrievalRegression(alpha=2), "between −1 and 1"),
        (
            lambda: si.RetrievalRegression().at(n=2, d=2, alpha="-5/4", sigma2=1),
            "α = -5/4 is not a correlation",
        ),
        (lambda: si.GaussianRegression(A, si.gaussian("x", d), responses=A, response=A), "X is A"),
    ],
)
def test_refused(call, words):
    with pytest.raises(si.InputError, match=words):
        call()


def test_without_noise_there_are_no_letters_of_it():
    clean = si.LinearRegression(noise=0)
    assert clean.random == (clean.X, clean.x, clean.w)
    assert not any("varepsilon" in str(line) for line in (*clean.setting().formulas, *clean.setting().where))
