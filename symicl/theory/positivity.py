"""Positivity of polynomials in dimensions and variances, by a certificate that can be read off.

Substituting n = 1 + m for a dimension n ≥ 1 (and nothing for a variance ≥ 0): if no coefficient of the
result is negative, the polynomial is ≥ 0 on the whole domain; if moreover the constant term is positive, it
is > 0 there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sympy

from symicl.algebra.letters import MEANING, ONE, ROWS, letter
from symicl.algebra.polynomial import MatrixPolynomial, Polynomial
from symicl.algebra.provenance import unheard
from symicl.errors import UnsupportedError
from symicl.verdicts import Evidence


@unheard
def shifted(polynomial: Polynomial, at_least: Mapping[sympy.Symbol, int] | None = None) -> Polynomial:
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


@dataclass(frozen=True)
class Sign(Evidence):
    """That a polynomial is ≥ 0, or > 0, on the whole domain.

    Attributes
    ----------
    polynomial : Polynomial
    at_least : mapping
        Lower bounds other than the usual ones.
    strict : bool
        True for > 0.
    """

    polynomial: Polynomial
    at_least: Mapping[sympy.Symbol, int]
    strict: bool

    @property
    def holds(self) -> bool:
        """True if it is seen from the coefficients; False means that no certificate was found."""
        moved = shifted(self.polynomial, self.at_least)
        return all(c >= 0 for _, c in moved) and (not self.strict or moved.terms.get((), 0) > 0)


def nonnegative(polynomial: Polynomial, at_least: Mapping[sympy.Symbol, int] | None = None) -> Sign:
    """That all coefficients are ≥ 0 after the shift."""
    return Sign(polynomial, at_least or {}, strict=False)


def positive(polynomial: Polynomial, at_least: Mapping[sympy.Symbol, int] | None = None) -> Sign:
    """That moreover the constant term is > 0."""
    return Sign(polynomial, at_least or {}, strict=True)
