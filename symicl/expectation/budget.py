"""A bound on the work that an expectation may take, in steps of Stein's identity."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from symicl.errors import UnsupportedError


class _Left:
    """How many steps are left, and how many there were."""

    def __init__(self, steps: int):
        self.steps = self.left = steps


_left: ContextVar[_Left | None] = ContextVar("steps left", default=None)


@contextmanager
def at_most(steps: int) -> Iterator[None]:
    """Refuse expectations that take more steps than this.

    A step is about five microseconds: a contraction, longer ones in proportion, or a term of what it leaves.

    Raises
    ------
    UnsupportedError
        From within.
    """
    token = _left.set(_Left(steps))
    try:
        yield
    finally:
        _left.reset(token)


def spend(steps: int) -> None:
    """Take notice of work that is done.

    Raises
    ------
    UnsupportedError
        If there is a bound, and it is reached.
    """
    budget = _left.get()
    if budget is None:
        return
    budget.left -= steps
    if budget.left < 0:
        raise UnsupportedError(
            f"this expectation takes more than {budget.steps:,} steps of Stein's identity, which is where claims stop; "
            "si.expect(…) has no such bound"
        )
