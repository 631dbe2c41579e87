"""Does gradient flow stay below the proven envelope? And does gradient descent on the real model arrive?"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symicl.errors import InputError
from symicl.tasks.task import TaskAt
from symicl.theorems.compare import show
from symicl.training.defaults import Numbers, at_given
from symicl.training.flow_panels import flow_panels
from symicl.training.flow_problem import FlowProblem
from symicl.training.flow_runs import FlowRuns
from symicl.training.lazy_scipy import load_integrate
from symicl.training.lazy_torch import load_torch
from symicl.training.study import PanelResult, Study, StudyProgress


@dataclass(frozen=True, kw_only=True)
class FlowStudy(FlowProblem, Study):
    """The numeric check of an exponential bound on the start error of GD-β.

    Attributes
    ----------
    id : str
    numbers : callable
        From d to default numbers of the task.
    d : int
        Where neither d nor a matrix is given.
    seeds : tuple of int
    """

    id: str
    numbers: Numbers
    d: int = 3
    seeds: tuple[int, ...] = (0, 1)

    def at(self, given: Mapping[str, Any]) -> TaskAt:
        """The task at numbers.

        Raises
        ------
        InputError
            For an unknown or impossible input.
        """
        names = self.task.symbols()
        for name in given:
            if name not in names:
                raise InputError(f"{name} is not an input of {self.id}; its inputs are {', '.join(names)}")
        return at_given(self.task, self.numbers, self.d, given)

    def inputs(self, given: Mapping[str, Any]) -> dict[str, str]:
        at = self.at(given)
        return {name: show(at.values[symbol]) for name, symbol in self.task.symbols().items()}

    def settings(self) -> dict[str, Any]:
        return {
            "at": self.inputs({}),
            "wrong_rates": {name: str(rate) for name, rate in self.wrong_rates.items()},
            "steps": self.steps,
            "block_step": self.block_step,
            "block_starts": self.block_starts,
        }

    def run(
        self,
        given: Mapping[str, Any] | None = None,
        *,
        seeds: Sequence[int] | None = None,
        steps: int | None = None,
        progress: StudyProgress | None = None,
        checkpoint: str | Path | None = None,
    ) -> PanelResult:
        """Integrate the flow, descend, and compare with the envelope; ``steps`` are those of the block.

        Nothing is kept in ``checkpoint``: a run takes half a minute.
        """
        load_torch()
        load_integrate()
        begun = time.perf_counter()
        runs = FlowRuns(self, self.at(given or {}), self.steps if steps is None else steps, progress)
        interrupted = False
        try:
            runs.measure(self.seeds if seeds is None else seeds)
        except KeyboardInterrupt:
            interrupted = True
        verdict, reason = runs.judge()
        if interrupted:
            verdict, reason = "inconclusive", "it was interrupted"
        return PanelResult(
            id=self.id,
            verdict=verdict,
            reason=reason,
            at=self.inputs(given or {}),
            runs=tuple(run.measurement for run in runs.runs),
            panels=flow_panels(runs.runs, runs.rate, runs.wrong),
            seconds=time.perf_counter() - begun,
            interrupted=interrupted,
            extra={"rate": runs.rate, "wrong_rates": runs.exceeded()},
        )
