"""The certified infimum of a rational function, and linear algebra over fields of rational functions."""

import flint
import mpmath
import pytest
import sympy

import symicl as si
from symicl.algebra.letters import ONE, letter
from symicl.algebra.polynomial import Polynomial
from symicl.algebra.reader import read_scalar
from symicl.errors import DerivationError, UnsupportedError
from symicl.theory.fields import ScalarField
from symicl.theory.rational_minimum import infimum

P = flint.fmpq_poly


def quotient(num, den=(1,), digits=30):
    return infimum(P(list(num)), P(list(den)), digits)


def test_a_polynomial_with_several_minima():
    # 3x⁴ − 4x³ − 12x² has minima −5 at −1 and −32 at 2.
    result = quotient((0, 0, -12, -4, 3))
    assert result.at == pytest.approx(2)
    assert abs(result.value + 32) < 1e-28


def test_the_infimum_may_be_the_limit():
    result = quotient((1,), (1, 0, 1))
    assert float(result.value) == 0
    assert result.at == float("inf")
    assert float(quotient((2, 0, 1), (1, 0, 1)).value) == 1


def test_digits_are_correct():
    # min of x⁴ − 3x + 1: x³ = 3/4.
    result = quotient((1, -3, 0, 0, 1), digits=60)
    with mpmath.workdps(80):
        x = mpmath.cbrt(mpmath.mpf(3) / 4)
        assert abs(mpmath.mpf(str(result.value)) - (x**4 - 3 * x + 1)) < mpmath.mpf(10) ** -59


def test_double_stationary_points_are_seen():
    assert float(quotient((0, 0, 0, 0, 1)).value) == 0
    assert float(quotient((5,)).value) == 5


def test_what_has_no_minimum_is_refused():
    with pytest.raises(UnsupportedError, match="not positive"):
        quotient((1,), (-1, 0, 1))
    with pytest.raises(UnsupportedError, match="not bounded below"):
        quotient((0, 1))
    with pytest.raises(UnsupportedError, match="not bounded below"):
        quotient((0, 0, -1))


n, d = si.dims("n d")
s = si.scalar("s")


def test_a_linear_system_with_symbolic_coefficients():
    field = ScalarField((n, d, s))
    N, D, S = (field.element_of(x) for x in (n, d, s))
    x, y = field.solve([[N, S], [S, D]], [field.field.one, field.zero])
    assert x == D / (N * D - S**2)
    assert y == -S / (N * D - S**2)
    with pytest.raises(DerivationError, match="unique"):
        field.solve([[N, N], [N, N]], [field.zero, field.zero])


def test_limits_substitution_and_words():
    field = ScalarField((n, d, s))
    N, D, S = (field.element_of(x) for x in (n, d, s))
    assert field.limit((N * D + 1) / (2 * N + S), n) == D / 2
    assert field.limit(1 / N, n) == field.zero
    assert field.limit(N * S, n) is None
    assert field.substitute(N / (S + D), {s: N, d: 1 / N}) == N**2 / (N**2 + 1)
    assert field.element(read_scalar(1 / n + 3 * d)) == 1 / N + 3 * D
    word = (letter("a form", ONE, ONE),)
    assert ScalarField((s,), {word: s}).element(Polynomial({(word,): 2})).as_expr() == 2 * s
    with pytest.raises(UnsupportedError, match="not a rational function"):
        ScalarField((s,)).element(read_scalar(n))
    numbers = {n: sympy.Integer(2), d: sympy.Rational(1, 3)}
    assert field.polynomial_in(s, (N * S**2 + D).numer, numbers) == P([flint.fmpq(1, 3), 0, 2])
