"""The instance on which a claim fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symicl.errors import InputError
from symicl.language import tree as t
from symicl.language.instances import instances
from symicl.language.numbers import at_numbers, symbols_in
from symicl.language.reading import Reader
from symicl.language.result import Counterexample


def failure_of(
    body: t.Relation, reader: Reader, fails: Callable[[Any, Any], bool], *, extreme: bool = False
) -> Counterexample | None:
    """The first of the small instances on which a claim fails."""
    for values in instances(symbols_in((body.left, body.right), reader), reader.scope, extreme=extreme):
        try:
            left, right = (at_numbers(node, values, reader) for node in (body.left, body.right))
        except (InputError, ZeroDivisionError):
            continue
        if fails(left, right):
            return Counterexample(values, left, right)
    return None
