"""Runs of gradient flow and gradient descent on the risk of GD-β, judged against an exponential envelope."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

import numpy as np

from symicl.numeric import compile_matrix, evaluate, float_matrix
from symicl.studies.evidence import Evidence, summary
from symicl.studies.flow.integrate import Arrays, GradientField, descend
from symicl.studies.flow.on_prompts import in_time, on_prompts
from symicl.studies.flow.panels import flow_panels
from symicl.studies.flow.problem import ABSOLUTE, MAX_POINTS, MIN_ENVELOPE_PART, FlowProblem, Run, Start
from symicl.studies.kinds.judging import Grounds, not_told_apart, too_few, unreached
from symicl.studies.kinds.runner import Runner
from symicl.studies.measurements import Findings, Measurement, PanelWork
from symicl.studies.regression.descent import Descent
from symicl.studies.regression.schedule import Schedule
from symicl.studies.regression.yardstick import Yardstick
from symicl.tasks import TaskAt
from symicl.theory import LossAt

MAX_EXCESS = {"flow": 1e-9, "descent": 1e-9, "prompts": 0.01, "block": 0.01}
"""Largest |R − R*| / R*, exactly at the final weights, of a run that counts as having arrived."""
EXCESS_TOLERANCE = 1e-9
"""Relative excess below which the exact risk is not the claimed minimum."""
MAX_STEPS = 4000
CROSSING_FACTOR = 10
"""Times its error by which a flow has to cross a wrong envelope."""
RATE_TOLERANCE = 1e-3
"""How close to the envelope the closest flow has to come, relative to the rate, for the rate to be the stated one."""
PROMPT_STEP = 0.3
"""Step size on prompts times the largest second derivative at the start."""
FOLLOW_FACTOR = 1.5
"""How much longer it is followed than the flow takes to come within a thousandth of R*."""
ENVELOPE_SLACK, MIN_HEIGHT = 0.25, 0.3
"""A run on prompts may rise above the envelope by this part of it, as long as the envelope is above this height."""
EVIDENCE_OF = {
    "flow": Evidence("flow", "LSODA"),
    "descent": Evidence("population", "plain gradient descent"),
}
EIGENVALUE_ROUNDING = 1e-8
"""Of eigenvalues relative to the largest one, and of a part of β that does not move relative to β."""


class FlowRuns(PanelWork):
    """All runs at fixed numbers."""

    def __init__(self, problem: FlowProblem, at: TaskAt, steps: int):
        self.problem, self.at, self.steps = problem, at, steps
        self.yardsticks = {"GD": Yardstick(problem.model, at), "block": Yardstick(problem.block, at)}
        self.field = GradientField(self.yardsticks["GD"].loss, at)
        values = at.values | {symbol: compute(at.values) for symbol, compute in problem.auxiliary.items()}
        self.rate = float(evaluate(problem.rate, values))
        wrong = {name: float(evaluate(rate, values)) for name, rate in problem.wrong_rates.items()}
        self.wrong = {name: rate for name, rate in wrong.items() if not math.isclose(rate, self.rate)}
        self.dropped = [name for name in wrong if name not in self.wrong]
        driven = problem.driven
        self.kappa = min(float(evaluate(driven.rate, values)), 2 * self.rate)
        self.constant = float(evaluate(driven.constant, values))
        # Without a task and noise there is no limit of Γ, and nothing is said.
        self.limit = float_matrix(evaluate(driven.limit, values)) if self.kappa > 0 else None
        self.mean = float_matrix(evaluate(problem.task.task_mean, at.values))
        self.kernel = kernel_of(float_matrix(evaluate(problem.task.covariate_cov, at.values)))
        self.runs: list[Run] = []

    def measure(self, runner: Runner, seeds: list[int]) -> None:
        """All runs of all seeds."""
        problem = self.problem
        H = float_matrix(evaluate(problem.task.covariate_cov, self.at.values))
        n = int(evaluate(problem.task.n, self.at.values))
        for seed in seeds:
            starts = problem.starts(H, n, np.random.default_rng(seed))
            for start in starts:
                self._flow(seed, start)
            self._descents(seed, [start for start in starts if start.descend])
            for start in starts:
                if start.on_prompts:
                    self._prompts(runner, seed, start)
            for k in range(problem.block_starts):
                self._block(runner, seed, k)

    # --- runs ------------------------------------------------------------------------------------------

    def _parameters(self, start: Start) -> Arrays:
        delta = self.mean if start.delta is None else start.delta.reshape(-1, 1)
        return {"beta": self.mean - delta, "Gamma": start.Gamma}

    def _flow(self, seed: int, start: Start) -> None:
        """Until the risk has arrived, but at least as long as the envelope is looked at."""
        horizon = math.log(1 / MIN_ENVELOPE_PART) / self.rate
        centre = {"beta": self.mean, "Gamma": np.zeros_like(start.Gamma)}
        for _ in range(3):
            times = np.concatenate([[0.0], np.geomspace(1e-5 * horizon, horizon, MAX_POINTS)])
            seen, moved = self.field.integrate(self._parameters(start), times, centre)
            path = {name: centre[name] + value for name, value in moved.items()}
            if (
                abs(self._excess("GD", {name: value[-1] for name, value in path.items()}))
                <= MAX_EXCESS["flow"]
            ):
                break
            horizon *= 4
        self._keep(
            f"flow from {start.name}",
            "flow",
            seed,
            len(seen) - 1,
            seen,
            path,
            length=self._on_range(moved["beta"]),
            driven=self._from_limit(path["Gamma"]),
            is_bounded=True,
        )

    def _descents(self, seed: int, starts: Sequence[Start]) -> None:
        """Gradient descent on the same risk; its steps are small enough for the bound to hold for it too."""
        if not starts:
            return
        points = [self._parameters(start) for start in starts]
        batch = {name: np.stack([point[name] for point in points]) for name in points[0]}
        sizes = np.array([1 / self.field.sharpness(point) for point in points])
        horizon = math.log(1 / MIN_ENVELOPE_PART) / self.rate
        steps = min(MAX_STEPS, math.ceil(horizon / sizes.min()))
        path = descend(
            self.problem.model,
            self.field.loss,
            self.at,
            batch,
            sizes,
            range(steps + 1),
        )
        form = compile_matrix(self.problem.quadratic_form)
        Gamma = self.problem.preconditioner
        for i, start in enumerate(starts):
            own = {name: value[:, i] for name, value in path.items()}
            largest = np.linalg.eigvalsh(form({**self.at.values, Gamma: own["Gamma"]}))[:, -1].max()
            times = sizes[i] * np.arange(steps + 1)
            name = f"descent from {start.name}"
            self._keep(name, "descent", seed, steps, times, own, is_bounded=bool(2 * sizes[i] * largest <= 1))

    def _prompts(self, runner: Runner, seed: int, start: Start) -> None:
        """The real GD-β on fresh prompts, with steps so small that it stays near the flow."""
        point = self._parameters(start)
        lr = PROMPT_STEP / self.field.sharpness(point)
        steps = self._steps_until_arrival(f"flow from {start.name}", seed, lr)
        best = float(self.yardsticks["GD"].target_loss)
        run = on_prompts(self.problem.model, self.at, point, seed, steps, self.problem.batch, lr, best)
        times, path = in_time(runner.train(run))
        name = f"GD-β on prompts from {start.name}"
        self._keep(name, "prompts", seed, steps, times, path, is_bounded=False, evidence=run.evidence)

    def _steps_until_arrival(self, flow: str, seed: int, lr: float) -> int:
        """At least the given number of steps, and more where the flow from the same start takes longer to arrive."""
        run = next(run for run in self.runs if (run.measurement.name, run.measurement.seed) == (flow, seed))
        best = run.measurement.loss_at_optimum
        there = run.excess <= 1e-3 * best
        time = run.times[int(np.argmax(there))] if there.any() else run.times[-1]
        # The falling half of the step sizes goes half as far.
        return min(max(self.steps, math.ceil(FOLLOW_FACTOR * time / (0.75 * lr))), max(self.steps, MAX_STEPS))

    def _block(self, runner: Runner, seed: int, k: int) -> None:
        """All weights of the block on fresh prompts, of which the statement does not speak."""
        yardstick = self.yardsticks["block"]
        schedule = block_schedule(self.problem.block_steps)
        run = Descent(self.problem.block, self.at, yardstick.d, schedule, 1000 * seed + k, yardstick.excess)
        runner.train(run, seed=seed)
        weights = run.weights()
        best, excess = float(yardstick.target_loss), self._excess("block", weights)
        start = self.problem.block.effective(weights)["v"][: len(self.mean)]
        far = float(self._on_range(self.mean - start))
        steps, above = (np.array(column, dtype=float) for column in zip(*run.trajectory, strict=True))
        name = f"block from start {k}"
        one = Measurement(
            name,
            seed,
            schedule.steps,
            "",
            "",
            best,
            excess * best,
            excess,
            far,
            run.evidence,
            is_claimed=False,
        )
        unknown = np.full(len(steps), math.nan)
        found = Run(one, "block", steps, unknown, above, math.nan)
        self.runs.append(replace(found, measurement=self._judged(found, is_bounded=False)))

    def _on_range(self, vectors: np.ndarray) -> np.ndarray:
        """Their lengths on the range of the covariance."""
        return np.linalg.norm(vectors - self.kernel @ vectors, axis=(-2, -1))

    def _from_limit(self, matrices: np.ndarray) -> np.ndarray:
        """Their distances from Γ*, on the range of the covariance."""
        if self.limit is None:
            return np.empty(0)
        away, inside = matrices - self.limit, np.eye(len(self.kernel)) - self.kernel
        return np.linalg.norm(inside @ away @ inside, axis=(-2, -1))

    def _moves_in_kernel(self, path: Arrays) -> bool:
        """True if a path of β leaves its start where the covariance is zero."""
        moved = np.abs(self.kernel @ (path["beta"][-1] - path["beta"][0])).max()
        return bool(moved > EIGENVALUE_ROUNDING * max(1.0, float(np.abs(path["beta"]).max())))

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
        driven: np.ndarray | None = None,
        evidence: Evidence | None = None,
    ) -> None:
        """Measure and judge a run; ``length`` is ‖δ(t)‖ where it is known better than from the parameters."""
        yardstick = self.yardsticks["GD"]
        best = float(yardstick.target_loss)
        with np.errstate(over="ignore", invalid="ignore"):  # descent with too large steps
            parameters = self.problem.model.effective(path)
            risks = LossAt(yardstick.loss, self.at.values).compile("numpy")(parameters)
            if length is None:
                length = self._on_range(self.mean - parameters["beta"])
        first = float(length[0]) or 1.0
        scale = max(1.0, float(np.linalg.norm(self.mean)))
        excess = self._excess("GD", {key: value[-1] for key, value in path.items()})
        run = Run(
            Measurement(
                name,
                seed,
                steps,
                "",
                "",
                best,
                excess * best,
                excess,
                float(length[-1]),
                evidence or EVIDENCE_OF[kind],
            ),
            kind,
            times,
            length / first,
            risks - best,
            ABSOLUTE * scale / first,
            np.empty(0) if driven is None else driven,
            float(length[0]),
        )
        judged = self._judged(run, is_bounded=is_bounded)
        if judged.verdict == "reached" and self._moves_in_kernel(path):
            judged = replace(judged, verdict="contradicted", reason="β moves where the covariance is zero")
        self.runs.append(replace(run, measurement=judged))

    # --- verdicts --------------------------------------------------------------------------------------

    def _judged(self, run: Run, *, is_bounded: bool) -> Measurement:
        excess = run.measurement.relative_excess
        over = run.overshoot(self.rate) if is_bounded else -math.inf
        beyond = run.driven_overshoot(self.kappa, self.constant)
        if not math.isfinite(excess):
            outcome, reason = "unfinished", "the steps are too large, the risk grows"
        elif excess < -EXCESS_TOLERANCE:
            outcome, reason = "contradicted", "the risk is below the claimed minimum"
        elif over > 1:
            outcome = "contradicted"
            reason = f"the start error rises above the envelope, by {over:.2g} times its error"
        elif beyond > 1:
            outcome = "contradicted"
            reason = f"‖Γ − Γ*‖ rises above its bound, by {beyond:.2g} times its error"
        elif abs(excess) > MAX_EXCESS[run.kind]:
            outcome, reason = "unfinished", _unfinished(run)
        elif run.kind == "descent" and not is_bounded:
            outcome, reason = "unfinished", "its steps are too large for the bound to hold for them"
        elif run.kind == "prompts" and run.above(self.rate, MIN_HEIGHT) > ENVELOPE_SLACK:
            outcome = "unfinished"
            reason = f"its start error rises above the envelope by {100 * run.above(self.rate, MIN_HEIGHT):.2g} % of it"
        else:
            outcome, reason = "reached", f"the excess risk is {abs(excess):.1g} of the minimal risk"
        return replace(run.measurement, verdict=outcome, reason=reason)

    def findings(self) -> Findings:
        """All runs, the pictures, and how clearly the wrong rates fail."""
        order = ("prompts", "flow", "descent", "block")
        runs = sorted(self.runs, key=lambda run: order.index(run.kind))
        extra = {
            "rate": self.rate,
            "wrong_rates": self.exceeded(),
            "closest": self.closest,
            "rate_of_preconditioner": self.kappa,
            "dropped": self.dropped,
        }
        where = f", on the range of {self.problem.task.covariate_cov}" if self.kernel.any() else ""
        panels = flow_panels(self.runs, self.rate, self.wrong, where)
        return Findings([run.measurement for run in runs], panels, extra)

    @property
    def closest(self) -> float:
        """The largest rate, relative to the stated one, whose envelope no flow crosses at its start, minus 1."""
        flows = [run for run in self.runs if run.kind == "flow" and len(run.times) > 1]
        slopes = [-math.log(run.distance[1]) / run.times[1] for run in flows if 0 < run.distance[1] < 1]
        return float(min(slopes, default=math.inf)) / self.rate - 1

    def exceeded(self) -> dict[str, float]:
        """By how many times its error some flow rises above the envelope of each wrong rate."""
        flows = [run for run in self.runs if run.kind == "flow"]
        return {
            name: max((run.overshoot(rate) for run in flows), default=-math.inf)
            for name, rate in self.wrong.items()
        }

    def grounds(self) -> Grounds:
        """GD-β on prompts and all flows arrive, below the envelope, which no other rate would give."""
        lacking = chain(
            unreached(self._of("flow")),
            not_told_apart(self.exceeded(), CROSSING_FACTOR),
            self._not_closest(),
            too_few(self._of("prompts"), "runs of GD-β on prompts"),
        )
        return Grounds([run.measurement for run in self.runs], self._confirmed, lacking)

    def _not_closest(self) -> Iterator[str]:
        if self.closest > RATE_TOLERANCE:
            yield (
                f"no flow comes closer to the envelope than a rate {100 * self.closest:.2g} % larger: the bound holds, "
                "but the rate is not the largest one"
            )

    def _confirmed(self) -> str:
        flows, prompts, descents, blocks = map(self._of, ("flow", "prompts", "descent", "block"))
        arrived, exact, trained = (
            [one for one in part if one.verdict == "reached"] for part in (prompts, descents, blocks)
        )
        return (
            f"the real GD-β reaches the minimal risk, its start error falling as exp(−{self.rate:.4g} t) or faster, in "
            f"{_count(arrived, prompts)}: {summary(one.evidence for one in arrived)}; all {len(flows)} integrated "
            f"flows and {_count(exact, descents)} descents on the closed form arrive without ever crossing it. The "
            f"statement does not speak of the block, of which {_count(trained, blocks)} runs arrive{self._where}"
        )

    @property
    def _where(self) -> str:
        """On what the start error is measured where the covariance is singular."""
        if not self.kernel.any():
            return ""
        return (
            f". {self.problem.task.covariate_cov} is singular: this is the start error on its range, and the rate that "
            "of its smallest positive eigenvalue; in its kernel no run moves"
        )

    def _of(self, kind: str) -> list[Measurement]:
        return [run.measurement for run in self.runs if run.kind == kind]


def block_schedule(steps: int) -> Schedule:
    """How the block is trained on fresh prompts."""
    return Schedule(steps, (128, 1024), 0.02)


def kernel_of(covariance: np.ndarray) -> np.ndarray:
    """The orthogonal projection onto the kernel of a covariance."""
    values, vectors = np.linalg.eigh(covariance)
    null = vectors[:, values <= EIGENVALUE_ROUNDING * values[-1]]
    return null @ null.T


def _count(part: Sequence[Measurement], whole: Sequence[Measurement]) -> str:
    return f"all {len(whole)}" if len(part) == len(whole) else f"{len(part)} of {len(whole)}"


def _unfinished(run: Run) -> str:
    """Why a run has not arrived: it moves still, or it has stopped elsewhere."""
    excess = run.measurement.relative_excess
    before = run.excess[-1 - len(run.excess) // 5]
    if abs(before - run.excess[-1]) < 0.01 * abs(run.excess[-1]):
        return f"it stays where the excess risk is {excess:.2g} of the minimal risk"
    return f"the excess risk is still {excess:.2g} of the minimal risk"
