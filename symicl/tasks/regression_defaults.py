"""The symbols of in-context regression that are not named by the user, and its variances."""

from __future__ import annotations

from fractions import Fraction

import sympy

from symicl.algebra import dims, scalar
from symicl.errors import InputError, brief

N, D = dims("n d")
SIGMA2 = scalar("sigma2", nonnegative=True)


def variance(noise: object, what: str = "the noise variance") -> sympy.Expr:
    """A variance as an expression.

    Raises
    ------
    InputError
        If it is no scalar, or not known to be non-negative.
    """
    if isinstance(noise, int | Fraction) and not isinstance(noise, bool):
        noise = sympy.Rational(noise)
    if not isinstance(noise, sympy.Expr):
        raise InputError(f"{what} is {brief(noise)}; give a symbol or an exact number")
    if not noise.is_nonnegative:
        raise InputError(
            f"{what} is {noise}, which is not known to be ≥ 0; declare its symbols with "
            "scalar(..., nonnegative=True)"
        )
    return noise
