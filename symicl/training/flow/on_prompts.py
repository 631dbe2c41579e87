"""Stochastic gradient descent of real weights on fresh prompts, with the time of the flow kept along."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from symicl.models.model import Model
from symicl.tasks.task import TaskAt
from symicl.training.evidence import Evidence
from symicl.training.flow.integrate import Arrays
from symicl.training.runtime.draws import TorchDraws
from symicl.training.runtime.lazy_torch import load_torch
from symicl.training.runtime.threads import one_thread

DECAY_START = 0.5
"""From this part of the steps on the step size falls linearly to zero."""


@dataclass(frozen=True)
class PromptSchedule:
    """Plain gradient descent on fresh prompts.

    Attributes
    ----------
    steps, batch : int
    lr : float
        Constant over the first half, then falling to zero.
    """

    steps: int
    batch: int
    lr: float

    def lr_at(self, step: int) -> float:
        """The step size."""
        left = (self.steps - step) / (self.steps * (1 - DECAY_START))
        return self.lr * min(1.0, left)

    @property
    def evidence(self) -> Evidence:
        """The evidence of a finished run."""
        return Evidence("tokens", "plain gradient descent", self.steps * self.batch)


def descend_on_prompts(
    model: Model,
    task: TaskAt,
    start: Mapping[str, np.ndarray],
    seed: int,
    schedule: PromptSchedule,
    records: int = 200,
    progress: Callable[[int, int, float], None] | None = None,
) -> tuple[np.ndarray, Arrays]:
    """Descend on the mean square error of the forward pass over fresh prompts at every step.

    Returns
    -------
    times : array
        Sums of the step sizes, at about ``records`` steps.
    path : dict of arrays
        The weights then; time is the first axis.
    """
    torch = load_torch()
    draws = TorchDraws(seed, "float64")
    weights = {
        name: torch.tensor(value, dtype=torch.float64, requires_grad=True) for name, value in start.items()
    }
    leaves, every = list(weights.values()), max(1, schedule.steps // records)
    times, kept, time = [0.0], [{name: value.copy() for name, value in start.items()}], 0.0
    with one_thread():
        for step in range(schedule.steps):
            sample = task.sample(schedule.batch, draws)
            loss = (model.forward(weights, sample.prompt) - sample.target).square().mean()
            slopes = torch.autograd.grad(loss, leaves)
            lr = schedule.lr_at(step)
            with torch.no_grad():
                for value, slope in zip(leaves, slopes, strict=True):
                    value -= lr * slope
            time += lr
            if (step + 1) % every == 0 or step + 1 == schedule.steps:
                times.append(time)
                kept.append({name: value.detach().numpy().copy() for name, value in weights.items()})
                if progress is not None:
                    progress(step + 1, schedule.steps, float(loss.detach()))
    return np.array(times), {name: np.stack([one[name] for one in kept]) for name in start}
