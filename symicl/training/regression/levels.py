"""Several models trained on the same task, each against its own derived minimal loss.

The loss of trained weights is exact (the closed form at the weights), so its excess over the derived minimum is
too. It can never be negative: that would contradict the minimum. A wrong minimum is told apart when the excess is
below half of its distance from the derived one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from symicl.models.model import Model
from symicl.tasks.task import Task, TaskAt
from symicl.tasks.values import Values, refuse_unknown
from symicl.theorems.compare import show
from symicl.theory.compile import compile_polynomial, split_parameters
from symicl.theory.loss import LossAt, expected_loss
from symicl.training.regression.descent import Descent
from symicl.training.regression.population import Population, PopulationDescent
from symicl.training.regression.schedule import Schedule
from symicl.training.regression.yardstick import exact_parameters, real
from symicl.training.runtime.lazy_torch import load_torch
from symicl.training.study import Curve, Level, Measurement, Panel, PanelResult, Study, StudyProgress

Number = Callable[[Values], Any]
"""From exact values of the task's symbols to an exact number, or one with at least 30 proven digits."""

FALSE_ALARM = 6.0
"""Standard errors by which sampled and exact loss may differ."""
ROUNDING = Fraction(1, 10**12)
"""Of a minimal loss that has proven digits instead of an exact value."""


@dataclass(frozen=True)
class Contender:
    """A model and the minimal loss that was derived for it.

    Attributes
    ----------
    name : str
    model : callable
        From exact values to the model; the number of its heads may depend on them.
    minimum : callable
        The derived minimal loss.
    wrong : dict of callables
        Other minimal losses, by name, from which the trained model must tell the derived one apart.
    schedule : Schedule
    cases : tuple of str, optional
        The labels of the cases that it takes part in; all by default.
    """

    name: str
    model: Callable[[Values], Model]
    minimum: Number
    wrong: Mapping[str, Number] = field(default_factory=dict)
    schedule: Schedule = field(default_factory=Schedule)
    cases: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Case:
    """Inputs that replace the defaults, and a way of training other than on prompts where it is needed."""

    inputs: Mapping[str, Any]
    population: Population | None = None


