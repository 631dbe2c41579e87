"""Limits of rational functions in one of their scalars."""

from __future__ import annotations

import sympy

from symicl.algebra.closed_form import ClosedForm
from symicl.algebra.letters import COLS, DIMENSIONS, MEANING, ROWS
from symicl.algebra.limits import limit as algebra_limit
from symicl.algebra.provenance import reported
from symicl.algebra.reader import scalar_letter
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
    return Value(_limit(value.ratio, scalar_letter(symbol), point), value.unsized)


@reported("limit at a point")
def _limit(form: ClosedForm, a: int, point: str) -> ClosedForm:
    found = algebra_limit(form, a, point)
    if found is None:
        raise Diverges(f"there is no finite limit as {MEANING[a]} goes to {point}")
    return found


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
