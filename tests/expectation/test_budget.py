"""Expectations may take a bounded number of steps."""

import pytest
import sympy

import symicl as si
from symicl.errors import UnsupportedError
from symicl.expectation import at_most

n, d = si.dims("n d")
X = si.gaussian("X", (n, d))
DEGREE_16 = sympy.Trace((sympy.Identity(d) - X.T * X / n) ** 8)


def test_what_is_cheap_is_taken_whatever_its_degree():
    with at_most(20_000):
        assert si.expect(DEGREE_16).has(n)


def test_what_is_not_is_refused():
    with at_most(50), pytest.raises(UnsupportedError, match="more than 50 steps"):
        si.expect(DEGREE_16)


def test_the_bound_ends_with_the_block():
    with at_most(1):
        pass
    assert si.expect(sympy.Trace(X.T * X)) == n * d
