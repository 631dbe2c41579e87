"""Statements beyond closed forms: quantities with proven digits, and exceptional inputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from symicl.errors import InputError
from symicl.tasks import Values


class Certified(Protocol):
    """A number by a computation with error bounds."""

    def __call__(self, values: Values, digits: int) -> Any:
        """A SymPy number that is exact, or a Float whose first ``digits`` digits are proven; or a tuple of these.

        Raises
        ------
        NotDetermined
            Where the quantity is not known at these inputs.
        """


class NotDetermined(InputError):
    """A quantity has no value here; the message says why, in one sentence."""


@dataclass(frozen=True)
class SpecialCase:
    """Inputs at which closed forms fail or leave something open.

    Attributes
    ----------
    applies : callable
        From exact values to bool.
    note : str
        What is different, in one sentence.
    replaces : dict
        From names of stated quantities to their value there, a SymPy expression in the inputs, or None where
        nothing is determined.
    singular : tuple of str
        Names of covariances that may be singular when this case is declared.
    """

    applies: Callable[[Values], bool]
    note: str
    replaces: Mapping[str, Any] = field(default_factory=dict)
    singular: tuple[str, ...] = ()
