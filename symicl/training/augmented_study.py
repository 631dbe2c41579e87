"""Attention on augmented tokens trained on its exact loss: diagonal weights against u* and ℓ*, full ones below them;
and stacked layers on sequences whose matrices do not commute."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symicl.errors import InputError
from symicl.tasks.values import Values
from symicl.training.augmented_runs import DIAGONAL, AugmentedProblem, AugmentedRuns
from symicl.training.lazy_torch import load_torch
from symicl.training.study import Measurement, PanelResult, Study, StudyProgress
from symicl.training.threads import one_thread


@dataclass(frozen=True)
class AugmentedResult(PanelResult):
    """The result; what stands for it is a run of diagonal weights, which the theorem is about."""

    @property
    def shown(self) -> Measurement:
        return max(
            (run for run in self.runs if run.name == DIAGONAL),
            key=lambda run: abs(run.relative_excess),
            default=self.runs[0],
        )


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

    def _values(self, given: Mapping[str, Any]) -> Values:
        for name in given:
            if name not in self.task.symbols():
                known = ", ".join(self.task.symbols())
                raise InputError(f"{name} is not an input of {self.id}; its inputs are {known}")
        return self.task.at(**{**self.defaults, **given}).values

    def inputs(self, given: Mapping[str, Any]) -> dict[str, str]:
        values = self._values(given)
        return {name: str(values[symbol]) for name, symbol in self.task.symbols().items()}

    def settings(self) -> dict[str, Any]:
        return {
            "at": self.inputs({}),
            "wrong_u": {name: str(value) for name, value in self.wrong_u.items()},
            "steps": self.steps,
            "lr": self.lr,
            "haar": repr(self.haar),
        }

    def run(
        self,
        given: Mapping[str, Any] | None = None,
        *,
        seeds: Sequence[int] | None = None,
        steps: int | None = None,
        progress: StudyProgress | None = None,
        checkpoint: str | Path | None = None,
    ) -> AugmentedResult:
        """Train and judge; nothing is kept in ``checkpoint``, since a run takes seconds."""
        load_torch()
        started = time.perf_counter()
        bench = AugmentedRuns(
            self, self._values(given or {}), self.steps if steps is None else steps, progress
        )
        interrupted = False
        try:
            with one_thread():
                bench.train(list(self.seeds if seeds is None else seeds))
        except KeyboardInterrupt:
            interrupted = True
        verdict, reason = bench.judge()
        if interrupted:
            verdict, reason = "inconclusive", "it was interrupted"
        return AugmentedResult(
            self.id,
            verdict,
            reason,
            self.inputs(given or {}),
            tuple(bench.runs),
            tuple(bench.panels),
            time.perf_counter() - started,
            interrupted,
            bench.extra,
        )
