"""Limits of rational functions in one of their scalars."""

from __future__ import annotations

import sympy

from symicl.algebra.closed_form import ClosedForm
from symicl.algebra.letters import COLS, DIMENSIONS, MEANING, ROWS
from symicl.algebra.limits import limit as algebra_limit
from symicl.algebra.provenance import reported
from symicl.algebra.reader import scalar_letter
from symicl.claims.randomness import meaning_of, random_symbols
from symicl.claims.value import MultipleOfI, Value, form_of, sizes_of
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
    found = _limit(form_of(value), scalar_letter(symbol), point)
    return MultipleOfI(found) if isinstance(value, MultipleOfI) else found


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
    letters = form_of(value).letters()
    sizes = {d for a in letters for d in (DIMENSIONS[ROWS[a]], DIMENSIONS[COLS[a]])} | set(sizes_of(value))
    if any(symbol in getattr(size, "free_symbols", ()) for size in sizes):
        raise UnsupportedError(f"a matrix has the size {symbol}, so the limit in {symbol} is not defined")
    for a in letters:
        meaning = meaning_of(a)
        if meaning != symbol and symbol in getattr(meaning, "free_symbols", ()):
            raise UnsupportedError(f"{meaning} depends on {symbol} in a way that is not rational in scalars")
