"""Factorisation of linear matrix equations: what it solves, and what it must refuse."""

from __future__ import annotations

import pytest
import sympy
from sympy.matrices.expressions import Trace

import symicl as si
from oracle.gaussian import difference
from symicl.algebra import ClosedForm, read_form, symbol_letter
from symicl.theory import Uniqueness, factorise

n, d = si.dims("n d")
Sigma, Psi = si.covariance("Sigma", d), si.covariance("Psi", d)
A, B, C = (si.matrix(name, (d, d)) for name in "ABC")
K = si.matrix("K", (d, d))
unknown = symbol_letter(K)
s = si.scalar("s", nonnegative=True)
I = sympy.Identity(d)

SOLVED = {
    "plain": n * K - A,
    "both sides": n * Sigma * K * Sigma - Sigma * A * Sigma,
    "transposed": Sigma * K.T * Sigma * n - Sigma * A.T * Sigma,
    "sum on the right": Sigma * K * (n * Sigma + s * I) - Sigma * Psi,
    "sum on the right, common factor": K * (n * Sigma + s * I) * Psi - A * Psi,
    "common scalar": n**2 * K * Sigma + n * s * K - n * A,
    "trace in a coefficient": Sigma * K * Sigma * Trace(Sigma * Psi) + n * Sigma * K * Psi - Sigma * A * B,
    "no right side": Sigma * K * Sigma,
}


@pytest.mark.parametrize("name", SOLVED)
def test_the_solution_solves_the_equation(name):
    equation = SOLVED[name]
    solution = factorise(read_form(equation), unknown).solution.expr
    for seed, dims in enumerate(({n: 3, d: 2}, {n: 2, d: 3}, {n: 5, d: 1})):
        assert difference(equation.xreplace({K: solution}).doit(), sympy.ZeroMatrix(d, d), dims, seed) is None
        assert difference(equation.xreplace({K: solution + I}).doit(), sympy.ZeroMatrix(d, d), dims, seed)


REFUSED = {
    "K and its transpose": A * K + K.T * A - B,
    "two left factors": A * K + B * K - C,
    "different left factors": A * K * B + B * K * A - C,
    "no common left factor": Sigma * K - A,
    "a trace of the unknown": n * K + Trace(K) * I - A,
    "a trace of the unknown with a letter": n * K + Trace(A * K.T) * B - A,
    "a bilinear form of the unknown": n * K + Trace(si.vector("u", d).T * K * si.vector("v", d)) * I - A,
    "quadratic": K * A * K - B,
    "quadratic with transpose": K * A * K.T - B,
    "without the unknown": A * B - C,
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    """A trace of the unknown used to be taken for a constant, and the 'solution' contained the unknown."""
    with pytest.raises(si.UnsupportedError):
        factorise(read_form(REFUSED[name]), unknown)


def test_scalar_unknown_is_refused():
    k = si.matrix("k", (1, 1))
    with pytest.raises(si.UnsupportedError):
        factorise(read_form(n * k) - ClosedForm.identity(0), symbol_letter(k))


def test_uniqueness_needs_invertible_factors():
    assert Uniqueness(factorise(read_form(Sigma * K * Psi - Sigma * A * Psi), unknown)).holds
    assert not Uniqueness(factorise(read_form(A * K * Sigma - A * B * Sigma), unknown)).holds
    assert not Uniqueness(factorise(read_form(Sigma * K * A - Sigma * B * A), unknown)).holds
