"""Means over draws: they find the exact expectation, and contradict one that is slightly wrong."""

import numpy as np
import pytest
import sympy
from sympy import Trace

import symicl as si
from symicl.errors import InputError, UnsupportedError
from symicl.studies import sample_means

pytest.importorskip("scipy")

n, d = si.dims("n d")
A, Sigma, beta = si.matrix("A", (d, d)), si.covariance("Sigma", d), si.vector("beta", d)
s = si.scalar("s", positive=True)
X = si.gaussian("X", (n, d), col_cov=Sigma)
w = si.gaussian("w", d, row_cov=s, mean=beta)
AT = {"n": 5, "Sigma": [[2, 1], [1, 3]], "A": [[1, 2], [-1, 1]]}


def test_the_exact_expectation_is_confirmed_and_a_slightly_wrong_one_contradicted():
    fourth = Trace(X.T * X * A * X.T * X)
    mean = si.sample(fourth, draws=200_000, seed=1, **AT)
    exact = si.expect(fourth)
    assert mean.agrees_with(exact).verdict == "confirmed"
    wrong = mean.agrees_with(exact + Trace(A * Sigma) * Trace(Sigma) * n / 5)
    assert wrong.verdict == "contradicted" and "probability 1e-06 at most" in wrong.reason
    low, high = mean.interval(rate=1e-6)
    assert low < si.compile(exact)(**AT) < high and high - low < 0.1 * high


def test_matrices_means_and_both_covariances():
    U = si.covariance("U", n)
    Z = si.gaussian("Z", (n, d), row_cov=U, col_cov=s)
    numbers = {"U": [[2, 1], [1, 1]], "beta": [1, -2], "s": "3/2"}
    mean = si.sample(Z * w * w.T + Z * w * beta.T, draws=40_000, d=2, **numbers)
    assert mean.mean.shape == (2, 2) and mean.error.shape == (2, 2)
    outer = si.sample(Z * Z.T, draws=40_000, d=2, U=[[2, 1], [1, 1]], s="3/2")
    assert outer.agrees_with(si.expect(Z * Z.T)).verdict == "confirmed"
    assert outer.agrees_with(2 * s * U + s * U / 10).verdict == "contradicted"
    second = si.sample(w * w.T, draws=40_000, beta=[1, -2], s="3/2")
    assert second.agrees_with(beta * beta.T + s * sympy.Identity(d)).verdict == "confirmed"
    assert second.agrees_with(beta * beta.T + s**2 * sympy.Identity(d)).verdict == "contradicted"


def test_right_values_are_contradicted_as_rarely_as_stated():
    """At a rate of a tenth, over 200 seeds: 20 alarms are expected, with a standard deviation of 4."""
    variance = Trace(X.T * X)
    alarms = sum(
        si.sample(variance, n=2, Sigma=[[1]], draws=2_000, seed=seed).agrees_with(2, false_alarm=0.1).verdict
        == "contradicted"
        for seed in range(200)
    )
    assert 3 <= alarms <= 40


def test_what_has_no_exact_expectation_here_is_sampled():
    with pytest.raises(UnsupportedError):
        si.expect(Trace((X.T * X).inv()))
    mean = si.sample(Trace((X.T * X).inv()), n=12, Sigma=[[1, 0], [0, 2]], draws=20_000)
    assert mean.agrees_with(Trace(Sigma.inv()) / (n - d - 1)).verdict == "confirmed"
    log = si.sample(sympy.log(Trace(X.T * X)), n=4, Sigma=[[1]], draws=20_000)
    assert log.agrees_with(sympy.log(2) + sympy.digamma(2).evalf()).verdict == "confirmed"


def test_too_few_draws_confirm_nothing():
    few = si.sample(Trace(X.T * X * X.T * X), draws=200, **{k: v for k, v in AT.items() if k != "A"})
    result = few.agrees_with(si.expect(Trace(X.T * X * X.T * X)))
    assert result.verdict == "inconclusive" and "take more draws" in result.reason
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(result)


