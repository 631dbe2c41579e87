"""Default numbers of a task whose size follows what the user gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from symicl.algebra.evaluate import ExactMatrix
from symicl.errors import InputError
from symicl.tasks.task import Task, TaskAt

Numbers = Callable[[int], Mapping[str, Any]]
"""From d to numbers for the symbols of a task."""


def at_given(task: Task, numbers: Numbers, d: int, given: Mapping[str, Any]) -> TaskAt:
    """The task at numbers; what is not given is taken from ``numbers`` at the size of what is given, or at d.

    Raises
    ------
    InputError
        For an impossible value.
    """
    size = given.get("d", next((_rows(value) for value in given.values() if _rows(value)), d))
    try:
        size = int(size)
    except (TypeError, ValueError):
        raise InputError(f"d={size} must be a positive integer") from None
    return task.at(**{"d": size, **numbers(max(size, 1)), **given})


def _rows(value: Any) -> int:
    """The number of rows of a matrix, 0 for anything else."""
    if isinstance(value, ExactMatrix):
        return int(value.nrows())
    return len(value) if hasattr(value, "__len__") and not isinstance(value, str) else 0
