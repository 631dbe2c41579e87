"""Limits of rational functions in one of their scalars."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy

from symicl.algebra.letters import COLS, DIMENSIONS, ROWS
from symicl.algebra.polynomial import MatrixPolynomial, Polynomial
from symicl.algebra.ratio import MatrixRatio, Ratio
from symicl.algebra.reader import scalar_letter
from symicl.algebra.words import Monomial
from symicl.claims.randomness import meaning_of, random_symbols
from symicl.claims.value import Value
from symicl.errors import InputError, UnsupportedError


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
    word = (scalar_letter(symbol),)
    num, den = value.ratio.num, value.ratio.den
    if not num:
        return value
    scalars: list[Monomial] = (
        [m for m, _ in num] if isinstance(num, Polynomial) else [m for (m, _), _ in num.terms.items()]
    )
    pick = max if point == "infinity" else min
    top = pick(m.count(word) for m in scalars)
    bottom = pick(m.count(word) for m, _ in den)
    if (top > bottom) if point == "infinity" else (top < bottom):
        raise Diverges(f"there is no finite limit as {symbol} goes to {point}")

    def leading(terms: Iterable[tuple[Any, Any]], key: Any) -> dict:
        found: dict = {}
        for k, c in terms:
            monomial, rebuild = key(k)
            if monomial.count(word) == bottom:
                new = rebuild(tuple(w for w in monomial if w != word))
                found[new] = found.get(new, 0) + c
        return found

    below = Polynomial(leading(den, lambda k: (k, lambda m: m)))
    if isinstance(num, MatrixPolynomial):
        terms = leading(num.terms.items(), lambda k: (k[0], lambda m, w=k[1]: (m, w)))
        return Value(MatrixRatio(MatrixPolynomial(num.rows, num.cols, terms), below))
    return Value(Ratio(Polynomial(leading(num, lambda k: (k, lambda m: m))), below), value.unsized)


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
