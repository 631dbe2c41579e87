"""A positive polynomial in one real variable as a sum of squares with rational coefficients, exactly."""

from __future__ import annotations

from typing import Any

import flint

from symicl.errors import UnsupportedError
from symicl.numeric.balls import real_roots

RationalSquares = list[tuple[flint.fmpq, flint.fmpq_poly]]
"""Pairs (c, q) of a sum Σ c q² with c > 0."""

MAX_HALVINGS = 200


def sum_of_squares(polynomial: flint.fmpq_poly) -> RationalSquares:
    """The polynomial as Σ c q² with rational c > 0 and rational q; that it is one is checked.

    Raises
    ------
    UnsupportedError
        If the polynomial is not positive everywhere.

    Notes
    -----
    A small multiple of Σ x²ᵏ is kept aside, so that what is left is still positive. That is a multiple of u² + v²,
    where u + iv is the product of x − z over its roots z above the real line. u and v are rounded; what is kept aside
    takes up what this leaves, odd powers as ±2xᵏxᵏ⁺¹ = (xᵏ ± xᵏ⁺¹)² − x²ᵏ − x²ᵏ⁺².
    """
    if polynomial.degree() % 2 or polynomial.coeffs()[-1] <= 0 or real_roots(polynomial):
        raise UnsupportedError(
            "a polynomial that is not positive everywhere is no sum of squares with room to round"
        )
    half = polynomial.degree() // 2
    even = sum((_power(2 * k) for k in range(half + 1)), flint.fmpq_poly())
    aside = polynomial.coeffs()[-1] / 2
    for _ in range(MAX_HALVINGS):
        if not real_roots(polynomial - aside * even):
            break
        aside /= 2
    for precision in (64, 128, 256, 512, 1024):
        found = _rounded(polynomial, aside, even, precision)
        if found is not None and sum((c * q * q for c, q in found), flint.fmpq_poly()) == polynomial:
            return found
    raise UnsupportedError("the polynomial comes too close to zero to be written as a sum of squares")


def _rounded(
    polynomial: flint.fmpq_poly, aside: flint.fmpq, even: flint.fmpq_poly, precision: int
) -> RationalSquares | None:
    """The squares with u and v rounded to so many bits; None if a coefficient becomes negative."""
    rest = polynomial - aside * even
    top = rest.coeffs()[-1]
    u, v = _factor(rest, precision)
    left = (polynomial - top * (u * u + v * v)).coeffs()
    half = polynomial.degree() // 2
    left += [flint.fmpq(0)] * (2 * half + 1 - len(left))
    weights = [left[2 * k] for k in range(half + 1)]
    squares: RationalSquares = [(top, u), (top, v)]
    for k in range(half):
        odd = left[2 * k + 1]
        if odd:
            size = abs(odd) / 2
            sign = 1 if odd > 0 else -1
            squares.append((size, _power(k) + sign * _power(k + 1)))
            weights[k], weights[k + 1] = weights[k] - size, weights[k + 1] - size
    squares += [(weight, _power(k)) for k, weight in enumerate(weights)]
    kept = [(c, q) for c, q in squares if c and q]
    return kept if all(c > 0 for c, _ in kept) else None


def _factor(polynomial: flint.fmpq_poly, precision: int) -> tuple[flint.fmpq_poly, flint.fmpq_poly]:
    """Real and imaginary part of ∏ (x − z) over the roots z above the real line, rounded."""
    before = flint.ctx.prec
    flint.ctx.prec = 2 * precision + 64
    try:
        roots: Any = polynomial.numer().complex_roots()
        product = [flint.acb(1)]
        for root, multiplicity in roots:
            if root.imag > 0:
                for _ in range(multiplicity):
                    shifted = [flint.acb(0), *product]
                    product = [a - root * b for a, b in zip(shifted, [*product, flint.acb(0)], strict=True)]
        parts = [[_nearest(part, precision) for part in (c.real, c.imag)] for c in product]
    finally:
        flint.ctx.prec = before
    return flint.fmpq_poly([a for a, _ in parts]), flint.fmpq_poly([b for _, b in parts])


def _nearest(ball: flint.arb, precision: int) -> flint.fmpq:
    """A number with so many bits behind the point, near the middle of a ball."""
    scaled: Any = (ball.mid() * flint.arb(2) ** precision).floor().unique_fmpz()
    return flint.fmpq(scaled, flint.fmpz(2) ** precision) if scaled is not None else flint.fmpq(0)


def _power(k: int) -> flint.fmpq_poly:
    return flint.fmpq_poly([0] * k + [1])
