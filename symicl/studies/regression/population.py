"""Training on the closed-form loss itself: no sampling noise, the full gradient, float64.

The weights are those of the model, and its own map to the effective parameters stands between them and the loss.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from symicl.errors import InputError
from symicl.studies.evidence import Evidence
from symicl.studies.kinds.stepwise import Progress
from symicl.studies.regression.descent import sampled_loss
from symicl.studies.regression.engines import start_network
from symicl.studies.regression.exact_objective import ExactObjective
from symicl.studies.runtime.draws import TorchDraws
from symicl.studies.runtime.lazy_scipy import load_integrate
from symicl.studies.runtime.lazy_torch import load_torch
from symicl.studies.runtime.lbfgs import lbfgs
from symicl.studies.runtime.threads import one_thread
from symicl.tasks import TaskAt
from symicl.theory import Loss

Optimiser = Literal["l-bfgs", "adam", "flow"]
EVALUATIONS_PER_CHECK = 50
"""Evaluations between two looks at how much the loss has fallen."""


@dataclass(frozen=True)
class Population:
    """How a model is trained on its exact loss.

    Attributes
    ----------
    evaluations : int
        Of loss and gradient, at most.
    gain : float
        The run ends when 50 evaluations lower the loss by less than this fraction.
    optimiser : "l-bfgs", "adam" or "flow"
        L-BFGS; Adam with a step size that falls to zero along a half cosine; or the gradient flow dW/dt = −∇L,
        integrated by an adaptive Runge–Kutta method.
    lr : float
        Initial step size of Adam.
    """

    evaluations: int = 3000
    gain: float = 1e-7
    optimiser: Optimiser = "l-bfgs"
    lr: float = 0.02

    def __post_init__(self) -> None:
        if self.evaluations < 1:
            raise InputError(f"evaluations={self.evaluations} must be a positive integer")
        if self.optimiser not in ("l-bfgs", "adam", "flow"):
            raise InputError(f"optimiser={self.optimiser} is not known; choose l-bfgs, adam or flow")
        if not (self.lr > 0 and math.isfinite(self.lr)):
            raise InputError(f"lr={self.lr} must be a positive number")


RECORD_RATIO = 1.05
"""Quotient of the numbers of two steps of which the trajectory has the excess."""


class _Enough(Exception):
    """The run has ended."""


class PopulationDescent:
    """One run on the exact loss, from random weights.

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
    initial : dict of arrays, optional
        Initial weights in place of random ones.

    Attributes
    ----------
    step : int
        Evaluations so far.
    trajectory : list of (step, excess)
    interrupted : bool

    Raises
    ------
    InputError
        If the gradient vanishes at the initial weights.
    """

    def __init__(
        self,
        loss: Loss,
        task: TaskAt,
        d: int,
        schedule: Population,
        seed: int,
        minimum: float,
        initial: Mapping[str, np.ndarray] | None = None,
    ):
        self.loss, self.task, self.schedule, self.seed, self.minimum = loss, task, schedule, seed, minimum
        self.draws = TorchDraws(seed, "float64")
        self.network = start_network(loss.model, task, d, self.draws, initial)
        self.objective = ExactObjective(loss, task.values)
        self._flat = self.objective.pack({k: w.detach().numpy() for k, w in self.network.weights.items()})
        self.objective.refuse_dead(self._flat)
        self.step, self.seconds = 0, 0.0
        self.trajectory: list[tuple[int, float]] = []
        self.interrupted = False
        self._best = math.inf
        self._looked = math.inf

    @property
    def how(self) -> str:
        """How steps are computed, for the reader."""
        return self.evidence.text.removesuffix(", no samples")

    @property
    def evidence(self) -> Evidence:
        """Method and optimiser; there are no samples."""
        if self.schedule.optimiser == "flow":
            return Evidence("flow", "RK45")
        return Evidence("population", {"l-bfgs": "L-BFGS", "adam": "Adam"}[self.schedule.optimiser])

    def weights(self) -> dict[str, np.ndarray]:
        """The weight matrices as they are now."""
        return {name: w.copy() for name, w in self.objective.unpack(self._flat).items()}

    def train(self, progress: Progress | None = None, checkpoint: Path | None = None) -> None:
        """Run until the loss stays where it is, or until Ctrl-C; it is short, and keeps no checkpoint."""
        started = time.perf_counter()
        run = {"l-bfgs": self._lbfgs, "adam": self._adam, "flow": self._flow}[self.schedule.optimiser]
        try:
            with one_thread(), np.errstate(over="ignore", invalid="ignore", divide="ignore"):
                run(self._evaluation(progress))
        except _Enough:
            pass
        except KeyboardInterrupt:
            self.interrupted = True
        finally:
            self.seconds = time.perf_counter() - started
            if not self.trajectory or self.trajectory[-1][0] != self.step:
                self.trajectory.append((self.step, self._best - self.minimum))
                if progress is not None:
                    progress(self.step, self.schedule.evaluations, self._best - self.minimum)

    def _evaluation(self, progress: Progress | None) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
        """Loss and gradient; the best weights so far are kept, and the run is ended from here."""
        schedule = self.schedule

        def evaluate(flat: np.ndarray) -> tuple[float, np.ndarray]:
            value, slope = self.objective(flat)
            self.step += 1
            if value < self._best:
                self._best, self._flat = value, flat.copy()
            if not self.trajectory or self.step >= RECORD_RATIO * self.trajectory[-1][0]:
                self.trajectory.append((self.step, self._best - self.minimum))
            if self.step % EVALUATIONS_PER_CHECK == 0:
                if progress is not None:
                    progress(self.step, schedule.evaluations, self._best - self.minimum)
                if self._looked - self._best < schedule.gain * abs(self._best):
                    raise _Enough
                self._looked = self._best
            if self.step >= schedule.evaluations:
                raise _Enough
            return value, slope

        return evaluate

    def _lbfgs(self, evaluate: Callable[[np.ndarray], tuple[float, np.ndarray]]) -> None:
        lbfgs(evaluate, self._flat, gain=self.schedule.gain)

    def _adam(self, evaluate: Callable[[np.ndarray], tuple[float, np.ndarray]]) -> None:
        torch = load_torch()
        weights = torch.from_numpy(self._flat.copy())
        adam = torch.optim.Adam([weights], lr=self.schedule.lr, betas=(0.9, 0.99), eps=1e-12)
        falling = torch.optim.lr_scheduler.CosineAnnealingLR(adam, self.schedule.evaluations)
        for _ in range(self.schedule.evaluations):
            weights.grad = torch.from_numpy(evaluate(weights.numpy())[1])
            adam.step()
            falling.step()

    def _flow(self, evaluate: Callable[[np.ndarray], tuple[float, np.ndarray]]) -> None:
        solve = load_integrate().solve_ivp
        flat, until = self._flat, 1.0
        while True:
            path = solve(
                lambda t, w: -evaluate(w)[1], (0.0, until), flat, method="RK45", rtol=1e-6, atol=1e-10
            )
            flat, until = path.y[:, -1], 2 * until

    def sampled_loss(self) -> tuple[float, float]:
        """Mean loss of the forward pass over fresh prompts, and its standard error."""
        torch = load_torch()
        with torch.no_grad():
            for name, value in self.weights().items():
                self.network.weights[name].copy_(torch.as_tensor(value))
        return sampled_loss(self.network, self.task, self.draws)
