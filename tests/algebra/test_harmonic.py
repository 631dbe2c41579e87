"""Harmonic numbers by binary splitting are those of SymPy, and large ones are quick."""

import time

import mpmath
import pytest
import sympy

from symicl.algebra import harmonic
from symicl.numeric import evaluate


@pytest.mark.parametrize("order", [1, 2, 3])
def test_they_are_the_sums(order):
    for n in (*range(20), 57, 128):
        assert harmonic(n, order) == sum(
            (sympy.Rational(1, j**order) for j in range(1, n + 1)), sympy.Integer(0)
        )


def test_evaluate_uses_them():
    n = sympy.Symbol("n", positive=True, integer=True)
    start = time.process_time()
    value = evaluate(n * sympy.harmonic(n - 1) + sympy.harmonic(n, 2), {n: sympy.Integer(30_000)})
    # SymPy's own sum takes 20 times as long as is allowed here.
    assert time.process_time() - start < 3
    expected = 30_000 * (mpmath.digamma(30_000) + mpmath.euler) + mpmath.zeta(2) - mpmath.mpf(1) / 30_000
    assert float(value) == pytest.approx(float(expected), rel=1e-12)
