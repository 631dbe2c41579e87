"""Averages over letters that are not Gaussian as entries of a certificate."""

from __future__ import annotations

from typing import Any, Protocol

from symicl.algebra import Call, Log, Polynomial, closed_form, reciprocals_of
from symicl.expectation.moments import EvenMoments


class WrittenLaw(Protocol):
    """The law of a letter that a certificate has as a field of it."""

    @property
    def letter(self) -> int:
        """The letter."""

    def fields(self, letters: Any, data: Any) -> dict[str, Any]:
        """The law as a certificate has it; `data` writes a closed form."""


def moments_field(moments: EvenMoments, data: Any) -> list[int]:
    """The ids of the second, fourth, … moment, 0 for one that is not known."""
    orders = [2 * k + 2 if v is not None else 0 for k, v in enumerate(moments.values)]
    return [k and data(closed_form(moments.moment(k))) for k in orders]


def stands_for(log: Log, value: Polynomial) -> dict[str, Any]:
    """The field that says which letters of a value stand for the reciprocal of a sum."""
    stand = reciprocals_of(value.letters())
    reciprocals = [[log.letters.id(x), log.node(closed_form(base))] for x, base in stand]
    return {"reciprocals": reciprocals} if reciprocals else {}


def write_average(log: Log, call: Call, rule: str, letter: int, **fields: Any) -> int:
    """An expectation over a letter of what the operation was given first."""
    of = log.node(call.arguments[0])
    more = fields | stands_for(log, call.result)
    return log.given(rule, call.result, of=of, letter=log.letters.id(letter), **more)
