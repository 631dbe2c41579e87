"""Numbers at which training in floating point is hopeless, refused before it begins."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import sympy

from symicl.errors import InputError
from symicl.numeric import ExactMatrix
from symicl.studies.regression.yardstick import real
from symicl.studies.runtime.sizes import size_of_context
from symicl.tasks import TaskAt

MAX_VALUE = 10**12
"""Absolute value of a number, and of the inverse of one that is not zero; a loss has powers of them."""
MAX_WEIGHTS = 10**6
MAX_CHECK_DRAWS = 4 * 10**8
"""Numbers that the check of the forward pass draws: a minute or two."""
MAX_TRAINED = 5 * 10**10
"""Numbers that training on prompts draws, likewise."""
MIN_CONTEXTS = 2000
"""Contexts that the check of the forward pass needs at least."""


def refuse_hopeless(task: TaskAt, shapes: Mapping[str, tuple[int, int]], d: int, prompts: int = 0) -> None:
    """Refuse numbers beyond the range of floats, and sizes that take hours.

    Parameters
    ----------
    task : TaskAt
    shapes : dict
        Rows and columns of each weight.
    d : int
    prompts : int
        That training draws with all their examples; 0 where it draws statistics of them.

    Raises
    ------
    InputError
        That names the input and the range.
    """
    for symbol, value in task.values.items():
        for entry in _entries(value):
            if entry and not Fraction(1, MAX_VALUE) <= abs(entry) <= MAX_VALUE:
                raise InputError(
                    f"{symbol} has the value {sympy.Float(sympy.Rational(entry), 3)}, which training in floating point "
                    f"cannot use; give numbers from {1 / MAX_VALUE:.0e} to {MAX_VALUE:.0e} (symicl eval takes any)"
                )
    weights = sum(rows * columns for rows, columns in shapes.values())
    if weights > MAX_WEIGHTS:
        raise InputError(
            f"at d={d} the model has {weights:,} weights, and training them would take hours; choose d so that there "
            f"are at most {MAX_WEIGHTS:,} (symicl eval takes any)"
        )
    n = size_of_context(task)
    if MIN_CONTEXTS * n * d > MAX_CHECK_DRAWS:
        raise InputError(
            f"at n={n} the check of the forward pass would draw {MIN_CONTEXTS} prompts of n·d = {n * d:,} numbers; "
            f"give n ≤ {MAX_CHECK_DRAWS // (MIN_CONTEXTS * d):,} (symicl eval takes any)"
        )
    if prompts * n * d > MAX_TRAINED:
        raise InputError(
            f"at n={n} training would draw {prompts:,} prompts of n·d = {n * d:,} numbers, which takes an hour; give "
            f"n ≤ {MAX_TRAINED // (prompts * d):,} (symicl eval takes any)"
        )


def _entries(value: Any) -> list[Fraction]:
    if isinstance(value, ExactMatrix):
        return [real(entry) for entry in value.entries()]
    return [real(value)]
