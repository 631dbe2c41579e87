"""Training a model of sequences on fresh sequences, measured by the exact closed form of its loss."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import sympy

from symicl.errors import InputError, UnsupportedError
from symicl.models import Model
from symicl.numeric import evaluate
from symicl.studies.evidence import Evidence
from symicl.studies.kinds.fresh_descent import FreshSchedule, Part
from symicl.studies.kinds.runner import Runner
from symicl.studies.kinds.stepwise import Progress
from symicl.studies.regression.result import Outcome, TrainResult
from symicl.studies.regression.schedule import Schedule
from symicl.studies.regression.yardstick import real
from symicl.studies.sequences.descent import (
    affordable_batch,
    fresh_loss,
    mismatch,
    on_sequences,
    refuse_hopeless,
)
from symicl.tasks import TaskAt
from symicl.theory import SequenceOptimum, expected_loss, minimise_sequences

STEPS, BATCH, LR = 600, 256, 0.05
FRESH_SEQUENCES = 4000
START = 0.1
"""Size of the entries of random initial weights."""


class SequenceTrainResult(TrainResult):
    """One trained model of sequences; see `symicl.studies.regression.result.TrainResult`.

    ``coefficient`` and ``optimal_coefficient`` hold the products of weights in which the loss is a quadratic; numbers
    that need a derived minimum are NaN where there is none. The trajectory is that of the loss on fresh batches, its
    end exact.
    """

    @property
    def evidence(self) -> Evidence:
        return Evidence(self.method, self.optimiser, self.samples, "sequences")


@dataclass(frozen=True)
class SequenceYardstick:
    """Closed forms at numbers, by which trained weights are measured.

    Attributes
    ----------
    model : Model
    task : TaskAt
    """

    model: Model
    task: TaskAt

    @cached_property
    def loss(self) -> Any:
        """The expected loss."""
        return expected_loss(self.model, self.task.task)

    @cached_property
    def optimum(self) -> SequenceOptimum | None:
        """The derived minimum; None where there is none in closed form."""
        try:
            return minimise_sequences(self.loss)
        except UnsupportedError:
            return None

    @cached_property
    def _numbers(self) -> dict[str, Any]:
        return {name: self.task.values[symbol] for name, symbol in self.task.task.symbols().items()}

    @cached_property
    def best(self) -> Any:
        """The optimum at numbers, exactly."""
        return None if self.optimum is None else self.optimum.at(**self._numbers)

    @cached_property
    def _at(self) -> Any:
        return self.loss.at(**self._numbers)

    def exact(self, weights: Mapping[str, np.ndarray]) -> float:
        """The loss at weights, in exact arithmetic."""
        return float(self.exact_loss(weights))

    def exact_loss(self, weights: Mapping[str, np.ndarray]) -> Fraction:
        """The loss at weights as a rational number."""
        rational = {name: np.vectorize(Fraction, otypes=[object])(value) for name, value in weights.items()}
        return real(self._at(**self.model.effective(rational)))

    def at_products(self, values: Mapping[str, Any]) -> float:
        """The loss at given products of weights, by name."""
        assert self.optimum is not None
        return float(self.optimum.problem.loss_at(self.task.values, values))

    def products(self, weights: Mapping[str, np.ndarray]) -> dict[str, float]:
        """The products of weights at numbers; empty where there is no derived minimum."""
        if self.optimum is None:
            return {}
        return self.optimum.problem.products_of(
            {name: float(np.asarray(value).reshape(-1)[0]) for name, value in weights.items()}
        )

    @cached_property
    def untrained(self) -> float:
        """The loss of the prediction with all products 0."""
        assert self.best is not None
        return self.at_products(dict.fromkeys(self.best.coefficient, sympy.Integer(0)))


def train_sequences(
    model: Any,
    task: TaskAt,
    *,
    seed: int = 0,
    steps: int | None = None,
    batch: int | None = None,
    lr: float | None = None,
    dtype: str | None = None,
    tolerance: float = 0.01,
    progress: Progress | None = None,
    checkpoint: Path | None = None,
    runner: Runner | None = None,
    id: str = "",
    initial: Mapping[str, np.ndarray] | None = None,
    check: bool = True,
    yardstick: SequenceYardstick | None = None,
) -> SequenceTrainResult:
    """Train a model of sequences by Adam on fresh sequences, and measure its exact loss; see `train`.

    Raises
    ------
    InputError
        For sizes at which training would take minutes.
    UnsupportedError
        If the loss has no closed form.
    """
    started = time.perf_counter()
    yardstick = yardstick or SequenceYardstick(model, task)
    length, d = (int(evaluate(size, task.values)) for size in (task.task.T, task.task.d))
    steps = STEPS if steps is None else steps
    if batch is None:
        batch = affordable_batch(BATCH, steps, length, d) if isinstance(steps, int) else BATCH
    Schedule(steps, (batch, batch), LR if lr is None else lr, dtype or "float64")  # refuses what cannot be
    schedule = FreshSchedule(
        batch, (Part("Adam", steps, LR if lr is None else lr),), averaged=max(1, steps // 10)
    )
    refuse_hopeless(schedule, length, d)
    level = float("nan") if yardstick.best is None else float(yardstick.best.value)
    run = on_sequences(
        model,
        task,
        start(model, d, seed) if initial is None else initial,
        seed,
        schedule,
        level=0.0 if math.isnan(level) else level,
        dtype=dtype or "float64",
    )
    if runner is None:
        run.train(progress, checkpoint)
    else:
        runner.train(run)
    path = run.path
    # What is stopped early has no average yet.
    weights = path.average or {name: w.double().numpy() for name, w in run.state()["weights"].items()}
    loss = yardstick.exact(weights) if path.is_finite else math.inf
    fresh = fresh_loss(model, task, weights, FRESH_SEQUENCES, seed + 1_000_003) if path.is_finite else None
    verdict, reason, distance = _judge(yardstick, loss, level, tolerance)
    wrong = "" if fresh is None or not check else mismatch(fresh, loss, 1e-9 * max(1.0, abs(loss)))
    if wrong:
        verdict, reason = "contradicted", wrong
    found = yardstick.products(weights)
    best = {} if yardstick.best is None else {k: float(v) for k, v in yardstick.best.coefficient.items()}
    gap = math.sqrt(sum((found[name] - best[name]) ** 2 for name in best))
    size = math.sqrt(sum(value**2 for value in best.values()))
    steps_seen = [
        (step, float(losses.max()) - level) for step, losses in zip(path.steps, path.losses, strict=True)
    ]
    return SequenceTrainResult(
        id=id,
        verdict=verdict,
        reason=reason,
        seed=seed,
        steps=run.step,
        seconds=time.perf_counter() - started,
        loss_at_optimum=level,
        excess_loss=loss - level,
        relative_excess=(loss - level) / level if level else math.nan,
        distance_to_optimum=gap / size if size else gap,
        coefficient=np.array(list(found.values())),
        optimal_coefficient=np.array(list(best.values())),
        trajectory=[*steps_seen[:-1], (run.step, loss - level)],
        weights=dict(weights),
        parameters=dict(model.effective(weights)),
        sampled_loss=None if fresh is None else fresh.mean,
        sampled_error=None if fresh is None else fresh.error,
        interrupted=run.interrupted,
        method="tokens",
        method_reason="models of sequences are trained on fresh sequences",
        computed_by="torch, through the model's own forward pass",
        optimiser="Adam",
        samples=run.evidence.samples,
        predictor_distance=distance,
    )


def start(model: Model, d: int, seed: int) -> dict[str, np.ndarray]:
    """Random initial weights."""
    draws = np.random.default_rng(seed)
    return {name: START * draws.standard_normal(size) for name, size in model.weight_sizes(d).items()}


def _judge(
    yardstick: SequenceYardstick, loss: float, level: float, tolerance: float
) -> tuple[Outcome, str, float | None]:
    """Verdict, reason, and the mean square distance of the predictor in units of what the optimum explains."""
    if not math.isfinite(loss):
        return "unfinished", "the steps are too large, the weights grow", None
    if yardstick.optimum is None:
        reason = (
            f"the exact loss is {loss:.6g}; no minimum of this loss is derived, so there is none to reach"
        )
        return "unfinished", reason, None
    explained = yardstick.untrained - level
    excess = loss - level
    distance = excess / explained if explained > 0 else None
    relative = excess / level if level else math.inf * (excess > 1e-12)
    if excess < -1e-9 * max(abs(level), explained):
        return "contradicted", "the trained model has a lower loss than the claimed minimum", distance
    if relative <= tolerance and (distance is None or distance <= tolerance):
        return "reached", f"the excess loss is {relative:.2g} of the minimal loss", distance
    reason = f"the exact loss is {loss:.6g}, the minimal one {level:.6g}"
    if distance is not None:
        reason += f"; {distance:.2g} of what the optimum explains is missing"
    return "unfinished", reason, distance


def refuse_options(**given: Any) -> None:
    """Refuse options of `train` that models of sequences do not have.

    Raises
    ------
    InputError
    """
    for name, value in given.items():
        if value is not None:
            raise InputError(
                f"{name} is not an option for models of sequences, which Adam trains on fresh sequences; leave it out"
            )
