"""Letters that stand for a reciprocal, such as 1/n: powers of n in terms that are collected over a field."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from math import lcm
from typing import Any

import sympy

from symicl.algebra.coefficients import Coefficient, Field, is_scalar
from symicl.algebra.letters import MEANING, ONE, ROWS
from symicl.algebra.numerators import Terms
from symicl.algebra.polynomial import OpenTerm, Polynomial
from symicl.algebra.reader import number, read_scalar, scalar_letter
from symicl.algebra.words import Number, counted


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


def as_power(a: int) -> tuple[int, int]:
    """The letter and the exponent that a scalar letter stands for: (n, −1) for 1/n, (a, 1) for most."""
    found = reciprocal_of(a)
    return (a, 1) if found is None else (found[0], -found[1])


def collected(items: Iterable[tuple[OpenTerm, Number]]) -> tuple[Field, Terms, Coefficient]:
    """A field, a numerator and a denominator over it, which may have a common divisor."""
    listed = [((m, word), c) for (monomial, word), c in items for c, m in [counted(monomial, c)]]
    powers = {w: as_power(w[0]) for (m, _), _ in listed for w in m if is_scalar(w)}
    field = Field.of({(base,) for base, _ in powers.values()})
    places = {w: (field.place[(base,)], exponent) for w, (base, exponent) in powers.items()}
    scale = lcm(*(c.denominator for _, c in listed))
    size = len(field.words)
    groups: dict[OpenTerm, list[tuple[list[int], int]]] = {}
    lowest = [0] * size
    for (monomial, word), c in listed:
        exponents, rest = [0] * size, []
        for w in monomial:
            if w in places:
                place, exponent = places[w]
                exponents[place] += exponent
            else:
                rest.append(w)
        lowest = [min(pair) for pair in zip(lowest, exponents, strict=True)]
        groups.setdefault((tuple(rest), word), []).append((exponents, int(c * scale)))
    terms: Terms = {}
    for key, parts in groups.items():
        sums: dict[tuple[int, ...], int] = {}
        for exponents, c in parts:
            shifted = tuple([e - low for e, low in zip(exponents, lowest, strict=True)])
            sums[shifted] = sums.get(shifted, 0) + c
        coefficient = field.context.from_dict({e: c for e, c in sums.items() if c})
        if coefficient:
            terms[key] = coefficient
    denominator = field.context.from_dict({tuple([-low for low in lowest]): scale})
    return field, terms, denominator
