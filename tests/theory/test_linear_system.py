"""Linear systems in matrices, vectors and scalars: what is solved, what is not unique, what is refused."""

from __future__ import annotations

import pytest
import sympy
from sympy.matrices.expressions import Trace

import symicl as si
from oracle.gaussian import difference
from symicl.algebra import ClosedForm, gradient, read_form, scalar_letter, solutions, symbol_letter
from symicl.theory import solve_system

n, d = si.dims("n d")
S, P = si.covariance("Sigma", d), si.covariance("Psi", d)
K, M, A, B = (si.matrix(name, (d, d)) for name in "KMAB")
G = si.symmetric("G", d)
u, v, p = (si.vector(name, d) for name in "uvp")
s = si.scalar("s", nonnegative=True)
a, b = si.scalar("a"), si.scalar("b")
I = sympy.Identity(d)


def index(symbol):
    return symbol_letter(symbol) if isinstance(symbol, sympy.MatrixSymbol) else scalar_letter(symbol)


def solved(quadratic, *unknowns):
    form = read_form(quadratic)
    return solve_system({index(x): gradient(form, index(x)) for x in unknowns})


UNIQUE = {
    "one matrix": (Trace(K * S * K.T * P) - 2 * Trace(A.T * K), [K]),
    "sums on both sides": (Trace(K * (n * S + s * I) * K.T * (P + I)) - 2 * Trace(A.T * K), [K]),
    "isotropic": (n * Trace(K * K.T) + s * Trace(K * K) + Trace(K) ** 2 - 2 * a * Trace(K), [K]),
    "a transpose and a trace": (
        n * Trace(K * K.T) + s * Trace(K * K) + Trace(K) ** 2 - 2 * Trace(K * A),
        [K],
    ),
    "a trace with a covariance": (Trace(K * S * K.T) + 3 * Trace(S * K) ** 2 - 2 * Trace(K * A), [K]),
    "two scalars": (a**2 + a * b + b**2 - 2 * a - 3 * b, [a, b]),
    "a vector": (Trace(p.T * S * p) + s * Trace(p.T * p) - 2 * Trace(u.T * p), [p]),
    "a vector, rank one": (Trace(p.T * S * p) + Trace(u.T * p) ** 2 - 2 * Trace(v.T * p), [p]),
    "a matrix, rank one": (Trace(K * S * K.T) + Trace(u.T * K * S * K.T * u) - 2 * Trace(A * K), [K]),
    "a matrix and a vector of it": (Trace(K * S * K.T) + Trace(u.T * K * K.T * u) - 2 * Trace(A * K), [K]),
    "a matrix and a number": (Trace(K * S * K.T) + a * Trace(K) + n * a**2 - 2 * Trace(K * A) - a, [K, a]),
    "a matrix and a vector": (
        Trace(K * S * K.T) + 2 * Trace(p.T * K * u) + n * Trace(p.T * p) - 2 * Trace(v.T * p) - Trace(K * A),
        [K, p],
    ),
    "a symmetric one": (Trace(G * S * G * S) + Trace(G * P) ** 2 - 2 * Trace(G * S), [G]),
    "functions of one matrix": (
        Trace(K * S * K.T) + Trace(K.T * S * K) + Trace(K * S) * Trace(K) - 2 * Trace(K),
        [K],
    ),
    "functions of one matrix and its resolvent": (
        Trace(K * S * K.T) + Trace(K.T * (S + I).inverse() * K) - 2 * Trace(K * S),
        [K],
    ),
    "a symmetric function of a resolvent": (
        Trace(G * S * G * (S + I).inverse()) + n * Trace(G * G) - 2 * Trace(G * (S + I).inverse()),
        [G],
    ),
    "an update on the right": (Trace(K * (S + n * u * u.T) * K.T * P) - 2 * Trace(K * A), [K]),
    "two coupled isotropic ones": (
        n * Trace(K * K.T)
        + 2 * Trace(K * M.T)
        + (n + d) * Trace(M * M.T)
        + Trace(K) ** 2
        + Trace(M * M)
        - a * Trace(K),
        [K, M],
    ),
    "symmetric functions of one matrix": (Trace(G * S * G) - 2 * Trace(G), [G]),
}


