"""A recording of a derivation: its facts, in order. What a fact depends on, its closed forms know themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from symicl.algebra.provenance import Fact, listening, origin_of


class Call(NamedTuple):
    """An operation that was done."""

    rule: str
    arguments: tuple[Any, ...]
    result: Any


def call_of(value: Any) -> Call | None:
    """The operation that made a value, or that made what the value is a part of, if that was noted."""
    origin = origin_of(value)
    if origin is None:
        return None
    return Call(origin.rule, origin.arguments, value if origin.whole is None else origin.whole)


class Recording:
    """What was stated: steps, checks, laws, losses.

    Attributes
    ----------
    facts : list of Fact
    """

    def __init__(self) -> None:
        self.facts: list[Fact] = []

    def told(self, fact: Fact) -> None:
        """See `symicl.algebra.provenance.Listener`."""
        self.facts.append(fact)

    def of(self, *rules: str) -> Iterator[Fact]:
        """The facts of some kinds."""
        return (fact for fact in self.facts if fact.rule in rules)


@contextmanager
def recording() -> Iterator[Recording]:
    """Record what is stated in this context."""
    recording = Recording()
    with listening(recording):
        yield recording
