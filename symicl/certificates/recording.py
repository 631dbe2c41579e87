"""A recording of a derivation: its facts, in order. What a fact depends on, its closed forms know themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from symicl.algebra.provenance import Fact, listening


class Recording:
    """The facts that were stated: steps, checks, laws, losses.

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
