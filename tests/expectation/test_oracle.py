"""The oracle itself: known moments, and a comparison that can fail."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from sympy.matrices.expressions import Trace

import symicl as si
from oracle.gaussian import Coordinates, difference, disagreement
from symicl.certificates.coordinates import mean_of_product
from symicl.certificates.coordinates.entries import Entry, moment

n, d = si.dims("n d")
X = si.gaussian("X", (n, d), col_cov=si.covariance("Sigma", d))
A = si.matrix("A", (d, d))
DIMS = {n: 2, d: 3}


@pytest.mark.parametrize(("power", "value"), [(0, 1), (1, 0), (2, 1), (3, 0), (4, 3), (6, 15), (8, 105)])
def test_moments_of_a_standard_normal(power, value):
    assert moment(power) == value


def test_a_product_of_entries_has_the_mean_of_the_product():
    x, y = Entry.variable(0), Entry.variable(1)
    a, b = (x + y * 2 + 3) ** 3, (x * Fraction(1, 2) - y) ** 2 + x
    assert mean_of_product(a, b) == (a * b).mean() != 0


def test_coordinates_have_the_declared_covariance():
    at = Coordinates(DIMS)
    entries, sigma = at.value(X), at.value(X.col_cov)
    products = [[u * v for v in entries[1]] for u in entries[1]]
    assert at.gaussians.mean(products) == sigma
    assert at.gaussians.mean([[entries[0][1] * entries[1][1]]]) == [[0]]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda S: n * S * A * S,
        lambda S: n**2 * S * A * S + n * S * A * S + n * Trace(A * S) * S,
        lambda S: n**2 * S * A * S + n * S * A.T * S + n * Trace(A) * S,
        lambda S: n**2 * S * A * S + n * S * A.T * S + d * Trace(A * S) * S,
        lambda S: X.T * X * A * X.T * X,
    ],
    ids=["dropped", "untransposed", "letter", "dimension", "random"],
)
def test_a_wrong_answer_is_seen(wrong):
    answer = wrong(X.col_cov)
    assert disagreement(X.T * X * A * X.T * X, answer, DIMS)
    right = (
        n**2 * X.col_cov * A * X.col_cov
        + n * X.col_cov * A.T * X.col_cov
        + n * Trace(A * X.col_cov) * X.col_cov
    )
    assert disagreement(X.T * X * A * X.T * X, right, DIMS) is None


def test_different_expressions_differ():
    assert difference(Trace(A * A), Trace(A * A.T), DIMS)
    assert difference(Trace(A * A.T), Trace(A.T * A), DIMS) is None
    with pytest.raises(AssertionError):
        difference(Trace(X.T * X), sympy.Integer(0), DIMS)
