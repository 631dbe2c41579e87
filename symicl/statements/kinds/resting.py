"""Points at which a flow stays, as counterexamples to where it is said to go."""

from __future__ import annotations

from collections.abc import Mapping

import sympy

from symicl.algebra import ClosedForm, read_form
from symicl.statements.comparison import compare, instance_text, show
from symicl.theory import Flow
from symicl.verdicts import REFUTED


def rests(place: Mapping[sympy.Basic, sympy.Basic], motion: Flow) -> bool:
    """True if all that moves is seen to stay where it is put."""
    velocities = (read_form(form.expr.xreplace(dict(place))) for form in motion.velocities.values())
    return all(form == form * 0 for form in velocities)


def rests_elsewhere(
    error: ClosedForm,
    place: Mapping[sympy.Basic, sympy.Basic],
    motion: Flow,
    given: Mapping[sympy.Basic, sympy.Basic] | None = None,
) -> str:
    """An instance, in words, at which a flow stays and an error is not zero; empty if none is found.

    Parameters
    ----------
    error : ClosedForm
        What is said to tend to zero.
    place : dict
        Values of the parameters that move; nothing is said without any.
    motion : Flow
    given : dict, optional
        What symbols in the error and the place stand for along the flow.
    """
    meant = {symbol: value.xreplace(dict(given or {})) for symbol, value in place.items()}
    if not place or not rests(meant, motion):
        return ""
    there = read_form(error.expr.xreplace(dict(place)))
    found = compare((there.T @ there).trace(), sympy.Integer(0))
    if found.status != REFUTED:
        return ""
    where = ", ".join(f"{symbol} = {value}" for symbol, value in place.items())
    at, far = instance_text(found.values or {}), show(found.derived)
    return f"from the start {where}, where the flow stays: at {at} the square of the distance is {far} for all time"
