"""Numbers with proven digits: real roots in balls, and precision that is raised until the digits are there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import flint
import sympy

from symicl.errors import DerivationError

GUARD_DIGITS = 15
"""Digits beyond those that are asked for."""
MAX_PRECISION = 400_000


def real_roots(polynomial: flint.fmpq_poly) -> list[flint.arb]:
    """Balls around the distinct real roots, at the current precision.

    All complex roots are isolated in balls, and only real ones have the imaginary part zero.
    """
    if polynomial.degree() <= 0:
        return []
    found: Any = polynomial.numer().complex_roots()  # pairs (root, multiplicity), unlike its type hints say
    return [root.real for root, _ in found if root.imag == 0]


def value_at(polynomial: flint.fmpq_poly, x: flint.arb) -> flint.arb:
    """The polynomial on a ball, by Horner's rule."""
    value = flint.arb(0)
    for c in reversed(polynomial.coeffs()):
        value = value * x + flint.arb(c)
    return value


def proven_digits(
    enclose: Callable[[], Sequence[flint.arb] | None], digits: int, what: str
) -> tuple[sympy.Float, ...]:
    """Floats whose first digits are proven.

    Parameters
    ----------
    enclose : callable
        Balls around the numbers at the current precision, or None if it does not suffice.
    digits : int
    what : str
        What is enclosed, for the message.

    Raises
    ------
    DerivationError
        If no precision up to `MAX_PRECISION` suffices.
    """
    bits = int(3.33 * (digits + GUARD_DIGITS)) + 64
    while bits <= MAX_PRECISION:
        with flint.ctx.workprec(bits):
            found = enclose()
            if found is not None and all(_is_tight(ball, digits) for ball in found):
                return tuple(
                    sympy.Float(ball.mid().str(digits + GUARD_DIGITS, radius=False), digits + 5)
                    for ball in found
                )
        bits *= 2
    raise DerivationError(f"{what} could not be enclosed to {digits} digits")


def _is_tight(ball: flint.arb, digits: int) -> bool:
    return bool(ball.rad() <= abs(ball.mid()) * flint.arb(10) ** (-digits - 2))


def negative_squares(matrix: Sequence[Sequence[Any]]) -> int | None:
    """How many eigenvalues of a symmetric matrix are negative, by Sylvester's law of inertia.

    Parameters
    ----------
    matrix : nested sequence of arb or fmpq
        Symmetric.

    Returns
    -------
    int or None
        None where the sign of a pivot is not certain; the matrix may be singular then. Otherwise it is not.
    """
    rows = [list(row) for row in matrix]
    negative = 0
    for k, row in enumerate(rows):
        pivot = row[k]
        if not (pivot > 0 or pivot < 0):
            return None
        negative += bool(pivot < 0)
        for lower in rows[k + 1 :]:
            factor = lower[k] / pivot
            for j in range(k, len(rows)):
                lower[j] = lower[j] - factor * row[j]
    return negative
