"""Training the real model on fresh samples, measured by the exact closed form."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from symicl.algebra.evaluate import float_matrix
from symicl.models.model import Model
from symicl.tasks.task import TaskAt
from symicl.theory.landscape import StationaryPoint, recognise
from symicl.training.descent import Descent, Progress
from symicl.training.lazy_torch import load_torch
from symicl.training.notebook import notebook_progress
from symicl.training.result import Outcome, TrainResult
from symicl.training.schedule import Schedule
from symicl.training.settle import settle
from symicl.training.yardstick import Reading, Yardstick

FALSE_ALARM = 6.0
"""Standard errors by which sampled and exact loss may differ."""


def train(
    model: Model,
    task_at: TaskAt,
    *,
    seed: int = 0,
    steps: int | None = None,
    batch: int | tuple[int, int] | None = None,
    lr: float | None = None,
    dtype: str | None = None,
    tolerance: float = 0.01,
    progress: Progress | Literal[False] | None = None,
    checkpoint: str | Path | None = None,
    id: str = "",
    yardstick: Yardstick | None = None,
) -> TrainResult:
    """Train a model on fresh prompts and measure its exact excess loss.

    Parameters
    ----------
    model : Model
    task_at : TaskAt
        The task at numbers, ``task.at(n=20, d=5, sigma2=0.25)``.
    seed : int
        Of the initial weights and of all prompts; the run is a function of it.
    steps, batch, lr, dtype : optional
        See `Schedule` for meaning and defaults. One number for ``batch`` keeps it constant.
    tolerance : float
        Largest relative excess that counts as having reached the optimum.
    progress : callable, optional
        Called with (step, total, excess). By default a notebook shows a bar; False shows nothing.
    checkpoint : path, optional
        Saved every few seconds and when interrupted. If it exists, the run goes on from there and ends with
        the same weights, bit for bit, as one that was never stopped.
    id : str
        Copied into the result.
    yardstick : Yardstick, optional
        Closed forms derived beforehand.

    Returns
    -------
    TrainResult
        After an interrupt (Ctrl-C), what was reached until then.

    Raises
    ------
    MissingDependencyError
        Without torch.
    """
    load_torch()
    default = Schedule()
    schedule = Schedule(
        default.steps if steps is None else steps,
        default.batch if batch is None else (batch, batch) if isinstance(batch, int) else batch,
        default.lr if lr is None else lr,
        default.dtype if dtype is None else dtype,
    )
    yardstick = yardstick or Yardstick(model, task_at)
    run = Descent(
        model,
        task_at,
        yardstick.d,
        schedule,
        seed,
        yardstick.excess,
        None if checkpoint is None else Path(checkpoint),
    )
    run.train(notebook_progress() if progress is None else progress or None)
    return _Judge(run, yardstick, tolerance).result(id)


@dataclass(frozen=True)
class _Judge:
    """What a finished run has reached."""

    run: Descent
    yardstick: Yardstick
    tolerance: float

    def result(self, id: str) -> TrainResult:
        started = time.perf_counter()
        run = self.run
        weights = run.weights()
        reading = self.yardstick.read(weights)
        best = self.yardstick.target_loss
        relative = float(reading.excess / best)
        outcome, reason, point = self._judge(reading, relative)
        sampled = error = None
        if outcome == "reached" and not self.run.interrupted:
            sampled, error = run.sampled_loss()
            if abs(sampled - float(reading.loss)) > FALSE_ALARM * error:
                outcome = "contradicted"
                reason = (
                    f"on fresh prompts the loss is {sampled:.5g} ± {error:.1g}, but its closed form gives "
                )
                reason += f"{float(reading.loss):.5g}"
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
            trajectory=list(run.trajectory),
            weights=weights,
            parameters=dict(reading.parameters),
            stationary=point,
            sampled_loss=sampled,
            sampled_error=error,
            interrupted=self.run.interrupted,
        )

    def _judge(self, reading: Reading, relative: float) -> tuple[Outcome, str, StationaryPoint | None]:
        if relative < -1e-9:
            return "contradicted", "the trained model has a lower loss than the claimed minimum", None
        if relative <= self.tolerance:
            return "reached", f"the excess loss is {relative:.2g} of the minimal loss", None
        unfinished = f"the excess loss is still {relative:.2g} of the minimal loss"
        if self.run.interrupted or not self.yardstick.is_derived:
            return "unfinished", unfinished, None
        end = settle(self.yardstick.loss, self.run.task, reading.parameters)
        best = float(self.yardstick.target_loss)
        excess = end.loss - best
        # A run ends at a stationary point if the exact descent from its weights hardly lowers the loss.
        stays = float(reading.loss) - end.loss <= 0.1 * excess
        if self.yardstick.landscape is None:
            return "unfinished", unfinished, None
        if not end.is_stationary(best) or not stays:
            # A run near zero weights has hardly begun; near any other stationary point it is held up.
            others = tuple(p for p in self.yardstick.landscape if not math.isnan(p.s))
            near = recognise(others, float(reading.excess), tolerance=0.02)
            reason = unfinished if near is None else f"{unfinished}; it has stalled near a {near.text}"
            return "unfinished", reason, near
        point = recognise(self.yardstick.landscape, excess)
        if point is None:
            return (
                "contradicted",
                f"training converged to an excess of {excess:.4g}, where none is predicted",
                None,
            )
        if point.kind == "local minimum":
            return "local minimum", f"the run ended in a {point.text}", point
        return "unfinished", f"{unfinished}; it has stalled near a {point.text}", point
