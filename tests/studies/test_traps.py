"""Where trainings of linear attention get held up: each is recognised, and reported by its name."""

import math
from fractions import Fraction

import numpy as np
import pytest

import symicl as si

torch = pytest.importorskip("torch")

from symicl.studies.regression.engines import ThroughRows, start_network  # noqa: E402
from symicl.studies.regression.population import Population  # noqa: E402
from symicl.studies.regression.rank_saddle import RankSaddle  # noqa: E402
from symicl.studies.regression.yardstick import Yardstick  # noqa: E402
from symicl.studies.runtime.draws import TorchDraws  # noqa: E402

MODEL, TASK = si.LinearSelfAttention(), si.LinearRegression()
NOISE = Fraction(1, 4)
ETA = 1 / (20 + 5 + 1 + 0.25)


@pytest.fixture(scope="module")
def five():
    return Yardstick(MODEL, TASK.at(n=20, d=5, sigma2=NOISE))


def near_rank(rank, *, size=5, eta=ETA, noise=0.0, seed=0):
    """Weights whose coefficient is η times a projector, all factors of one size, and noise on every weight."""
    root = eta**0.25
    P, V, h = np.zeros((size + 1, size + 1)), np.zeros((size + 1, size + 1)), np.zeros((size + 1, 1))
    P[range(rank), range(rank)] = V[size, size] = h[size] = root
    rng = np.random.default_rng(seed)
    weights = {"W_K": P, "W_Q": P.copy(), "W_V": V, "h": h}
    return {name: w + noise * rng.standard_normal(w.shape) for name, w in weights.items()}


def from_near(five, rank, noise, evaluations, optimiser="l-bfgs"):
    schedule = Population(evaluations=evaluations, optimiser=optimiser)
    start = near_rank(rank, noise=noise)
    return si.train(MODEL, five.task, yardstick=five, initial=start, method="population", population=schedule)


@pytest.mark.parametrize("rank", [1, 2, 4])
@pytest.mark.parametrize("optimiser", ["l-bfgs", "flow"])
def test_a_run_near_a_saddle_of_low_rank_is_reported_as_such(five, rank, optimiser):
    result = from_near(five, rank, 1e-6, 10 if optimiser == "l-bfgs" else 60, optimiser)
    assert result.verdict == "unfinished"
    assert f"stalled near a saddle of rank {rank}" in result.reason
    assert isinstance(result.stationary, RankSaddle)
    # d − k n η without noise; with noise, η and the loss of the zero predictor change, the number of terms does not.
    assert result.stationary.excess == pytest.approx((5 - rank) * 20 * ETA)
    assert result.excess_loss == pytest.approx(result.stationary.excess, rel=1e-3)


def test_the_saddle_is_left_by_a_longer_run(five):
    result = from_near(five, 1, 1e-6, 3000)
    assert (result.verdict, result.stationary) == ("reached", None)
    assert result.relative_excess < 1e-10


def test_a_run_that_is_on_its_way_is_not_taken_for_one_at_a_saddle(five):
    far = near_rank(1, eta=1.5 * ETA)
    result = si.train(
        MODEL,
        five.task,
        yardstick=five,
        initial=far,
        method="population",
        population=Population(evaluations=1),
    )
    assert result.verdict == "unfinished"
    assert not isinstance(result.stationary, RankSaddle)


def test_a_local_minimum_and_a_saddle_are_told_apart():
    at = TASK.at(n=1, d=2, sigma2=4)
    yardstick = Yardstick(MODEL, at)
    runs = [si.train(MODEL, at, yardstick=yardstick, seed=seed) for seed in range(8)]
    kinds = {run.verdict for run in runs}
    assert kinds == {"reached", "local minimum"}
    for run in runs:
        if run.verdict == "local minimum":
            assert run.stationary.kind == "local minimum"
            assert run.stationary.excess == pytest.approx(0.125)
            assert run.power == []
    start = near_rank(1, size=2, eta=1 / (1 + 2 + 1 + 4), noise=1e-7)
    saddle = si.train(
        MODEL,
        at,
        yardstick=yardstick,
        initial=start,
        method="population",
        population=Population(evaluations=8),
    )
    assert saddle.verdict == "unfinished"
    assert saddle.stationary.kind == "saddle"
    # The two have nearly one and the same loss here: 0.125 both, so that the excess alone would not do.
    assert saddle.stationary.excess == pytest.approx(0.125)


def test_standard_normal_weights_at_twenty_dimensions_do_not_arrive_and_say_where_they_are():
    at = TASK.at(n=40, d=20, sigma2=NOISE)
    draws = TorchDraws(0, "float64")
    start = {k: draws.normal(*shape.sizes(20)).numpy() for k, shape in MODEL.weight_shapes().items()}
    yardstick = Yardstick(MODEL, at)
    schedule = Population(evaluations=3000)
    lost = si.train(MODEL, at, yardstick=yardstick, initial=start, method="population", population=schedule)
    assert lost.verdict == "unfinished"
    assert "stalled near a saddle" in lost.reason
    assert lost.relative_excess > 1
    # The start by default needs a fraction of that.
    found = si.train(MODEL, at, yardstick=yardstick, method="population", population=schedule)
    assert found.verdict == "reached"


def test_a_constant_step_size_stalls_above_one_per_cent(five):
    def last(constant, lr=0.01, steps=1200):
        draws = TorchDraws(0)
        engine = ThroughRows(start_network(MODEL, five.task, 5, draws), five.task, draws, statistic=True)
        seen = []
        for step in range(steps):
            engine.steps([128], [lr if constant else lr * 0.5 * (1 + math.cos(math.pi * step / steps))])
            if step >= steps - 300 and step % 20 == 19:
                seen.append(five.excess(engine.weights()) / float(five.target_loss))
        return seen

    stalled, falling = last(True), last(False)
    assert np.median(stalled) > 0.01
    assert falling[-1] < 0.002
    # No trend: the floor is that of the noise, not the end of a slow approach.
    assert np.median(stalled[:7]) < 2 * np.median(stalled[7:])
