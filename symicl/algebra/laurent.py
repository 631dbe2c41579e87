"""Expansions of closed forms in one scalar letter, at infinity or at zero: the coefficients of its powers."""

from __future__ import annotations

import sympy

from symicl.algebra.expanded import powers
from symicl.algebra.form import ClosedForm
from symicl.algebra.limits import refuse_hidden
from symicl.algebra.reader import scalar_letter

Expansion = dict[int, ClosedForm]
"""From powers of the letter, the leading one first, to their coefficients, none of them zero."""


def expansion(form: ClosedForm, symbol: sympy.Symbol, down_to: int, *, at_zero: bool = False) -> Expansion:
    """The terms of an expansion as a scalar symbol grows, or vanishes, for generic values of all others.

    Parameters
    ----------
    form : ClosedForm
    symbol : SymPy symbol
    down_to : int
        The last power. At infinity powers fall, at zero they rise.
    at_zero : bool

    Returns
    -------
    dict
        What is left out is of the order of the next power.

    Raises
    ------
    UnsupportedError
        If a matrix has the symbol as its size, or a letter depends on it.
    """
    refuse_hidden(form, symbol)
    a = scalar_letter(symbol)
    step = 1 if at_zero else -1
    top, bottom = (powers(part, (a,)) for part in form.fraction())
    if not top:
        return {}
    lead = (min if at_zero else max)(bottom)
    power = (min if at_zero else max)(top) - lead
    found: Expansion = {}
    while (down_to - power) * step >= 0:
        rest = top.get(power + lead, ClosedForm.zero(form.rows, form.cols))
        for k, c in bottom.items():
            if k != lead and power + lead - k in found:
                rest = rest - found[power + lead - k] * c
        if rest:
            found[power] = rest / bottom[lead]
        power += step
    return found
