"""Sampled means between bounds: error bars, verdicts, and the Bayes risk."""

import dataclasses
import math

import numpy as np
import pytest

from symicl.errors import InputError
from symicl.numeric_checks.zhang2024 import bayes
from symicl.numeric_checks.zhang2024.bayes import experiment
from symicl.studies import INPUTS, Bound
from symicl.studies.kinds.estimate import Estimate
from symicl.studies.kinds.judging import judge
from symicl.studies.kinds.runner import Runner
from symicl.studies.regression.monte_carlo import Sampling

QUICK = dataclasses.replace(experiment, sizes=(2, 20), steps=4, seeds=(0,), trained=None)


def test_the_error_bar_covers_the_truth_as_often_as_it_should():
    rng = np.random.default_rng(0)
    within = 0
    for _ in range(400):
        estimate = Estimate.of(rng.standard_normal(500) * 3 + 1)
        within += abs(estimate.mean - 1) < 2 * estimate.error
    assert 0.93 < within / 400 <= 1


def test_heavy_tails_enlarge_the_error_bar():
    rng = np.random.default_rng(0)
    tame, heavy = rng.standard_normal(1000), rng.standard_t(3, 1000)
    plain = [x.std() / math.sqrt(len(x)) for x in (tame, heavy)]
    inflated = [Estimate.of(x).error for x in (tame, heavy)]
    assert 1 < inflated[0] / plain[0] < 1.1
    assert inflated[1] / plain[1] > inflated[0] / plain[0]


def test_an_exact_value_is_not_below_itself():
    assert Estimate(0.0, 0.0, 10).below(0.0) == 0


def test_a_constant_has_no_error_and_still_obeys_bounds():
    estimate = Estimate.of(np.full(10, 2.0))
    assert estimate.error == 0
    assert estimate.below(2.0) == 0
    assert Bound("", lambda values: 2.1, is_lower=True).violation(estimate, {}) > 100
    assert Bound("", lambda values: 2.1, is_lower=False).violation(estimate, {}) < -100


@pytest.fixture(scope="module")
def result():
    return QUICK.run()


def test_the_bounds_are_confirmed(result):
    assert result.verdict == "confirmed", result.reason
    assert {run.verdict for run in result.runs} == {"reached"}
    assert all(violation > 6 for violation in result.extra["wrong_bounds"].values())
    document = result.document()
    assert document["at"]["n"] == "20"
    assert {panel["title"] for panel in document["panels"]} == {
        "the inputs: excess of the Bayes risk over σ²",
        bayes.MANY_LENGTHS,
    }


def test_it_is_a_function_of_the_seed(result):
    again = QUICK.run()
    assert [run.excess_loss for run in again.runs] == [run.excess_loss for run in result.runs]
    other = QUICK.run(seeds=(3,))
    assert [run.excess_loss for run in other.runs] != [run.excess_loss for run in result.runs]


@pytest.mark.parametrize(
    ("family", "n", "ratio"),
    [
        ("φ = 1/20, σ² = 1, d = 5", 20, 1.053),
        (bayes.MANY_LENGTHS, 20, 4.00),
        ("φ = 1, σ² = 1/10, d = 5", 20, 33.1),
        ("φ = 1/20, σ² = 1, d = 20", 40, 1.21),
    ],
)
def test_known_ratios(family, n, ratio):
    sampling = Sampling(dataclasses.replace(QUICK, sizes=()), {}, 20_000)
    sampling.points = [point for point in sampling.points if point[:2] == (family, n)]
    sampling.sample(Runner(QUICK.id), 0)
    (found,) = sampling.found
    measured = bayes.gd_beta(found.values) / found.estimate.mean
    error = measured * found.estimate.error / found.estimate.mean
    assert abs(measured - ratio) < 6 * error + 0.5 * 10 ** -(len(str(ratio).split(".")[1]))


