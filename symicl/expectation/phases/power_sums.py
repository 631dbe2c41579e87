"""Sums of powers in closed form."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from math import comb

import sympy

from symicl.algebra import Polynomial, read_scalar, unheard


@cache
def faulhaber(power: int) -> tuple[Fraction, ...]:
    """Coefficients of F(x) = Σ_{j=1}^x j^power, from the constant one upwards.

    As polynomials, Σ_{j=a}^b j^power = F(b) − F(a − 1) for all integers b ≥ a − 1.
    """
    # (x + 1)^{k+1} − 1 = Σ_j C(k+1, j) F_j(x), summed over j = 0 … k.
    size = power + 2
    total = [Fraction(comb(power + 1, i)) for i in range(size)]
    total[0] -= 1
    for j in range(power):
        for i, c in enumerate(faulhaber(j)):
            total[i] -= comb(power + 1, j) * c
    return tuple([c / (power + 1) for c in total])


def power_sum(power: int, upper: Polynomial) -> Polynomial:
    """Σ_{j=1}^upper j^power for a power ≥ 0 and a polynomial as upper end."""
    result = Polynomial()
    for c in reversed(faulhaber(power)):
        result = result * upper + c
    return result


@cache
@unheard
def sum_of_powers(power: int, upper: sympy.Expr) -> Polynomial:
    """Σ_{n=1}^upper n^power: a polynomial, or a harmonic number as a letter for a negative power."""
    if power >= 0:
        return power_sum(power, read_scalar(upper))
    return read_scalar(sympy.harmonic(upper, -power) if power < -1 else sympy.harmonic(upper))
