"""The minimiser of exact losses, on functions whose minima are known."""

import numpy as np
import pytest

from symicl.studies.runtime.lbfgs import lbfgs


def counted(function):
    calls = []

    def evaluate(x):
        calls.append(x)
        return function(x)

    return evaluate, calls


def test_a_badly_scaled_quadratic():
    scales = np.logspace(0, 4, 12)
    centre = np.arange(12.0)
    function, calls = counted(lambda x: (0.5 * float(scales @ (x - centre) ** 2), scales * (x - centre)))
    assert lbfgs(function, np.ones(12)) == pytest.approx(centre, abs=1e-5)
    assert len(calls) < 400


def test_a_curved_valley():
    def rosenbrock(x):
        a, b = 1 - x[0], x[1] - x[0] ** 2
        return a * a + 100 * b * b, np.array([-2 * a - 400 * b * x[0], 200 * b])

    assert lbfgs(rosenbrock, np.array([-1.2, 1.0])) == pytest.approx([1, 1], abs=1e-6)


def test_a_value_that_is_not_finite_is_stepped_back_from():
    seen = []

    def barrier(x):
        seen.append(x[0])
        if not 0 < x[0] < 1:
            return float("nan"), np.full(1, float("nan"))
        return float(-np.log(x[0]) - np.log(1 - x[0])), -1 / x + 1 / (1 - x)

    assert lbfgs(barrier, np.array([0.9])) == pytest.approx([0.5], rel=1e-6)
    assert min(seen) < 0


def test_a_stationary_start_stays_where_it_is():
    assert (lbfgs(lambda x: (0.0, np.zeros(2)), np.array([1.0, -2.0])) == [1.0, -2.0]).all()
