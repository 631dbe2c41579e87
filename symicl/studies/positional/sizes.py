"""The inputs of studies of positional weights: sizes, among them d and the longest T."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

import sympy

from symicl.studies.kinds.fresh_descent import FreshSchedule
from symicl.studies.sequences.descent import refuse_hopeless
from symicl.studies.study import Study
from symicl.tasks import AutoregressiveTask, Values, exact_values, refuse_unknown


class OfSizes(Study):
    """A study whose inputs are sizes with defaults.

    Attributes
    ----------
    task : AutoregressiveTask
    symbols : dict
        The inputs by name, d and T among them.
    defaults : dict
        A number for each.
    steps : int
        Of the training.
    """

    task: AutoregressiveTask
    symbols: Mapping[str, sympy.Symbol]
    defaults: Mapping[str, int]
    steps: int

    @abstractmethod
    def schedule(self, d: int, length: int, steps: int) -> FreshSchedule:
        """How weights are trained at these sizes."""

    def values(self, given: Mapping[str, Any]) -> Values:
        """Exact values of the sizes.

        Raises
        ------
        InputError
            For an unknown or impossible input, or one that would take minutes.
        """
        refuse_unknown(given, self.symbols, self.id)
        values = exact_values(self.symbols, {**self.defaults, **given})
        self.task.at(**{name: values[symbol] for name, symbol in self.task.symbols().items()})
        d, length = (int(values[self.symbols[name]]) for name in "dT")
        refuse_hopeless(self.schedule(d, length, self.steps), length, d, is_diagonal=True)
        return values

    def inputs(self, given: Mapping[str, Any]) -> dict[str, str]:
        values = self.values(given)
        return {name: str(values[symbol]) for name, symbol in self.symbols.items()}
