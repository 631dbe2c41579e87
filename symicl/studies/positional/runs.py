"""Runs of diagonal attention with positional weights on sampled sequences, measured by its exact loss."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

import numpy as np
import sympy

from symicl.models import PositionalAttention
from symicl.numeric import evaluate
from symicl.studies.curves import Panel
from symicl.studies.evidence import Evidence, summary
from symicl.studies.heatmap import Heatmap
from symicl.studies.kinds.fresh_descent import DESCENT, FreshSchedule, Part, Path
from symicl.studies.kinds.judging import Grounds, too_few, unreached
from symicl.studies.kinds.runner import Runner
from symicl.studies.measurements import Findings, Measurement, PanelWork
from symicl.studies.positional.exact_loss import LossFunction, compile_over_lengths
from symicl.studies.positional.initial_heads import random_heads
from symicl.studies.positional.panels import heads_panel, loss_panel, weight_maps
from symicl.studies.positional.structure import Structure, scale_at, structure_of
from symicl.studies.runtime.settle import Settled, by_torch, masked, settle
from symicl.studies.sequences.descent import affordable_batch, fresh_loss, mismatch, on_sequences
from symicl.tasks import AutoregressiveTask, TaskAt, Values
from symicl.theory import loss_in_time

LEAST_LOSS_ROUNDING = 1e-9
FRESH_SEQUENCES = 1000
MAX_EXCESS = 0.1
"""Largest exact excess loss of one T, over d, of trained weights where the minimum is not zero."""


@dataclass(frozen=True, kw_only=True)
class PositionalProblem:
    """The training problem, and the closed forms derived for it.

    Attributes
    ----------
    task, model
    symbols : dict
        The inputs by name: d, H, and T, which is the longest T that is trained on.
    minimum : expression
        The stated minimal loss of one T, in d and H.
    energy : expression
        ‖A‖² − ‖P‖² at the balanced optimum, in d, the scale and the longest T.
    wrong_energies : dict of expressions
        Other forms of it, which the trained scale must tell apart.
    scale, longest : sympy.Symbol
        How the scale and the longest T are called in these.
    lr, steps
        Of plain gradient descent, which the conserved quantities are about. Both the growth from small weights and the
        sharpness at the optimum go with √(d(T − 1)): ``lr`` is for the sizes of ``ample``, larger below them.
    ample : (int, int)
        d and T.
    polish : int
        Further steps of Adam from there.
    batch : int
        Sequences in each step; fewer of long ones.
    fine : float
        Largest excess loss of one T, over d, where the exact loss leads from trained weights.
    few : tuple of int
        (d, longest T, starts, steps) of the runs with 1, …, d heads.
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
    ample: tuple[int, int] = (10, 20)
    batch: int = 32
    fine: float = 1e-5
    few: tuple[int, int, int, int] = (6, 3, 3, 300)

    def schedule(self, d: int, length: int, steps: int) -> FreshSchedule:
        """Plain gradient descent, then Adam."""
        most, longest = self.ample
        larger = max(1.0, math.sqrt(most * (longest - 1) / (d * (length - 1))))
        parts = Part(DESCENT, steps, self.lr * larger), Part("Adam", self.polish, 0.01)
        batch = affordable_batch(self.batch, steps + self.polish, length, d)
        return FreshSchedule(batch, parts)

    def at(self, d: int, length: int) -> TaskAt[AutoregressiveTask]:
        """Sequences with targets for t = 2, …, length."""
        task = AutoregressiveTask(self.task.kind, law="ones")
        return task.at(d=d, T=length + 1)