@dataclass(frozen=True)
class LevelStudy(Study):
    """Each contender at each case.

    Attributes
    ----------
    id : str
    task : Task
    contenders : tuple of Contender
    defaults : dict
        Inputs by name, where the user gives none.
    cases : dict of Case
        By label; used only where the user gives none of the inputs that they vary.
    tolerance : float
        Largest relative excess loss.
    seeds : tuple of int
    max_seeds : int
        Further seeds are tried up to this many runs of a contender when one does not reach its minimum.
    """

    id: str
    task: Task
    contenders: tuple[Contender, ...]
    defaults: Mapping[str, Any]
    cases: Mapping[str, Case]
    tolerance: float = 0.01
    seeds: tuple[int, ...] = (0,)
    max_seeds: int = 3

    def _cases(self, given: Mapping[str, Any]) -> dict[str, tuple[Case, TaskAt]]:
        refuse_unknown(given, self.task.symbols(), self.id)
        varied = {name for case in self.cases.values() for name in case.inputs} | {"n", "d"}
        cases = {"": Case({})} if varied & given.keys() else self.cases
        return {
            label: (case, self.task.at(**{**self.defaults, **case.inputs, **given}))
            for label, case in cases.items()
        }

    def inputs(self, given: Mapping[str, Any]) -> dict[str, str]:
        at = [task for _, task in self._cases(given).values()]
        texts = {name: [show(t.values[symbol]) for t in at] for name, symbol in self.task.symbols().items()}
        return {name: ", ".join(dict.fromkeys(values)) for name, values in texts.items()}

    def settings(self) -> dict[str, Any]:
        return {
            "at": self.inputs({}),
            "schedules": {c.name: repr(c.schedule) for c in self.contenders},
            "cases": {label: repr(case) for label, case in self.cases.items()},
            "tolerance": self.tolerance,
            "max_seeds": self.max_seeds,
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
        load_torch()
        started = time.perf_counter()
        cases = self._cases(given or {})
        first = list(self.seeds if seeds is None else seeds)
        measured: list[Measurement] = []
        panels: list[Panel] = []
        interrupted = False
        for label, (case, task) in cases.items():
            curves: list[Curve] = []
            levels: list[Level] = []
            for group, contender in enumerate(self.contenders):
                if interrupted or (label and contender.cases is not None and label not in contender.cases):
                    continue
                bench = _Bench(contender, task)
                levels.append(Level(f"derived: {contender.name}", float(bench.minimum), group))
                pending = list(first)
                while pending and not interrupted:
                    seed = pending.pop(0)
                    name = f"{contender.name}, {label}" if label else contender.name
                    file = _file(checkpoint, f"{self.id}.{len(measured)}.seed{seed}.pt")
                    descent = bench.descent(case, seed, steps, file)
                    descent.train(_relay(progress, len(measured)))
                    interrupted = descent.interrupted
                    measurement = bench.measure(name, descent, self.tolerance)
                    measured.append(measurement)
                    x, y = zip(*descent.trajectory, strict=True)
                    risk = [float(bench.minimum) + excess for excess in y]
                    curves.append(Curve(f"{contender.name}, seed {seed}", x, risk, group=group))
                    tries = sum(run.name == name for run in measured)
                    if not pending and measurement.verdict == "unfinished" and tries < self.max_seeds:
                        pending.append(seed + 1)
            panels.append(
                Panel(
                    label or "exact risk while training",
                    "evaluations of the exact loss" if case.population else "steps of Adam on fresh prompts",
                    "exact risk",
                    tuple(curves),
                    tuple(levels),
                    log_y=True,
                )
            )
        verdict, reason = judge(measured, interrupted=interrupted)
        return PanelResult(
            self.id,
            verdict,
            reason,
            self.inputs(given or {}),
            tuple(measured),
            tuple(panels),
            time.perf_counter() - started,
            interrupted,
        )


class _Bench:
    """A contender at the numbers of a task."""

    def __init__(self, contender: Contender, task: TaskAt):
        self.contender, self.task = contender, task
        self.model = contender.model(task.values)
        self.d = int(task.values.get(task.task.d, task.task.d))
        self.loss = expected_loss(self.model, task.task)
        self.minimum = real(contender.minimum(task.values))
        self._compiled = compile_polynomial(self.loss.polynomial, "exact")
        self._in_floats = LossAt(self.loss, task.values).compile("numpy")

    def descent(
        self, case: Case, seed: int, steps: int | None, checkpoint: Path | None
    ) -> Descent | PopulationDescent:
        """A run from the weights of a seed."""
        if case.population is not None:
            return PopulationDescent(self.loss, self.task, self.d, case.population, seed, float(self.minimum))
        schedule = self.contender.schedule
        schedule = schedule if steps is None else replace(schedule, steps=steps)
        return Descent(self.model, self.task, self.d, schedule, seed, self.rough_excess, checkpoint)

    def exact_excess(self, weights: Mapping[str, np.ndarray]) -> Fraction:
        """L(θ) minus the derived minimum."""
        parameters = exact_parameters(self.model, weights)
        letters = split_parameters(self.loss.parameters, self.task.values, parameters)
        return real(self._compiled({**self.task.values, **letters})) - self.minimum

    def rough_excess(self, weights: Mapping[str, np.ndarray]) -> float:
        """The same in float64, for the curve; infinite for weights that are not finite."""
        if not all(np.isfinite(w).all() for w in weights.values()):
            return float("inf")
        exact = {name: w.astype(float) for name, w in weights.items()}
        return float(self._in_floats(self.model.effective(exact))) - float(self.minimum)

    def measure(self, name: str, descent: Descent | PopulationDescent, tolerance: float) -> Measurement:
        """What a run has reached; where it has, the closed form is compared with fresh prompts as well."""
        weights = descent.weights()
        finite = all(np.isfinite(w).all() for w in weights.values())
        excess = float(self.exact_excess(weights)) if finite else float("inf")
        relative = excess / float(self.minimum) if self.minimum else excess
        distances = {
            wrong: abs(float(real(number(self.task.values)) - self.minimum))
            for wrong, number in self.contender.wrong.items()
        }
        near = [wrong for wrong, distance in distances.items() if 0 < distance <= 2 * excess]
        if excess < -float(ROUNDING) * float(self.minimum):
            verdict, reason = "contradicted", f"the loss is below the derived minimum by {-excess:.3g}"
        elif relative > tolerance or descent.interrupted:
            verdict, reason = "unfinished", f"the excess loss is still {relative:.2g} of the minimum"
        elif near:
            verdict, reason = "unfinished", f"the excess loss is too large to rule out {', '.join(near)}"
        else:
            verdict = "reached"
            reason = f"minimum {float(self.minimum):.6g} reached within {relative:.2g} of it"
            sampled, error = descent.sampled_loss()
            if abs(sampled - float(self.minimum) - excess) > FALSE_ALARM * error:
                verdict = "contradicted"
                reason = (
                    f"on fresh prompts the loss is {sampled:.5g} ± {error:.1g}, but its closed form gives "
                    f"{float(self.minimum) + excess:.5g}"
                )
        return Measurement(
            name,
            descent.seed,
            descent.step,
            verdict,
            reason,
            float(self.minimum),
            excess,
            relative,
        )


def judge(measured: Sequence[Measurement], *, interrupted: bool) -> tuple[Any, str]:
    """Confirmed when every contender has reached its minimum in one run at least, and none has gone below."""
    for run in measured:
        if run.verdict == "contradicted":
            return "contradicted", f"{run.name}, seed {run.seed}: {run.reason}"
    if interrupted:
        return "inconclusive", "training was interrupted"
    reached = {run.name for run in measured if run.verdict == "reached"}
    missing = [run for run in measured if run.name not in reached]
    if missing:
        return "inconclusive", f"{missing[0].name}, seed {missing[0].seed}: {missing[0].reason}"
    worst = max(run.relative_excess for run in measured if run.verdict == "reached")
    return "confirmed", f"{len(reached)} models reach their own derived minimum within {worst:.2g} of it"


def _file(folder: str | Path | None, name: str) -> Path | None:
    return None if folder is None else Path(folder) / name


def _relay(progress: StudyProgress | None, run: int) -> Any:
    """Progress under the number of the run, since one seed serves several."""
    if progress is None:
        return None
    return lambda step, total, excess: progress(run, step, total, excess)
