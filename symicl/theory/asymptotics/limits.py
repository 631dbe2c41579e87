"""`limit`: a closed form as one of its sizes grows, alone or in proportion with others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

import sympy

from symicl.algebra import ClosedForm, exact_scalar, powers, read_form, scalar_letter
from symicl.errors import InputError, UnsupportedError, brief
from symicl.theory.asymptotics.expanded import expanded
from symicl.theory.asymptotics.reading import in_proportion, moved, quotients_of, read
from symicl.theory.positivity import positive


def limit(
    formula: Any,
    symbol: sympy.Symbol | Sequence[sympy.Symbol],
    point: Any = sympy.oo,
    *,
    proportional: Mapping[sympy.Symbol, Any] | None = None,
) -> Any:
    """The limit of a closed form as a symbol of it goes to infinity, to zero or to a number.

    Parameters
    ----------
    formula : SymPy expression, closed form, optimum or any other result with an ``expr``
        Rational in the symbol; inverses of sums such as ``(n * Sigma + c * I)⁻¹`` are taken as well.
    symbol : SymPy symbol, or a list of them
        Of a list the limits are taken one after the other, the first symbol first, which is not the same as in
        another order, nor as all at once.
    point : oo, 0 or an exact number, optional
    proportional : dict, optional
        From other symbols to the limits of their quotients by the symbol: ``{d: c}`` says that d/n → c, a positive
        symbol or number. They then grow together.

    Returns
    -------
    ClosedForm or SymPy expression
        A closed form for a closed form. Of a scalar that grows beyond all bounds oo or −oo.

    Raises
    ------
    InputError
        For what is no formula or is random, or a point or a quotient that is none.
    UnsupportedError
        If a matrix has the symbol as its size, the formula is not rational in it, there is no limit, or it depends on
        how the quotient is approached.

    Notes
    -----
    That of the leading terms, for generic values of all other symbols. Inverses are expanded where their leading part
    is known to be invertible.

    Examples
    --------
    >>> import symicl as si
    >>> optimum = si.minimise(si.expected_loss(si.LinearSelfAttention(), si.LinearRegression()))
    >>> n, d, c = *si.dims("n d"), si.scalar("c", positive=True)
    >>> limit(optimum, n)
    sigma2
    >>> limit(optimum.value / d, n, proportional={d: c})
    c/(c + 1)
    >>> limit(d / (n + d), [n, d]), limit(d / (n + d), [d, n])
    (0, 1)
    """
    if isinstance(symbol, list | tuple):
        if proportional is not None:
            raise InputError(
                "proportional goes with one symbol; give [n, d] without it for one limit after the other"
            )
        if not symbol:
            raise InputError("the list of symbols is empty; give a symbol such as n, or several")
        return reduce(lambda value, one: limit(value, one, point), symbol, formula)
    form, is_form = read(formula)
    where, form = moved(form, symbol, point)
    base = str(symbol) if point in (sympy.oo, 0) else f"({symbol - exact_scalar(point, 'the point')})"
    found = _limit(form, symbol, where, quotients_of(symbol, where, proportional), base)
    if isinstance(found, ClosedForm):
        return found if is_form else found.expr
    return found


def _limit(
    form: ClosedForm,
    symbol: sympy.Symbol,
    point: Any,
    quotients: Mapping[sympy.Symbol, sympy.Expr],
    base: str,
) -> Any:
    # A letter of its own first: the leading terms may vanish at the quotient that is approached.
    ratios = {other: sympy.Dummy(f"{other}_{symbol}", positive=True) for other in quotients}
    there = {scalar_letter(ratios[other]): read_form(quotient) for other, quotient in quotients.items()}
    form = in_proportion(form, symbol, ratios)
    terms = expanded(form, symbol, 0, at_zero=point == 0)
    if there:
        _, below = form.fraction()
        lead = powers(below, (scalar_letter(symbol),))
        leading = {"denominator": lead[max(lead)]}
        if max(terms, default=0) > 0:  # else what is left out vanishes, whatever the quotient tends to
            leading["numerator"] = terms[max(terms)]
        for place, part in leading.items():
            if not part.substitute(there):
                raise UnsupportedError(
                    f"the leading part of the {place} vanishes at this quotient, so the limit depends on how it is "
                    "approached; give a symbol for the quotient, or one size as an expression of the other"
                )
    found = {k: c for k, c in ((k, c.substitute(there)) for k, c in terms.items()) if c}
    power = next(iter(found), 0)
    if power == 0:
        return found.get(0, ClosedForm.zero(form.rows, form.cols))
    name = base if power == 1 else f"{base}^{power}"
    if point == sympy.oo and form.is_scalar:
        for sign, value in ((1, sympy.oo), (-1, -sympy.oo)):
            try:
                if positive(found[power] * sign).holds:
                    return value
            except UnsupportedError:
                break
    raise UnsupportedError(
        f"there is no finite limit: the leading term is {brief(found[power].expr)} times {name}; series() has it all"
    )
