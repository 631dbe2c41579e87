"""Numbers at which training in floating point is hopeless, refused before it begins."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import sympy

from symicl.algebra.evaluate import ExactMatrix
from symicl.errors import InputError
from symicl.tasks.task import TaskAt
from symicl.training.regression.yardstick import real

LARGEST = 10**12
"""Absolute value of a number, and of the inverse of one that is not zero; a loss has powers of them."""
MOST_WEIGHTS = 10**6
MOST_DRAWN = 4 * 10**9
"""Numbers that the check of the forward pass draws, at some 10⁸ a second."""
CHECKED = 2000
"""Contexts that the check of the forward pass needs at least."""


def refuse_hopeless(task: TaskAt, shapes: Mapping[str, tuple[int, int]], d: int) -> None:
    """Refuse numbers beyond the range of floats, and sizes that take hours.

    Parameters
    ----------
    task : TaskAt
    shapes : dict
        Rows and columns of each weight.
    d : int

    Raises
    ------
    InputError
        That names the input and the range.
    """
    for symbol, value in task.values.items():
        for entry in _entries(value):
            if entry and not Fraction(1, LARGEST) <= abs(entry) <= LARGEST:
                raise InputError(
                    f"{symbol} has the value {sympy.Float(sympy.Rational(entry), 3)}, which training in floating point "
                    f"cannot use; give numbers from {1 / LARGEST:.0e} to {LARGEST:.0e} (symicl eval takes any)"
                )
    weights = sum(rows * columns for rows, columns in shapes.values())
    if weights > MOST_WEIGHTS:
        raise InputError(
            f"at d={d} the model has {weights:,} weights, and training them would take hours; choose d so that there "
            f"are at most {MOST_WEIGHTS:,} (symicl eval takes any)"
        )
    n = task.values.get(getattr(task.task, "n", None))
    if n is not None and CHECKED * int(n) * d > MOST_DRAWN:
        raise InputError(
            f"at n={n} the check of the forward pass would draw {CHECKED} prompts of n·d = {int(n) * d:,} numbers; "
            f"give n ≤ {MOST_DRAWN // (CHECKED * d):,} (symicl eval takes any)"
        )


def _entries(value: Any) -> list[Fraction]:
    if isinstance(value, ExactMatrix):
        return [real(entry) for entry in value.entries()]
    return [real(value)]
