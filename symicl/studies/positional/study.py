"""Diagonal attention with positional weights, trained by gradient descent on sequences: is the structure that is
reached the derived one, with the scale that the conserved quantities predict? And what do fewer heads pay?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from symicl.studies.positional.runs import PositionalProblem, PositionalRuns
from symicl.studies.positional.sizes import OfSizes
from symicl.studies.runtime.lazy_torch import load_torch


@dataclass(frozen=True, kw_only=True)
class PositionalStudy(PositionalProblem, OfSizes):
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
