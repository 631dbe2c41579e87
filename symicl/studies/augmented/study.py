"""Attention on augmented tokens trained on sequences: diagonal weights against u* and ℓ*, full ones below them;
and stacked layers on sequences whose matrices do not commute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from symicl.numeric import evaluate
from symicl.studies.augmented.runs import AugmentedProblem, AugmentedRuns
from symicl.studies.runtime.lazy_torch import load_torch
from symicl.studies.sequences.descent import refuse_hopeless
from symicl.studies.study import Study
from symicl.tasks import TaskAt, refuse_unknown


@dataclass(frozen=True, kw_only=True)
class AugmentedStudy(AugmentedProblem, Study):
    """The numeric check of the optimum for augmented tokens.

    Attributes
    ----------
    id : str
    defaults : dict
        Numbers for d and T_max.
    seeds : tuple of int
    """

    id: str
    defaults: Mapping[str, int]
    seeds: tuple[int, ...] = (0, 1, 2, 3)

    def at(self, given: Mapping[str, Any]) -> TaskAt:
        """The task at numbers.

        Raises
        ------
        InputError
            For an unknown or impossible input, or one that would take minutes.
        """
        refuse_unknown(given, self.task.symbols(), self.id)
        at = self.task.at(**{**self.defaults, **given})
        length, d = (int(evaluate(size, at.values)) for size in (self.task.T, self.task.d))
        refuse_hopeless(self.schedule(length, self.steps), length, d)
        return at

    def inputs(self, given: Mapping[str, Any]) -> dict[str, str]:
        values = self.at(given).values
        return {name: str(values[symbol]) for name, symbol in self.task.symbols().items()}

    def settings(self) -> dict[str, Any]:
        return {
            "at": self.inputs({}),
            "wrong_u": {name: str(value) for name, value in self.wrong_u.items()},
            "steps": self.steps,
            "batch": self.batch,
            "lr": self.lr,
            "haar": repr(self.haar),
        }

    def begin(self, given: Mapping[str, Any], steps: int | None) -> AugmentedRuns:
        """Train and judge; ``steps`` are those of Adam."""
        load_torch()
        return AugmentedRuns(self, self.at(given), self.steps if steps is None else steps)
