"""Where a value comes from: the operation that made it, and what that was given, as a part of the value.

Operations note this themselves, where they are defined (`reported`, `note`), while somebody listens; without a
listener, which is the rule, that costs one look at a number. What happens inside of an operation is not noted, since
whoever rechecks the outer one does it anyway. A certificate is written by walking the origins back from its facts.

An origin stays with its value. Values that are kept for later calls are therefore either known facts, computed
`unheard` and without an origin, or `remembered` together with what was told while they were derived: what is written
does not depend on what was computed before.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from itertools import count
from typing import Any, NamedTuple, Protocol, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, eq=False)
class Origin:
    """The operation that made a value.

    Attributes
    ----------
    serial : int
        One for each call of an operation.
    rule : str
    arguments : tuple
    whole : object or None
        What the operation returned, if the value is one of several parts of it.
    place : hashable
        Which part.
    """

    serial: int
    rule: str
    arguments: tuple[Any, ...]
    whole: Any = None
    place: Hashable = None


class Compound:
    """A result that is made of several closed forms, all of which come from the same operation."""

    origin: Origin | None = None

    def parts(self) -> Iterable[tuple[Hashable, Any]]:
        """Each closed form, with the name of its place."""
        raise NotImplementedError

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "origin"}


class Fact(NamedTuple):
    """A fact that a listener is told: a step, a check, a law that was used."""

    rule: str
    arguments: tuple[Any, ...]
    result: Any = None


class Call(NamedTuple):
    """An operation that was done."""

    rule: str
    arguments: tuple[Any, ...]
    result: Any


Write = Callable[[Any, Call], int | None]
"""How an operation is written into a certificate; see `symicl.algebra.log`."""

WRITERS: dict[str, Write] = {}
"""Of the rules that say so where they are defined."""


MAX_REMEMBERED = 64
"""The number of results that `remembered` keeps for one function; the oldest ones go first."""


class Listener(Protocol):
    """Who is told of facts, and for whom operations note what they do."""

    def told(self, fact: Fact) -> None:
        """Remember a fact."""


_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)
_serials = count(1)
_lock = threading.Lock()
_listeners = 0


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Tell a listener of what is done in this context."""
    global _listeners
    with _lock:
        _listeners += 1
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
        with _lock:
            _listeners -= 1


def is_heard() -> bool:
    """True if somebody listens in this context."""
    return bool(_listeners) and _listener.get() is not None


def tell(rule: str, arguments: tuple[Any, ...], result: Any = None) -> None:
    """Tell a fact to the listener, if there is one."""
    listener = _listener.get() if _listeners else None
    if listener is not None:
        listener.told(Fact(rule, arguments, result))


def origin_of(value: Any) -> Origin | None:
    """Where a value comes from, if that was noted."""
    return getattr(value, "origin", None)


def call_of(value: Any) -> Call | None:
    """The operation that made a value, or that made what the value is a part of, if that was noted."""
    origin = origin_of(value)
    if origin is None:
        return None
    return Call(origin.rule, origin.arguments, value if origin.whole is None else origin.whole)


def note(rule: str, arguments: tuple[Any, ...], result: Any) -> None:
    """Say what made a value, if somebody listens; what was only handed on keeps the origin that it has."""
    if not is_heard() or result is None or result is NotImplemented:
        return
    if origin_of(result) is not None or any(result is a for a in arguments):
        return
    give_origin(result, rule, arguments)


def give_origin(value: Any, rule: str, arguments: tuple[Any, ...]) -> None:
    """Say what made a value, and all parts of it that do not know where they come from."""
    serial = next(_serials)
    # Some of these objects are frozen for everybody else.
    object.__setattr__(value, "origin", Origin(serial, rule, arguments))
    if isinstance(value, Compound):
        for place, part in value.parts():
            if origin_of(part) is None and all(part is not a for a in arguments):
                part.origin = Origin(serial, rule, arguments, value, place)


def written(rule: str, write: Write) -> str:
    """A rule and how it is written into a certificate."""
    WRITERS[rule] = write
    return rule


def reported(rule: str) -> Callable[[Function], Function]:
    """Decorate an operation so that what it makes knows the rule and the arguments that it was made by."""

    def decorate(function: Function) -> Function:
        def heard(*arguments: Any, **keywords: Any) -> Any:
            if _listener.get() is None:
                return function(*arguments, **keywords)
            token = _listener.set(None)
            try:
                result = function(*arguments, **keywords)
            finally:
                _listener.reset(token)
            note(rule, (*arguments, *keywords.values()), result)
            return result

        return wraps(function)(_quick(function, heard))  # type: ignore[return-value]

    return decorate


def _quick(function: Callable[..., Any], heard: Callable[..., Any]) -> Callable[..., Any]:
    """Calls one or the other; the arguments of methods are passed by place, which is five times faster."""
    parameters = inspect.signature(function).parameters
    plain = all(p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD for p in parameters.values())

    def call(*arguments: Any, **keywords: Any) -> Any:
        return heard(*arguments, **keywords) if _listeners else function(*arguments, **keywords)

    def call_one(self: Any) -> Any:
        return heard(self) if _listeners else function(self)

    def call_two(self: Any, other: Any) -> Any:
        return heard(self, other) if _listeners else function(self, other)

    if plain and list(parameters)[:1] == ["self"]:
        if len(parameters) == 1:
            return call_one
        if len(parameters) == 2:
            return call_two
    return call


def unheard(function: Function) -> Function:
    """Decorate what computes a known fact, such as a sum of powers: nothing inside of it is noted or told."""

    @wraps(function)
    def call(*arguments: Any, **keywords: Any) -> Any:
        token = _listener.set(None)
        try:
            return function(*arguments, **keywords)
        finally:
            _listener.reset(token)

    return call  # type: ignore[return-value]


class Facts:
    """A listener that collects facts.

    Attributes
    ----------
    facts : list of Fact
    """

    def __init__(self) -> None:
        self.facts: list[Fact] = []

    def told(self, fact: Fact) -> None:
        """See `Listener`."""
        self.facts.append(fact)


def remembered(function: Function) -> Function:
    """Decorate a derivation whose results are kept for later calls: each of these tells its facts again.

    A result that was computed while nobody listened is derived once more for the first listener.
    """
    known: dict[Hashable, tuple[Any, list[Fact] | None]] = {}

    def keep(arguments: tuple[Any, ...], result: Any, facts: list[Fact] | None) -> None:
        known[arguments] = result, facts
        while len(known) > MAX_REMEMBERED:
            known.pop(next(iter(known)), None)

    @wraps(function)
    def call(*arguments: Any) -> Any:
        listener = _listener.get()
        result, facts = known.get(arguments, (None, None))
        if listener is None:
            if arguments not in known:
                result = function(*arguments)
                keep(arguments, result, None)
            return result
        if facts is None:
            notes = Facts()
            with listening(notes):
                result = function(*arguments)
            facts = notes.facts
            keep(arguments, result, facts)
        for fact in facts:
            listener.told(fact)
        return result

    return call  # type: ignore[return-value]
