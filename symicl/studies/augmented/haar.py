"""Stacked linear attention layers on sequences with Haar-distributed orthogonal W, beside steps of gradient descent on
the in-context least squares.

These W do not commute: there is no closed form, and all numbers come from sampled sequences.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from symicl.studies.kinds.fresh_descent import FreshDescent, FreshSchedule, Part
from symicl.studies.runtime.draws import TorchDraws
from symicl.studies.runtime.lazy_torch import load_torch
from symicl.studies.runtime.threads import one_thread
from symicl.tasks import AutoregressiveTask

if TYPE_CHECKING:
    import torch

BLOCKS = ("W_PV", "W_KQ")
TEST_SEQUENCES = 2000
STEP_SIZES = np.linspace(0.8, 2.4, 17)
"""Step sizes η among which the best is taken."""


@dataclass(frozen=True)
class HaarExperiment:
    """Sizes and schedule.

    Attributes
    ----------
    d : int
    length : int
        Of the context; the predictions are at t = 2, …, length.
    steps, batch : int
        Of Adam, on fresh sequences.
    lr : float
        Falls to zero along a half cosine.
    """

    d: int = 3
    length: int = 10
    steps: int = 250
    batch: int = 128
    lr: float = 0.02

    def sequences(self, count: int, draws: TorchDraws) -> torch.Tensor:
        """x_1 = 1/√d, …, x_{length+1}, count × (length + 1) × d."""
        return _task(self.d, self.length).sample(count, draws).x / math.sqrt(self.d)


def _task(d: int, length: int) -> Any:
    return AutoregressiveTask("haar", law="ones").at(d=d, T=length + 1)


def tokens(x: torch.Tensor) -> torch.Tensor:
    """(0, x_t, x_{t−1}) for all t but the last."""
    torch = load_torch()
    now = x[:, :-1]
    before = torch.cat([torch.zeros_like(now[:, :1]), now[:, :-1]], 1)
    return torch.cat([torch.zeros_like(now), now, before], -1)


def layers_forward(weights: list[torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    """The first blocks after e_t ← e_t + W_PV Σ_{i≤t} e_i e_iᵀ W_KQ e_t / (t − 1), layer after layer, for t ≥ 2.

    Parameters
    ----------
    weights : W_PV, W_KQ of each layer in turn, 3d × 3d
    x : batch × length × d
    """
    torch = load_torch()
    e, d = tokens(x), x.shape[-1]
    t = torch.arange(1, e.shape[1] + 1, dtype=e.dtype)
    mask = torch.tril(torch.ones(len(t), len(t), dtype=e.dtype)) / torch.clamp(t - 1, min=1)[:, None]
    for values, scores in zip(weights[::2], weights[1::2], strict=True):
        e = e + ((e @ scores.mT) @ e.mT * mask) @ e @ values.mT
    return e[:, 1:, :d]


def descent_steps(x: torch.Tensor, count: int, eta: float) -> torch.Tensor:
    """Predictions W x_t after steps of gradient descent on ½ Σ_{i<t} ‖x_{i+1} − W x_i‖² from 0, step size η/(t − 1)."""
    torch = load_torch()
    now, after = x[:, :-2], x[:, 1:-1]
    cross = torch.cumsum(after[..., :, None] * now[..., None, :], 1)
    gram = torch.cumsum(now[..., :, None] * now[..., None, :], 1)
    size = eta / torch.arange(1, now.shape[1] + 1, dtype=x.dtype)[:, None, None]
    W = torch.zeros_like(cross)
    for _ in range(count):
        W = W + size * (cross - W @ gram)
    return (W @ after[..., None])[..., 0]


def error(predicted: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """‖x̂_{t+1} − x_{t+1}‖², its mean over t for each sequence."""
    return (predicted - x[:, 2:]).square().sum(-1).mean(-1)


def best_descent(x: torch.Tensor, count: int) -> tuple[float, float]:
    """The step size of the grid with the least error on these sequences, and that error."""
    errors = [float(error(descent_steps(x, count, eta), x).mean()) for eta in STEP_SIZES]
    k = int(np.argmin(errors))
    return float(STEP_SIZES[k]), errors[k]


def layers(experiment: HaarExperiment, depth: int, seed: int) -> FreshDescent:
    """The training of all weights of ``depth`` layers."""
    start = TorchDraws(seed + 500_009, "float64")
    size = 3 * experiment.d
    weights = {
        f"{name}_{k}": (0.1 * start.normal(size, size)).numpy() for k in range(depth) for name in BLOCKS
    }

    def losses(weights: Mapping[str, torch.Tensor], draws: TorchDraws, batch: int) -> torch.Tensor:
        x = experiment.sequences(batch, draws)
        return error(layers_forward(list(weights.values()), x), x).mean()

    schedule = FreshSchedule(experiment.batch, (Part("Adam", experiment.steps, experiment.lr),))
    return FreshDescent(losses, weights, seed, schedule, repr(experiment), dtype="float32")


def test_error(weights: Mapping[str, np.ndarray], test: torch.Tensor) -> tuple[float, float]:
    """The mean error of trained layers on other sequences, and its standard error."""
    torch = load_torch()
    with one_thread(), torch.no_grad():
        numbers = [torch.as_tensor(value) for value in weights.values()]
        found = error(layers_forward(numbers, test), test)
    return float(found.mean()), float(found.std() / len(found) ** 0.5)
