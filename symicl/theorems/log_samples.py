"""Averages over samples in a certificate, stated in full so that `symicl.sample_checker` recomputes them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from symicl.algebra.polynomial import Polynomial
from symicl.expectation.samples import Pattern, SampleSpace
from symicl.theorems.log_letters import LogLetters, has_fractions


def statement(letters: LogLetters, space: SampleSpace, a: Polynomial) -> dict[str, Any] | None:
    """The field ``samples`` of an average but for its ``integrand``, or nothing if it cannot be stated.

    Parameters
    ----------
    letters : LogLetters
    space : SampleSpace
        What was averaged over.
    a : Polynomial
        What was averaged.
    """
    moments = _moments(space, a)
    if has_fractions(a) or any(x is None for x in moments.values()):
        return None
    return {
        "X": letters.id(space.X),
        "y": letters.id(space.y),
        "x": letters.id(space.x),
        "y0": letters.id(space.y0),
        "noise": letters.closed_form(space.sigma2)["terms"],
        "moments": [[[*map(list, pattern)], letters.id(x)] for pattern, x in sorted(moments.items())],
    }


def _moments(space: SampleSpace, a: Polynomial) -> dict[Pattern, int | None]:
    """The letters of the moments that the average takes; None for one that is not a letter."""
    asked: dict[Pattern, Polynomial] = {}

    def remembered(pattern: Pattern) -> Polynomial:
        asked[pattern] = value = space.moment(pattern)
        return value

    replace(space, moment=remembered).expectation(a)
    return {pattern: _single_letter(value) for pattern, value in asked.items()}


def _single_letter(value: Polynomial) -> int | None:
    """The letter that is the whole value, if there is one."""
    x = min(value.letters(), default=None)
    return x if x is not None and value == Polynomial({((x,),): 1}) else None
