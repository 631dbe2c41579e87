"""The numeric check of a theorem on the minimum of a loss of sequences: is the derived optimum what training finds?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import sympy

from symicl.errors import InputError
from symicl.models import Model
from symicl.numeric import evaluate
from symicl.statements import Theorem
from symicl.studies.curves import Curve, Panel
from symicl.studies.kinds.judging import Grounds, not_told_apart, too_few
from symicl.studies.kinds.runner import Runner
from symicl.studies.measurements import Findings, Measurement, PanelWork
from symicl.studies.runtime.lazy_torch import load_torch
from symicl.studies.sequences.train import SequenceTrainResult, SequenceYardstick, train_sequences
from symicl.studies.study import Study
from symicl.tasks import Task, TaskAt, refuse_unknown


@dataclass(frozen=True)
class SequenceExperiment(Study):
    """The training experiment of a theorem about the best scalar weights on sequences.

    Attributes
    ----------
    id : str
        Of the theorem.
    task, model : Task, Model
        Those of the theorem: what is derived is what is trained.
    defaults : dict
        Inputs by name, where the user gives none.
    nearest_wrong : dict
        Statements that are wrong but near: products of weights by name, such as ``{"a": …}``. A run must tell each
        apart: with f the trained predictor, f* the optimum and f_w the wrong one, E‖f − f*‖² < ¼ E‖f_w − f*‖², by the
        exact losses.
    theorem : Theorem, optional
        What it states of the loss and of the products of weights is compared with the derived optimum.
    seeds : tuple of int
    steps : int
        Of each run.
    tolerance : float
        Largest relative excess loss.
    """

    id: str
    task: Task
    model: Model
    defaults: Mapping[str, Any]
    nearest_wrong: Mapping[str, Mapping[str, sympy.Expr]]
    theorem: Theorem | None = None
    seeds: tuple[int, ...] = (0, 1)
    steps: int = 600
    tolerance: float = 0.01

    def at(self, given: Mapping[str, Any]) -> TaskAt:
        """The task at numbers.

        Raises
        ------
        InputError
            For an unknown or impossible input.
        """
        refuse_unknown(given, self.task.symbols(), self.id)
        return self.task.at(**{**self.defaults, **given})

    def inputs(self, given: Mapping[str, Any]) -> dict[str, str]:
        values = self.at(given).values
        return {name: str(values[symbol]) for name, symbol in self.task.symbols().items()}

    def settings(self) -> dict[str, Any]:
        wrong = {name: {k: str(v) for k, v in values.items()} for name, values in self.nearest_wrong.items()}
        return {"at": self.inputs({}), "wrong": wrong, "steps": self.steps, "tolerance": self.tolerance}

    def begin(self, given: Mapping[str, Any], steps: int | None) -> SequenceRuns:
        load_torch()
        return SequenceRuns(self, self.at(given), self.steps if steps is None else steps)


@dataclass
class SequenceRuns(PanelWork):
    """The runs at fixed inputs."""

    experiment: SequenceExperiment
    task: TaskAt
    steps: int
    results: list[SequenceTrainResult] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.yardstick = SequenceYardstick(self.experiment.model, self.task)
        if self.yardstick.best is None:
            raise InputError(
                f"no minimum of the loss of {self.experiment.model} is derived, so there is nothing to confirm"
            )
        self.level = float(self.yardstick.best.value)
        values = self.task.values
        self.separation = {
            name: self.yardstick.at_products({k: evaluate(v, values) for k, v in wrong.items()}) - self.level
            for name, wrong in self.experiment.nearest_wrong.items()
        }

    def measure(self, runner: Runner, seeds: list[int]) -> None:
        """One run per seed."""
        for seed in seeds:
            self.results.append(
                train_sequences(
                    self.experiment.model,
                    self.task,
                    seed=seed,
                    steps=self.steps,
                    tolerance=self.experiment.tolerance,
                    id=self.experiment.id,
                    runner=runner,
                    yardstick=self.yardstick,
                )
            )

    def grounds(self) -> Grounds:
        """All runs, the stated quantities, and the wrong statements."""
        runs = self._measurements()
        told = {name: e for name, e in self.separation.items() if e > 0}
        reached = [result for result in self.results if result.verdict == "reached"]
        # 2 √e < √e_w: the trained predictor is nearer to the optimum than to the wrong one.
        worst = max([result.excess_loss for result in reached], default=math.nan)
        clear = {name: e / (4 * max(worst, 1e-300)) for name, e in told.items()}

        def lacking() -> Iterator[str]:
            yield from too_few(runs, "runs")
            if not told:
                yield "no wrong statement is given that differs from the derived one at these numbers"
            yield from not_told_apart(clear)

        return Grounds(
            runs,
            lambda: f"{len(reached)} runs reach the derived optimum and tell apart: {', '.join(told)}",
            lacking(),
            filter(None, [self._misstated()]),
        )

    def _misstated(self) -> str:
        """The stated quantity that is not that of the derived optimum, as a sentence; empty if all are."""
        theorem, best = self.experiment.theorem, self.yardstick.best
        derived = {"loss": best.value, "risk": best.value, **best.coefficient}
        for name, stated in ({} if theorem is None else theorem.states).items():
            value = evaluate(stated, self.task.values)
            if name in derived and value != derived[name]:
                own = float(derived[name])
                return f"the stated {name} is {float(value):.6g}, that of the derived optimum {own:.6g}"
        return ""

    def _measurements(self) -> list[Measurement]:
        name = type(self.experiment.model).__name__
        return [
            Measurement(
                name,
                r.seed,
                r.steps,
                r.verdict,
                r.reason,
                r.loss_at_optimum,
                r.excess_loss,
                r.relative_excess,
                r.distance_to_optimum,
                r.evidence,
            )
            for r in self.results
        ]

    def findings(self) -> Findings:
        """The runs, and how their losses fall."""
        curves = []
        for r in self.results:
            above = [(step, excess) for step, excess in r.trajectory if 0 < excess < math.inf]
            if above:
                curves.append(Curve(f"seed {r.seed}", [s for s, _ in above], [e for _, e in above]))
        panel = Panel(
            "Loss above the derived minimum",
            "step",
            "loss on fresh sequences − minimum",
            tuple(curves),
            log_y=True,
            shows=tuple(r.evidence for r in self.results),
        )
        return Findings(self._measurements(), [panel] if curves else [])
