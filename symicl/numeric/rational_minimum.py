"""The certified minimum of a rational function of one real variable.

Guarantee: the number returned is the infimum over the whole real line, infinity included, and the digits asked
for are proven. Real roots of the derivative are counted by Sturm's theorem and enclosed in balls; the function is
evaluated in ball arithmetic; the precision is raised until the enclosure is small enough.
"""

from __future__ import annotations

from dataclasses import dataclass

import flint
import sympy

from symicl.errors import UnsupportedError
from symicl.numeric.balls import proven_digits, real_roots, value_at
from symicl.numeric.exact import sympy_rational

VARIABLE = sympy.Symbol("s", real=True)


@dataclass(frozen=True)
class CertifiedMinimum:
    """An infimum with proven digits.

    Attributes
    ----------
    value : sympy.Float
        Correct to the digits that were asked for.
    at : float
        Where it is attained; infinite when only in the limit.
    """

    value: sympy.Float
    at: float


def infimum(num: flint.fmpq_poly, den: flint.fmpq_poly, digits: int = 17) -> CertifiedMinimum:
    """inf over real s of num(s)/den(s).

    Parameters
    ----------
    num, den : flint.fmpq_poly
        Exact coefficients; ``den`` has no real root and is positive.
    digits : int
        Significant digits.

    Raises
    ------
    UnsupportedError
        If the denominator is not positive, or the function is unbounded below.
    """
    if real_root_count(den) or den(0) <= 0:
        raise UnsupportedError("the denominator of the function to be minimised is not positive everywhere")
    if num.degree() > den.degree() and (num.degree() % 2 or num.coeffs()[-1] < 0):
        raise UnsupportedError("the function to be minimised is not bounded below")
    slope = num.derivative() * den - num * den.derivative()
    at = 0.0

    def enclose() -> list[flint.arb] | None:
        nonlocal at
        found = _enclosed(num, den, slope)
        if found is None:
            return None
        ball, at = found
        return [ball]

    (value,) = proven_digits(enclose, digits, "the minimum")
    return CertifiedMinimum(value, at)


def real_root_count(polynomial: flint.fmpq_poly) -> int:
    """The number of distinct real roots, by Sturm's theorem."""
    if polynomial.degree() <= 0:
        return 0
    coefficients = [sympy_rational(c) for c in polynomial.coeffs()]
    return int(sympy.Poly(coefficients[::-1], VARIABLE).count_roots())


def _enclosed(
    num: flint.fmpq_poly, den: flint.fmpq_poly, slope: flint.fmpq_poly
) -> tuple[flint.arb, float] | None:
    """A ball around the minimum over all stationary points and infinity, and where it is; None if the real roots
    cannot be told from complex ones yet."""
    candidates: list[tuple[flint.arb, float]] = []
    if num.degree() <= den.degree():
        degree = den.degree()
        top = num.coeffs()[degree] if num.degree() == degree else flint.fmpq(0)
        candidates.append((flint.arb(top / den.coeffs()[degree]), float("inf")))
    roots = real_roots(slope)
    if len(roots) != real_root_count(slope):
        return None
    candidates += [(value_at(num, s) / value_at(den, s), float(s.mid())) for s in roots]
    if slope.degree() < 0:  # a constant
        candidates.append((flint.arb(num(0) / den(0)), 0.0))
    low = candidates[0][0].lower()
    best, at = candidates[0]
    for value, where in candidates[1:]:
        low = value.lower() if value.lower() < low else low
        if value.upper() < best.upper():
            best, at = value, where
    # The infimum lies between the least lower and the least upper bound of the candidates.
    return low.union(best.upper()), at
