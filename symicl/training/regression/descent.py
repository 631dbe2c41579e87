"""The training loop: Adam on fresh prompts, recorded by an exact closed form, interruptible."""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from symicl.models.model import Model
from symicl.tasks.prompt import Prompt
from symicl.tasks.task import Sample, TaskAt
from symicl.training.regression.schedule import Schedule
from symicl.training.runtime import checkpoint as checkpoints
from symicl.training.runtime.draws import TorchDraws
from symicl.training.runtime.lazy_torch import load_torch
from symicl.training.runtime.threads import one_thread

if TYPE_CHECKING:
    from symicl.training.regression.torch_model import TorchModel


class Progress(Protocol):
    """Called about a hundred times in a run."""

    def __call__(self, step: int, total: int, excess: float) -> None: ...


RECORDS = 100
CHECKPOINT_SECONDS = 5.0
SAMPLED_PROMPTS = 100_000


class Descent:
    """One run of Adam on fresh prompts, which can be stopped and taken up again.

    Parameters
    ----------
    model : Model
    task : TaskAt
    d : int
        Covariate dimension.
    schedule : Schedule
    seed : int
        Of the initial weights and of all prompts.
    excess : callable
        From weights to the exact excess loss, which is recorded about a hundred times.
    checkpoint : Path, optional
        Saved every few seconds and when interrupted; if it exists, the run goes on from there.

    Attributes
    ----------
    step, seconds : int, float
        How far it is.
    trajectory : list of (step, excess)
    interrupted : bool
    """

    def __init__(
        self,
        model: Model,
        task: TaskAt,
        d: int,
        schedule: Schedule,
        seed: int,
        excess: Callable[[dict[str, np.ndarray]], float],
        checkpoint: Path | None = None,
    ):
        torch = load_torch()
        from symicl.training.regression.torch_model import TorchModel

        self.model, self.task, self.schedule, self.seed = model, task, schedule, seed
        self.excess, self.checkpoint = excess, checkpoint
        self.draws = TorchDraws(seed, schedule.dtype)
        self.network: TorchModel = TorchModel(model, d, self.draws)
        self.network.shrink_to(task, self.draws)
        self.optimiser = torch.optim.Adam(self.network.parameters(), lr=schedule.lr)
        self.step = 0
        self.seconds = 0.0
        self.trajectory: list[tuple[int, float]] = []
        self.interrupted = False
        if checkpoint is not None:
            self._restore(checkpoints.load(checkpoint, self.description))

    @property
    def description(self) -> str:
        """Everything that the run is a function of."""
        values = "; ".join(f"{symbol}={value}" for symbol, value in self.task.values.items())
        return f"{self.model}; {self.task.task}; {values}; {self.schedule}; seed {self.seed}"

    def weights(self) -> dict[str, np.ndarray]:
        """The weight matrices as they are now."""
        return {name: w.detach().cpu().numpy().copy() for name, w in self.network.weights.items()}

    # --- the loop --------------------------------------------------------------------------------------

    def train(self, progress: Progress | None = None) -> None:
        """Run to the end, or until Ctrl-C."""
        with one_thread():
            self._train(progress)

    def _train(self, progress: Progress | None) -> None:
        every = max(1, self.schedule.steps // RECORDS)
        started = saved = time.perf_counter()
        before = self.seconds
        with _deferred_interrupt() as is_interrupted:
            try:
                if self.step == 0:
                    self._record(progress)
                for block in self.schedule.blocks():
                    if block.start < self.step:
                        continue
                    self._steps(block)
                    self.step = block.stop
                    now = time.perf_counter()
                    self.seconds = before + now - started
                    if self.step >= self.trajectory[-1][0] + every or self.step == self.schedule.steps:
                        self._record(progress)
                    if not math.isfinite(self.trajectory[-1][1]):
                        break
                    if is_interrupted() and self.step < self.schedule.steps:
                        self.interrupted = True
                        break
                    if self.checkpoint is not None and now - saved >= CHECKPOINT_SECONDS:
                        self._save()
                        saved = now
            except KeyboardInterrupt:
                self.interrupted = self.step < self.schedule.steps
                if self._torn:
                    return
            self._save()

    _torn = False
    """True in the middle of a block, when weights and random state do not belong to one step."""

    def _steps(self, block: range) -> None:
        self._torn = True
        sizes = [self.schedule.batch_at(step) for step in block]
        sample = self.task.sample(sum(sizes), self.draws)
        start = 0
        for step, size in zip(block, sizes, strict=True):
            part = _part(sample, slice(start, start + size))
            start += size
            loss = (self.network(part.prompt) - part.target).square().mean()
            for group in self.optimiser.param_groups:
                group["lr"] = self.schedule.lr_at(step)
            self.optimiser.zero_grad()
            loss.backward()
            self.optimiser.step()
        self._torn = False

    def _record(self, progress: Progress | None) -> None:
        excess = self.excess(self.weights())
        self.trajectory.append((self.step, excess))
        if progress is not None:
            progress(self.step, self.schedule.steps, excess)

    # --- checkpoints -----------------------------------------------------------------------------------

    def _save(self) -> None:
        if self.checkpoint is None:
            return
        state = {
            "step": self.step,
            "seconds": self.seconds,
            "trajectory": self.trajectory,
            "network": dict(self.network.state_dict()),
            "optimiser": self.optimiser.state_dict(),
            "random": self.draws.generator.get_state(),
        }
        checkpoints.save(self.checkpoint, self.description, state)

    def _restore(self, state: dict[str, Any] | None) -> None:
        if state is None:
            return
        self.step, self.seconds = state["step"], state["seconds"]
        self.trajectory = [(int(step), float(excess)) for step, excess in state["trajectory"]]
        self.network.load_state_dict(state["network"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.draws.generator.set_state(state["random"])

    # --- the end ---------------------------------------------------------------------------------------

    def sampled_loss(self) -> tuple[float, float]:
        """Mean loss over fresh prompts, and its standard error."""
        return sampled_loss(self.network, self.task, self.draws)


def sampled_loss(network: TorchModel, task: TaskAt, draws: TorchDraws) -> tuple[float, float]:
    """Mean loss of a forward pass over fresh prompts, and its standard error."""
    torch = load_torch()
    parts = []
    with torch.no_grad():
        for _ in range(0, SAMPLED_PROMPTS, 4000):
            sample = task.sample(4000, draws)
            parts.append((network(sample.prompt) - sample.target).square().double().flatten())
    losses = torch.cat(parts)
    return float(losses.mean()), float(losses.std() / len(losses) ** 0.5)


def _part(sample: Sample, cut: slice) -> Sample:
    p = sample.prompt
    return Sample(Prompt(p.covariates[cut], p.responses[cut], p.query[cut]), sample.target[cut])


@contextmanager
def _deferred_interrupt() -> Iterator[Callable[[], bool]]:
    """Let Ctrl-C wait for the end of the current block of steps; a second one stops at once."""
    pressed = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield pressed.is_set
        return
    previous = signal.getsignal(signal.SIGINT)

    def on_interrupt(number: int, frame: Any) -> None:
        if pressed.is_set():
            raise KeyboardInterrupt
        pressed.set()

    signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield pressed.is_set
    finally:
        signal.signal(signal.SIGINT, previous)