def test_the_mean_agrees_with_an_independent_integral_in_one_dimension():
    """d = 1: E[1/(1/φ + χ²_n/σ²)] by quadrature over the χ² density."""
    n, signal, noise = 6, 2.0, 0.5
    at = experiment.at({"n": n, "d": 1, "sigma2": "1/2", "H": [[2]], "Psi": [[1]]})
    estimate = Estimate.of(bayes.posterior_trace(at.values, 200_000, np.random.default_rng(0)))
    x = np.linspace(1e-9, 80, 400_001)
    density = x ** (n / 2 - 1) * np.exp(-x / 2) / (2 ** (n / 2) * math.gamma(n / 2))
    expected = np.trapezoid(density / (1 / signal + x / noise), x)
    assert abs(estimate.mean - expected) < 5 * estimate.error


@pytest.mark.parametrize("verdict", ["confirmed", "inconclusive", "contradicted"])
def test_the_trained_model_has_to_agree(result, verdict, monkeypatch):
    class Training:
        runs = ()
        interrupted = False
        reason = "what was trained"

    training = Training()
    training.verdict = verdict
    monkeypatch.setattr(type(experiment.trained), "run_by", lambda self, *_, **__: training)
    sampling = Sampling(dataclasses.replace(QUICK, trained=experiment.trained), {}, 4000)
    sampling.measure(Runner(QUICK.id), [0])
    found, reason = judge(sampling.grounds())
    assert found == verdict
    assert "what was trained" in reason


def test_without_noise_there_is_nothing_to_check_and_it_is_said_at_once():
    assert QUICK.inputs({"sigma2": 0})["sigma2"] == "0"  # as `evaluate` takes it
    with pytest.raises(InputError, match="sigma2=0 leaves no ratio"):
        QUICK.run({"sigma2": 0})


def test_other_inputs():
    result = QUICK.run({"n": 3, "sigma2": "1/2", "H": [[2, 1], [1, 1]], "Psi": [[1, 1], [1, 1]]}, steps=2)
    assert result.verdict == "confirmed"
    assert result.at["d"] == "2"
    assert any(run.name == f"{INPUTS}, n = 3" for run in result.runs)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"d": "x"}, "d=x is not a number"),
        ({"d": 0}, "d=0 must be a positive integer"),
        ({"beta_star": [1, 1, 1]}, "not an input"),
        ({"Psi": [[1, 2], [2, 1]]}, "negative eigenvalue"),
    ],
)
def test_bad_inputs(given, message):
    with pytest.raises(InputError, match=message):
        experiment.inputs(given)


@pytest.mark.parametrize(
    "wrong",
    [
        Bound("the lower bound", lambda v: 1.05 * bayes.gd_beta(v), is_lower=True),
        Bound("the risk of GD-β", bayes.lower, is_lower=False),
        Bound("the ratio bound", lambda v: bayes.gd_beta(v), is_lower=True),
        Bound("the lower bound", bayes.with_one_fewer, is_lower=True),
        Bound("the ratio bound", bayes.without_the_largest, is_lower=True),
    ],
    ids=lambda bound: bound.name,
)
def test_a_wrong_bound_is_contradicted(wrong):
    study = dataclasses.replace(
        QUICK, bounds=tuple(wrong if bound.name == wrong.name else bound for bound in QUICK.bounds)
    )
    result = study.run()
    assert result.verdict == "contradicted"
    assert "standard errors" in result.reason


def test_a_wrong_posterior_is_contradicted_by_sampled_tasks():
    study = dataclasses.replace(
        QUICK, draw=lambda values, samples, draws: 1.2 * bayes.posterior_trace(values, samples, draws)
    )
    result = study.run(steps=10)
    assert result.verdict == "contradicted"


def test_bounds_that_cannot_be_told_apart_are_inconclusive():
    hidden = dataclasses.replace(QUICK.wrong[0], family="φ = 1, σ² = 1/10, d = 5")
    result = dataclasses.replace(QUICK, wrong=(hidden,)).run()
    assert result.verdict == "inconclusive"
    assert "n − 1" in result.reason


def test_progress_and_interruption():
    seen = []

    def progress(seed, step, total, excess):
        seen.append((seed, step, total, excess))
        if step == 3:
            raise KeyboardInterrupt

    result = QUICK.run(progress=progress)
    assert result.interrupted
    assert [step for _, step, _, _ in seen] == [1, 2, 3]
    assert len(result.runs) == 3
