"""Positivity of closed forms in dimensions and variances, by a certificate that can be read off.

Substituting n = 1 + m for a dimension n ≥ 1 (and nothing for a variance ≥ 0): if no coefficient of numerator
times denominator is negative, the closed form is ≥ 0 on the whole domain; if moreover the constant term is
positive, it is > 0 there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sympy

from symicl.algebra import MEANING, ONE, ROWS, ClosedForm, SmallestEigenvalue, letter, monomials_of, unheard
from symicl.errors import UnsupportedError
from symicl.expectation import SquareSum
from symicl.verdicts import Evidence


@unheard
def shifted(form: ClosedForm, at_least: Mapping[sympy.Symbol, int] | None = None) -> ClosedForm:
    """The closed form with each symbol s replaced by (its lower bound) + s.

    The lower bound is 1 for a dimension, 0 for a non-negative symbol, unless ``at_least`` says otherwise.

    Raises
    ------
    UnsupportedError
        If a symbol has no known lower bound or a matrix occurs.
    """
    bounds = at_least or {}
    replacements = {}
    for a in form.letters():
        symbol = MEANING[a]
        if ROWS[a] == ONE and isinstance(symbol, sympy.harmonic | SquareSum):
            low = 0  # a sum of positive terms, or of squares
        elif isinstance(symbol, SmallestEigenvalue) and symbol.is_nonnegative:
            low = 0
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
        replacements[a] = ClosedForm.of(above) + low
    return form.substitute(replacements)


@dataclass(frozen=True, eq=False)
class Sign(Evidence):
    """That a closed form is ≥ 0, or > 0, on the whole domain, as far as its denominator does not vanish.

    Attributes
    ----------
    parts : tuple of (ClosedForm, bool)
        Forms without denominators that have to be ≥ 0, or > 0 where the second entry is true: the numerator and,
        unless it is a number, the denominator; or the product of the two.
    at_least : mapping
        Lower bounds other than the usual ones.
    """

    parts: tuple[tuple[ClosedForm, bool], ...]
    at_least: Mapping[sympy.Symbol, int]

    @property
    def holds(self) -> bool:
        """True if it is seen from the coefficients; False means that no certificate was found."""
        return all(_is_seen(form, self.at_least, strict) for form, strict in self.parts)


def _is_seen(form: ClosedForm, at_least: Mapping[sympy.Symbol, int], strict: bool) -> bool:
    moved = monomials_of(shifted(form, at_least))
    return all(c >= 0 for c in moved.values()) and (not strict or moved.get((), 0) > 0)


def nonnegative(form: ClosedForm, at_least: Mapping[sympy.Symbol, int] | None = None) -> Sign:
    """That a closed form is ≥ 0: no coefficient is negative after the shift."""
    return _sign(form, at_least or {}, strict=False)


def positive(form: ClosedForm, at_least: Mapping[sympy.Symbol, int] | None = None) -> Sign:
    """That it is > 0: the constant term of its numerator is moreover > 0."""
    return _sign(form, at_least or {}, strict=True)


def _sign(form: ClosedForm, at_least: Mapping[sympy.Symbol, int], *, strict: bool) -> Sign:
    num, den = form.fraction()
    if den == 1:
        return Sign(((num, strict),), at_least)
    apart = Sign(((num, strict), (den, False)), at_least)
    try:
        return apart if apart.holds else Sign(((num * den, strict),), at_least)
    except UnsupportedError:  # raised again by whoever asks
        return apart
