"""The forward pass against its closed form on fresh prompts: it is calibrated, it is sharp, and it can say no."""

import dataclasses
from fractions import Fraction

import numpy as np
import pytest
from sympy import Identity

import symicl as si
from symicl.errors import InputError

torch = pytest.importorskip("torch")

from symicl.studies import Experiment, Schedule  # noqa: E402
from symicl.studies.regression.batch_means import Mean, joint_chance  # noqa: E402
from symicl.studies.regression.forward_check import check_forward  # noqa: E402
from symicl.studies.regression.yardstick import Yardstick  # noqa: E402

MODEL, TASK = si.LinearSelfAttention(), si.LinearRegression()
n, d, sigma2 = TASK.n, TASK.d, TASK.noise
SMALL = TASK.at(n=7, d=2, sigma2=Fraction(1, 4))


@pytest.fixture(scope="module")
def yardstick():
    return Yardstick(MODEL, SMALL)


@pytest.fixture(scope="module")
def rough(yardstick):
    """A run on prompts, which has come within a few per cent."""
    return si.train(MODEL, SMALL, yardstick=yardstick, steps=250, batch=(64, 512), lr=0.03, seed=1)


def check(yardstick, weights, *, of=None, seed=0, **options):
    return check_forward(yardstick, weights, yardstick.read(weights if of is None else of), seed, **options)


def moved(weights, by):
    return {name: np.asarray(w, float) * (1 + by * (name == "h")) for name, w in weights.items()}


# --- calibration -----------------------------------------------------------------------------------------


def test_the_tests_alarm_as_often_as_stated_and_the_intervals_cover(yardstick, rough):
    runs = [check(yardstick, rough.weights, seed=seed, passes=4000) for seed in range(150)]
    exact = yardstick.read(rough.weights)
    for place, test in enumerate(runs[0].tests):
        # Of 150 draws with probability 1/10 between 4 and 27 are hits, but for one time in 2000.
        hits = sum(run.tests[place].chance < 0.1 for run in runs)
        assert 4 <= hits <= 27, (test.name, hits)
    for mean, value in (("loss", exact.loss), ("excess", exact.excess)):
        covered = sum(
            abs(getattr(run, mean).mean - float(value)) <= getattr(run, mean).half_width(0.1) for run in runs
        )
        assert 123 <= covered <= 146, (mean, covered)
    covered = sum(
        abs(run.fit.multiple.mean - run.fit.expected) < run.fit.multiple.half_width(0.1) for run in runs
    )
    assert 123 <= covered <= 146


def test_the_joint_test_has_the_level_that_it_states():
    rng = np.random.default_rng(0)
    mixing = np.array([[1.0, 0, 0], [2, 1e-3, 0], [0.5, 1, 50]])
    chances = [joint_chance(rng.standard_normal((2000, 3)) @ mixing, 1.0) for _ in range(400)]
    assert 0.02 < np.mean(np.array(chances) < 0.05) < 0.085
    assert joint_chance(rng.standard_normal((2000, 3)) @ mixing + [0, 0, 15.0], 1.0) < 1e-6


def test_the_plain_interval_is_many_times_wider(yardstick):
    weights = si.train(MODEL, TASK.at(n=20, d=5, sigma2=Fraction(1, 4)), seed=0, method="population").weights
    five = Yardstick(MODEL, TASK.at(n=20, d=5, sigma2=Fraction(1, 4)))
    found = check(five, weights)
    assert found.plain.draws == found.loss.draws
    # With query and task integrated out, seven times fewer prompts do; beside the optimum on the same contexts,
    # where the loss is known, the interval shrinks with the excess.
    assert found.plain.error > 2.5 * found.loss.error
    assert found.plain.error > 1e5 * found.excess.error
    assert found.plain.effective < 0.05 * found.plain.draws


def test_a_rough_run_has_a_narrow_interval_for_its_excess_too(yardstick, rough):
    found = check(yardstick, rough.weights)
    assert 0 < rough.relative_excess < 0.2
    assert found.plain.error > 5 * found.excess.error
    assert abs(found.excess.mean - rough.excess_loss) < 5 * found.excess.error


def test_the_effective_number_of_draws():
    rng = np.random.default_rng(1)
    normal, heavy = rng.standard_normal(20_000), rng.standard_normal(20_000) ** 6
    assert Mean.of(normal).effective > 19_000
    assert Mean.of(heavy).effective < 1000
    assert Mean.of(normal).error == pytest.approx(20_000**-0.5, rel=0.2)
    with pytest.raises(InputError, match="too few"):
        Mean.of(normal[:3])


# --- what it sees ----------------------------------------------------------------------------------------


def test_the_integrated_loss_agrees_with_the_closed_form_for_a_task_without_symmetry():
    task = si.LinearRegression(si.covariance("Sigma", d), si.vector("b", d), si.covariance("Psi", d))
    at = task.at(
        n=6, sigma2=Fraction(1, 4), Sigma=[[2, 0.5], [0.5, 1]], Psi=[[1, -0.25], [-0.25, 0.75]], b=[0.5, -1]
    )
    model = si.GDBeta() if hasattr(si, "GDBeta") else MODEL
    yardstick = Yardstick(model, at)
    rng = np.random.default_rng(0)
    weights = {
        name: 0.1 * rng.standard_normal(shape.sizes(2)) for name, shape in model.weight_shapes().items()
    }
    found = check(yardstick, weights, passes=40_000)
    assert found.failed is None
    assert len(found.tests) == 6
    assert min(test.chance for test in found.tests) > 1e-4


