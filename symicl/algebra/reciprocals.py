"""Letters that stand for a reciprocal, such as 1/n and 1/(n + 1)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import sympy

from symicl.algebra.letters import MEANING, ONE, ROWS
from symicl.algebra.polynomial import Polynomial
from symicl.algebra.reader import number, read_scalar, scalar_letter


@cache
def reciprocal_of(a: int) -> tuple[int, int] | None:
    """A letter x and a power k > 0 if the letter stands for x⁻ᵏ, such as 1/n."""
    meaning: Any = MEANING[a]
    if ROWS[a] == ONE and isinstance(meaning, sympy.Pow) and meaning.base.is_Symbol:
        power = number(-meaning.exp)
        if isinstance(power, int) and power > 0:
            return scalar_letter(meaning.base), power
    return None


def reciprocals_of(letters: Iterable[int]) -> list[tuple[int, Polynomial]]:
    """Those letters that stand for the reciprocal of a sum, such as 1/(n + 1), each with that sum."""
    meanings: list[tuple[int, Any]] = [(a, MEANING[a]) for a in sorted(letters) if ROWS[a] == ONE]
    return [
        (a, read_scalar(sympy.expand(1 / meaning)))
        for a, meaning in meanings
        if isinstance(meaning, sympy.Pow) and meaning.exp.is_negative and reciprocal_of(a) is None
    ]
