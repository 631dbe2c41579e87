"""Rational functions of words: field laws, equality by cross-multiplication, limits, SymPy in and out."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sympy.matrices.expressions import MatMul, Trace

import symicl as si
from oracle.gaussian import difference
from symicl.algebra import (
    Polynomial,
    closed_form,
    limit_at_infinity,
    limit_at_zero,
    read_form,
    read_matrix,
    read_scalar,
    scalar_letter,
)

n, d = si.dims("n d")
s, x = si.scalar("s", nonnegative=True), si.scalar("x")
A, Sigma, Psi = si.matrix("A", (d, d)), si.covariance("Sigma", d), si.covariance("Psi", d)
SIZES = [{n: 2, d: 3}, {n: 5, d: 2}]

atoms = st.sampled_from(
    [n, d, s, x, Trace(A), Trace(A * Sigma), sympy.Rational(2, 3), sympy.Integer(-2), sympy.pi]
)
rationals = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda p: p[0] + p[1]),
        st.tuples(inner, inner).map(lambda p: p[0] * p[1]),
        st.tuples(inner, inner).map(lambda p: p[0] / (p[1] ** 2 + 1)),
        inner.map(lambda p: (p + n) ** 2),
    ),
    max_leaves=5,
)
quick = settings(
    derandomize=True, deadline=None, database=None, max_examples=60, suppress_health_check=list(HealthCheck)
)


@quick
@given(rationals, rationals)
def test_field_laws(left, right):
    a, b = read_form(left), read_form(right)
    assert a + b == b + a
    assert (a + b) - b == a
    assert a * (b + 1) == a * b + a
    assert a**2 == a * a
    assume(bool(b.num))
    assert (a / b) * b == a
    assert b**-2 * b**2 == 1


@quick
@given(rationals)
def test_reading_and_writing_keep_the_value(expression):
    assume(not expression.has(sympy.pi))
    for dims in SIZES:
        assert difference(read_form(expression).expr, expression, dims) is None


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (n / (n * d), 1 / d, True),
        ((n**2 - d**2) / (n - d), n + d, True),
        (1 / (n + d + 1 + s), 1 / (n + d + 2 + s), False),
        (n * Trace(Sigma) / (n * Trace(Sigma) + s * Trace(Sigma)), n / (n + s), True),
        (Trace(Sigma * A) / n, Trace(A.T * Sigma) / n, True),
        (Trace(A * A) / n, Trace(A * A.T) / n, False),
        (Trace(A / n), Trace(A) / n, True),
        ((1 / n) ** -2, n**2, True),
    ],
    ids=str,
)
def test_equality(left, right, equal):
    assert (read_form(left) == read_form(right)) is equal


@pytest.mark.parametrize("expression", [sympy.sqrt(n), n**x, sympy.sin(s), sympy.Float(0.5)], ids=str)
def test_what_is_not_rational_is_refused(expression):
    with pytest.raises(si.UnsupportedError, match="not a rational function"):
        read_form(expression)


def test_a_zero_denominator_is_not_a_ratio():
    with pytest.raises(ZeroDivisionError):
        closed_form(1, Polynomial())
    with pytest.raises(ZeroDivisionError):
        read_form(n) / (read_form(n) - read_form(n))


@pytest.mark.parametrize(
    "expression",
    [
        MatMul(1 / (n + 1), Sigma + A),
        ((n + 1) * Sigma).inv() * A,
        MatMul(1 / n, Sigma.inv()) * A / (n + s),
        (Sigma / n + s * sympy.Identity(d) / n).inv() * A,
        A.T * Sigma / (d + 1) + A / n,
        Sigma.inv() ** 2 * Trace(A) / n,
    ],
    ids=str,
)
def test_matrix_ratios_keep_the_value(expression):
    found = read_form(expression)
    for dims in SIZES:
        assert difference(found.expr, expression, dims) is None
        assert difference(found.T.expr, expression.T, dims) is None
        assert difference(found.trace().expr, Trace(expression), dims) is None


def test_scalar_multiples_of_the_identity():
    ratio = closed_form(read_matrix(n * sympy.Identity(d)), read_scalar(n + s))
    assert ratio.scalar_multiple_of_identity() == read_form(n / (n + s))
    assert closed_form(read_matrix(n * sympy.Identity(d) + A)).scalar_multiple_of_identity() is None


LIMITS = {
    n / (n + d): (n, 1),
    (n**2 + 1) / (n + d): (n, None),
    1 / (n + s): (n, 0),
    (n * d + s) / (2 * n + d): (n, d / 2),
    s + d * (d + 1 + s) / (n + d + 1 + s): (n, s),
    Trace(Sigma) * n / (n + 1): (n, Trace(Sigma)),
    sympy.Integer(3): (n, 3),
}


@pytest.mark.parametrize("expression", LIMITS, ids=str)
def test_limits(expression):
    symbol, limit = LIMITS[expression]
    found = limit_at_infinity(read_form(expression), symbol)
    assert found is None if limit is None else found == read_form(sympy.sympify(limit))


def test_a_limit_in_the_size_of_a_matrix_is_refused():
    """tr Σ grows with d as well, which the formula does not show."""
    with pytest.raises(si.UnsupportedError, match="size d"):
        limit_at_infinity(read_form(Trace(Sigma) / d), d)


@pytest.mark.parametrize(
    "hidden",
    [sympy.harmonic(n - 2) / n, sympy.Identity(n) / n, (n * Sigma + s * sympy.Identity(d)).inv()],
    ids=str,
)
def test_a_limit_in_what_a_letter_hides_is_refused(hidden):
    """H_{n−2} is one letter, and was taken for a constant."""
    for limit in (limit_at_infinity, limit_at_zero):
        with pytest.raises(si.UnsupportedError, match=r"size n|not rational"):
            limit(read_form(hidden), n)


def test_limits_at_zero():
    assert limit_at_zero(read_form((s + s**2) / (2 * s)), s) == closed_form(1, 2)
    assert limit_at_zero(read_form((1 + s) / (n + s)), s) == read_form(1 / n)
    assert limit_at_zero(read_form(1 / s), s) is None


def test_substitution():
    eta = read_form(1 / (n + d + 1 + s))
    at = {scalar_letter(n): closed_form(2), scalar_letter(s): read_form(1 / d)}
    assert eta.substitute(at) == read_form(d / (3 * d + d**2 + 1))
    assert closed_form(read_scalar(1 / (n + 1))).substitute(at) == Fraction(1, 3)
    assert closed_form(read_scalar(Trace(A) / n)).substitute(at) == read_form(Trace(A) / 2)
    with pytest.raises(si.UnsupportedError, match="one letter"):
        read_form((n * Sigma + Psi).inv()).trace().substitute(at)


@pytest.mark.parametrize("value", [read_form(1 / n), read_form(Sigma / n)])
def test_ratios_are_not_hashable(value):
    """Equal ratios may look different, so a hash would be wrong."""
    with pytest.raises(TypeError):
        hash(value)


def test_theorem_files_written_with_earlier_names_still_run():
    from symicl.algebra.ratio import Ratio, clear_reciprocals, read_ratio

    n = si.dims("n")
    half = read_ratio(1 / (2 * n))
    assert half == Ratio(1, 2) / read_ratio(n) == clear_reciprocals(read_scalar(1 / n)) / 2


def test_expressions_that_share_parts_are_read_alike():
    """What was read earlier is used again, and the entry of a 1×1 matrix is not taken for the matrix."""
    known = {}
    inner = A * Sigma + Sigma * A
    v = si.vector("v", d)
    form = v.T * A * v
    for expression in (
        Trace(inner) / (n + 1),
        inner * s,
        Trace(inner) * n,
        form,
        form * x,
        Trace(form),
        n / (n + 1),
    ):
        assert read_form(expression, known) == read_form(expression)
    assert read_form(n + x, known) is read_form(n + x, known)