@pytest.mark.parametrize("name", UNIQUE)
def test_the_solution_solves_the_equations_at_numbers(name):
    quadratic, unknowns = UNIQUE[name]
    found = solved(quadratic, *unknowns)
    assert found.unique, found.reason
    values = {x: found.values[index(x)].expr for x in unknowns}
    # A slightly different point does not solve them.
    wrong = values | {unknowns[0]: values[unknowns[0]] * sympy.Rational(11, 10)}
    for x in unknowns:
        slope = si.gradient(quadratic, x)
        zero = sympy.ZeroMatrix(*x.shape) if isinstance(x, sympy.MatrixSymbol) else sympy.Integer(0)
        for seed, sizes in enumerate(({n: 3, d: 2}, {n: 2, d: 3})):
            assert difference(put(slope, values), zero, sizes, seed) is None
        if x == unknowns[0]:
            assert difference(put(slope, wrong), zero, {n: 3, d: 2}, 0)


def put(expression, values):
    return expression.xreplace(values).doit() if hasattr(expression, "shape") else expression.xreplace(values)


def test_two_coupled_matrices():
    """The second one stands in the equation of the first between matrices that do not commute."""
    quadratic = (
        Trace(K * S * K.T) + 2 * Trace(K * B * M.T) + n * Trace(M * S * M.T) - 2 * Trace(A * K) - Trace(M)
    )
    found = solved(quadratic, K, M)
    values = {x: found.values[index(x)].expr for x in (K, M)}
    for x in (K, M):
        slope = put(si.gradient(quadratic, x), values)
        assert difference(slope, sympy.ZeroMatrix(d, d), {n: 3, d: 2}, 1) is None
    # n Σ − B'Σ⁻¹B need not be invertible.
    assert not found.unique and "has an inverse" in found.reason


NOT_UNIQUE = {
    "a sum of scalars": ((a + b) ** 2 - 2 * a - 2 * b, [a, b], "leave b open"),
    "the trace alone": ((Trace(K) - 1) ** 2, [K], "not all of K"),
    "a vector of it alone": (Trace(K * u * u.T * K.T) - 2 * Trace(u.T * K.T * v), [K], "not all of K"),
    "the symmetric part alone": (Trace((K + K.T) * (K + K.T)) - Trace(K), [K], "the skew part of K"),
    "a factor without inverse": (Trace(K * A * A.T * K.T) - 2 * Trace(K * A), [K], "has an inverse"),
}


@pytest.mark.parametrize("name", NOT_UNIQUE)
def test_flat_directions_are_said(name):
    quadratic, unknowns, words = NOT_UNIQUE[name]
    found = solved(quadratic, *unknowns)
    assert not found.unique and words in found.reason
    for x in unknowns:
        assert not gradient(read_form(quadratic), index(x)).substitute(found.values) or name.startswith(
            "a factor"
        )


REFUSED = {
    "a column alone": (
        Trace((K * u - v).T * (K * u - v)) - 2 * Trace(A * K),
        [K],
        "a vector that it is multiplied with",
    ),
    "Sylvester and a trace": (
        Trace(K * S * K.T) + (Trace(u.T * K * v) - 1) ** 2 + Trace((K + K.T) ** 2),
        [K],
        "the equation of K, .* is not solved in closed form",
    ),
    "no lower bound": ((a + b) ** 2 - 2 * a - 3 * b, [a, b], "contradict each other"),
    "no lower bound in a matrix": (
        Trace((K + K.T) * (K + K.T)) - Trace(K * A),
        [K],
        "only the symmetric part of K",
    ),
    "no lower bound in a trace": (Trace(K) ** 2 - Trace(K * A), [K], "contradict each other"),
    "Sylvester": (Trace(G * S * G) - 2 * Trace(G * P), [G], "equation of G.*not solved in closed form"),
    "cubic": (Trace(K * K * K), [K], "not linear"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_in_a_sentence(name):
    quadratic, unknowns, words = REFUSED[name]
    with pytest.raises(si.UnsupportedError, match=words):
        solved(quadratic, *unknowns)


def test_elimination_of_scalars_of_any_rank():
    one, two = ClosedForm.number(1), ClosedForm.number(2)
    found = solutions([[one, two], [two, two * 2]], [one, two])
    assert found is not None and found.free == (1,)
    assert solutions([[one, two], [two, two * 2]], [one, one]) is None