class PositionalRuns(PanelWork):
    """All runs at numbers."""

    def __init__(self, problem: PositionalProblem, values: Values, steps: int):
        self.problem, self.values, self.steps = problem, values, steps
        self.d, self.heads, self.length = (int(values[problem.symbols[name]]) for name in "dHT")
        self.loss = loss_in_time(problem.model, problem.task)
        self.minimum = float(evaluate(problem.minimum, values))
        self.schedule = problem.schedule(self.d, self.length, steps)
        self.runs: list[Measurement] = []
        self.panels: list[Panel | Heatmap] = []
        self.compared: list[dict[str, float]] = []
        # Zero loss has one shape, up to the scale and its sign, if the rank leaves no choice.
        paired = problem.task.paired
        self.has_shape = self.minimum == 0 and (not paired or self.heads < self.d)

    def measure(self, runner: Runner, seeds: list[int]) -> None:
        """Training with enough heads and with too few."""
        self.train(runner, seeds)
        self.few_heads(runner)

    def findings(self) -> Findings:
        """All runs, the pictures, and the scales."""
        return Findings(self.runs, self.panels, {"scales": self.compared})

    # --- the heads of the inputs -----------------------------------------------------------------------

    @property
    def name(self) -> str:
        return f"{self.heads} head{'s' * (self.heads > 1)}"

    def train(self, runner: Runner, seeds: list[int]) -> None:
        """Gradient descent from balanced starts, then Adam, on fresh sequences."""
        problem, evidence = self.problem, self.schedule.evidence
        function = compile_over_lengths(self.loss, self.d, self.length)
        model, at = PositionalAttention(self.heads, self.length), problem.at(self.d, self.length)
        rows, paths = self.length - 1, {}
        for seed in seeds:
            start = random_heads([seed], self.d, self.heads, self.length, 0.1, balanced=True)
            first = {name: value[0] for name, value in start.items()}
            path = runner.train(
                on_sequences(
                    model, at, first, seed, self.schedule, level=self.minimum * rows, dtype="float32"
                )
            ).path
            paths[seed] = path
            final, distance = math.inf, None
            verdict, reason = "unfinished", "the steps are too large, the weights grow"
            if path.is_finite:
                weights = path.ends[-1]
                final = _exact(function, weights) / rows
                fresh = fresh_loss(model, at, weights, FRESH_SEQUENCES, seed + 1_000_003)
                end = Settled(weights, final * rows, 0.0)
                if final - self.minimum > problem.fine * self.d:
                    end = settle(by_torch(function), weights, self.d * rows)
                verdict, reason = self._judge(path, final, end)
                if wrong := mismatch(fresh, final * rows, 1e-6 * self.d * rows):
                    verdict, reason = "contradicted", wrong
                if self.has_shape:
                    distance = structure_of(weights, path.start, paired=problem.task.paired).distance
            self._keep(
                self.name, seed, self.schedule.steps, verdict, reason, self.minimum, final, distance, evidence
            )
        shows = tuple([evidence] * len(paths))
        self.panels.append(
            loss_panel(f"{self.name}, d = {self.d}", paths, rows, self.steps, self.minimum, shows)
        )
        if self.has_shape:
            for seed, path in list(paths.items())[:1]:
                self.panels += weight_maps(path.ends[-1], seed, evidence, paired=problem.task.paired)

    def _judge(self, path: Path, final: float, end: Settled) -> tuple[str, str]:
        """Is the loss that of the statement, and if it is zero, is the structure?"""
        paired, rows = self.problem.task.paired, self.length - 1
        least = min(final, end.loss / rows) - self.minimum
        if least < -LEAST_LOSS_ROUNDING * self.d:
            return "contradicted", f"the exact loss of one T is below the stated minimum by {-least:.3g}"
        if not least <= self.problem.fine * self.d:
            return (
                "unfinished",
                f"the exact loss of one T stays {least:.2g} above the stated minimum",
            )
        if final - self.minimum > (self.problem.fine if self.minimum == 0 else MAX_EXCESS) * self.d:
            return (
                "unfinished",
                f"the exact loss of one T is still {final - self.minimum:.2g} above the stated minimum, to which the "
                "exact descent leads from there: it needs more steps",
            )
        if not self.has_shape:
            return (
                "reached",
                f"exact loss of one T {final:.5g}, which leads to {end.loss / rows:.6g}, stated {self.minimum:g}",
            )
        plain, last = (
            structure_of(weights, path.start, paired=paired) for weights in (path.ends[0], path.ends[-1])
        )
        if last.distance > 0.03:
            return "contradicted", f"the loss vanishes at another structure, {last.distance:.2g} away"
        text = f"loss {final:.1g}, the stated structure within {last.distance:.1g}"
        return self._by_scale(plain, text)

    def _by_scale(self, plain: Structure, text: str) -> tuple[str, str]:
        """The scale after plain gradient descent, where it has arrived with steps that are small enough."""
        found, predicted = abs(plain.scale), self._scales(plain.energy_at_start)
        drift = abs(plain.energy - plain.energy_at_start) / self.d
        if plain.distance > 0.05:
            return (
                "reached",
                f"{text}; plain descent alone had not arrived, so that its scale is not compared",
            )
        if drift > 0.03:
            return "reached", f"{text}; the steps are too large for a flow, so that its scale is not compared"
        off = abs(found / predicted[""] - 1)
        if off > 0.01:
            return "unfinished", (
                f"{text}, but the scale is {found:.5g}, where the conserved quantities predict {predicted['']:.5g}"
            )
        for name, value in predicted.items():
            if name and abs(found - value) <= 2 * abs(found - predicted[""]):
                return "unfinished", f"{text}; the trained scale {found:.5g} does not rule out {name}"
        self.compared.append({"trained": found, "predicted": predicted[""]})
        return "reached", f"{text}; scale {found:.5g}, predicted {predicted['']:.5g}"

    def _scales(self, energy: float) -> dict[str, float]:
        """The scale at which the conserved quantity has its initial value, by the stated form and by wrong ones."""
        problem = self.problem
        sizes = {
            problem.symbols["d"]: self.values[problem.symbols["d"]],
            problem.longest: sympy.Integer(self.length),
        }
        forms = {"": problem.energy, **problem.wrong_energies}
        return {name: scale_at(form, problem.scale, sizes, energy) for name, form in forms.items()}

    # --- fewer heads -----------------------------------------------------------------------------------

    def few_heads(self, runner: Runner) -> None:
        """The least loss over starts for 1, …, d heads, side by side: heads that are not there are held at zero."""
        problem = self.problem
        d, length, starts, steps = problem.few
        mask = np.repeat(np.tril(np.ones((d, d)))[:, :, None], d, axis=2)
        mask = np.repeat(mask, starts, axis=0)
        start = random_heads(range(d * starts), d, d, length, 0.5, balanced=False)
        start["A"], start["B"] = start["A"] * mask, start["B"] * mask
        schedule = FreshSchedule(problem.batch, (Part("Adam", steps, 0.05),))
        model, at = PositionalAttention(d, length), problem.at(d, length)
        masks = {"A": mask, "B": mask}
        path = runner.train(on_sequences(model, at, start, 0, schedule, dtype="float32", masks=masks)).path
        function, rows = compile_over_lengths(self.loss, d, length), length - 1
        size, count = problem.symbols["d"], problem.symbols["H"]
        trained, levels = [], []
        for h in range(d):
            level = float(evaluate(problem.minimum, {size: sympy.Integer(d), count: sympy.Integer(h + 1)}))
            runs = range(h * starts, (h + 1) * starts)
            found = {
                k: _exact(function, {name: value[k] for name, value in path.average.items()}) for k in runs
            }
            best = min(found, key=lambda k: found[k])
            weights = {name: value[best] for name, value in path.average.items()}
            kept = masked(by_torch(function), {"A": mask[best], "B": mask[best]})
            end = settle(kept, weights, d * rows).loss / rows
            final = found[best] / rows
            verdict, reason = self._judge_few(final, end, level, starts)
            self._keep(
                f"{h + 1} of {d} heads", 0, steps, verdict, reason, level, final, None, schedule.evidence
            )
            trained.append(final)
            levels.append(level)
        self.panels.append(heads_panel(d, starts, trained, levels, (schedule.evidence,) * d))

    @staticmethod
    def _judge_few(final: float, end: float, level: float, starts: int) -> tuple[str, str]:
        text = f"least exact loss of one T over {starts} starts {final:.4f}, which leads to {end:.6f}; stated {level:g}"
        if min(final, end) < level - 1e-6:
            return "contradicted", f"{text}: it is below the stated minimum"
        if end > level + 1e-4 or final > level + 0.3:
            return "unfinished", f"{text}: it is above the stated minimum"
        return "reached", text

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
        evidence: Evidence,
    ) -> None:
        excess = found - level
        relative = excess / level if level else excess / self.d
        self.runs.append(
            Measurement(name, seed, steps, verdict, reason, level, excess, relative, distance, evidence)
        )

    # --- the verdict -----------------------------------------------------------------------------------

    def grounds(self) -> Grounds:
        """Enough runs have the structure, and every number of heads reaches its minimum."""
        main = [run for run in self.runs if run.name == self.name]
        few = [run for run in self.runs if run.name != self.name]
        return Grounds(self.runs, self._confirmed, chain(too_few(main, "runs"), unreached(few)))

    def _confirmed(self) -> str:
        main = [run for run in self.runs if run.name == self.name]
        left = [run for run in main if run.verdict != "reached"]
        scales = f", {len(self.compared)} of them with the stated scale" if self.compared else ""
        if self.has_shape and not self.compared:
            scales = ", whose scales are not compared"
        reasons = "; ".join(f"seed {run.seed}: {run.reason}" for run in left)
        others = f" (the statement is about the minimum and not about every run; {reasons})" if left else ""
        arrived = summary(run.evidence for run in main if run.verdict == "reached")
        few = summary(run.evidence for run in self.runs if run.name != self.name and run.samples)
        return (
            f"the real model reaches the stated minimum {self.minimum:g} of one T in {arrived}{scales}{others}; "
            f"with 1 to {self.problem.few[0]} heads it does in {few}"
        )


def _exact(function: LossFunction, weights: Mapping[str, np.ndarray]) -> float:
    """The exact loss over all T of one run."""
    return by_torch(function)(dict(weights))[0]
