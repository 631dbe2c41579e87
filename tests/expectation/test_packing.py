"""Polynomials in two dimensions as one integer: all pairings fit."""

import pytest

from symicl.expectation.packing import Packing


@pytest.mark.parametrize(("degree", "largest"), [(2, 1), (4, 3), (6, 15), (8, 105), (12, 10395)])
def test_packed_polynomials_hold_as_many_pairings_as_there_are(degree, largest):
    packing = Packing(degree, 3)
    packed, expected = 0, []
    for j in range(3):
        for i in range(4):
            if (i + j) % 2 == 0:
                coefficient = largest - (i + j) % largest
                packed += coefficient << (packing.first * i + packing.second * j)
                expected.append((coefficient, i, j))
    assert list(packing.unpack(packed)) == expected
    assert list(packing.unpack(0)) == []
    assert largest < 2**packing.bits <= 4 * largest
