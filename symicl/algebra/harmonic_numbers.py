"""Harmonic numbers as exact rationals, by binary splitting: SymPy adds them up term by term."""

from __future__ import annotations

from functools import cache

import flint
import sympy


@cache
def harmonic(n: int, order: int = 1) -> sympy.Rational:
    """H_n = Σ_{j=1}^n 1/j^order.

    Parameters
    ----------
    n : int
        Natural number; H_0 = 0.
    order : int
        At least 1.
    """
    above, below = _sum(1, n + 1, order)
    exact = flint.fmpq(above, below)
    return sympy.Rational(int(exact.p), int(exact.q))


def _sum(low: int, high: int, order: int) -> tuple[flint.fmpz, flint.fmpz]:
    """Numerator and denominator, not in lowest terms, of the sum over low ≤ j < high."""
    if high - low <= 8:
        above, below = flint.fmpz(0), flint.fmpz(1)
        for j in range(low, high):
            power = flint.fmpz(j) ** order
            above, below = above * power + below, below * power
        return above, below
    middle = (low + high) // 2
    (a, b), (c, d) = _sum(low, middle, order), _sum(middle, high, order)
    return a * d + c * b, b * d
