"""Default numbers of a task whose size follows what the user gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from symicl.errors import InputError
from symicl.numeric import ExactMatrix
from symicl.statements import Theorem, show, task_values
from symicl.tasks import Task, TaskAt, Values, exact_values, refuse_unknown

MAX_DEFAULT_ROWS = 2000
"""Rows of default matrices."""
Numbers = Callable[[int], Mapping[str, Any]]
"""From d to numbers for the symbols of a task."""


def sized_numbers(
    defaults: Mapping[str, Any], sized: Numbers | None, given: Mapping[str, Any]
) -> dict[str, Any]:
    """The given inputs, completed by defaults whose matrices have the size of what is given.

    Parameters
    ----------
    defaults : dict
        With ``d``, where d is an input.
    sized : callable, optional
        From d to the default matrices and vectors.
    given : dict

    Raises
    ------
    InputError
        For a size at which not even the default matrices can be written down.
    """
    shown = given.get("d", next((_rows(value) for value in given.values() if _rows(value)), None))
    try:
        size = int(defaults.get("d", 1) if shown is None else shown)
    except (TypeError, ValueError):
        size = 1  # which is refused by name where all inputs are checked
    if sized is not None and size > MAX_DEFAULT_ROWS:
        raise InputError(f"d={size} is too large for matrices of d × d; give d ≤ {MAX_DEFAULT_ROWS}")
    matrices = {} if sized is None else sized(max(size, 1))
    full = {**defaults, **matrices, **given}
    if "d" in full and "d" not in given and shown is not None:
        full["d"] = size
    return full


def at_given(
    task: Task, numbers: Numbers, d: int, given: Mapping[str, Any], theorem: Theorem | None = None
) -> TaskAt:
    """The task at numbers; what is not given is taken from ``numbers`` at the size of what is given, or at d.

    Raises
    ------
    InputError
        For an impossible value.
    """
    full = sized_numbers({"d": d}, numbers, given)
    return task.at(**full) if theorem is None else task_at(theorem, task, full)


def task_at(theorem: Theorem, task: Task, numbers: Mapping[str, Any]) -> TaskAt:
    """A task at numbers that the theorem takes: what `evaluate` refuses is refused here by the same sentence.

    Parameters
    ----------
    theorem : Theorem
        Its inputs may be fewer than the symbols of the task.
    task : Task
        That of the theorem, or of one of its options.
    numbers : dict

    Raises
    ------
    InputError
        For an impossible value.
    """
    inputs = {*theorem.symbols, *theorem.options}
    values, _ = task_values(theorem, {name: value for name, value in numbers.items() if name in inputs})
    singular = {name for case in theorem.special_cases for name in case.singular}
    symbols = task.symbols()
    own = {name: value for name, value in numbers.items() if name in symbols or name not in inputs}
    at = task.at_values(exact_values(symbols, own, singular=singular))
    return TaskAt(task, {**values, **at.values})


def values_for(
    theorem: Theorem, id: str, defaults: Mapping[str, Any], sized: Numbers | None, given: Mapping[str, Any]
) -> Values:
    """Exact values of the inputs of a theorem; see `sized_numbers`.

    Raises
    ------
    InputError
        For an unknown or impossible input of the study ``id``.
    """
    refuse_unknown(given, theorem.symbols, id)
    return task_values(theorem, sized_numbers(defaults, sized, given))[0]


def shown(theorem: Theorem, values: Values) -> dict[str, str]:
    """The inputs of a theorem as text, by name."""
    return {name: show(values[symbol]) for name, symbol in theorem.symbols.items()}


def _rows(value: Any) -> int:
    """The number of rows of a matrix, 0 for anything else."""
    if isinstance(value, ExactMatrix):
        return int(value.nrows())
    return len(value) if hasattr(value, "__len__") and not isinstance(value, str) else 0
