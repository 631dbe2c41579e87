"""The loss of a model on a task by both engines: its closed form at numbers, and its law and forward pass in entries.

The second engine reads what a model and a task declare. The forward pass of the model runs on explicit coordinates:
for prompts on polynomials in independent numbers, which the task's own sampler draws, for sequences on polynomials in
the phases and the entries of x_1. The average of the square is then exact, and shares no code with the closed form.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import prod
from typing import Any, NamedTuple

import sympy

from symicl.errors import EnginesDisagreeError
from symicl.statements import entrywise_prompts, entrywise_sequences
from symicl.statements.theorem import Theorem


class Case(NamedTuple):
    """One instance.

    Attributes
    ----------
    sizes : dict
    note : str
        What else distinguishes it.
    closed_form, value : exact numbers
        By words, and entry by entry.
    """

    sizes: dict[str, int]
    note: str
    closed_form: Any
    value: Any


def compare_losses(theorem: Theorem) -> int:
    """Compute the loss of a theorem's model on its task by both engines, at small sizes.

    Returns
    -------
    int
        The number of instances.

    Raises
    ------
    EnginesDisagreeError
        With the smallest instance at which they differ.
    UnsupportedError
        If the law or the forward pass cannot be run in explicit coordinates.
    """
    own = [kind.__name__ for kind in map(type, (theorem.task, theorem.model)) if not _is_ours(kind)]
    return _compare(theorem.id, _cases(theorem.task, theorem.model), own)


def _cases(task: Any, model: Any) -> Iterator[Case]:
    kind = entrywise_sequences if task.shows == "sequence" else entrywise_prompts
    for found in kind.instances(task, model):
        yield Case(*found)


def _is_ours(kind: type) -> bool:
    return kind.__module__.startswith("symicl.")


def _compare(name: str, cases: Iterator[Case], own: list[str]) -> int:
    count, wrong = 0, []
    for case in cases:
        count += 1
        if exact(case.closed_form) != case.value:
            wrong.append((prod(case.sizes.values()), count, case))
    if wrong:
        _, _, case = min(wrong)
        where = ", ".join(
            [f"{key} = {size}" for key, size in case.sizes.items()] + [case.note] * bool(case.note)
        )
        whose = (
            f"{' or '.join(own)} does something else in numbers than in symbols, or this is a defect of symicl"
            if own
            else "this is a defect of symicl"
        )
        raise EnginesDisagreeError(
            f"{name}: the two engines disagree on the expected loss at {where}: {exact(case.closed_form)} by words, "
            f"{case.value} entry by entry; {whose}, and nothing is proved"
        )
    return count


def exact(value: Any) -> Fraction:
    """An exact number of any kind as a fraction."""
    if isinstance(value, sympy.Basic):
        value = sympy.Rational(value)
    if hasattr(value, "p"):
        return Fraction(int(value.p), int(value.q))
    return Fraction(value)
