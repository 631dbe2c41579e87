"""The sign of a form in two letters between two directions, seen from its coefficients.

The directions between v and w are v + sw with s ≥ 0. If no coefficient in s is negative and the constant one is
positive, the form is positive there: Descartes' rule of signs without a change of sign. Arcs that start where others
end cover all that lies between the first direction and the last.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sympy

from symicl.algebra import ClosedForm, closed_form, scalar
from symicl.proofs.zheng2024.parts.letters import of, put
from symicl.theory import Sign, positive

s = scalar("s", nonnegative=True)
MAX_HALVINGS = 12


def along_arc(
    form: ClosedForm, letters: Sequence[sympy.Symbol], v: Sequence[Any], w: Sequence[Any]
) -> ClosedForm:
    """The form at v + sw."""
    return put(
        form, {x: closed_form(one) + of(s) * other for x, one, other in zip(letters, v, w, strict=True)}
    )


def positive_between(
    form: ClosedForm,
    letters: Sequence[sympy.Symbol],
    v: Sequence[Any],
    w: Sequence[Any],
    at_least: Mapping[sympy.Symbol, int] | None = None,
) -> list[Sign]:
    """That a form is > 0 at v + sw for all s ≥ 0, perhaps in several arcs.

    Parameters
    ----------
    form : ClosedForm
        Homogeneous in the two letters, and perhaps with other ones that have lower bounds.
    letters : two SymPy symbols
    v, w : two pairs
        Of numbers, or of closed forms in letters with lower bounds.
    at_least : mapping, optional
        As for `symicl.theory.positive`.

    Returns
    -------
    list of Sign
        One that does not hold if no certificate was found.
    """
    return [sign for sign, _ in _arcs(form, letters, v, w, at_least, MAX_HALVINGS)]


def directions_between(
    form: ClosedForm,
    letters: Sequence[sympy.Symbol],
    v: Sequence[Any],
    w: Sequence[Any],
    at_least: Mapping[sympy.Symbol, int] | None = None,
) -> list[tuple[ClosedForm, ClosedForm]]:
    """The first and the last direction, with those between them at which the arcs of `positive_between` end."""
    ends = [end for _, end in _arcs(form, letters, v, w, at_least, MAX_HALVINGS)]
    return [(closed_form(x), closed_form(y)) for x, y in (v, *ends)]


def _arcs(form, letters, v, w, at_least, halvings):
    """The signs from v to w, each with the end of its arc; the last one does not hold if too many arcs are needed."""
    found = positive(along_arc(form, letters, v, w), at_least)
    if found.holds or not halvings:
        return [(found, w)]
    middle = tuple([closed_form(one) + other for one, other in zip(v, w, strict=True)])
    first = _arcs(form, letters, v, middle, at_least, halvings - 1)
    if not first[-1][0].holds:
        return first
    return first + _arcs(form, letters, middle, w, at_least, halvings - 1)
