"""Limits of values in one of their scalars."""

from __future__ import annotations

import sympy

from symicl.algebra import limit_at_infinity, limit_at_zero
from symicl.errors import InputError, UnsupportedError
from symicl.language.randomness import random_symbols
from symicl.language.value import MultipleOfI, Value, form_of


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
    found = (limit_at_zero if point == "0" else limit_at_infinity)(form_of(value), symbol)
    if found is None:
        raise Diverges(f"there is no finite limit as {symbol} goes to {point}")
    return MultipleOfI(found) if isinstance(value, MultipleOfI) else found
