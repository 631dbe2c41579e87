"""Who computed what: a listener to which the operations of the toolkit report, when there is one.

A certificate is written from these reports. Without a listener, which is the rule, `reported` costs one look at a
context variable for each call of a coarse operation, and the arithmetic of polynomials costs nothing at all:
it is only replaced by a reporting one while somebody listens.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any, Protocol, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


class Listener(Protocol):
    """What is told about operations."""

    def call(
        self, rule: str, function: Callable[..., Any], arguments: tuple[Any, ...], keywords: dict[str, Any]
    ) -> Any:
        """Call the function and remember the rule, the arguments and the result, which is returned."""

    def told(self, rule: str, arguments: tuple[Any, ...], result: Any) -> None:
        """Remember an operation that has been done."""


LISTENER: ContextVar[Listener | None] = ContextVar("listener", default=None)


def reported(rule: str) -> Callable[[Function], Function]:
    """Decorate an operation so that a listener, when there is one, hears of each call."""

    def decorate(function: Function) -> Function:
        @wraps(function)
        def call(*arguments: Any, **keywords: Any) -> Any:
            listener = LISTENER.get()
            if listener is None:
                return function(*arguments, **keywords)
            return listener.call(rule, function, arguments, keywords)

        return call  # type: ignore[return-value]

    return decorate


def tell(rule: str, arguments: tuple[Any, ...], result: Any) -> None:
    """Report an operation from inside of it, with details that its caller does not see."""
    listener = LISTENER.get()
    if listener is not None:
        listener.told(rule, arguments, result)
