"""Each law that a task can be given: derived, by both engines, and reached by the real model on samples."""

import pytest
import sympy
from sympy import OneMatrix

import symicl as si
from symicl.statements.entrywise_prompts import instances

n, d = si.dims("n d")
S, D, R, Lam = si.covariance("S", d), si.covariance("D", n), si.covariance("R", n), si.covariance("Lambda", d)
q, rho, kappa = (si.scalar(name, positive=True) for name in ("q", "rho", "kappa"))
mu, x, v = si.vector("mu", d), si.gaussian("x", d), si.gaussian("v", d)

OPTIONS = {
    "sphere": {"covariates": si.sphere("X", (n, d))},
    "entries": {"covariates": si.independent_entries("X", (n, d), fourth=kappa)},
    "elliptical": {"covariates": si.elliptical("X", (n, d), cov=S, fourth=q)},
    "heteroscedastic noise": {"noise": si.gaussian("epsilon", n, row_cov=D)},
    "test apart": {"covariate_cov": S, "test": si.gaussian("x", d, row_cov=Lam)},
    "covariate mean": {"covariates": si.gaussian("X", (n, d), mean=OneMatrix(n, 1) * mu.T)},
    "correlated rows": {
        "covariates": si.gaussian("X", (n, d), row_cov=R),
        "test": si.gaussian("x", d),
    },
    "task on the query": {"task": rho * x + v, "test": x},
    "task of signs": {"task": si.rademacher("w", d)},
}
NUMBERS = {
    "n": 3, "d": 2, "sigma2": "1/4", "kappa": 2, "q": "5/4", "rho": "1/2", "mu": [[1], ["1/2"]],
    "S": [[2, 1], [1, 3]], "Lambda": [[1, 0], [0, 3]], "D": [[1, 0, 0], [0, 2, 0], [0, 0, 3]],
    "R": [[2, 1, 0], [1, 2, 1], [0, 1, 2]],
}  # fmt: skip


def task_of(name):
    if name == "tokens leaning on the query":
        return si.RetrievalRegression()
    return si.LinearRegression(**OPTIONS[name])


NAMES = [*OPTIONS, "tokens leaning on the query"]


def numbers_of(task):
    known = {**NUMBERS, "alpha": "1/2"}
    return {name: known[name] for name in task.symbols()}


@pytest.mark.parametrize("name", NAMES)
def test_both_engines_agree_on_its_loss(name):
    found = list(instances(task_of(name), si.OneStepGD()))
    assert found and all(closed == value for _, _, closed, value in found)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_real_model_reaches_the_derived_optimum(name):
    """And is told apart from the step that is right for isotropic Gaussian tokens."""
    pytest.importorskip("torch")
    task = task_of(name)
    wrong = {"twice the step": 2 * si.minimise(si.expected_loss(si.OneStepGD(), task)).coefficient}
    experiment = si.Experiment(f"mine.{name.split()[0]}", task, si.OneStepGD(), numbers_of(task), wrong)
    found = experiment.run()
    assert found.verdict == "confirmed", found.reason


def test_remedies_are_named():
    cases = {
        "test=si.gaussian": {"covariates": si.gaussian("X", (n, d), row_cov=R)},
        "si.gaussian": {"covariates": S},
        "two laws of one thing": {"covariates": si.sphere("X", (n, d)), "covariate_cov": S},
        "has to be n×1": {"noise": si.rademacher("epsilon", d)},
    }
    for words, options in cases.items():
        with pytest.raises(si.InputError, match=words):
            si.LinearRegression(**options)
    uncut = si.LinearRegression(covariates=si.elliptical("X", (n, d)))
    with pytest.raises(si.UnsupportedError, match="fourth moment"):
        si.expected_loss(si.OneStepGD(), uncut)


def test_a_wrong_step_is_not_the_derived_one():
    optimum = si.minimise(si.expected_loss(si.OneStepGD(), task_of("elliptical")))
    gaussian = si.minimise(si.expected_loss(si.OneStepGD(), si.LinearRegression(covariate_cov=S)))
    assert optimum.solution != gaussian.solution
    assert sympy.simplify(optimum.value.subs(q, 1) - gaussian.value) == 0
