"""Positivity of polynomials in dimensions and variances, by a certificate that can be read off.

Substituting n = 1 + m for a dimension n ≥ 1 (and nothing for a variance ≥ 0): if no coefficient of the
result is negative, the polynomial is ≥ 0 on the whole domain; if moreover the constant term is positive, it
is > 0 there.
"""

from __future__ import annotations

from collections.abc import Iterable

import sympy

from symicl.algebra.letters import MEANING, ONE, ROWS, letter
from symicl.algebra.polynomial import MatrixPolynomial, Polynomial
from symicl.algebra.provenance import reported
from symicl.errors import UnsupportedError


def shifted(polynomial: Polynomial, at_least: dict[sympy.Symbol, int] | None = None) -> Polynomial:
    """The polynomial with each symbol s replaced by (its lower bound) + s.

    The lower bound is 1 for a dimension, 0 for a non-negative symbol, unless ``at_least`` says otherwise.

    Raises
    ------
    UnsupportedError
        If a symbol has no known lower bound or a matrix occurs.
    """
    bounds = at_least or {}
    replacements = {}
    for a in polynomial.letters():
        symbol = MEANING[a]
        if ROWS[a] == ONE and isinstance(symbol, sympy.harmonic):
            low = 0  # a sum of positive terms
        elif ROWS[a] != ONE or not isinstance(symbol, sympy.Symbol):
            raise UnsupportedError(f"{symbol} is not a scalar symbol, so its sign is not known")
        elif symbol in bounds:
            low = bounds[symbol]
        elif symbol.is_integer and symbol.is_positive:
            low = 1
        elif symbol.is_nonnegative:
            low = 0
        else:
            raise UnsupportedError(f"the sign of {symbol} is not known")
        above = letter(("above bound", symbol, low), ONE, ONE)
        replacements[a] = MatrixPolynomial.of(above) + MatrixPolynomial.identity(ONE, low)
    return polynomial.substitute(replacements)


@reported("nonnegative")
def is_nonnegative(polynomial: Polynomial, at_least: dict[sympy.Symbol, int] | None = None) -> bool:
    """True if all coefficients are ≥ 0 after the shift; False means that no certificate was found."""
    return all(c >= 0 for _, c in shifted(polynomial, at_least))


@reported("positive")
def is_positive(polynomial: Polynomial, at_least: dict[sympy.Symbol, int] | None = None) -> bool:
    """True if moreover the constant term is > 0."""
    moved = shifted(polynomial, at_least)
    return all(c >= 0 for _, c in moved) and moved.terms.get((), 0) > 0


def are_positive(polynomials: Iterable[Polynomial]) -> bool:
    """True if each of them is; what is returned is the last decision, so that a recording knows all of them."""
    decision = True
    for polynomial in polynomials:
        decision = is_positive(polynomial)
        if not decision:
            break
    return decision
