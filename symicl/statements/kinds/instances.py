"""Exact instances at which a scalar that is said to be ≥ 0 is negative."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

import sympy

from symicl.algebra import LargestEigenvalue, SmallestEigenvalue, degree, letter_of, read_form
from symicl.errors import SymiclError, UnsupportedError
from symicl.numeric import Value, evaluate, instances, largest_eigenvalue, smallest_eigenvalue
from symicl.statements.comparison import instance_text, show
from symicl.theory import BayesRisk

LIMIT = 24
"""Instances that are tried, and again at a special place."""
MANY = 1000
"""Instances among which those of given sizes are looked for."""


def falls_below(
    expression: sympy.Basic,
    place: Mapping[sympy.Basic, sympy.Basic] | None = None,
    *,
    zero_too: bool = False,
    given: Sequence[sympy.Basic] = (),
) -> str | None:
    """An instance, in words, at which a scalar is negative; None if none is found.

    Parameters
    ----------
    expression : SymPy scalar
    place : dict, optional
        Values of some symbols where instances are looked for as well.
    zero_too : bool
        An instance at which it is zero will do.
    given : sequence of SymPy scalars
        Those that are > 0 at the instance.
    """
    return fall_below([expression], place, zero_too=zero_too, given=given)


def fall_below(
    expressions: Sequence[sympy.Basic],
    place: Mapping[sympy.Basic, sympy.Basic] | None = None,
    *,
    zero_too: bool = False,
    anywhere: bool = True,
    last: bool = False,
    given: Sequence[sympy.Basic] = (),
) -> str | None:
    """An instance, in words, at which several scalars are negative, with their maximum; None if none is found.

    Parameters
    ----------
    expressions, place, zero_too, given
        As of `falls_below`.
    anywhere : bool
        False to look only at the place.
    last : bool
        Tell the value of the last one, which the others are conditions of.
    """
    whole = sympy.Tuple(*expressions, *given)
    places: list[dict[sympy.Basic, sympy.Basic]] = [{}] if anywhere else []
    if place:
        places.append(dict(place))
    for values in _points(whole, places):
        try:
            if not all(bool(evaluate(scalar, values) > 0) for scalar in given):
                continue
            found = [
                [evaluate(expression, {**values, **ends}) for expression in expressions]
                for ends in _ends(whole, values)
            ]
        except (SymiclError, ZeroDivisionError):
            continue
        value = max(map(max, found))
        if bool(value < 0) or (zero_too and value == 0):
            told = found[0][-1] if last else value
            return f"at {instance_text(values)}: there it is {show(told)}"
    return None


def _ends(whole: sympy.Basic, values: Mapping[sympy.Basic, Value]) -> list[dict[sympy.Basic, Value]]:
    """Eigenvalues at numbers, and both ends of what encloses a number in which expressions are affine.

    Raises
    ------
    SymiclError
        If there is no such enclosure.
    """
    known: dict[sympy.Basic, Value] = {}
    for e in whole.atoms(SmallestEigenvalue):
        known[e] = smallest_eigenvalue(evaluate(e.matrix, values))
    for e in whole.atoms(LargestEigenvalue):
        known[e] = largest_eigenvalue(*(evaluate(factor, values) for factor in e.args))
    enclosed = whole.atoms(BayesRisk)
    if not enclosed:
        return [known]
    (risk,) = enclosed
    a = letter_of(read_form(risk))
    for form in map(read_form, whole.args):
        if degree(form, a) > 1 or a in form.fraction()[1].letters():
            raise UnsupportedError(f"{form} is not affine in {risk}")
    return [{**known, risk: end} for end in risk.between(values)]


def _points(
    expression: sympy.Basic, places: list[dict[sympy.Basic, sympy.Basic]]
) -> Iterator[dict[sympy.Basic, Value]]:
    for place in places:
        free = expression.free_symbols - place.keys()
        symbols = sorted(free.union(*(value.free_symbols for value in place.values())), key=str)
        sizes = {
            s: value for s, value in place.items() if getattr(s, "is_integer", False) and value.is_number
        }
        # A size that the place gives is that of the matrices, too.
        points = (
            point
            for point in instances(symbols, limit=MANY if sizes else LIMIT)
            if all(point.get(size, value) == value for size, value in sizes.items())
        )
        for point in islice(points, LIMIT):
            values = {symbol: point[symbol] for symbol in symbols}
            try:
                yield values | {symbol: evaluate(value, values) for symbol, value in place.items()}
            except (SymiclError, ZeroDivisionError):
                continue
