"""Inputs that a statement cannot mean, refused in the words of its task."""

from collections.abc import Callable

from symicl.tasks.values import Values
from symicl.theorems.quantities import SpecialCase


def possible(task) -> SpecialCase:
    """Refuse what the task refuses: a length that is too short, or an odd d for conjugate pairs."""
    return SpecialCase(applies=_refused_by(task), note="")


def _refused_by(task) -> Callable[[Values], bool]:
    def applies(values: Values) -> bool:
        task.at(**{name: values[symbol] for name, symbol in task.symbols().items()})
        return False

    return applies
