"""Where the exact loss leads from trained weights, without any sampling noise."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from symicl.studies.runtime.lazy_torch import load_torch
from symicl.studies.runtime.lbfgs import lbfgs
from symicl.studies.runtime.threads import one_thread

Weights = dict[str, np.ndarray]
LossWithSlopes = Callable[[Mapping[str, np.ndarray]], tuple[float, Weights]]
"""From weights to the exact loss and its gradient."""
MAX_EVALUATIONS = 3000
STATIONARY, MIN_SLOPE = 1e-5, 1e-9
"""Largest loss, relative to its scale, that a relative change of the weights could still gain: so that the end counts
as a stationary point, and so that the descent stops."""


@dataclass(frozen=True)
class Settled:
    """The end of a descent on the exact loss.

    Attributes
    ----------
    weights : dict of arrays
    loss : float
    gain : float
        Norm of the gradient times norm of the weights.
    """

    weights: Weights
    loss: float
    gain: float

    def is_stationary(self, scale: float, part: float = STATIONARY) -> bool:
        """True if the gradient is negligible against losses of this size."""
        return self.gain <= part * scale


class _Enough(Exception):
    """So many evaluations must do."""


def settle(function: LossWithSlopes, weights: Mapping[str, np.ndarray], scale: float) -> Settled:
    """Follow the exact loss downhill (L-BFGS in float64, deterministic).

    Parameters
    ----------
    function : callable
        From weights to the exact loss and its gradient.
    weights : dict of arrays
    scale : float
        Size of the losses.
    """
    names = list(weights)
    shapes = [np.shape(weights[name]) for name in names]
    cuts = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]
    best: list[Any] = [np.inf, None, None]
    count = 0

    def unpack(vector: np.ndarray) -> Weights:
        parts = np.split(vector, cuts)
        return {name: part.reshape(shape) for name, part, shape in zip(names, parts, shapes, strict=True)}

    def flat(vector: np.ndarray) -> tuple[float, np.ndarray]:
        nonlocal count
        count += 1
        value, slopes = function(unpack(vector))
        slope = np.concatenate([np.ravel(slopes[name]) for name in names])
        if value < best[0]:
            best[:] = value, vector.copy(), slope
        if count > MAX_EVALUATIONS or np.linalg.norm(slope) * np.linalg.norm(vector) < MIN_SLOPE * scale:
            raise _Enough
        return value, slope

    with contextlib.suppress(_Enough):
        start = np.concatenate([np.ravel(np.asarray(weights[name], dtype=float)) for name in names])
        lbfgs(flat, start, memory=30)
    loss, vector, slope = best
    return Settled(unpack(vector), float(loss), float(np.linalg.norm(slope) * np.linalg.norm(vector)))


def by_torch(function: Callable[[Mapping[str, Any]], Any]) -> LossWithSlopes:
    """A loss with torch's derivatives in float64, from a function of tensors; losses of several runs are added."""
    torch = load_torch()

    def found(weights: Mapping[str, np.ndarray]) -> tuple[float, Weights]:
        leaves = {
            name: torch.tensor(value, dtype=torch.float64, requires_grad=True)
            for name, value in weights.items()
        }
        with one_thread():
            value = function(leaves).sum()
            slopes = torch.autograd.grad(value, list(leaves.values()), allow_unused=True)
        return float(value.detach()), {
            name: np.zeros_like(weights[name]) if slope is None else slope.numpy()
            for name, slope in zip(leaves, slopes, strict=True)
        }

    return found


def masked(function: LossWithSlopes, masks: Mapping[str, np.ndarray]) -> LossWithSlopes:
    """The same loss with slopes that are multiplied by masks; entries with 0 stay as they are."""

    def found(weights: Mapping[str, np.ndarray]) -> tuple[float, Weights]:
        value, slopes = function(weights)
        return value, {name: slope * masks.get(name, 1.0) for name, slope in slopes.items()}

    return found
