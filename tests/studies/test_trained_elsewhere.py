"""Trained weights on prompts of another law: lengths, covariances, noise; against derived and stated losses."""

import numpy as np
import pytest

import symicl as si

pytest.importorskip("torch")

TASK = si.LinearRegression()
n, d, s = TASK.n, TASK.d, TASK.noise
M = si.dims("M")
OPTIMUM = si.minimise(si.expected_loss(si.OneStepGD(), TASK))
NUMBERS = {"d": 2, "sigma2": "1/2"}
FAR = OPTIMUM.under(si.LinearRegression(n=M)).expr.subs(n, 5).subs(M, n)
"""The loss of the optimal weights for 5 examples, on prompts of n examples."""


@pytest.fixture(scope="module")
def run():
    found = si.train(
        si.OneStepGD(), TASK.at(n=5, **NUMBERS), steps=30, batch=32, progress=False, minimum=OPTIMUM.value
    )
    assert found.verdict == "confirmed"
    return found


def test_another_length(run):
    elsewhere = run.under(TASK.at(n=15, **NUMBERS))
    assert elsewhere.verdict == "confirmed" and elsewhere.derived == FAR.subs({n: 15, d: 2, s: "1/2"})
    assert float(elsewhere.loss) == pytest.approx(float(elsewhere.derived), rel=1e-6)
    assert elsewhere.sampled.chance(float(elsewhere.loss)) > 1e-6
    # More examples, and a larger loss than at the length of training.
    assert elsewhere.loss > 2 * OPTIMUM.value.subs({n: 5, d: 2, s: "1/2"})


def test_a_stated_loss_is_confirmed_and_one_near_it_refuted(run):
    at = TASK.at(n=15, **NUMBERS)
    assert run.under(at, loss=FAR).verdict == "confirmed"
    for wrong in (FAR * 1.000001, FAR.subs(n, n + 1), OPTIMUM.value, 3):
        found = run.under(at, loss=wrong)
        assert found.verdict == "contradicted" and "refuted by the derivation" in found.reason


def test_another_covariance(run):
    H = si.covariance("H", d)
    elsewhere = run.under(si.LinearRegression(covariate_cov=H).at(n=5, d=2, sigma2=1, H=[[2, 1], [1, 3]]))
    exact = OPTIMUM.under(si.LinearRegression(covariate_cov=H, noise=si.scalar("tau", nonnegative=True)))
    assert elsewhere.derived == exact.at(n=5, H=[[2, 1], [1, 3]], tau=1, **NUMBERS)
    assert elsewhere.verdict == "confirmed"


def test_weights_that_have_not_arrived_confirm_nothing():
    early = si.train(si.OneStepGD(), TASK.at(n=5, **NUMBERS), steps=1, batch=4, lr=1e-4, progress=False)
    assert early.verdict != "reached"
    found = early.under(TASK.at(n=15, **NUMBERS))
    assert found.verdict == "inconclusive" and "has not reached the minimum" in found.reason


class Skewed(si.OneStepGD):
    """A pass that gives with arrays of more than 5 examples something else than with letters."""

    def forward(self, weights, prompt):
        out = super().forward(weights, prompt)
        return out * 2 if getattr(prompt.covariates, "shape", (0, 0))[-2] > 5 else out


def test_a_forward_pass_that_differs_under_the_other_law_is_contradicted():
    at = TASK.at(n=5, **NUMBERS)
    found = si.train(
        Skewed(), at, steps=30, batch=32, progress=False, minimum=OPTIMUM.value, method="population"
    )
    elsewhere = found.under(TASK.at(n=15, **NUMBERS))
    assert elsewhere.verdict == "contradicted" and "on fresh prompts of the other law" in elsewhere.reason


def test_several_responses():
    m = si.dims("m")
    X, x, W = si.gaussian("X", (n, d)), si.gaussian("x", d), si.gaussian("W", (m, d))
    task = si.GaussianRegression(X, x, responses=X * W.T, response=W * x)
    least = si.minimise(si.expected_loss(si.OneStepGD(), task)).value
    found = si.train(
        si.OneStepGD(), task.at(n=4, d=2, m=3), steps=30, batch=32, progress=False, minimum=least
    ).under(task.at(n=9, d=2, m=2))  # the weights know no number of responses
    assert found.verdict == "confirmed" and np.isfinite(float(found.loss))


@pytest.mark.parametrize(
    ("task", "words"),
    [
        (TASK, "takes another law of prompts at numbers"),
        (TASK.at(n=4, d=3, sigma2=1), "was trained as a 2×2 matrix, and these prompts need 3×3"),
        (si.AutoregressiveTask().at(d=2, T=4), "takes another law of prompts"),
    ],
)
def test_what_does_not_fit_is_refused(run, task, words):
    with pytest.raises(si.InputError, match=words):
        run.under(task)


def test_a_loss_in_other_symbols_is_refused(run):
    with pytest.raises(si.InputError, match="depends on M"):
        run.under(TASK.at(n=15, **NUMBERS), loss=FAR + M)
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(run.under(TASK.at(n=15, **NUMBERS)))
