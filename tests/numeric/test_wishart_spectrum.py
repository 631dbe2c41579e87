"""Means over the spectrum of XᵀX, against moments that are known exactly and against draws."""

import numpy as np
import pytest

from symicl.errors import DerivationError
from symicl.numeric import mean_sum_over_eigenvalues

SIZES = [(20, 5), (5, 20), (3, 2), (2, 2), (1, 1), (7, 7), (9, 4), (40, 20)]


@pytest.mark.parametrize(("n", "d"), SIZES)
def test_the_first_two_moments_of_a_wishart_matrix(n, d):
    assert mean_sum_over_eigenvalues(n, d, lambda x: x) == pytest.approx(n * d, rel=1e-12)
    second = n * d * (n + d + 1)
    assert mean_sum_over_eigenvalues(n, d, lambda x: x**2) == pytest.approx(second, rel=1e-12)


@pytest.mark.parametrize(("n", "d"), [(20, 5), (9, 4), (30, 6)])
def test_the_trace_of_the_inverse(n, d):
    assert mean_sum_over_eigenvalues(n, d, lambda x: 1 / x) == pytest.approx(d / (n - d - 1), rel=1e-11)


@pytest.mark.parametrize(("n", "d", "noise"), [(6, 3, 0.25), (3, 5, 1.0), (4, 4, 0.5)])
def test_a_resolvent_against_draws(n, d, noise):
    """Within five standard errors of 40,000 draws: false once in more than a million runs."""
    tokens = np.random.default_rng(0).standard_normal((40_000, n, d))
    gram = tokens @ tokens.transpose(0, 2, 1) if n < d else tokens.transpose(0, 2, 1) @ tokens
    drawn = (noise / (np.linalg.eigvalsh(gram) + noise)).sum(axis=1)
    found = mean_sum_over_eigenvalues(n, d, lambda x: noise / (x + noise))
    error = drawn.std() / np.sqrt(len(drawn))
    assert abs(found - drawn.mean()) < 5 * error
    assert abs(1.02 * found - drawn.mean()) > 5 * error


def test_a_function_that_jumps_is_refused():
    with pytest.raises(DerivationError, match="did not settle"):
        mean_sum_over_eigenvalues(5, 2, lambda x: np.where(x > 1.2345, 1.0, 0.0))
