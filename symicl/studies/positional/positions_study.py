"""Positional weights alone, trained on sequences: is the minimum the derived one, at the derived weights?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import numpy as np
import sympy

from symicl.models import PositionsOnlyAttention
from symicl.numeric import evaluate
from symicl.studies.curves import Curve, Level, Panel
from symicl.studies.evidence import summary
from symicl.studies.heatmap import Heatmap
from symicl.studies.kinds.fresh_descent import FreshSchedule, Part, Path
from symicl.studies.kinds.judging import Grounds, not_told_apart, too_few
from symicl.studies.kinds.runner import Runner
from symicl.studies.measurements import Findings, Measurement, PanelWork
from symicl.studies.positional.exact_loss import compile_over_lengths
from symicl.studies.positional.sizes import OfSizes
from symicl.studies.runtime.lazy_torch import load_torch
from symicl.studies.runtime.settle import by_torch, settle
from symicl.studies.sequences.descent import (
    affordable_batch,
    fresh_loss,
    mismatch,
    on_sequences,
)
from symicl.tasks import AutoregressiveTask, Values
from symicl.theory import loss_in_time

ROUNDING = 1e-9
EXACT = 1e-5
"""Largest difference of the minimum of the exact loss from the stated one, and of its weights, over d and 1/d."""
MAX_EXCESS = 0.05
"""Largest exact excess loss of one T, over d, of weights that count as trained."""
FRESH_SEQUENCES = 1000


@dataclass(frozen=True, kw_only=True)
class PositionsStudy(OfSizes):
    """The numeric check of the best positional weights where nothing else is trained.

    Attributes
    ----------
    id : str
    task, model
    symbols : dict
        The inputs by name: d, and T, the longest T that is trained on.
    minimum, weight : expression
        The stated least loss of one T, and the stated p_T; all other weights are 0.
    wrong_weights : dict of expressions
        Other values of p_T, which the trained weights must tell apart.
    defaults : dict
        Numbers for d and T.
    extra : callable, optional
        A further measurement and its picture.
    seeds : tuple of int
    steps, batch, lr
        Of Adam on fresh sequences; the weights of the last fifth are averaged.
    """

    id: str
    task: AutoregressiveTask
    model: PositionsOnlyAttention
    symbols: Mapping[str, sympy.Symbol]
    minimum: sympy.Expr
    weight: sympy.Expr
    wrong_weights: Mapping[str, sympy.Expr]
    defaults: Mapping[str, int]
    extra: Callable[[], tuple[Measurement, Panel]] | None = None
    seeds: tuple[int, ...] = (0, 1, 2, 3)
    steps: int = 500
    batch: int = 64
    lr: float = 0.02

    def schedule(self, d: int, length: int, steps: int) -> FreshSchedule:
        """Adam, averaged over its last fifth."""
        batch = affordable_batch(self.batch, steps, length, d)
        return FreshSchedule(batch, (Part("Adam", steps, self.lr),), averaged=max(1, steps // 5))

    def settings(self) -> dict[str, Any]:
        wrong = {name: str(value) for name, value in self.wrong_weights.items()}
        numbers = {name: getattr(self, name) for name in ("steps", "batch", "lr")}
        return {"at": self.inputs({}), "wrong": wrong, "extra": self.extra is not None, **numbers}

    def begin(self, given: Mapping[str, Any], steps: int | None) -> PositionsRuns:
        """Train and judge; ``steps`` are those of Adam."""
        load_torch()
        return PositionsRuns(self, self.values(given), self.steps if steps is None else steps)


class PositionsRuns(PanelWork):
    """All runs at numbers."""

    def __init__(self, study: PositionsStudy, values: Values, steps: int):
        self.study, self.values = study, values
        self.d, self.length = (int(values[study.symbols[name]]) for name in "dT")
        self.minimum, self.weight = (float(evaluate(form, values)) for form in (study.minimum, study.weight))
        loss = loss_in_time(study.model, study.task)
        self.exact = by_torch(compile_over_lengths(loss, self.d, self.length))
        self.schedule = study.schedule(self.d, self.length, steps)
        self.runs: list[Measurement] = []
        self.panels: list[Panel | Heatmap] = []

    @property
    def name(self) -> str:
        return f"positional weights, d = {self.d}"

    def measure(self, runner: Runner, seeds: list[int]) -> None:
        """Training, and what is measured besides."""
        paths = {seed: self._train(runner, seed) for seed in seeds}
        shows = (self.schedule.evidence,)
        curves = [
            Curve(f"seed {seed}", path.steps, [float(x[0]) / (self.length - 1) for x in path.losses])
            for seed, path in paths.items()
        ]
        self.panels.append(
            Panel(
                self.name,
                "steps of Adam on fresh sequences",
                "loss of the batch, of one T",
                tuple(curves),
                (Level("stated minimum", self.minimum),),
                shows=shows * len(curves),
            )
        )
        for seed, path in list(paths.items())[:1]:
            P = path.average["P"][:-1]
            self.panels.append(
                Heatmap("trained positional weights", f"row T - 1 is p; seed {seed}", P, shows=shows)
            )
        if self.study.extra is not None:
            run, panel = self.study.extra()
            self.runs.append(run)
            self.panels.append(panel)

    def _train(self, runner: Runner, seed: int) -> Path:
        study, rows = self.study, self.length - 1
        model = replace(study.model, length=self.length)
        at = AutoregressiveTask(study.task.kind, law="ones").at(d=self.d, T=self.length + 1)
        start = np.tril(0.3 * np.random.default_rng(seed).standard_normal((self.length, self.length)), 1)
        start[-1] = 0  # the row of a query at the end, for which there is no target
        level = self.minimum * rows
        path = runner.train(on_sequences(model, at, {"P": start}, seed, self.schedule, level=level)).path
        final, distance = np.inf, None
        verdict, reason = "unfinished", "the steps are too large, the weights grow"
        if path.is_finite:
            weights = dict(path.average)
            final = self.exact(weights)[0] / rows
            distance = float(abs(weights["P"][:-1] - self._stated()[:-1]).max())
            verdict, reason = self._judge(weights, final)
            fresh = fresh_loss(model, at, weights, FRESH_SEQUENCES, seed + 1_000_003)
            if wrong := mismatch(fresh, final * rows, 1e-6 * self.d * rows):
                verdict, reason = "contradicted", wrong
        excess = final - self.minimum
        relative = excess / (self.minimum or 1)
        self.runs.append(
            Measurement(
                self.name,
                seed,
                self.schedule.steps,
                verdict,
                reason,
                self.minimum,
                excess,
                relative,
                distance,
                self.schedule.evidence,
            )
        )
        return path

    def _stated(self, weight: float | None = None) -> np.ndarray:
        """P with p_T in each row and zeros elsewhere."""
        rows = np.eye(self.length, k=1) * (self.weight if weight is None else weight)
        rows[-1] = 0
        return rows

    def _judge(self, weights: Mapping[str, np.ndarray], final: float) -> tuple[str, str]:
        """The exact loss has one minimum: is it where it is stated, and did training come near?"""
        rows = self.length - 1
        end = settle(self.exact, weights, self.d * rows)
        least = min(final, end.loss / rows) - self.minimum
        text = f"exact loss of one T {abs(final):.5f}, stated minimum {self.minimum:g}"
        if least < -ROUNDING * self.d:
            return "contradicted", f"{text}: it leads {-least:.3g} below the stated minimum"
        if least > EXACT * self.d:
            return "contradicted", f"{text}: it leads to {end.loss / rows:.6f}, above the stated minimum"
        off = float(abs(end.weights["P"] - self._stated())[:-1].max()) * self.d
        if off > 100 * EXACT:
            return "contradicted", f"{text}: the minimum is at weights that differ by {off / self.d:.2g}"
        if final - self.minimum > MAX_EXCESS * self.d:
            return "unfinished", f"{text}: training stays above"
        return "reached", text

    def findings(self) -> Findings:
        """All runs and the pictures."""
        return Findings(self.runs, self.panels, main=self.name)

    def grounds(self) -> Grounds:
        """Enough runs are near the minimum, and nearer than wrong weights would be."""
        main = [run for run in self.runs if run.name == self.name]
        return Grounds(
            self.runs,
            lambda: self._confirmed(main),
            chain(too_few(main, "runs"), not_told_apart(self.clear())),
        )

    def clear(self) -> dict[str, float]:
        """How much more excess loss than the trained weights each wrong version of p_T has; the worst run counts."""
        rows = self.length - 1
        trained = max(
            (run.excess_loss for run in self.runs if run.name == self.name and run.verdict == "reached"),
            default=np.inf,
        )
        return {
            name: (
                self.exact({"P": self._stated(float(evaluate(form, self.values)))})[0] / rows - self.minimum
            )
            / max(trained, ROUNDING)
            for name, form in self.study.wrong_weights.items()
        }

    def _confirmed(self, main: list[Measurement]) -> str:
        arrived = summary(run.evidence for run in main if run.verdict == "reached")
        return (
            f"the real model comes within {max(run.excess_loss for run in main):.2g} of the stated minimum "
            f"{self.minimum:g} of one T in {arrived}, nearer than with "
            f"{' or '.join(f'p_T = {name}' for name in self.study.wrong_weights)}"
        )
