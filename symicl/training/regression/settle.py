"""Where the exact population loss leads from trained weights, without any sampling noise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from symicl.tasks.task import TaskAt
from symicl.theory.loss import Loss, LossAt
from symicl.training.runtime.lazy_torch import load_torch


@dataclass(frozen=True)
class Settled:
    """The end of a descent on the exact loss.

    Attributes
    ----------
    parameters : dict of arrays
    loss : float
    gradient : float
        Norm of the gradient times norm of the parameters: the loss that a relative change could still gain.
    """

    parameters: dict[str, np.ndarray]
    loss: float
    gradient: float

    def is_stationary(self, scale: float) -> bool:
        """Whether the gradient is negligible against a loss of this size."""
        return self.gradient <= 1e-6 * scale


def settle(loss: Loss, task: TaskAt, parameters: Mapping[str, np.ndarray], iterations: int = 2000) -> Settled:
    """Follow the exact loss downhill in the effective parameters (L-BFGS in float64, deterministic)."""
    torch = load_torch()
    start = {
        name: torch.tensor(value.astype(float), dtype=torch.float64, requires_grad=True)
        for name, value in parameters.items()
    }
    function = LossAt(loss, task.values).compile("torch")
    optimiser = torch.optim.LBFGS(
        list(start.values()),
        lr=1.0,
        max_iter=iterations,
        history_size=50,
        tolerance_grad=1e-13,
        tolerance_change=1e-18,
        line_search_fn="strong_wolfe",
    )

    def closure():  # type: ignore[no-untyped-def]
        optimiser.zero_grad()
        value = function(start)
        value.backward()
        return value

    optimiser.step(closure)
    value = closure()
    gradient = sum(float(t.grad.square().sum()) for t in start.values()) ** 0.5
    size = sum(float(t.detach().square().sum()) for t in start.values()) ** 0.5
    return Settled(
        {name: t.detach().numpy() for name, t in start.items()}, float(value.detach()), gradient * size
    )
