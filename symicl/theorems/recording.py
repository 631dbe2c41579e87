"""A recording of a derivation: each operation of the algebra, with its arguments and its result.

The engine is not changed for it. While a recording runs, the methods of polynomials, matrices and ratios are replaced
by ones that call them and remember the call; operations inside of operations are not remembered, since whoever
rechecks the outer one does them anyway. Without a recording nothing is slower by a single instruction of the algebra.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, NamedTuple

from symicl.algebra.polynomial import MatrixPolynomial, Polynomial
from symicl.algebra.provenance import LISTENER
from symicl.algebra.ratio import MatrixRatio, Ratio
from symicl.expectation.phases.expect_phases import PhaseExpectation
from symicl.expectation.samples import SampleSpace
from symicl.theory.normal_equations import MatrixEquation, MatrixSolution


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


_METHODS: dict[type, dict[str, str]] = {
    Polynomial: {
        "__add__": "sum", "__radd__": "sum", "__neg__": "negative", "__sub__": "difference",
        "__rsub__": "reversed difference", "__mul__": "product", "__rmul__": "product", "__pow__": "power",
        "substitute": "substitute",
    },
    MatrixPolynomial: {
        "T": "transpose", "__add__": "sum", "__neg__": "negative", "__sub__": "difference", "__mul__": "product",
        "__rmul__": "product", "__matmul__": "product", "trace": "trace", "substitute": "substitute",
    },
    Ratio: {
        "__init__": "over", "__add__": "sum", "__radd__": "sum", "__neg__": "negative", "__sub__": "difference",
        "__rsub__": "reversed difference", "__mul__": "product", "__rmul__": "product", "__truediv__": "quotient",
        "__pow__": "power", "substitute": "substitute",
    },
    MatrixRatio: {
        "__init__": "over", "__add__": "sum", "__sub__": "difference", "__matmul__": "product", "__mul__": "product",
        "T": "transpose", "trace": "trace", "substitute": "substitute", "scalar_multiple_of_identity": "multiple",
    },
    MatrixSolution: {"ratio": "solution", "matrix": "solution"},
    MatrixEquation: {"is_unique": "unique"},
    SampleSpace: {"expectation": "samples"},
    PhaseExpectation: {"over": "phases"},
}  # fmt: skip

_lock = threading.Lock()
_running = 0
_originals: list[tuple[type, str, Any]] = []


@contextmanager
def recording() -> Iterator[Recording]:
    """Record what is done in this context."""
    recording = Recording()
    _replace_methods()
    token = LISTENER.set(recording)
    try:
        yield recording
    finally:
        LISTENER.reset(token)
        _restore_methods()


def _replace_methods() -> None:
    global _running
    with _lock:
        _running += 1
        if _running > 1:
            return
        for kind, methods in _METHODS.items():
            for name, rule in methods.items():
                original = kind.__dict__[name]
                _originals.append((kind, name, original))
                if isinstance(original, property):
                    assert original.fget is not None
                    setattr(kind, name, property(_reporting(rule, original.fget)))
                else:
                    setattr(kind, name, _reporting(rule, original))


def _restore_methods() -> None:
    global _running
    with _lock:
        _running -= 1
        if not _running:
            while _originals:
                kind, name, original = _originals.pop()
                setattr(kind, name, original)


def _reporting(rule: str, method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def call(*arguments: Any, **keywords: Any) -> Any:
        listener = LISTENER.get()
        if listener is None:
            return method(*arguments, **keywords)
        return listener.call(rule, method, arguments, keywords)

    return call
