"""The instance on which a claim fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any

import sympy

from symicl.algebra import ClosedForm, meaning_of
from symicl.errors import InputError
from symicl.language import tree as t
from symicl.language.instances import instances
from symicl.language.joint_laws import possible
from symicl.language.numbers import at_numbers, symbols_in
from symicl.language.reading import Reader
from symicl.language.result import Counterexample
from symicl.tasks import Values


def failure_of(
    body: t.Relation, reader: Reader, fails: Callable[[Any, Any], bool], *, extreme: bool = False
) -> Counterexample | None:
    """The first of the small instances on which a claim fails."""
    chosen = instances(symbols_in((body.left, body.right), reader), reader.scope, extreme=extreme)
    return first_failure(body, reader, fails, chosen)


def first_failure(
    body: t.Relation, reader: Reader, fails: Callable[[Any, Any], bool], chosen: Iterable[Values]
) -> Counterexample | None:
    """The first of some instances on which a claim fails."""
    laws = reader.scope.joint_laws()
    for values in chosen:
        if possible(values, laws) is None:
            continue
        try:
            left, right = (at_numbers(node, values, reader) for node in (body.left, body.right))
        except (InputError, ZeroDivisionError):
            continue
        if fails(left, right):
            return Counterexample(values, left, right)
    return None


def between_roots(form: ClosedForm) -> Iterator[Values]:
    """Values of the only scalar in a form: its rational zeros and poles, and a number between any two neighbours."""
    symbols: list[Any] = [meaning_of(a) for a in form.letters()]
    if len(symbols) != 1 or not isinstance(symbols[0], sympy.Symbol) or symbols[0].is_integer:
        return
    (symbol,) = symbols
    num, den = sympy.fraction(form.expr)
    found = [ends for ends, _ in sympy.Poly(num * den, symbol).intervals()] if form else []
    points = [a for a, b in found if a == b]
    if found:
        points += [found[0][0] - 1, found[-1][1] + 1]
    points += [(b + c) / 2 for (_, b), (c, _) in pairwise(found)]
    for point in sorted(points, key=lambda x: (abs(x.p) + x.q, x)):
        if not (symbol.is_positive and point <= 0) and not (symbol.is_nonnegative and point < 0):
            yield {symbol: point}
