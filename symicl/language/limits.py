"""Limits of values in one of their scalars, or in sizes that grow together."""

from __future__ import annotations

from collections.abc import Mapping

import sympy

from symicl.algebra import ClosedForm, limit_at_infinity, limit_at_zero, scalar_letter
from symicl.errors import DerivationError, InputError, UnsupportedError
from symicl.language.randomness import random_symbols
from symicl.language.value import MultipleOfI, Value, form_of
from symicl.theory import limit as limit_with_inverses
from symicl.theory import limit_of_inverses


class Diverges(UnsupportedError):
    """There is no finite limit."""


def limit(
    value: Value, symbol: sympy.Symbol, point: str, beside: Mapping[sympy.Symbol, ClosedForm] | None = None
) -> tuple[Value, bool]:
    """The limit as a scalar symbol goes to "infinity" or to "0", for generic values of the other symbols.

    Parameters
    ----------
    value : Value
    symbol : SymPy symbol
    point : str
    beside : dict, optional
        Dimensions that grow beside the symbol, with the limits of their quotients by it.

    Returns
    -------
    Value, bool
        The second is false if no rule of a certificate takes this limit, since an inverse depends on the symbol.

    Raises
    ------
    Diverges
        If there is none.
    UnsupportedError
        If a matrix has the symbol as its size, or the leading part of an inverse is not known to be invertible.
    InputError
        If something random is left in it, or a quotient is neither a positive number nor a positive symbol.
    """
    if random_symbols(value):
        raise InputError("the limit of something random is not defined here; take its expectation first")
    form = form_of(value)
    found, is_written = _in_proportion(form, symbol, beside) if beside else _alone(form, symbol, point)
    if found is None:
        raise Diverges(f"there is no finite limit as {symbol} goes to {point}")
    return (MultipleOfI(found) if isinstance(value, MultipleOfI) else found), is_written


def _alone(form: ClosedForm, symbol: sympy.Symbol, point: str) -> tuple[ClosedForm | None, bool]:
    try:
        return (limit_at_zero if point == "0" else limit_at_infinity)(form, symbol), True
    except UnsupportedError as problem:
        try:
            found = limit_with_inverses(form, symbol, sympy.S.Zero if point == "0" else sympy.oo)
        except UnsupportedError as other:
            if "no finite limit" in str(other):
                return None, False
            raise problem from None
    return _substituted(form, symbol, point, found) if isinstance(found, ClosedForm) else (None, False)


def _substituted(
    form: ClosedForm, symbol: sympy.Symbol, point: str, found: ClosedForm
) -> tuple[ClosedForm, bool]:
    """A limit that is known, taken once more by substitutions, which a certificate has rules for."""
    try:
        written = limit_of_inverses(form, symbol, at_zero=point == "0")
    except UnsupportedError:
        return found, False
    if written != found:
        raise DerivationError(f"two ways to take the limit in {symbol} disagree; this is a defect")
    return written, True


def _in_proportion(
    form: ClosedForm, symbol: sympy.Symbol, beside: Mapping[sympy.Symbol, ClosedForm]
) -> tuple[ClosedForm | None, bool]:
    quotients = {other: quotient.expr for other, quotient in beside.items()}
    try:
        found = limit_with_inverses(form, symbol, proportional=quotients)
    except UnsupportedError as problem:
        if "no finite limit" in str(problem):
            return None, True
        raise
    if not isinstance(found, ClosedForm):
        return None, True
    # The same in two steps, which a certificate has rules for.
    n = ClosedForm.of(scalar_letter(symbol))
    written = limit_at_infinity(
        form.substitute({scalar_letter(other): quotient * n for other, quotient in beside.items()}), symbol
    )
    if written is None or written != found:
        raise DerivationError(f"two ways to take the limit in {symbol} disagree; this is a defect")
    return written, True
