"""Limits of rational functions in one of their scalars."""

from __future__ import annotations

from typing import TypeAlias

import sympy

from symicl.algebra.letters import COLS, DIMENSIONS, MEANING, ROWS
from symicl.algebra.polynomial import MatrixPolynomial, Polynomial, merge
from symicl.algebra.provenance import reported
from symicl.algebra.ratio import MatrixRatio, Ratio, coefficient_of_power, powers_of
from symicl.algebra.reader import scalar_letter
from symicl.algebra.words import Monomial
from symicl.claims.randomness import meaning_of, random_symbols
from symicl.claims.value import Value
from symicl.errors import InputError, UnsupportedError

Closed: TypeAlias = Ratio | MatrixRatio


class Diverges(UnsupportedError):
    """There is no finite limit."""


def limit(value: Value, symbol: sympy.Symbol, point: str) -> Value:
    """The limit as a scalar symbol goes to "infinity" or to "0", for generic values of the other symbols.

    Raises
    ------
    Diverges
        If there is none.
    UnsupportedError
        If a matrix has the symbol as its size, or an inverse depends on it.
    InputError
        If something random is left in it.
    """
    if random_symbols(value):
        raise InputError("the limit of something random is not defined here; take its expectation first")
    _refuse_hidden(value, symbol)
    return Value(_limit(value.ratio, scalar_letter(symbol), point), value.unsized)


@reported("limit at a point")
def _limit(ratio: Closed, a: int, point: str) -> Closed:
    num, den = ratio.num, ratio.den
    if not num:
        return ratio
    pick = max if point == "infinity" else min
    top, bottom = (pick(powers_of(part, a)) for part in (num, den))
    if (top > bottom) if point == "infinity" else (top < bottom):
        raise Diverges(f"there is no finite limit as {MEANING[a]} goes to {point}")
    below = coefficient_of_power(den, a, bottom)
    if isinstance(num, MatrixPolynomial):
        return MatrixRatio(coefficient_of_power(num, a, bottom), below)
    return Ratio(coefficient_of_power(num, a, bottom), below)


def inverted(ratio: Closed, a: int, t: int) -> Closed:
    """The value with a = 1/t, numerator and denominator multiplied by the same power of t."""
    num, den = ratio.num, ratio.den
    top = max(powers_of(num, a) | powers_of(den, a))

    def turned(monomial: Monomial) -> Monomial:
        kept = tuple(w for w in monomial if w != (a,))
        return merge(kept, ((t,),) * (top - len(monomial) + len(kept)))

    below = Polynomial({turned(m): c for m, c in den})
    if isinstance(num, MatrixPolynomial):
        terms = {(turned(m), w): c for (m, w), c in num.terms.items()}
        return MatrixRatio(MatrixPolynomial(num.rows, num.cols, terms), below)
    return Ratio(Polynomial({turned(m): c for m, c in num}), below)


def _refuse_hidden(value: Value, symbol: sympy.Symbol) -> None:
    """Refuse letters that depend on the symbol without being it.

    Raises
    ------
    UnsupportedError
    """
    sizes = {d for a in value.letters() for d in (DIMENSIONS[ROWS[a]], DIMENSIONS[COLS[a]])}
    if value.shape is not None:
        sizes |= set(value.shape)
    if any(symbol in getattr(size, "free_symbols", ()) for size in sizes):
        raise UnsupportedError(f"a matrix has the size {symbol}, so the limit in {symbol} is not defined")
    for a in value.letters():
        meaning = meaning_of(a)
        if meaning != symbol and symbol in getattr(meaning, "free_symbols", ()):
            raise UnsupportedError(f"{meaning} depends on {symbol} in a way that is not rational in scalars")