def test_weights_that_are_not_those_of_the_closed_form_are_refused(yardstick, rough):
    assert check(yardstick, rough.weights).failed is None
    found = check(yardstick, moved(rough.weights, 0.02), of=rough.weights)
    assert found.failed is not None
    # At the optimum the fit sees a millionth.
    best = si.train(MODEL, TASK.at(n=20, d=5, sigma2=Fraction(1, 4)), seed=0, method="population").weights
    five = Yardstick(MODEL, TASK.at(n=20, d=5, sigma2=Fraction(1, 4)))
    found = check(five, moved(best, 1e-6), of=best)
    assert "fit" in found.failed.name


def test_the_rate_decides(yardstick, rough):
    doubtful = moved(rough.weights, 0.01)
    chance = min(t.chance for t in check(yardstick, doubtful, of=rough.weights).tests)
    for rate, fails in ((min(0.5, 10 * chance), True), (chance, False)):
        found = check(yardstick, doubtful, of=rough.weights, false_alarm=rate)
        assert (found.failed is not None) == fails
    for rate in (0, 1, -1e-6, float("nan")):
        with pytest.raises(InputError, match="between 0 and 1"):
            check(yardstick, doubtful, false_alarm=rate)
    with pytest.raises(InputError, match="false_alarm=2"):
        si.train(MODEL, SMALL, false_alarm=2)


class NoisyTarget(si.LinearRegression):
    """The context is as the symbols say, the target alone has more noise."""

    def sample(self, values, batch, draws):
        sample = super().sample(values, batch, draws)
        return dataclasses.replace(sample, target=sample.target + draws.normal(batch, 1, 1))


class NoisyContext(si.LinearRegression):
    """The responses of the context alone have far more noise."""

    def sample(self, values, batch, draws):
        sample = super().sample(values, batch, draws)
        louder = sample.prompt.responses + 2 * draws.normal(*sample.prompt.responses.shape)
        return dataclasses.replace(sample, prompt=dataclasses.replace(sample.prompt, responses=louder))


@pytest.mark.parametrize("law", [NoisyTarget, NoisyContext])
def test_a_sampler_that_disagrees_with_its_symbols_contradicts(law):
    at = law().at(n=20, d=3, sigma2=Fraction(1, 2))
    result = si.train(MODEL, at, seed=0, method="population")
    assert result.verdict == "contradicted"
    assert "false-positive rate: 1e-06" in result.reason


def test_a_model_that_is_not_linear_in_the_query_is_tested_by_its_loss():
    model = si.LinearSelfAttention(query_in_context=True)
    try:
        yardstick = Yardstick(model, SMALL)
    except si.errors.SymiclError:
        pytest.skip("its optimum is not derived")
    rng = np.random.default_rng(0)
    weights = {k: 0.2 * rng.standard_normal(s.sizes(2)) for k, s in model.weight_shapes().items()}
    found = check(yardstick, weights)
    assert (found.fit, found.excess, len(found.tests)) == (None, None, 1)
    assert found.failed is None


# --- what a report states --------------------------------------------------------------------------------


def experiment(**changes):
    return Experiment(
        id="a.test",
        task=TASK,
        model=MODEL,
        defaults={"n": 9, "d": 2, "sigma2": Fraction(1, 4)},
        nearest_wrong={"n + d + 2": 1 / (n + d + 2 + sigma2) * Identity(d)},
        also_wrong={"a hair more": 1 / (n + d + 1 + sigma2 + Fraction(1, 10**9)) * Identity(d)},
        schedule=Schedule(steps=250, batch=(64, 1024), lr=0.03),
        **changes,
    )


def test_a_report_states_what_it_would_have_caught_and_what_not():
    result = dataclasses.replace(experiment(), schedule=Schedule()).run()
    assert result.verdict == "confirmed", result.reason
    text, document = "\n".join(result.lines()), result.to_json()
    assert "could not tell a hair more apart" in text
    assert "would have told n + d + 2 apart: its distance is 0.0" in text
    assert "times what was reached" in text and "standard errors" in text
    assert "fitted step size 0.081" in text
    assert document["power"] == result.power
    run = next(run for run in document["runs"] if run["verdict"] == "reached" and run["samples"])
    wrong = run["wrong_statements"]["n + d + 2"]
    assert wrong["standard_errors"] > 100 and wrong["times_reached"] > 20
    # η_w / η, the multiple that a fit would find for the wrong statement.
    assert wrong["multiple"] == pytest.approx(12.25 / 13.25)
    assert run["check"]["false_alarm"] == 1e-6
    fit = run["check"]["fit"]
    assert abs(fit["multiple"] - 1) < 1e-2 and fit["half_width"] < 1e-2


def test_a_rough_run_says_that_it_could_not_tell_the_nearest_apart():
    result = experiment(method="tokens", tolerance=0.2).run(steps=120, seeds=(0,))
    (first, *_) = result.runs
    nearest = next(c for c in first.comparisons if c.name == "n + d + 2")
    assert nearest.told_apart == (nearest.times_reached > 4)
    assert ("could not tell" in nearest.power) == (not nearest.told_apart)


def test_the_false_alarm_rate_of_an_experiment_is_its_own():
    result = experiment(false_alarm=1e-3).run(seeds=(0,))
    assert result.shown.check.false_alarm == 1e-3
    assert experiment(false_alarm=1e-3).settings()["false_alarm"] == 1e-3
