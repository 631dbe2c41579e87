"""Training on the closed-form loss itself: no sampling noise, the full gradient, L-BFGS in float64.

The weights are those of the model, and its own map to the effective parameters stands between them and the loss.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np

from symicl.tasks.task import TaskAt
from symicl.theory.loss import Loss, LossAt
from symicl.training.regression.descent import Progress, sampled_loss
from symicl.training.runtime.draws import TorchDraws
from symicl.training.runtime.lazy_torch import load_torch
from symicl.training.runtime.threads import one_thread


@dataclass(frozen=True)
class Population:
    """How a model is trained on its exact loss.

    Attributes
    ----------
    evaluations : int
        Of loss and gradient, at most.
    gain : float
        The run ends when 50 evaluations lower the loss by less than this fraction.
    """

    evaluations: int = 3000
    gain: float = 1e-7


class PopulationDescent:
    """One run of L-BFGS on the exact loss, from random weights.

    Parameters
    ----------
    loss : Loss
    task : TaskAt
    d : int
    schedule : Population
    seed : int
        Of the initial weights.
    minimum : float
        The derived minimal loss, which the trajectory is measured from; the run does not depend on it.

    Attributes
    ----------
    step : int
        Evaluations so far.
    trajectory : list of (step, excess)
    interrupted : bool
    """

    def __init__(self, loss: Loss, task: TaskAt, d: int, schedule: Population, seed: int, minimum: float):
        from symicl.training.regression.torch_model import TorchModel

        self.loss, self.task, self.schedule, self.seed, self.minimum = loss, task, schedule, seed, minimum
        self.draws = TorchDraws(seed, "float64")
        self.network = TorchModel(loss.model, d, self.draws)
        self.network.shrink_to(task, self.draws)
        self.step, self.seconds = 0, 0.0
        self.trajectory: list[tuple[int, float]] = []
        self.interrupted = False

    def weights(self) -> dict[str, np.ndarray]:
        """The weight matrices as they are now."""
        return {name: w.detach().numpy().copy() for name, w in self.network.weights.items()}

    def train(self, progress: Progress | None = None) -> None:
        """Run until the loss stays where it is, or until Ctrl-C."""
        started = time.perf_counter()
        try:
            with one_thread():
                self._train(progress)
        except KeyboardInterrupt:
            self.interrupted = True
        finally:
            self.seconds = time.perf_counter() - started

    def _train(self, progress: Progress | None) -> None:
        torch = load_torch()
        function = LossAt(self.loss, self.task.values).compile("torch")
        optimiser = torch.optim.LBFGS(
            self.network.parameters(),
            lr=1.0,
            max_iter=40,
            max_eval=50,
            history_size=50,
            tolerance_grad=1e-12,
            tolerance_change=1e-16,
            line_search_fn="strong_wolfe",
        )

        def closure():  # type: ignore[no-untyped-def]
            optimiser.zero_grad()
            value = function(self.loss.model.effective(dict(self.network.weights.items())))
            value.backward()
            self.step += 1
            return value

        before = math.inf
        while self.step < self.schedule.evaluations:
            optimiser.step(closure)
            with torch.no_grad():
                value = float(function(self.loss.model.effective(dict(self.network.weights.items()))))
            self.trajectory.append((self.step, value - self.minimum))
            if progress is not None:
                progress(self.step, self.schedule.evaluations, value - self.minimum)
            if not math.isfinite(value) or before - value < self.schedule.gain * abs(value):
                break
            before = value

    def sampled_loss(self) -> tuple[float, float]:
        """Mean loss of the forward pass over fresh prompts, and its standard error."""
        return sampled_loss(self.network, self.task, self.draws)
