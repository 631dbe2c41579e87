"""Limits of closed forms in one scalar letter."""

from __future__ import annotations

from collections.abc import Callable

import sympy

from symicl.algebra.closed_form import ClosedForm, lowest_terms
from symicl.algebra.coefficients import Coefficient
from symicl.algebra.letters import COLS, DIMENSIONS, MEANING, ROWS
from symicl.algebra.provenance import reported
from symicl.algebra.reader import scalar_letter
from symicl.errors import UnsupportedError


@reported("limit")
def limit_at_infinity(form: ClosedForm, symbol: sympy.Symbol) -> ClosedForm | None:
    """Limit of a closed form as a scalar symbol grows; None if it diverges.

    The limit is that of the leading coefficients, for generic values of the other symbols.

    Raises
    ------
    UnsupportedError
        If a matrix has that symbol as its size, since its traces would grow too.
    """
    for a in form.letters():
        if symbol in (DIMENSIONS[ROWS[a]], DIMENSIONS[COLS[a]]):
            raise UnsupportedError(
                f"{MEANING[a]} has the size {symbol}, so the limit in {symbol} is not defined"
            )
    return limit(form, scalar_letter(symbol), "infinity")


def limit(form: ClosedForm, a: int, point: str) -> ClosedForm | None:
    """Limit as a scalar letter goes to "infinity" or "0", of its occurrences as a scalar; None if it diverges."""
    place = form.field.place.get((a,))
    if place is None or not form:
        return form
    pick: Callable[..., int] = max if point == "infinity" else min
    top, bottom = (
        pick(int(exponents[place]) for poly in polys for exponents, _ in poly.terms())
        for polys in (form.terms.values(), [form.denominator])
    )
    if (top > bottom) if point == "infinity" else (top < bottom):
        return None

    def at(polynomial: Coefficient) -> Coefficient:
        """The coefficient of the power that decides."""
        terms = {
            tuple([0 if i == place else e for i, e in enumerate(exponents)]): c
            for exponents, c in polynomial.terms()
            if exponents[place] == bottom
        }
        return form.field.context.from_dict(terms)

    terms = {key: c for key, poly in form.terms.items() if (c := at(poly))}
    return lowest_terms(form.rows, form.cols, form.field, terms, at(form.denominator))
