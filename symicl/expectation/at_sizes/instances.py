"""Numbers at which two quotients of polynomials differ."""

from __future__ import annotations

import random
from collections.abc import Hashable, Mapping

import flint

from symicl.errors import DerivationError
from symicl.expectation.at_sizes.quotients import Quotient

TRIES = 200


def instance_of_difference(true: Quotient, stated: Quotient, kinds: Mapping[Hashable, str]) -> str:
    """Exact numbers at which the two differ, and both values, as the end of a sentence.

    Covariances are dominated by their diagonals, and what is declared positive is so.
    """
    variables, source = true.variables, random.Random(0)
    parts = (true.num, true.den, stated.num, stated.den)
    first = len(variables.drawn)
    used = [any(p.degrees()[first + i] for p in parts) for i in range(len(kinds))]
    for _ in range(TRIES):
        numbers = [flint.fmpq(_number(kind, source)) for kind in kinds.values()]
        point = [flint.fmpq(0)] * first + numbers
        point += [flint.fmpq(0)] * (variables.context.nvars() - len(point))
        above, below, stated_above, stated_below = (p(*point) for p in parts)
        if not below or not stated_below:
            continue
        left, right = above / below, stated_above / stated_below
        if left != right:
            shown = zip(variables.fixed.values(), numbers, used, strict=True)
            at = "".join(f", {symbol} = {number}" for symbol, number, is_used in shown if is_used)
            return f"{at}: the expectation is {left}, the stated value {right}"
    raise DerivationError("two different quotients agree at all numbers that were tried; this is a defect")


def _number(kind: str, source: random.Random) -> int:
    if kind == "positive":
        return source.choice([11, 13, 17])
    return source.choice([-1, 1]) if kind == "off the diagonal" else source.choice([-3, -2, 2, 3, 5])
