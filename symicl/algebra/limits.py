"""Limits of closed forms in one scalar letter."""

from __future__ import annotations

from collections.abc import Callable

import sympy

from symicl.algebra.coefficients import Coefficient
from symicl.algebra.form import ClosedForm, lowest_terms
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
        If a matrix has that symbol as its size, since its traces would grow too, or a letter depends on it.
    """
    refuse_hidden(form, symbol)
    return _limit(form, scalar_letter(symbol), max, lambda above, below: above <= below)


@reported("limit at zero")
def limit_at_zero(form: ClosedForm, symbol: sympy.Symbol) -> ClosedForm | None:
    """Limit of a closed form as a scalar symbol vanishes; None if it diverges. See `limit_at_infinity`."""
    refuse_hidden(form, symbol)
    return _limit(form, scalar_letter(symbol), min, lambda above, below: above >= below)


def refuse_hidden(form: ClosedForm, symbol: sympy.Symbol) -> None:
    """Refuse letters that depend on the symbol without being it, such as a matrix of that size or H_n.

    Raises
    ------
    UnsupportedError
    """
    sizes = {DIMENSIONS[dim] for a in form.letters() for dim in (ROWS[a], COLS[a])}
    sizes |= {DIMENSIONS[form.rows], DIMENSIONS[form.cols]}
    if any(symbol in getattr(size, "free_symbols", ()) for size in sizes):
        raise UnsupportedError(f"a matrix has the size {symbol}, so the limit in {symbol} is not defined")
    for a in form.letters():
        meaning = MEANING[a]
        while isinstance(meaning, tuple) and meaning[0] == "inverse":
            meaning = meaning[1]
        if meaning != symbol and symbol in getattr(meaning, "free_symbols", ()):
            raise UnsupportedError(f"{meaning} depends on {symbol} in a way that is not rational in scalars")


def _limit(
    form: ClosedForm, a: int, pick: Callable[..., int], converges: Callable[[int, int], bool]
) -> ClosedForm | None:
    place = form.field.place.get((a,))
    if place is None or not form:
        return form
    top, bottom = (
        pick(int(exponents[place]) for poly in polys for exponents, _ in poly.terms())
        for polys in (form.terms.values(), [form.denominator])
    )
    if not converges(top, bottom):
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
