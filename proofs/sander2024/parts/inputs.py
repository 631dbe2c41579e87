"""Inputs that a statement cannot mean, refused in the words of its task."""

from collections.abc import Callable

from symicl.tasks import Values


def impossible(task) -> Callable[[Values], None]:
    """Refuse what the task refuses: a length that is too short, or an odd d for conjugate pairs."""

    def refuse(values: Values) -> None:
        task.at(**{name: values[symbol] for name, symbol in task.symbols().items()})

    return refuse
