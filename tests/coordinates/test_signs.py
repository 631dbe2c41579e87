"""Signs of polynomials in explicit coordinates."""

from fractions import Fraction

import pytest

from symicl.certificates.coordinates import mean_of_product
from symicl.certificates.coordinates.entries import Entry
from symicl.errors import UnsupportedError

x, y, q = (Entry.variable(i) for i in range(3))


def relu(t):
    return (t + abs(t)) * Fraction(1, 2)


def test_half_of_the_mean_square():
    assert (relu(x) * relu(x)).mean() == Fraction(1, 2)
    assert mean_of_product(relu(x * q), relu(x * q)) == Fraction(1, 2)
    assert (relu(x * q) * x * q).mean() == Fraction(1, 2)


def test_two_signs_with_a_number_in_common():
    assert (abs(x * q) * x * abs(y * q) * y * q * q).mean() == 0
    assert (relu(x * q) * x * relu(y * q) * y).mean() == Fraction(1, 4)


def test_the_square_of_a_sign_is_one_and_that_of_the_negative_is_the_negative():
    assert (abs(x + y) * abs(x + y)).mean() == 2
    assert (abs(-1 * x) * abs(x)).mean() == 1
    assert (relu(x) * relu(x * -1)).mean() == 0


def test_what_parity_does_not_say_is_refused():
    for value in (abs(x), abs(x * q), abs(x) * abs(y)):
        with pytest.raises(UnsupportedError, match="odd in what turns them"):
            value.mean()
