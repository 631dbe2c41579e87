"""The cost of a training, measured on small parts of it before it begins."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from symicl.studies.runtime.threads import one_thread

Part = tuple[Callable[[], object], float]
"""A piece of work, and how many such pieces there are in all."""

SHORT = 0.3
"""Seconds below which a piece is done once more."""


def expected_seconds(parts: Iterable[Part]) -> float:
    """CPU time of all pieces, each kind of which is done once, or twice where the first time is short.

    Parameters
    ----------
    parts : iterable of (callable, float)
    """
    total = 0.0
    with one_thread():
        for once, times in parts:
            took = _timed(once)
            if took < SHORT:  # what is done for the first time is slower
                took = min(took, _timed(once))
            total += times * took
    return total


def _timed(once: Callable[[], object]) -> float:
    started = time.process_time()
    once()
    return time.process_time() - started
