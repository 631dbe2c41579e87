"""Stochastic gradient descent of real weights on fresh prompts, with the time of the flow kept along."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from symicl.models import Model
from symicl.studies.flow.integrate import Arrays
from symicl.studies.kinds.fresh_descent import DESCENT, FreshDescent, FreshSchedule, Part
from symicl.studies.runtime.draws import TorchDraws
from symicl.tasks import TaskAt

if TYPE_CHECKING:
    import torch

DECAY_START = 0.5
"""From this part of the steps on the step size falls linearly to zero."""


def on_prompts(
    model: Model,
    task: TaskAt,
    start: Mapping[str, np.ndarray],
    seed: int,
    steps: int,
    batch: int,
    lr: float,
    level: float = 0.0,
) -> FreshDescent:
    """A descent on the mean square error of the forward pass over fresh prompts at every step.

    Parameters
    ----------
    model : Model
    task : TaskAt
    start, seed, level
        See `FreshDescent`.
    steps, batch : int
    lr : float
        Constant over the first half, then falling to zero.
    """

    def losses(weights: Mapping[str, torch.Tensor], draws: TorchDraws, batch: int) -> torch.Tensor:
        sample = task.sample(batch, draws)
        return (model.forward(weights, sample.prompt) - sample.target).square().flatten(1).sum(1).mean()

    def watch(weights: Mapping[str, torch.Tensor]) -> Arrays:
        return {name: value.detach().numpy().copy() for name, value in weights.items()}

    schedule = FreshSchedule(batch, (Part(DESCENT, steps, lr, DECAY_START),), unit="prompts")
    about = f"{model}; {task}"
    return FreshDescent(losses, start, seed, schedule, about, level=level, watch=watch, always=False)


def in_time(run: FreshDescent) -> tuple[np.ndarray, Arrays]:
    """Sums of the step sizes, and the weights then, from the start on; time is the first axis."""
    (part,), path = run.schedule.parts, run.path
    times = np.concatenate([[0.0], np.cumsum([part.lr_at(step) for step in range(part.steps)])])
    kept = [path.start, *path.seen]
    return times[[0, *path.steps]], {name: np.stack([one[name] for one in kept]) for name in path.start}
