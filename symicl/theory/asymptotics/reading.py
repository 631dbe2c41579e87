"""The arguments of limits and series: a formula, a symbol, a point and quotients of sizes, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy

from symicl.algebra import (
    MEANING,
    ClosedForm,
    RandomMatrix,
    exact_scalar,
    formula_of,
    read_form,
    refuse_hidden,
    refuse_namesakes,
    scalar_letter,
)
from symicl.errors import InputError, brief


def read(formula: Any) -> tuple[ClosedForm, bool]:
    """The closed form, and whether it was given as one."""
    found = formula_of(formula)
    form = found if isinstance(found, ClosedForm) else read_form(found)
    for a in form.letters():
        if isinstance(MEANING[a], RandomMatrix):
            raise InputError(f"{MEANING[a]} is random; take the expectation first, with expect()")
    return form, isinstance(formula, ClosedForm)


def moved(form: ClosedForm, symbol: Any, point: Any) -> tuple[Any, ClosedForm]:
    """The point, oo or 0, and the closed form in the distance from a number."""
    if not isinstance(symbol, sympy.Symbol):
        raise InputError(
            f"the symbol is {brief(symbol)}; give a scalar symbol or a size, such as n from dims('n')"
        )
    refuse_namesakes(form.expr, symbol)
    if point == sympy.oo:
        return sympy.oo, form
    place = exact_scalar(point, "the point")
    if not isinstance(place, sympy.Rational):
        raise InputError(f"the point is {brief(point)}; give oo, 0 or an exact number")
    if place == 0:
        return sympy.S.Zero, form
    refuse_hidden(form, symbol)
    return sympy.S.Zero, form.substitute({scalar_letter(symbol): read_form(symbol + place)})


def in_proportion(
    form: ClosedForm, symbol: sympy.Symbol, quotients: Mapping[sympy.Symbol, sympy.Expr]
) -> ClosedForm:
    """The closed form with c n for each symbol that grows beside n.

    Raises
    ------
    UnsupportedError
        If a matrix has such a symbol as its size, or an inverse depends on it.
    """
    for other in quotients:
        refuse_hidden(form, other)
    return form.substitute({scalar_letter(o): read_form(c * symbol) for o, c in quotients.items()})


def quotients_of(symbol: sympy.Symbol, point: Any, proportional: Any) -> dict[sympy.Symbol, sympy.Expr]:
    """The limits of quotients that are given, checked."""
    if proportional is None:
        return {}
    if not isinstance(proportional, Mapping) or point != sympy.oo:
        raise InputError("proportional is a dict such as {d: c} for d/n → c, with n going to oo")
    found = {}
    for other, value in proportional.items():
        quotient = exact_scalar(value, f"the limit of {other}/{symbol}")
        if not isinstance(other, sympy.Symbol) or other == symbol:
            raise InputError(
                f"{brief(other)} does not grow beside {symbol}; give another symbol, as in {{d: c}}"
            )
        if not (isinstance(quotient, sympy.Symbol | sympy.Rational) and quotient.is_positive):
            raise InputError(
                f"the limit of {other}/{symbol} is {brief(value)}; give a symbol from scalar('c', positive=True) or a "
                "positive exact number"
            )
        found[other] = quotient
    return found
