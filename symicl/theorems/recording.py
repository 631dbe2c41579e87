"""A recording of a derivation: each operation of the algebra, with its arguments and its result.

Operations report where they are defined (`symicl.algebra.provenance`). Those inside of operations are not remembered,
since whoever rechecks the outer one does them anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from symicl.algebra.provenance import listening


class Call(NamedTuple):
    """An operation that was done."""

    rule: str
    arguments: tuple[Any, ...]
    result: Any


class Decision(int):
    """A truth value that knows what was decided."""

    call: Call


class Recording:
    """What was called, in order.

    Attributes
    ----------
    calls : list of Call
        Arguments and results stay alive, so that their identity tells which result went where.
    decisions : list of Decision
        Signs and the like that were decided since the last fact that used one.
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.decisions: list[Decision] = []
        self._inside = False

    def call(
        self, rule: str, function: Callable[..., Any], arguments: tuple[Any, ...], keywords: dict[str, Any]
    ) -> Any:
        """See `Listener`."""
        if self._inside:
            return function(*arguments, **keywords)
        self._inside = True
        try:
            result = function(*arguments, **keywords)
        finally:
            self._inside = False
        if result is NotImplemented:
            return result
        # The constructor of a ratio returns nothing; it is its first argument that it has made.
        made = arguments[0] if rule == "over" else result
        call = Call(rule, (*arguments, *keywords.values()), made)
        if isinstance(result, bool):
            decision = Decision(result)
            decision.call = call
            self.decisions.append(decision)
            return decision
        self.calls.append(call)
        return result

    def told(self, rule: str, arguments: tuple[Any, ...], result: Any) -> None:
        """See `Listener`."""
        if self._inside:
            return
        if rule == "require":
            claim, reason, holds, averages = arguments
            arguments = (claim, reason, self._taken(holds), averages)
        self.calls.append(Call(rule, arguments, result))

    def _taken(self, holds: object) -> list[Call]:
        """What was decided for a fact: the decision itself, and those before it that hold and no fact has used."""
        if not isinstance(holds, Decision):
            self.decisions.clear()
            return []
        taken = []
        while self.decisions:
            decision = self.decisions.pop(0)
            # What does not hold is no reason for a fact.
            taken += [decision.call] if decision else []
            if decision is holds:
                break
        return taken


@contextmanager
def recording() -> Iterator[Recording]:
    """Record what is done in this context."""
    recording = Recording()
    with listening(recording):
        yield recording