def test_the_result_is_a_function_of_the_seed_and_short_to_print():
    one, same, other = (si.sample(Trace(X.T * X), n=3, Sigma=[[2]], draws=1_000, seed=k) for k in (0, 0, 1))
    assert one.mean == same.mean != other.mean
    assert repr(one).startswith("SampleMean(") and "1,000 draws, seed 0" in repr(one)


def test_an_interrupt_leaves_what_was_drawn(monkeypatch):
    reports = []

    def stop_in_the_middle(done, total, error):
        reports.append((done, total))
        if done == 500:
            raise KeyboardInterrupt

    mean = si.sample(Trace(X.T * X), n=3, Sigma=[[2]], draws=1_000, progress=stop_in_the_middle)
    assert mean.interrupted and mean.draws == 500 and "interrupted" in repr(mean)
    assert reports[0] == (10, 1_000) and len(reports) == 50
    monkeypatch.setattr(sample_means, "draw", lambda *given: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        si.sample(Trace(X.T * X), n=3, Sigma=[[2]], draws=1_000)


def test_large_draws_come_in_pieces(monkeypatch):
    whole = si.sample(Trace(X.T * X), n=3, Sigma=[[2]], draws=1_000)
    monkeypatch.setattr(sample_means, "ARRAY_ENTRIES", 9 * 4)
    pieces = si.sample(Trace(X.T * X), n=3, Sigma=[[2]], draws=1_000)
    assert np.allclose(whole.batch_means, pieces.batch_means)


@pytest.mark.parametrize(
    "call, kind, sentence",
    [
        (lambda: si.sample(Trace(A), A=[[1]]), InputError, "nothing in Trace\\(A\\) is random"),
        (
            lambda: si.sample(Trace(X.T * X), n=3),
            InputError,
            "no value is given for d, Sigma|for Sigma|for d",
        ),
        (lambda: si.sample(Trace(X.T * X), n=3, Sigma=[[-1]]), InputError, "Sigma is not positive definite"),
        (lambda: si.sample(Trace(X.T * X), n=0, Sigma=[[1]]), InputError, "n=0 must be a positive integer"),
        (lambda: si.sample(Trace(X.T * X), n=3, m=2, Sigma=[[1]]), InputError, "m is not an input here"),
        (
            lambda: si.sample(Trace(X.T * X), draws=2.5, n=3, Sigma=[[1]]),
            InputError,
            "draws=2.5 must be an integer",
        ),
        (lambda: si.sample("X'X", n=3), InputError, "is no formula"),
        (
            lambda: si.sample(sympy.stats.Normal("z", 0, 1)),
            UnsupportedError,
            "random variable of sympy.stats",
        ),
    ],
)
def test_bad_input_gets_one_sentence(call, kind, sentence):
    with pytest.raises(kind, match=sentence):
        call()


@pytest.mark.parametrize(
    "value, rate, sentence",
    [
        (s, 1e-6, "the value depends on s"),
        ([[1.0]], 1e-6, "the value is 1×1, but the mean is a number"),
        (6, 2.0, "must be between 0 and 1"),
        ("6", 1e-6, "the text '6' is no formula"),
    ],
)
def test_a_value_that_cannot_be_compared_gets_one_sentence(value, rate, sentence):
    mean = si.sample(Trace(X.T * X), n=3, Sigma=[[2]], draws=1_000)
    with pytest.raises(InputError, match=sentence):
        mean.agrees_with(value, false_alarm=rate)


@pytest.mark.parametrize("value", [sympy.oo, float("nan"), float("-inf")], ids=str)
def test_a_value_that_is_not_finite_is_refused(value):
    """Every comparison with it fails, so that it would be contradicted by nothing."""
    x = si.gaussian("x", 3)
    with pytest.raises(InputError, match="not finite"):
        si.sample(x.T * x, draws=400).agrees_with(value)


@pytest.mark.filterwarnings("ignore:invalid value")
def test_draws_without_a_value_confirm_nothing():
    z = si.gaussian("z", (1, 1))
    found = si.sample(sympy.sqrt(sympy.Trace(z)), draws=400).agrees_with(1)
    assert (found.verdict, found.reason) == ("inconclusive", "some draws have no finite value")
