"""Exact instances at which a scalar that is said to be ≥ 0 is negative."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import sympy

from symicl.algebra import SmallestEigenvalue
from symicl.errors import SymiclError
from symicl.numeric import Value, evaluate, instances, smallest_eigenvalue
from symicl.statements.comparison import instance_text, show

LIMIT = 24
"""Instances that are tried, and again at a special place."""


def falls_below(
    expression: sympy.Basic, place: Mapping[sympy.Basic, sympy.Basic] | None = None, *, zero_too: bool = False
) -> str | None:
    """An instance, in words, at which a scalar is negative; None if none is found.

    Parameters
    ----------
    expression : SymPy scalar
    place : dict, optional
        Values of some symbols where instances are looked for as well.
    zero_too : bool
        An instance at which it is zero will do.
    """
    least = expression.atoms(SmallestEigenvalue)
    for values in _points(expression, [{}, dict(place)] if place else [{}]):
        try:
            eigenvalues = {e: smallest_eigenvalue(evaluate(e.matrix, values)) for e in least}
            value = evaluate(expression, {**values, **eigenvalues})
        except (SymiclError, ZeroDivisionError):
            continue
        if bool(value < 0) or (zero_too and value == 0):
            return f"at {instance_text(values)}: there it is {show(value)}"
    return None


def _points(
    expression: sympy.Basic, places: list[dict[sympy.Basic, sympy.Basic]]
) -> Iterator[dict[sympy.Basic, Value]]:
    for place in places:
        free = expression.free_symbols - place.keys()
        symbols = sorted(free.union(*(value.free_symbols for value in place.values())), key=str)
        for point in instances(symbols, limit=LIMIT):
            values = {symbol: point[symbol] for symbol in symbols}
            try:
                yield values | {symbol: evaluate(value, values) for symbol, value in place.items()}
            except (SymiclError, ZeroDivisionError):
                continue
