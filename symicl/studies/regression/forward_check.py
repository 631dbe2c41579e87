"""Does the forward pass compute the predictor that the closed form was evaluated at?

On fresh contexts of a linear regression the forward pass of a model that is linear in the query is a row a, f = aᵀx.
The query is integrated out, and so is the task given the context, w ~ N(m, V) with the posterior mean and covariance:

    E[(f − t)² | X, y] = (a − m)ᵀ Σ (a − m) + tr(ΣV) + σ².

The excess over the derived optimum f* = a*ᵀx is averaged in the same way, on the same contexts: what both have in
common drops out of (a − a*)ᵀ Σ (a + a* − 2m), whose interval is narrower the nearer the run has come.

The predictions are also regressed on the derived optimum f* (less its offset) and on its components
fᵢ = xᵢ (K* Xᵀr)ᵢ.  The coefficients of these regressions are known exactly from the closed forms, so that the
residuals at these coefficients have mean exactly zero against each regressor.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from symicl.numeric import float_matrix, identity_matrix
from symicl.studies.regression.batch_means import BATCHES, Mean, check_rate, joint_chance
from symicl.studies.regression.check_contexts import CheckContexts
from symicl.studies.regression.yardstick import Reading, Yardstick
from symicl.studies.runtime.cost import Part

FALSE_POSITIVE_RATE = 1e-6
"""Probability that a right closed form is contradicted in one run, for all its tests together."""
MAX_FORWARD_PASSES = 100_000
"""Forward passes that are spent on a run."""


@dataclass(frozen=True)
class Test:
    """One test of the forward pass against the closed form.

    Attributes
    ----------
    name : str
    chance : float
        Of a deviation as large as this one, or larger.
    """

    name: str
    chance: float


@dataclass(frozen=True)
class Fit:
    """The trained predictor as a multiple of the derived one, by least squares.

    Attributes
    ----------
    multiple : Mean
        The fitted multiple c of f* in f ≈ c f*; 1 at the optimum.
    expected : float
        What the closed form gives for it at the trained weights.
    width : float
        Half of its confidence interval at the false-positive rate.
    step : float or None
        The derived step size η, where K* = ηI; the fitted one is c η.
    """

    multiple: Mean
    expected: float
    width: float
    step: float | None

    @property
    def text(self) -> str:
        """In words."""
        c, width = self.multiple.mean, self.width
        if self.step is None:
            return f"fitted to the predictions: {c:.7g} ± {width:.1g} times the derived predictor"
        return (
            f"fitted step size {c * self.step:.7g} ± {width * abs(self.step):.1g}, "
            f"derived {self.step:.7g} ({c:.7g} of it)"
        )


@dataclass(frozen=True)
class ForwardCheck:
    """All tests of one run.

    Attributes
    ----------
    false_alarm : float
        For all tests together; each is held to this rate divided by their number.
    tests : tuple of Test
    loss, plain : Mean
        The sampled loss with query and task integrated out where that is possible, and of the raw draws.
    excess : Mean or None
        The sampled excess over the derived optimum.
    fit : Fit or None
        None where the model or the task is not of the form.
    """

    false_alarm: float
    tests: tuple[Test, ...]
    loss: Mean
    plain: Mean
    excess: Mean | None
    fit: Fit | None

    @property
    def resolution(self) -> float:
        """The deviation of the expected loss that would have been seen, half of the time at least."""
        rate = self.false_alarm / len(self.tests)
        return (self.loss if self.excess is None else self.excess).half_width(rate)

    @property
    def failed(self) -> Test | None:
        """The test that contradicts the closed form, if there is one."""
        worst = min(self.tests, key=lambda test: test.chance)
        return worst if worst.chance < self.false_alarm / len(self.tests) else None

    def to_json(self) -> dict[str, Any]:
        fit = self.fit
        return {
            "false_alarm": self.false_alarm,
            "tests": {test.name: test.chance for test in self.tests},
            "draws": self.loss.draws,
            "effective_draws": self.loss.effective,
            "plain_error": self.plain.error,
            "excess": None if self.excess is None else self.excess.mean,
            "excess_error": None if self.excess is None else self.excess.error,
            "resolution": self.resolution,
            "fit": None
            if fit is None
            else {
                "multiple": fit.multiple.mean,
                "error": fit.multiple.error,
                "half_width": fit.width,
                "expected": fit.expected,
                "derived_step": fit.step,
            },
        }


def check_forward(
    yardstick: Yardstick,
    weights: Mapping[str, np.ndarray],
    reading: Reading,
    seed: int,
    false_alarm: float = FALSE_POSITIVE_RATE,
    passes: int = MAX_FORWARD_PASSES,
) -> ForwardCheck:
    """Test the forward pass at trained weights on fresh prompts, in float64.

    Parameters
    ----------
    yardstick : Yardstick
    weights : dict of arrays
        What the forward pass is run with.
    reading : Reading
        Of the closed forms, at what should be the same weights.
    seed : int
        Of the run; the prompts are a function of it and independent of those of the training.
    false_alarm : float
    passes : int
        Forward passes to spend, about.

    Raises
    ------
    InputError
        For an impossible rate.
    """
    check_rate(false_alarm)
    contexts = CheckContexts(yardstick, weights, seed, passes)
    plain = Mean.of(contexts.raw_losses)
    expected = float(reading.loss)
    tests = [Test("loss on prompts", plain.chance(expected))]
    loss, fit, excess = plain, None, None
    if contexts.rows is not None:
        if contexts.integrated is not None:
            loss = Mean.of(contexts.integrated)
            tests.append(Test("loss, query and task integrated out", loss.chance(expected)))
            excess = Mean.of(contexts.excess(float_matrix(yardstick.target)))
            tests.append(Test("excess over the optimum", excess.chance(float(reading.excess), expected)))
        regression = _Regression(yardstick, reading, contexts)
        if regression.power:
            size, residual, multiple = regression.scalar()
            # Prompts of another law than the symbols say show here, even where the model hardly notices.
            tests.append(Test("size of the derived predictor", size))
            # The fit is tested against the closed form at the trained weights, not against the optimum.
            tests.append(Test("least-squares fit", residual))
            joint = regression.components()
            if joint is not None:
                tests.append(Test("fit by components", joint))
            rate = false_alarm / len(tests)
            step = float(yardstick.target[0, 0]) if _is_multiple_of_identity(yardstick.target) else None
            fit = Fit(multiple, regression.expected, multiple.half_width(rate), step)
    return ForwardCheck(false_alarm, tuple(tests), loss, plain, excess, fit)


def parts_of_check(yardstick: Yardstick, weights: Mapping[str, np.ndarray], runs: int) -> Iterator[Part]:
    """The work of `check_forward` for some runs, for an estimate of its time."""
    size = [1.0]

    def one_piece() -> None:
        contexts = CheckContexts(yardstick, weights, 0, MAX_FORWARD_PASSES, pieces=1)
        size[0] = contexts.wanted / len(contexts.raw_losses)

    yield one_piece, 1.0
    yield one_piece, size[0] * runs - 1


class _Regression:
    """The predictions less the offset, on the derived optimum less the offset."""

    def __init__(self, yardstick: Yardstick, reading: Reading, contexts: CheckContexts):
        self.yardstick, self.reading, self.contexts = yardstick, reading, contexts
        self.u = contexts.rows - contexts.offset
        self.v = contexts.feature @ float_matrix(yardstick.target).T
        self.zero = yardstick.target - yardstick.target
        self._at_zero = yardstick.gap(reading.parameters, self.zero)
        self.power = yardstick.separation(yardstick.target, self.zero)

    def _moment(self, K: Any) -> Fraction:
        """E[u v_K], exactly, by polarisation."""
        square = self.yardstick.separation(K, self.zero)
        return (self._at_zero + square - self.yardstick.gap(self.reading.parameters, K)) / 2

    @property
    def expected(self) -> float:
        return float(self._moment(self.yardstick.target) / self.power)

    def scalar(self) -> tuple[float, float, Mean]:
        """The chances of E[f*²] on the contexts and of the fitted multiple, and the multiple."""
        covariance, v = self.contexts.covariance, self.v
        weighted = v @ covariance
        square = (weighted * v).sum(1)
        residual = (weighted * self.u).sum(1) - self.expected * square
        mean = Mean.of(residual)
        size = float(square.mean())
        multiple = Mean(
            self.expected + mean.mean / size, mean.error / size, mean.draws, mean.batches, mean.effective
        )
        return Mean.of(square).chance(float(self.power)), mean.chance(0.0, size), multiple

    def components(self) -> float | None:
        """The joint chance of the fitted multiples of the components; None where they are too many."""
        d = self.yardstick.d
        if 2 * d > BATCHES:
            return None
        rows = []
        for i in range(d):
            only = identity_matrix(d) - identity_matrix(d)
            only[i, i] = 1
            rows.append(only * self.yardstick.target)
        separation = self.yardstick.separation
        squares = [separation(K, self.zero) for K in rows]
        gram = np.diag([float(s) for s in squares])
        for i in range(d):
            for j in range(i):
                both = separation(rows[i] + rows[j], self.zero)
                gram[i, j] = gram[j, i] = float(both - squares[i] - squares[j]) / 2
        moments = np.array([float(self._moment(K)) for K in rows])
        c = np.linalg.lstsq(gram, moments, rcond=1e-10)[0]
        residual = (self.u - c * self.v) @ self.contexts.covariance * self.v
        used = np.diag(gram) > 0
        return joint_chance(residual[:, used], float(self.power))


def _is_multiple_of_identity(K: Any) -> bool:
    d = K.nrows()
    return all(K[i, j] == (K[0, 0] if i == j else 0) for i in range(d) for j in range(d))
