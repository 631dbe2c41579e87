"""A recording of a derivation: its facts, in order. What a fact depends on, its closed forms know themselves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from symicl.algebra import Fact, Facts, listening


class Recording(Facts):
    """The facts that were stated: steps, checks, laws, losses."""

    def of(self, *rules: str) -> Iterator[Fact]:
        """The facts of some kinds."""
        return (fact for fact in self.facts if fact.rule in rules)


@contextmanager
def recording() -> Iterator[Recording]:
    """Record what is stated in this context."""
    recording = Recording()
    with listening(recording):
        yield recording
