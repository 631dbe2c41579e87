"""Diagonal attention with positional weights, trained by gradient descent on its exact loss: is the structure that is
reached the derived one, with the scale that the conserved quantities predict? And what do fewer heads pay?"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symicl.errors import InputError
from symicl.tasks.values import Values, exact_values
from symicl.training.lazy_torch import load_torch
from symicl.training.positional_runs import PositionalProblem, PositionalRuns
from symicl.training.study import PanelResult, Study, StudyProgress
from symicl.training.threads import one_thread


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
            For an unknown or impossible input.
        """
        for name in given:
            if name not in self.symbols:
                raise InputError(
                    f"{name} is not an input of {self.id}; its inputs are {', '.join(self.symbols)}"
                )
        values = exact_values(self.symbols, {**self.defaults, **given})
        self.task.at(**{name: values[symbol] for name, symbol in self.task.symbols().items()})
        return values

    def inputs(self, given: Mapping[str, Any]) -> dict[str, str]:
        values = self.values(given)
        return {name: str(values[symbol]) for name, symbol in self.symbols.items()}

    def settings(self) -> dict[str, Any]:
        names = "lr steps polish fine few"
        wrong = {name: str(value) for name, value in self.wrong_energies.items()}
        return {"at": self.inputs({}), "wrong": wrong} | {
            name: repr(getattr(self, name)) for name in names.split()
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
        """Train and judge; ``steps`` are those of gradient descent. Nothing is kept in ``checkpoint``."""
        load_torch()
        started = time.perf_counter()
        bench = PositionalRuns(
            self, self.values(given or {}), self.steps if steps is None else steps, progress
        )
        interrupted = False
        try:
            with one_thread():
                interrupted = bench.train(list(self.seeds if seeds is None else seeds))
                if not interrupted:
                    bench.few_heads()
                    bench.further()
        except KeyboardInterrupt:
            interrupted = True
        verdict, reason = bench.judge()
        if interrupted:
            verdict, reason = "inconclusive", "it was interrupted"
        return PanelResult(
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
