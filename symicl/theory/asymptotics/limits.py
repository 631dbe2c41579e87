"""`limit`: a closed form as one of its sizes grows, alone or in proportion with others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from types import MappingProxyType
from typing import Any

import sympy

from symicl.algebra import ClosedForm, exact_scalar, formula_of, powers, read_form, scalar_letter
from symicl.errors import InputError, UnsupportedError, brief
from symicl.theory.asymptotics.expanded import expanded, is_positive
from symicl.theory.asymptotics.growth import (
    at_limits_of_sums,
    in_roots,
    refuse_other_roots,
    root_of,
    without_harmonic,
)
from symicl.theory.asymptotics.reading import in_proportion, moved, quotients_of, read


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
        Rational in the symbol and its roots, such as ``sqrt(n)``, and beside them in harmonic numbers of one argument;
        inverses of sums such as ``(n * Sigma + c * I)⁻¹`` are taken as well.
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
    >>> from sympy import harmonic, sqrt
    >>> limit(sqrt(n) / (sqrt(n) + harmonic(n)), n), limit(sqrt(d / n), n, proportional={d: c})
    (1, sqrt(c))
    """
    if isinstance(symbol, list | tuple):
        if proportional is not None:
            raise InputError(
                "proportional goes with one symbol; give [n, d] without it for one limit after the other"
            )
        if not symbol:
            raise InputError("the list of symbols is empty; give a symbol such as n, or several")
        return reduce(lambda value, one: limit(value, one, point), symbol, formula)
    is_form = isinstance(formula, ClosedForm)
    if not isinstance(symbol, sympy.Symbol) or point not in (sympy.oo, 0):
        form, _ = read(formula)
        where, form = moved(form, symbol, point)
        base = f"({symbol - exact_scalar(point, 'the point')})"
        found = _limit(form, symbol, where, quotients_of(symbol, where, proportional), base)
    else:
        found = _of_growth(formula_of(formula), symbol, point, quotients_of(symbol, point, proportional))
    if isinstance(found, ClosedForm):
        return found if is_form else found.expr
    return found


def _of_growth(
    formula: Any, symbol: sympy.Symbol, point: Any, quotients: Mapping[sympy.Symbol, sympy.Expr]
) -> Any:
    """The limit at infinity or zero, where roots and harmonic numbers may stand."""
    orders: dict[sympy.Symbol, int] = {}
    refuse_other_roots(formula, {symbol, *quotients})
    if point == sympy.oo:
        formula, orders = without_harmonic(formula, symbol)
    root, small, back = root_of(formula, (symbol, *quotients)), symbol, dict[sympy.Symbol, sympy.Expr]()
    if root > 1:
        formula, small, back = in_roots(formula, symbol, quotients, root)
        quotients = {}
    form, _ = read(formula)
    _, form = moved(form, small, point)
    base = f"({small.name})" if root > 1 else symbol.name
    found = _limit(form, small, point, quotients, base, orders)
    return found.expr.subs(back) if back and isinstance(found, ClosedForm) else found


def _limit(
    form: ClosedForm,
    symbol: sympy.Symbol,
    point: Any,
    quotients: Mapping[sympy.Symbol, sympy.Expr],
    base: str,
    orders: Mapping[sympy.Symbol, int] = MappingProxyType({}),
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
    if orders:
        found = _beside_harmonic(form, symbol, found, power, orders)
        base = f"{base}, beside harmonic numbers" if power > 0 else base
    if power == 0:
        value = found.get(0, ClosedForm.zero(form.rows, form.cols))
        slow = next(
            (h for h, order in orders.items() if order == 1 and scalar_letter(h) in value.letters()), None
        )
        return value if slow is None else _limit(value, slow, sympy.oo, {}, slow.name)
    name = base if power == 1 else f"{base}^{power}"
    if point == sympy.oo and form.is_scalar:
        for sign, value in ((1, sympy.oo), (-1, -sympy.oo)):
            if is_positive(found[power] * sign):
                return value
    raise UnsupportedError(
        f"there is no finite limit: the leading term is {brief(found[power].expr)} times {name}; series() has it all"
    )


def _beside_harmonic(
    form: ClosedForm,
    symbol: sympy.Symbol,
    found: Mapping[int, ClosedForm],
    power: int,
    orders: Mapping[sympy.Symbol, int],
) -> dict[int, ClosedForm]:
    """The terms with the limits of harmonic numbers that have one; the leading ones must not vanish there."""
    _, below = form.fraction()
    lead = powers(below, (scalar_letter(symbol),))
    settled = {k: at_limits_of_sums(c, orders) for k, c in found.items() if k >= 0}
    if not at_limits_of_sums(lead[max(lead)], orders) or (power > 0 and not settled[power]):
        raise UnsupportedError(
            "a leading term vanishes where harmonic numbers have their limits, so more is needed"
        )
    if power > 0:  # its sign for large numbers is that of its own leading term in each
        for a in map(scalar_letter, orders):
            if a in settled[power].letters():
                top, bottom = (powers(part, (a,)) for part in settled[power].fraction())
                settled[power] = top[max(top)] / bottom[max(bottom)]
    return settled
