"""The training loop: Adam on fresh prompts or statistics of them, recorded by an exact closed form, interruptible."""

from __future__ import annotations

import hashlib
import math
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from symicl.models.model import Model
from symicl.tasks.task import TaskAt
from symicl.training.evidence import Evidence, Method
from symicl.training.regression.engines import make_engine
from symicl.training.regression.schedule import Schedule
from symicl.training.runtime import checkpoint as checkpoints
from symicl.training.runtime.cost import Part
from symicl.training.runtime.draws import TorchDraws
from symicl.training.runtime.lazy_torch import load_torch
from symicl.training.runtime.sizes import prompts_at_once
from symicl.training.runtime.threads import one_thread

if TYPE_CHECKING:
    from symicl.training.regression.torch_model import TorchModel


class Progress(Protocol):
    """Called about a hundred times in a run."""

    def __call__(self, step: int, total: int, excess: float) -> None: ...


RECORDED_POINTS = 100
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
    method : "tokens" or "statistic"
    device : str
    initial : dict of arrays, optional
        Initial weights in place of random ones.

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
        *,
        method: Method = "tokens",
        device: str = "cpu",
        initial: Mapping[str, np.ndarray] | None = None,
    ):
        self.method, self.device, self.initial = method, device, initial
        self.model, self.task, self.schedule, self.seed = model, task, schedule, seed
        self.excess, self.checkpoint = excess, checkpoint
        self.draws = TorchDraws(seed, schedule.dtype, device)
        self.engine = make_engine(method, model, task, d, self.draws, initial)
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
        start = ""
        if self.initial is not None:
            parts = b"".join(np.ascontiguousarray(self.initial[k]).tobytes() for k in sorted(self.initial))
            start = f"; from {hashlib.sha256(parts).hexdigest()[:16]}"
        how = f"{self.method} ({self.engine.how}) on {self.device}"
        return f"{self.model}; {self.task.task}; {values}; {self.schedule}; seed {self.seed}; {how}{start}"

    @property
    def how(self) -> str:
        """How steps are computed, for the reader."""
        return self.engine.how

    @property
    def evidence(self) -> Evidence:
        """Method, optimiser and number of samples so far."""
        samples = sum(map(self.schedule.batch_at, range(self.step)))
        return Evidence(self.method, "Adam", samples)

    def weights(self) -> dict[str, np.ndarray]:
        """The weight matrices as they are now."""
        return self.engine.weights()

    # --- the loop --------------------------------------------------------------------------------------

    def train(self, progress: Progress | None = None) -> None:
        """Run to the end, or until Ctrl-C."""
        # What diverges is reported by its weights.
        with one_thread(), np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            self._train(progress)

    def _train(self, progress: Progress | None) -> None:
        every = max(1, self.schedule.steps // RECORDED_POINTS)
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
        self.engine.steps(sizes, [self.schedule.lr_at(step) for step in block])
        self._torn = False

    def _record(self, progress: Progress | None) -> None:
        excess = self.excess(self.weights())
        self.trajectory.append((self.step, excess))
        if progress is not None:
            progress(self.step, self.schedule.steps, excess)

    def parts(self, runs: int) -> Iterator[Part]:
        """The work of so many runs like this one, for an estimate of its time; this one is of no use afterwards."""
        prompts = sum(map(self.schedule.batch_at, range(self.schedule.steps)))
        few = min(prompts_at_once(self.task, 2048), prompts)
        yield lambda: self.engine.steps([few], [0.0]), prompts / few * runs

    def parts_of_loss(self, runs: int) -> Iterator[Part]:
        """The work of `sampled_loss` after so many runs."""
        count, _ = pieces_of_loss(self.task)
        network = self.engine.network()
        yield lambda: sampled_loss(network, self.task, self.draws, 1), count * runs

    # --- checkpoints -----------------------------------------------------------------------------------

    def _save(self) -> None:
        if self.checkpoint is None:
            return
        state = {
            "step": self.step,
            "seconds": self.seconds,
            "trajectory": self.trajectory,
            **self.engine.state(),
            "random": self.draws.generator.get_state(),
        }
        checkpoints.save(self.checkpoint, self.description, state)

    def _restore(self, state: dict[str, Any] | None) -> None:
        if state is None:
            return
        self.step, self.seconds = state["step"], state["seconds"]
        self.trajectory = [(int(step), float(excess)) for step, excess in state["trajectory"]]
        self.engine.restore(state)
        self.draws.generator.set_state(state["random"])

    # --- the end ---------------------------------------------------------------------------------------

    def sampled_loss(self) -> tuple[float, float]:
        """Mean loss over fresh prompts, and its standard error."""
        return sampled_loss(self.engine.network(), self.task, self.draws)


def pieces_of_loss(task: TaskAt) -> tuple[int, int]:
    """In how many pieces fresh prompts are drawn for a mean loss, and of how many prompts each."""
    piece = prompts_at_once(task, 4000)
    return math.ceil(min(SAMPLED_PROMPTS, max(2000, 50 * piece)) / piece), piece


def sampled_loss(
    network: TorchModel, task: TaskAt, draws: TorchDraws, pieces: int | None = None
) -> tuple[float, float]:
    """Mean loss of a forward pass over fresh prompts, in so many pieces or all, and its standard error."""
    torch = load_torch()
    parts = []
    with torch.no_grad():
        count, piece = pieces_of_loss(task)
        for _ in range(count if pieces is None else pieces):
            sample = task.sample(piece, draws)
            parts.append((network(sample.prompt) - sample.target).square().double().flatten())
    losses = torch.cat(parts)
    return float(losses.mean()), float(losses.std() / len(losses) ** 0.5)


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
