"""Positive polynomials as sums of squares: exact, also close to zero; what is not positive is refused."""

import flint
import pytest

import symicl as si
from symicl.numeric.sums_of_squares import sum_of_squares

x = flint.fmpq_poly([0, 1])
TINY = flint.fmpq(1, 10**20)


@pytest.mark.parametrize(
    "polynomial",
    [
        x * x + 1,
        (x - flint.fmpq(1, 3)) ** 2 + TINY,
        ((x - 2) * (x + 1)) ** 2 + TINY,
        x**6 - 3 * x**4 + 3 * x**2 + flint.fmpq(1, 7),
        flint.fmpq(5, 3) * (x - 1000) ** 4 + x * x + 1,
        flint.fmpq_poly([2]),
    ],
)
def test_the_squares_add_up(polynomial):
    found = sum_of_squares(polynomial)
    assert all(c > 0 for c, _ in found)
    assert sum((c * q * q for c, q in found), flint.fmpq_poly()) == polynomial


@pytest.mark.parametrize("polynomial", [x, x * x, x * x - TINY, -x * x - 1, (x - 1) ** 2 * (x * x + 1)])
def test_what_is_not_positive_is_refused(polynomial):
    with pytest.raises(si.UnsupportedError, match="not positive everywhere"):
        sum_of_squares(polynomial)
