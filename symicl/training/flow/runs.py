"""Runs of gradient flow and gradient descent on the risk of GD-β, judged against an exponential envelope."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np

from symicl.algebra.evaluate import evaluate, float_matrix
from symicl.tasks.task import TaskAt
from symicl.theory.compile import compile_matrix
from symicl.theory.loss import LossAt
from symicl.training.flow.integrate import Arrays, GradientField, descend
from symicl.training.flow.panels import flow_panels
from symicl.training.flow.problem import ABSOLUTE, LOWEST, FlowProblem, Run, Start
from symicl.training.regression.yardstick import Yardstick
from symicl.training.runtime.draws import TorchDraws
from symicl.training.studies.panel_study import Findings
from symicl.training.study import Measurement, StudyProgress, Verdict

REACHED = {"flow": 1e-9, "descent": 1e-9, "block": 1e-6}
"""Largest |R − R*| / R* at the end of a run that counts as having arrived."""
POINTS = 240
MOST_STEPS = 4000
CLEARLY = 10
"""Times its error by which a flow has to cross a wrong envelope."""
ENOUGH = 2
"""Trained blocks that must arrive."""


class FlowRuns:
    """All runs at fixed numbers."""

    def __init__(self, problem: FlowProblem, at: TaskAt, steps: int, progress: StudyProgress | None):
        self.problem, self.at, self.steps, self.progress = problem, at, steps, progress
        self.yardsticks = {"GD": Yardstick(problem.model, at), "block": Yardstick(problem.block, at)}
        self.field = GradientField(self.yardsticks["GD"].loss, at)
        values = at.values | {symbol: compute(at.values) for symbol, compute in problem.auxiliary.items()}
        self.rate = float(evaluate(problem.rate, values))
        self.wrong = {name: float(evaluate(rate, values)) for name, rate in problem.wrong_rates.items()}
        self.mean = float_matrix(evaluate(problem.task.task_mean, at.values))
        self.runs: list[Run] = []

    def measure(self, seeds: Sequence[int]) -> None:
        """All runs of all seeds; the blocks are trained side by side."""
        problem = self.problem
        H = float_matrix(evaluate(problem.task.covariate_cov, self.at.values))
        n = int(evaluate(problem.task.n, self.at.values))
        for seed in seeds:
            self.seed, self.share = seed, 0.5 if seed == seeds[-1] else 1.0
            starts = problem.starts(H, n, np.random.default_rng(seed))
            for k, start in enumerate(starts):
                self._flow(seed, start)
                self._report(0.6 * (k + 1) / len(starts))
            self._descents(seed, [start for start in starts if start.descend])
        self._blocks(seeds)

    def _report(self, part: float, *, of_blocks: bool = False) -> None:
        """The last seed stands for the blocks too."""
        if self.progress is not None:
            part = 0.5 + 0.5 * part if of_blocks else self.share * part
            self.progress(self.seed, round(100 * part), 100, self.runs[-1].measurement.excess_loss)

    # --- runs ------------------------------------------------------------------------------------------

    def _parameters(self, start: Start) -> Arrays:
        delta = self.mean if start.delta is None else start.delta.reshape(-1, 1)
        return {"beta": self.mean - delta, "Gamma": start.Gamma}

    def _flow(self, seed: int, start: Start) -> None:
        """Until the risk has arrived, but at least as long as the envelope is looked at."""
        horizon = math.log(1 / LOWEST) / self.rate
        centre = {"beta": self.mean, "Gamma": np.zeros_like(start.Gamma)}
        for _ in range(3):
            times = np.concatenate([[0.0], np.geomspace(1e-5 * horizon, horizon, POINTS)])
            seen, moved = self.field.integrate(self._parameters(start), times, centre)
            path = {name: centre[name] + value for name, value in moved.items()}
            if abs(self._excess("GD", {name: value[-1] for name, value in path.items()})) <= REACHED["flow"]:
                break
            horizon *= 4
        self._keep(
            f"flow from {start.name}",
            "flow",
            seed,
            len(seen) - 1,
            seen,
            path,
            length=np.linalg.norm(moved["beta"], axis=(-2, -1)),
            is_bounded=True,
        )

    def _descents(self, seed: int, starts: Sequence[Start]) -> None:
        """Gradient descent on the same risk; its steps are small enough for the bound to hold for it too."""
        if not starts:
            return
        points = [self._parameters(start) for start in starts]
        batch = {name: np.stack([point[name] for point in points]) for name in points[0]}
        sizes = np.array([1 / self.field.sharpness(point) for point in points])
        horizon = math.log(1 / LOWEST) / self.rate
        steps = min(MOST_STEPS, math.ceil(horizon / sizes.min()))
        path = descend(
            self.problem.model,
            self.field.loss,
            self.at,
            batch,
            sizes,
            range(steps + 1),
            lambda k, total, _: self._report(0.6 + 0.4 * k / total),
        )
        form = compile_matrix(self.problem.quadratic_form)
        Gamma = self.problem.preconditioner
        for i, start in enumerate(starts):
            own = {name: value[:, i] for name, value in path.items()}
            largest = np.linalg.eigvalsh(form({**self.at.values, Gamma: own["Gamma"]}))[:, -1].max()
            times = sizes[i] * np.arange(steps + 1)
            name = f"descent from {start.name}"
            self._keep(name, "descent", seed, steps, times, own, is_bounded=bool(2 * sizes[i] * largest <= 1))

    def _blocks(self, seeds: Sequence[int]) -> None:
        """Gradient descent on all weights of the real model."""
        from symicl.training.regression.torch_model import TorchModel

        problem, yardstick = self.problem, self.yardsticks["block"]
        starts, names = [], []
        for seed, k in product(seeds, range(problem.block_starts)):
            draws = TorchDraws(1000 * seed + k, "float64")
            network = TorchModel(problem.block, yardstick.d, draws)
            network.shrink_to(self.at, draws)
            starts.append({name: w.detach().numpy() for name, w in network.weights.items()})
            names.append((seed, f"block from start {k}"))
        batch = {name: np.stack([start[name] for start in starts]) for name in starts[0]}
        records = sorted({round(self.steps * k / POINTS) for k in range(POINTS + 1)})
        path = descend(
            problem.block,
            yardstick.loss,
            self.at,
            batch,
            problem.block_step,
            records,
            lambda k, total, _: self._report(k / total, of_blocks=True),
        )
        times = problem.block_step * np.array(records)
        for i, (seed, name) in enumerate(names):
            own = {key: value[:, i] for key, value in path.items()}
            self._keep(name, "block", seed, self.steps, times, own, is_bounded=False)

    def _excess(self, which: str, weights: Arrays) -> float:
        """(R − R*)/R*, exactly at these weights."""
        yardstick = self.yardsticks[which]
        return yardstick.excess(weights) / float(yardstick.target_loss)

    def _keep(
        self,
        name: str,
        kind: str,
        seed: int,
        steps: int,
        times: np.ndarray,
        path: Arrays,
        *,
        is_bounded: bool,
        length: np.ndarray | None = None,
    ) -> None:
        """Measure and judge a run; ``length`` is ‖δ(t)‖ where it is known better than from the parameters."""
        model, which = (self.problem.block, "block") if kind == "block" else (self.problem.model, "GD")
        yardstick = self.yardsticks[which]
        best = float(yardstick.target_loss)
        with np.errstate(over="ignore", invalid="ignore"):  # descent with too large steps
            parameters = model.effective(path)
            risks = LossAt(yardstick.loss, self.at.values).compile("numpy")(parameters)
            if length is None:
                vector = parameters["v"][:, : len(self.mean)] if kind == "block" else parameters["beta"]
                length = np.linalg.norm(self.mean - vector, axis=(-2, -1))
        first = float(length[0]) or 1.0
        scale = max(1.0, float(np.linalg.norm(self.mean)))
        excess = self._excess(which, {key: value[-1] for key, value in path.items()})
        run = Run(
            Measurement(name, seed, steps, "", "", best, excess * best, excess, float(length[-1])),
            kind,
            times,
            length / first,
            risks - best,
            ABSOLUTE * scale / first,
        )
        self.runs.append(replace(run, measurement=self._judged(run, is_bounded=is_bounded)))

    # --- verdicts --------------------------------------------------------------------------------------

    def _judged(self, run: Run, *, is_bounded: bool) -> Measurement:
        excess = run.measurement.relative_excess
        over = run.overshoot(self.rate)
        if not math.isfinite(excess):
            outcome, reason = "unfinished", "the steps are too large, the risk grows"
        elif excess < -REACHED[run.kind]:
            outcome, reason = "contradicted", "the risk is below the claimed minimum"
        elif is_bounded and over > 1:
            outcome = "contradicted"
            reason = f"the start error rises above the envelope, by {over:.2g} times its error"
        elif abs(excess) > REACHED[run.kind]:
            outcome, reason = "unfinished", _unfinished(run)
        elif run.kind != "block" and not is_bounded:
            outcome, reason = "unfinished", "its steps are too large for the bound to hold for them"
        else:
            outcome, reason = "reached", f"the excess risk is {abs(excess):.1g} of the minimal risk"
        return replace(run.measurement, verdict=outcome, reason=reason)

    def findings(self) -> Findings:
        """All runs, the pictures, and how clearly the wrong rates fail."""
        return Findings(
            [run.measurement for run in self.runs],
            flow_panels(self.runs, self.rate, self.wrong),
            {"rate": self.rate, "wrong_rates": self.exceeded()},
        )

    def exceeded(self) -> dict[str, float]:
        """By how many times its error some flow rises above the envelope of each wrong rate."""
        flows = [run for run in self.runs if run.kind == "flow"]
        return {
            name: max((run.overshoot(rate) for run in flows), default=-math.inf)
            for name, rate in self.wrong.items()
        }

    def judge(self) -> tuple[Verdict, str]:
        """Contradicted by a single run; confirmed if all bounded runs arrive below the envelope."""
        found = [run.measurement for run in self.runs]
        for one in found:
            if one.verdict == "contradicted":
                return "contradicted", f"{one.name}, seed {one.seed}: {one.reason}"
        for one in self._of("flow"):
            if one.verdict != "reached":
                return "inconclusive", f"{one.name}, seed {one.seed}: {one.reason}"
        for name, over in self.exceeded().items():
            if over <= CLEARLY:
                return "inconclusive", f"no run told the envelope apart from a wrong one: {name}"
        descents, blocks = self._of("descent"), self._of("block")
        arrived, trained = (sum(one.verdict == "reached" for one in part) for part in (descents, blocks))
        if not arrived:
            return "inconclusive", "; ".join(f"{one.name}: {one.reason}" for one in descents[:1])
        if trained < ENOUGH:
            return "inconclusive", f"only {trained} of {len(blocks)} trained blocks reached the minimal risk"
        return "confirmed", (
            f"all {len(found) - len(blocks)} runs of GD-β stay below exp(−{self.rate:.4g} t); all flows, {arrived} of "
            f"{len(descents)} descents and {trained} of {len(blocks)} trained blocks arrive at R*"
        )

    def _of(self, kind: str) -> list[Measurement]:
        return [run.measurement for run in self.runs if run.kind == kind]


def _unfinished(run: Run) -> str:
    """Why a run has not arrived: it moves still, or it has stopped elsewhere."""
    excess = run.measurement.relative_excess
    before = run.excess[-1 - len(run.excess) // 5]
    if abs(before - run.excess[-1]) < 0.01 * abs(run.excess[-1]):
        return f"it stays where the excess risk is {excess:.2g} of the minimal risk"
    return f"the excess risk is still {excess:.2g} of the minimal risk"
