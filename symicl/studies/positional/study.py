"""Diagonal attention with positional weights, trained by gradient descent on sequences: is the structure that is
reached the derived one, with the scale that the conserved quantities predict? And what do fewer heads pay?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from symicl.studies.positional.runs import PositionalProblem, PositionalRuns
from symicl.studies.runtime.lazy_torch import load_torch
from symicl.studies.sequences.descent import refuse_hopeless
from symicl.studies.study import Study
from symicl.tasks import Values, exact_values, refuse_unknown


@dataclass(frozen=True, kw_only=True)
class PositionalStudy(PositionalProblem, Study):
    """The numeric check of an optimum without augmented tokens.

    Attributes
    ----------
    id : str
    defaults : dict
        Numbers for d, H and T.
    seeds : tuple of int
    """

    id: str
    defaults: Mapping[str, int]
    seeds: tuple[int, ...] = (0, 1, 2, 3)

    def values(self, given: Mapping[str, Any]) -> Values:
        """Exact values of d, H and T.

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

    def settings(self) -> dict[str, Any]:
        names = "lr steps polish batch fine few"
        wrong = {name: str(value) for name, value in self.wrong_energies.items()}
        return {"at": self.inputs({}), "wrong": wrong} | {
            name: repr(getattr(self, name)) for name in names.split()
        }

    def begin(self, given: Mapping[str, Any], steps: int | None) -> PositionalRuns:
        """Train and judge; ``steps`` are those of gradient descent."""
        load_torch()
        return PositionalRuns(self, self.values(given), self.steps if steps is None else steps)
