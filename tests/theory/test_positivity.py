"""Positivity certificates: sound on a grid, and silent about what is false."""

from __future__ import annotations

from itertools import product

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import symicl as si
from symicl.algebra import closed_form, read_form
from symicl.theory import nonnegative, positive

n, d = si.dims("n d")
s = si.scalar("s", nonnegative=True)
t = si.scalar("t", positive=True)
real = si.scalar("x")


@pytest.mark.parametrize(
    ("expression", "at_least_zero", "above_zero"),
    [
        (n, True, True),
        (n - 1, True, False),
        (n * d - 1, True, False),
        (n + d - 2 + s, True, False),
        (n**2 - n, True, False),
        (2 * n * d - n, True, True),
        (s, True, False),
        (t, True, False),
        (sympy.Integer(0), True, False),
        (sympy.Rational(1, 7), True, True),
        # False somewhere on the domain, so no certificate may exist:
        (-n, False, False),
        (n - 2, False, False),
        (n - d, False, False),
        (s - 1, False, False),
        (n * d - 2, False, False),
        (s**2 - 2 * s + sympy.Rational(1, 2), False, False),
        (sympy.Integer(-1), False, False),
        # True, but beyond this method: not certified, which is no claim.
        (s**2 - 2 * s + 2, False, False),
    ],
)
def test_table(expression, at_least_zero, above_zero):
    polynomial = read_form(expression)
    assert nonnegative(polynomial).holds is at_least_zero
    assert positive(polynomial).holds is above_zero


def test_quotients():
    assert positive(read_form(1 / n)).holds
    assert positive(read_form((n + 1) / (d + s))).holds
    assert not positive(read_form((n - 2) / (d + s))).holds
    assert not nonnegative(read_form((n + 1) / (d - 2))).holds
    # Neither sign is seen alone, that of the product is.
    assert nonnegative(read_form((n - 2) / (n - 2 + s * 0) * n)).holds
    assert not positive(read_form(s / n)).holds and nonnegative(read_form(s / n)).holds


def test_other_bounds():
    assert not nonnegative(read_form(d - 5)).holds
    assert nonnegative(read_form(d - 5), {d: 5}).holds
    assert not positive(read_form(d - 5), {d: 5}).holds
    assert positive(read_form(d - 5), {d: 6}).holds


@pytest.mark.parametrize(
    "expression",
    [
        real,
        real**2,
        sympy.sqrt(s),
        sympy.Trace(si.covariance("Sigma", d)),
        sympy.Trace(si.vector("u", d).T * si.vector("u", d)),
        si.matrix("A", (d, d))[0, 1],
    ],
    ids=str,
)
def test_what_has_no_known_sign_is_refused(expression):
    with pytest.raises(si.UnsupportedError):
        _ = nonnegative(read_form(expression)).holds


coefficients = st.lists(st.integers(-3, 6), min_size=8, max_size=8)


@settings(derandomize=True, deadline=None, database=None, max_examples=300)
@given(coefficients)
def test_a_certificate_is_never_wrong(numbers):
    """Random polynomials of degree (2, 1, 1): what is certified holds at every point of a grid."""
    monomials = [n**i * d**j * s**k for i, j, k in product((0, 1), (0, 1), (0, 1))]
    expression = sum((c * m for c, m in zip(numbers, monomials, strict=True)), numbers[0] * (n**2 - n))
    polynomial = read_form(sympy.sympify(expression))
    certified, strict = nonnegative(polynomial).holds, positive(polynomial).holds
    assert certified or not strict
    if certified:
        for a, b, c in product((1, 2, 7), (1, 3), (0, sympy.Rational(1, 3), 9)):
            value = sympy.sympify(expression).xreplace(
                {n: sympy.Integer(a), d: sympy.Integer(b), s: sympy.sympify(c)}
            )
            assert value > 0 if strict else value >= 0


def test_a_sign_is_neither_true_nor_false():
    with pytest.raises(TypeError, match=r"ask for its \.holds"):
        assert positive(closed_form(-1))
    with pytest.raises(TypeError, match=r"ask for its \.holds"):
        _ = positive(closed_form(1)) and positive(closed_form(2))
