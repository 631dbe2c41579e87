"""A place at which a statement is tried has matrices of its sizes."""

import sympy

import symicl as si
from symicl.statements.kinds.instances import falls_below


def test_a_size_that_is_given_is_that_of_the_matrices():
    d = si.dims("d")
    S = si.covariance("S", d)
    gap = d * sympy.Trace(S * S) - sympy.Trace(S) ** 2  # ≥ 0, and 0 at d = 1
    one = {d: sympy.Integer(1)}
    assert falls_below(gap, one) is None
    assert falls_below(gap, one, zero_too=True) == "at S = [[1]], d = 1: there it is 0"
    assert "d = 2" in falls_below(gap - 1000, {d: sympy.Integer(2)})
