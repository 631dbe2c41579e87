"""Runs of diagonal attention with positional weights on its exact loss, judged against the derived structure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy

from symicl.algebra.evaluate import evaluate
from symicl.models.positional_attention import PositionalAttention
from symicl.tasks.autoregressive import AutoregressiveTask
from symicl.tasks.values import Values
from symicl.theory.autoregressive_loss import loss_in_time
from symicl.training.positional.exact_descent import Path, descend_exactly, random_heads
from symicl.training.positional.exact_loss import compile_over_lengths
from symicl.training.positional.structure import Structure, scale_at, structure_of
from symicl.training.runtime.threads import one_thread
from symicl.training.studies.heatmap import Heatmap
from symicl.training.studies.panel_study import Findings
from symicl.training.study import Curve, Level, Measurement, Panel, StudyProgress

ROUNDING = 1e-9
ENOUGH = 2
"""Runs that must reach the derived structure."""

Extra = Callable[[], tuple[Measurement, Panel]]


@dataclass(frozen=True, kw_only=True)
class PositionalProblem:
    """What is trained, and what was derived for it.

    Attributes
    ----------
    task, model
    symbols : dict
        The inputs by name: d, H, and T, which is the longest T that is trained on.
    minimum : expression
        The derived minimal loss of one T, in d and H.
    energy : expression
        ‖A‖² − ‖P‖² at the balanced optimum, in d, the scale and the longest T.
    wrong_energies : dict of expressions
        Other forms of it, which the trained scale must tell apart.
    scale, longest : sympy.Symbol
        How the scale and the longest T are called in these.
    lr, steps
        Of plain gradient descent, which the conserved quantities are about.
    polish : int
        Further steps of Adam from there.
    fine : float
        Largest excess loss of one T, over d, after these.
    few : tuple of int
        (d, longest T, starts, steps) of the runs with 1, …, d heads.
    extra : callable, optional
        A further measurement and its picture.
    """

    task: AutoregressiveTask
    model: PositionalAttention
    symbols: Mapping[str, sympy.Symbol]
    minimum: sympy.Expr
    energy: sympy.Expr
    wrong_energies: Mapping[str, sympy.Expr]
    scale: sympy.Symbol
    longest: sympy.Symbol
    lr: float
    steps: int
    polish: int
    fine: float = 1e-5
    few: tuple[int, int, int, int] = (6, 3, 3, 300)
    extra: Extra | None = None


class PositionalRuns:
    """All runs at numbers."""

    def __init__(
        self, problem: PositionalProblem, values: Values, steps: int, progress: StudyProgress | None
    ):
        self.problem, self.values, self.steps, self.progress = problem, values, steps, progress
        self.d, self.heads, self.length = (int(values[problem.symbols[name]]) for name in "dHT")
        self.loss = loss_in_time(problem.model, problem.task)
        self.minimum = float(evaluate(problem.minimum, values))
        self.runs: list[Measurement] = []
        self.panels: list[Panel | Heatmap] = []
        self.extra: dict[str, Any] = {"scales": []}
        # Zero loss has one shape, up to the scale and its sign, if the rank leaves no choice.
        paired = problem.task.paired
        self.has_shape = self.minimum == 0 and (not paired or self.heads < self.d)

    def measure(self, seeds: list[int]) -> None:
        """Training with enough heads and with too few."""
        with one_thread():
            if self.train(seeds):
                raise KeyboardInterrupt
            self.few_heads()
            self.further()

    def findings(self) -> Findings:
        """All runs, the pictures, and the scales."""
        return Findings(self.runs, self.panels, self.extra)

    def train(self, seeds: list[int]) -> bool:
        """Gradient descent from balanced starts, then Adam; returns whether it was interrupted."""
        problem, progress = self.problem, self.progress
        function = compile_over_lengths(self.loss, self.d, self.length)
        start = random_heads(seeds, self.d, self.heads, self.length, 0.1, balanced=True)
        relay = None if progress is None else lambda k, total, value: progress(seeds[0], k, total, value)
        plain = descend_exactly(function, start, self.steps, problem.lr, progress=relay)
        if plain.interrupted:
            return True
        polished = descend_exactly(function, plain.weights, problem.polish, 0.01, adam=True, progress=relay)
        rows = self.length - 1
        curves = []
        for k, seed in enumerate(seeds):
            before, after = (structure_of(path, k, paired=problem.task.paired) for path in (plain, polished))
            final = float(polished.losses[-1][k]) / rows
            verdict, reason = self._judge(before, after, final)
            name = f"{self.heads} heads"
            steps = self.steps + problem.polish
            distance = after.distance if self.has_shape else None
            self._keep(name, seed, steps, verdict, reason, self.minimum, final, distance)
            total = [
                step + self.steps * (path is polished) for path in (plain, polished) for step in path.steps
            ]
            losses = [max(float(x[k]) / rows, 1e-14) for path in (plain, polished) for x in path.losses]
            curves.append(Curve(f"seed {seed}", total, losses))
            if k == 0 and self.has_shape:
                self.panels += _pictures(polished, k, seed, paired=problem.task.paired)
        self.panels.insert(
            0,
            Panel(
                f"{self.heads} heads, d = {self.d}",
                f"steps: {self.steps} of gradient descent, then Adam",
                "loss of one T",
                tuple(curves),
                (Level("derived minimum", self.minimum),) if self.minimum else (),
                log_y=True,
            ),
        )
        return polished.interrupted

    def _scales(self, energy: float) -> dict[str, float]:
        """The scale at which the conserved quantity has its initial value, by the derived form and by wrong ones."""
        problem = self.problem
        sizes = {
            problem.symbols["d"]: self.values[problem.symbols["d"]],
            problem.longest: sympy.Integer(self.length),
        }
        forms = {"": problem.energy, **problem.wrong_energies}
        return {name: scale_at(form, problem.scale, sizes, energy) for name, form in forms.items()}

    def _judge(self, plain: Structure, polished: Structure, final: float) -> tuple[str, str]:
        """Is the loss that of theory, and if it is zero, is the structure?"""
        excess = final - self.minimum
        if excess < -ROUNDING * self.d:
            return "contradicted", f"the loss is below the derived minimum by {-excess:.3g}"
        if not excess <= self.problem.fine * self.d:
            return "unfinished", f"the loss of one T is still {excess:.2g} above its minimum"
        if not self.has_shape:
            return "reached", f"the derived minimum {self.minimum:g} within {max(excess, 0):.1g}"
        if polished.distance > 0.03:
            return "contradicted", f"the loss vanishes at another structure, {polished.distance:.2g} away"
        found, predicted = abs(plain.scale), self._scales(plain.energy_at_start)
        self.extra["scales"].append({"trained": found, "predicted": predicted[""]})
        drift = abs(plain.energy - plain.energy_at_start) / self.d
        off = abs(found / predicted[""] - 1)
        if plain.distance > 0.05:
            return (
                "unfinished",
                "the structure is reached, but not by plain gradient descent yet, so its scale is not",
            )
        if drift > 0.03:
            return (
                "unfinished",
                f"the steps are too large for a flow: ‖A‖² − ‖P‖² drifts by {drift:.1g} per coordinate",
            )
        if off > 0.01:
            return (
                "contradicted",
                f"the trained scale is {found:.5g}, the conserved quantities predict {predicted['']:.5g}",
            )
        for name, value in predicted.items():
            if name and abs(found - value) <= 2 * abs(found - predicted[""]):
                return "unfinished", f"the trained scale {found:.5g} does not rule out {name}"
        return "reached", (
            f"the derived structure within {polished.distance:.1g}; scale {found:.5g}, predicted {predicted['']:.5g}"
        )

    def few_heads(self) -> None:
        """The least loss over starts for 1, …, d heads, side by side: heads that are not there are held at zero."""
        problem = self.problem
        d, length, starts, steps = problem.few
        mask = np.repeat(np.tril(np.ones((d, d)))[:, :, None], d, axis=2)
        mask = np.repeat(mask, starts, axis=0)
        start = random_heads(range(d * starts), d, d, length, 0.5, balanced=False)
        start["A"], start["B"] = start["A"] * mask, start["B"] * mask
        function = compile_over_lengths(self.loss, d, length)
        path = descend_exactly(function, start, steps, 0.05, adam=True, fixed={"A": mask, "B": mask})
        best = (path.losses[-1].reshape(d, starts) / (length - 1)).min(axis=1)
        size, count = problem.symbols["d"], problem.symbols["H"]
        derived = [
            float(evaluate(problem.minimum, {size: sympy.Integer(d), count: sympy.Integer(h + 1)}))
            for h in range(d)
        ]
        for h, (found, level) in enumerate(zip(best, derived, strict=True)):
            excess = float(found) - level
            if excess < -1e-9 * d:
                verdict, reason = (
                    "contradicted",
                    f"the loss {found:.6g} is below the derived minimum {level:g}",
                )
            elif excess > 1e-3:
                verdict, reason = "unfinished", f"the loss {found:.6g} is above the derived minimum {level:g}"
            else:
                verdict, reason = (
                    "reached",
                    f"least loss of one T over {starts} starts {found:.5f}, derived {level:g}",
                )
            name = f"{h + 1} of {d} heads"
            self._keep(name, 0, steps, verdict, reason, level, float(found), None)
        heads = range(1, d + 1)
        self.panels.append(
            Panel(
                f"fewer heads, d = {d}",
                "heads H",
                "least loss of one T",
                (
                    Curve(f"trained, best of {starts}", heads, best.tolist()),
                    Curve("derived", heads, derived, theory=True),
                ),
            )
        )

    def further(self) -> None:
        """The further measurement."""
        if self.problem.extra is not None:
            run, panel = self.problem.extra()
            self.runs.append(run)
            self.panels.append(panel)

    def _keep(
        self,
        name: str,
        seed: int,
        steps: int,
        verdict: str,
        reason: str,
        level: float,
        found: float,
        distance: float | None,
    ) -> None:
        excess = found - level
        relative = excess / level if level else excess / self.d
        self.runs.append(Measurement(name, seed, steps, verdict, reason, level, excess, relative, distance))

    def judge(self) -> tuple[Any, str]:
        """Contradicted by one run; confirmed if enough have the structure and every number of heads its minimum."""
        for run in self.runs:
            if run.verdict == "contradicted":
                return "contradicted", f"{run.name}, seed {run.seed}: {run.reason}"
        main = [run for run in self.runs if run.name == f"{self.heads} heads"]
        arrived = [run for run in main if run.verdict == "reached"]
        if len(arrived) < min(ENOUGH, len(main)):
            left = next((run for run in main if run.verdict != "reached"), None)
            return "inconclusive", f"only {len(arrived)} of {len(main)} runs arrived" + (
                f"; seed {left.seed}: {left.reason}" if left else ""
            )
        for run in self.runs:
            if run not in main and run.verdict != "reached":
                return "inconclusive", f"{run.name}: {run.reason}"
        return "confirmed", f"{len(arrived)} of {len(main)} runs: {arrived[0].reason}"


def _pictures(path: Path, k: int, seed: int, *, paired: bool) -> list[Heatmap]:
    """C and P of one run."""
    C = path.weights["B"][k].T @ path.weights["A"][k]
    return [
        Heatmap("trained C = B'A", f"seed {seed}", C, blocks=2 if paired else 0),
        Heatmap("trained positional weights", f"row T - 1 is p; seed {seed}", path.weights["P"][k][:-1]),
    ]
