"""Exact instances at which a scalar that is said to be ≥ 0 is negative."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

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
    return fall_below([expression], place, zero_too=zero_too)


def fall_below(
    expressions: Sequence[sympy.Basic],
    place: Mapping[sympy.Basic, sympy.Basic] | None = None,
    *,
    zero_too: bool = False,
    anywhere: bool = True,
    last: bool = False,
) -> str | None:
    """An instance, in words, at which several scalars are negative, with their maximum; None if none is found.

    Parameters
    ----------
    expressions, place, zero_too
        As of `falls_below`.
    anywhere : bool
        False to look only at the place.
    last : bool
        Tell the value of the last one, which the others are conditions of.
    """
    whole = sympy.Tuple(*expressions)
    least = whole.atoms(SmallestEigenvalue)
    places: list[dict[sympy.Basic, sympy.Basic]] = [{}] if anywhere else []
    if place:
        places.append(dict(place))
    for values in _points(whole, places):
        try:
            eigenvalues = {e: smallest_eigenvalue(evaluate(e.matrix, values)) for e in least}
            found = [evaluate(expression, {**values, **eigenvalues}) for expression in expressions]
        except (SymiclError, ZeroDivisionError):
            continue
        value = max(found)
        if bool(value < 0) or (zero_too and value == 0):
            told = found[-1] if last else value
            return f"at {instance_text(values)}: there it is {show(told)}"
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
