"""Training the real model, on samples or on its exact loss, measured by the exact closed form."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from symicl.errors import InputError
from symicl.models import Model
from symicl.numeric import LossGradient, float_matrix
from symicl.studies.kinds.stepwise import Progress
from symicl.studies.regression.batch_means import check_rate
from symicl.studies.regression.descent import Descent
from symicl.studies.regression.elsewhere import Trained
from symicl.studies.regression.exact_objective import ExactObjective
from symicl.studies.regression.forward_check import check_forward
from symicl.studies.regression.method import Choice, check_device, choose
from symicl.studies.regression.population import Population, PopulationDescent
from symicl.studies.regression.rank_saddle import rank_saddle
from symicl.studies.regression.result import Outcome, TrainResult
from symicl.studies.regression.schedule import Schedule
from symicl.studies.regression.stated_minimum import StatedMinimum, judged
from symicl.studies.regression.yardstick import Reading, Yardstick
from symicl.studies.runtime.settle import settle
from symicl.tasks import TaskAt
from symicl.theory import StationaryPoint, recognise

STATIONARY = 1e-6
"""Largest loss, relative to its scale, that a relative change of the parameters could gain at a stationary point."""
POLISH_TOLERANCE = 1e-13
"""Fraction of the loss that 50 evaluations must still gain on the exact loss."""


def train_prompts(
    model: Model,
    task_at: TaskAt,
    *,
    seed: int,
    steps: int | None,
    batch: int | tuple[int, int] | None,
    lr: float | None,
    dtype: str | None,
    tolerance: float,
    progress: Progress | None,
    checkpoint: Path | None,
    id: str,
    yardstick: Yardstick | None,
    method: str | None,
    device: str,
    initial: Mapping[str, np.ndarray] | None,
    population: Population | None,
    false_alarm: float,
    check: bool,
    minimum: Any,
) -> TrainResult:
    """Train a model of prompts; see `symicl.studies.training.train`, which has checked model, task and seed."""
    if method is None and population is not None:
        method = "population"
    choice = choose(method, model, task_at)
    check_options(choice, device, false_alarm)
    default = Schedule()
    schedule = Schedule(
        default.steps if steps is None else steps,
        default.batch if batch is None else (batch, batch) if isinstance(batch, int) else batch,
        default.lr if lr is None else lr,
        default.dtype if dtype is None else dtype,
    )
    if minimum is not None and yardstick is not None:
        raise InputError("minimum and yardstick both say what the run is compared with; give one of them")
    stated = None if minimum is None else StatedMinimum(model, task_at, minimum)
    measure = stated or yardstick or Yardstick(model, task_at)
    measure.loss  # noqa: B018  refuses what does not go together before anything is drawn
    run: Descent | PopulationDescent
    if choice.method == "population":
        exact = population or Population(gain=POLISH_TOLERANCE)
        if steps is not None:
            exact = replace(exact, evaluations=schedule.steps)
        run = on_closed_form(measure, exact, seed, initial)
    else:
        if initial is not None:
            objective = ExactObjective(measure.loss, task_at.values)
            objective.refuse_dead(objective.pack(initial))
        run = Descent(
            model,
            task_at,
            task_at.d,
            schedule,
            seed,
            measure.excess,
            method=choice.method,
            device=device,
            initial=initial,
        )
    run.train(progress, checkpoint)
    if isinstance(measure, StatedMinimum):
        return judged(measure, run, false_alarm, id=id, why=choice.why)
    return Measured(run, measure, tolerance, choice, false_alarm, check).result(id)


def check_options(choice: Choice, device: str, false_alarm: float) -> None:
    """Refuse an unknown device, one that the method does not run on, and a rate that is none.

    Raises
    ------
    InputError
    """
    check_rate(false_alarm)
    if check_device(device) != "cpu" and choice.method == "population":
        raise InputError("the population loss is computed on the CPU; leave --device out, or sample")


def on_closed_form(
    measure: Yardstick | StatedMinimum,
    schedule: Population,
    seed: int,
    initial: Mapping[str, np.ndarray] | None = None,
) -> PopulationDescent:
    """A run on the closed form of the loss."""
    best = float(measure.target_loss)
    return PopulationDescent(measure.loss, measure.task, measure.task.d, schedule, seed, best, initial)


@dataclass(frozen=True)
class Measured:
    """A finished run, measured by the exact closed form.

    Attributes
    ----------
    run, yardstick
    tolerance : float
        Largest relative excess that counts as having reached the optimum.
    choice : Choice
        How it was trained.
    false_alarm : float
    check : bool
        Whether the forward pass of a run that has arrived is tested on fresh prompts.
    """

    run: Descent | PopulationDescent
    yardstick: Yardstick
    tolerance: float
    choice: Choice
    false_alarm: float
    check: bool

    def result(self, id: str) -> TrainResult:
        started = time.perf_counter()
        run = self.run
        weights = run.weights()
        reading = self.yardstick.read(weights)
        best = self.yardstick.target_loss
        relative = float(reading.excess / self.yardstick.scale)
        outcome, reason, point = self._outcome(reading, relative)
        check = None
        if self.check and outcome == "reached" and not self.run.interrupted:
            check = check_forward(self.yardstick, weights, reading, run.seed, self.false_alarm)
            if check.failed is not None:
                outcome = "contradicted"
                reason = (
                    f"on fresh prompts the loss is {check.loss.mean:.5g} ± {check.loss.error:.1g}, and its closed form "
                    f"gives {float(reading.loss):.5g}; {check.failed.name}: such a deviation has probability "
                    f"{check.failed.chance:.1g} (false-positive rate: {self.false_alarm:.1g} per run)"
                )
        return TrainResult(
            id=id,
            verdict=outcome,
            reason=reason,
            seed=run.seed,
            steps=run.step,
            seconds=run.seconds + time.perf_counter() - started,
            loss_at_optimum=float(best),
            excess_loss=float(reading.excess),
            relative_excess=relative,
            distance_to_optimum=self.yardstick.distance(reading.coefficient),
            coefficient=float_matrix(reading.coefficient),
            optimal_coefficient=float_matrix(self.yardstick.target),
            # What the last steps gain is lost in the rounding of the loss; the end is known exactly.
            trajectory=[*run.trajectory[:-1], (run.step, float(reading.excess))],
            weights=weights,
            parameters=dict(reading.parameters),
            stationary=point,
            sampled_loss=None if check is None else check.loss.mean,
            sampled_error=None if check is None else check.loss.error,
            check=check,
            interrupted=self.run.interrupted,
            method=self.run.evidence.method,
            method_reason=self.choice.why,
            computed_by=self.run.how,
            optimiser=self.run.evidence.optimiser,
            samples=self.run.evidence.samples,
            predictor_distance=self._distance(reading),
            trained=Trained(self.yardstick.model, run.task, weights, outcome == "reached", run.seed),
        )

    def _distance(self, reading: Reading) -> float | None:
        power = self.yardstick.power
        return float(reading.gap / power) if power else None

    def _outcome(self, reading: Reading, relative: float) -> tuple[Outcome, str, StationaryPoint | None]:
        if relative < -1e-9:
            return "contradicted", "the trained model has a lower loss than the claimed minimum", None
        # Where the noise is large, every predictor has nearly the minimal loss: the predictor itself must be near.
        distance = self._distance(reading)
        if relative <= self.tolerance and (distance is None or distance <= self.tolerance):
            return "reached", f"the excess loss is {relative:.2g} of the minimal loss", None
        unfinished = f"the excess loss is still {relative:.2g} of the minimal loss"
        if self.yardstick.optimum.attained == "lower bound":
            above = f"the loss is above the derived value by {relative:.2g} of it"
            return "unfinished", f"{above}; this is a lower bound, which no weights are known to attain", None
        if relative <= self.tolerance:
            unfinished = (
                f"the excess loss is {relative:.2g} of the minimal loss, but the predictor is not yet the derived one: "
                f"its mean square distance is {distance:.2g} of what the derived one explains"
            )
        if self.run.interrupted or not self.yardstick.is_derived:
            return "unfinished", unfinished, None
        scale = float(self.yardstick.scale)
        loss = self.yardstick.loss
        function = LossGradient(loss.closed_form, self.run.task.values, loss.parameters)
        end = settle(function, reading.parameters, scale)
        best = float(self.yardstick.target_loss)
        excess = end.loss - best
        # A run ends at a stationary point if the exact descent from its weights hardly lowers the loss.
        stays = float(reading.loss) - end.loss <= 0.1 * excess
        if self.yardstick.landscape is None:
            return "unfinished", unfinished, None
        if not end.is_stationary(scale, STATIONARY) or not stays:
            # A run near zero weights has hardly begun; near any other stationary point it is held up.
            others = tuple(p for p in self.yardstick.landscape if not math.isnan(p.s))
            low = rank_saddle(self.yardstick, reading, self.run.weights())
            near = low or recognise(others, float(reading.excess), tolerance=0.02)
            reason = unfinished if near is None else f"{unfinished}; it has stalled near a {near.text}"
            return "unfinished", reason, near
        point = recognise(self.yardstick.landscape, excess)
        if point is None:
            # That a run stays above a minimum does not contradict the minimum.
            return "unfinished", f"{unfinished}; it has stopped where no stationary point is predicted", None
        if point.kind == "local minimum":
            return "local minimum", f"the run ended in a {point.text}", point
        return "unfinished", f"{unfinished}; it has stalled near a {point.text}", point
