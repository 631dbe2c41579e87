"""A model of sequences trained against a minimal loss that was derived by hand."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import fields
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from symicl.errors import InputError
from symicl.studies.regression.batch_means import Mean
from symicl.studies.regression.fresh_loss import FRESH_SEED
from symicl.studies.regression.result import TrainResult
from symicl.studies.regression.stated_minimum import (
    NO_COEFFICIENT,
    OTHER_STARTS,
    StatedMinimum,
    StatedMinimumResult,
    verdict_on,
)
from symicl.studies.regression.yardstick import real
from symicl.studies.runtime.lbfgs import lbfgs
from symicl.studies.sequences.descent import fresh_loss
from symicl.studies.sequences.train import FRESH_SEQUENCES, SequenceTrainResult, SequenceYardstick, start

MAX_FOLLOWED = 12
"""Weights up to which the exact loss is followed downhill, by differences."""
DIFFERENCE = 1e-6


class SequenceStatedMinimum(StatedMinimum):
    """A minimal loss of a model of sequences that was derived by hand, at numbers; see `StatedMinimum`."""

    @cached_property
    def yardstick(self) -> SequenceYardstick:
        """The closed forms at numbers."""
        return SequenceYardstick(self.model, self.task)

    @cached_property
    def bound(self) -> Fraction | None:
        best = self.yardstick.best
        return None if best is None else real(best.value)

    @cached_property
    def derived(self) -> Fraction | None:
        optimum = self.yardstick.optimum
        return self.bound if optimum is not None and optimum.attained == "weights" else None

    def loss_at(self, weights: Mapping[str, np.ndarray]) -> Fraction | None:
        if not all(np.isfinite(w).all() for w in weights.values()):
            return None
        return self.yardstick.exact_loss(weights)

    @cached_property
    def is_followed(self) -> bool:
        """True if the weights are few enough for the exact loss to be followed downhill."""
        sizes = self.model.weight_sizes(self.task.d).values()
        return sum(rows * columns for rows, columns in sizes) <= MAX_FOLLOWED

    def followed(self, weights: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Where the exact loss leads from weights."""
        shapes = {name: np.shape(w) for name, w in weights.items()}
        flat = np.concatenate([np.ravel(w) for w in weights.values()]).astype(float)

        def unpack(vector: np.ndarray) -> dict[str, np.ndarray]:
            parts = np.split(vector, np.cumsum([math.prod(shape) for shape in shapes.values()])[:-1])
            return {name: part.reshape(shapes[name]) for name, part in zip(shapes, parts, strict=True)}

        def at(vector: np.ndarray) -> float:
            loss = self.loss_at(unpack(vector))
            return math.inf if loss is None else float(loss)

        def with_slope(vector: np.ndarray) -> tuple[float, np.ndarray]:
            moves = DIFFERENCE * np.eye(len(vector))
            slope = [(at(vector + move) - at(vector - move)) / (2 * DIFFERENCE) for move in moves]
            return at(vector), np.array(slope)

        return unpack(lbfgs(with_slope, flat, gain=1e-12))

    def other_ends(self, seed: int) -> Iterator[tuple[int, Fraction]]:
        for other in range(seed + 1, seed + 1 + OTHER_STARTS) if self.is_followed else ():
            loss = self.loss_at(self.followed(start(self.model, self.task.d, other)))
            if loss is not None:
                yield other, loss

    def fresh(self, weights: Mapping[str, np.ndarray], seed: int) -> Mean:
        model: Any = self.model
        found = fresh_loss(model, self.task, weights, FRESH_SEQUENCES, seed + FRESH_SEED)
        return Mean(found.mean, found.error, FRESH_SEQUENCES, FRESH_SEQUENCES, math.nan)


def judged_sequences(
    stated: SequenceStatedMinimum, run: SequenceTrainResult, false_alarm: float
) -> StatedMinimumResult:
    """The verdict on a finished run on sequences; see `symicl.studies.regression.stated_minimum.judged`."""
    if stated.loss_at(run.weights) is None:
        raise InputError("training diverged to infinite weights; use a smaller learning rate")
    ends_here = run.interrupted or not stated.is_followed
    weights = dict(run.weights) if ends_here else stated.followed(run.weights)
    loss = stated.loss_at(weights)
    assert loss is not None
    fresh = stated.fresh(weights, run.seed)
    verdict, reason = verdict_on(stated, loss, fresh, false_alarm, run.seed, interrupted=run.interrupted)
    excess = float(loss - stated.target_loss)
    same: dict[str, Any] = {f.name: getattr(run, f.name) for f in fields(TrainResult)}
    shift = run.loss_at_optimum - float(stated.target_loss)
    path = [(step, value + shift) for step, value in run.trajectory if math.isfinite(shift)]
    return StatedMinimumResult(
        **same
        | {
            "verdict": verdict,
            "reason": reason,
            "loss_at_optimum": float(stated.target_loss),
            "excess_loss": excess,
            "relative_excess": excess / stated.scale,
            "distance_to_optimum": math.nan,
            "predictor_distance": None,
            "coefficient": NO_COEFFICIENT,
            "optimal_coefficient": NO_COEFFICIENT,
            "trajectory": [*path[:-1], (run.steps, excess)],
            "weights": weights,
            "parameters": stated.model.effective(weights),
            "sampled_loss": fresh.mean,
            "sampled_error": fresh.error,
            "bound": None if stated.bound is None else float(stated.bound),
        }
    )
