"""The certified infimum of a rational function."""

import flint
import mpmath
import pytest

from symicl.errors import UnsupportedError
from symicl.numeric import infimum

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
