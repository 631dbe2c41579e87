"""Training the real model on fresh samples, measured by the exact closed form."""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from symicl.algebra.evaluate import float_matrix
from symicl.errors import InputError
from symicl.models.model import Model
from symicl.tasks.prompt import Prompt
from symicl.tasks.task import Sample, TaskAt
from symicl.theory.landscape import StationaryPoint, recognise
from symicl.training import checkpoint as checkpoints
from symicl.training.draws import TorchDraws
from symicl.training.lazy_torch import load_torch
from symicl.training.result import Outcome, TrainResult
from symicl.training.settle import settle
from symicl.training.yardstick import Reading, Yardstick

if TYPE_CHECKING:
    from symicl.training.torch_model import TorchModel


class Progress(Protocol):
    """Called about a hundred times in a run."""

    def __call__(self, step: int, total: int, excess: float) -> None: ...


@dataclass(frozen=True)
class Schedule:
    """How long and how a model is trained.

    Attributes
    ----------
    steps : int
    batch : (int, int)
        Prompts in the first and the last step; the number grows geometrically in between. Small batches are
        enough on the way to the optimum, large ones average the sampling noise away at the end: for one and
        the same number of prompts the run ends at half the excess that a constant batch gives.
    lr : float
        Initial step size of Adam; it falls to zero along a half cosine.
    dtype : "float32" or "float64"
        Of the model while it trains; float32 takes half the time and ends at the same excess.
    """

    steps: int = 700
    batch: tuple[int, int] = (256, 4096)
    lr: float = 0.01
    dtype: str = "float32"

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise InputError(f"steps={self.steps} must be a positive integer")
        if min(self.batch) < 1:
            raise InputError(f"batch={self.batch} must consist of positive integers")
        if not (self.lr > 0 and math.isfinite(self.lr)):
            raise InputError(f"lr={self.lr} must be a positive number")
        if self.dtype not in ("float32", "float64"):
            raise InputError(f"dtype={self.dtype} must be float32 or float64")

    def batch_at(self, step: int) -> int:
        first, last = self.batch
        return round(first * (last / first) ** (step / max(1, self.steps - 1)))

    def lr_at(self, step: int) -> float:
        return self.lr * 0.5 * (1 + math.cos(math.pi * step / self.steps))

    def blocks(self) -> Iterator[range]:
        """Steps whose prompts are drawn together: small batches share the cost of one draw."""
        start, prompts = 0, 0
        for step in range(self.steps):
            prompts += self.batch_at(step)
            if prompts >= 512 or step == self.steps - 1:
                yield range(start, step + 1)
                start, prompts = step + 1, 0


RECORDS = 100
CHECKPOINT_SECONDS = 5.0
SAMPLED_PROMPTS = 100_000
FALSE_ALARM = 6.0
"""Standard errors by which sampled and exact loss may differ."""


def train(
    model: Model,
    task_at: TaskAt,
    *,
    seed: int = 0,
    steps: int | None = None,
    batch: int | tuple[int, int] | None = None,
    lr: float | None = None,
    dtype: str | None = None,
    tolerance: float = 0.01,
    progress: Progress | None = None,
    checkpoint: str | Path | None = None,
    id: str = "",
    yardstick: Yardstick | None = None,
) -> TrainResult:
    """Train a model on fresh prompts and measure its exact excess loss.

    Parameters
    ----------
    model : Model
    task_at : TaskAt
        The task at numbers, ``task.at(n=20, d=5, sigma2=0.25)``.
    seed : int
        Of the initial weights and of all prompts; the run is a function of it.
    steps, batch, lr, dtype : optional
        See `Schedule` for meaning and defaults. One number for ``batch`` keeps it constant.
    tolerance : float
        Largest relative excess that counts as having reached the optimum.
    progress : callable, optional
        Called with (step, total, excess).
    checkpoint : path, optional
        Saved every few seconds and when interrupted. If it exists, the run goes on from there and ends with
        the same weights, bit for bit, as one that was never stopped.
    id : str
        Copied into the result.
    yardstick : Yardstick, optional
        Closed forms derived beforehand.

    Returns
    -------
    TrainResult
        After an interrupt (Ctrl-C), what was reached until then.

    Raises
    ------
    MissingDependencyError
        Without torch.
    """
    torch = load_torch()
    default = Schedule()
    schedule = Schedule(
        default.steps if steps is None else steps,
        default.batch if batch is None else (batch, batch) if isinstance(batch, int) else batch,
        default.lr if lr is None else lr,
        default.dtype if dtype is None else dtype,
    )
    yardstick = yardstick or Yardstick(model, task_at)
    run = _Run(model, task_at, yardstick, schedule, seed, None if checkpoint is None else Path(checkpoint))
    # The matrices of one prompt are small: threads cost more than they save, and a fixed number of them
    # makes the result a function of the seed.
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        run.train(progress)
        return run.result(id, tolerance)
    finally:
        torch.set_num_threads(threads)


class _Run:
    """The state of one run."""

    def __init__(
        self,
        model: Model,
        task: TaskAt,
        yardstick: Yardstick,
        schedule: Schedule,
        seed: int,
        checkpoint: Path | None,
    ):
        torch = load_torch()
        from symicl.training.torch_model import TorchModel

        self.model, self.task, self.yardstick, self.schedule, self.seed = (
            model,
            task,
            yardstick,
            schedule,
            seed,
        )
        self.checkpoint = checkpoint
        self.draws = TorchDraws(seed, schedule.dtype)
        self.network: TorchModel = TorchModel(model, yardstick.d, self.draws)
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
        return {name: w.detach().cpu().numpy().copy() for name, w in self.network.weights.items()}

    # --- the loop --------------------------------------------------------------------------------------

    def train(self, progress: Progress | None) -> None:
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
        excess = self.yardstick.excess(self.weights())
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

    # --- the result ------------------------------------------------------------------------------------

    def result(self, id: str, tolerance: float) -> TrainResult:
        started = time.perf_counter()
        weights = self.weights()
        reading = self.yardstick.read(weights)
        best = self.yardstick.target_loss
        relative = float(reading.excess / best)
        outcome, reason, point = self._judge(reading, relative, tolerance)
        sampled = error = None
        if outcome == "reached" and not self.interrupted:
            sampled, error = self._sampled_loss()
            if abs(sampled - float(reading.loss)) > FALSE_ALARM * error:
                outcome = "contradicted"
                reason = (
                    f"on fresh prompts the loss is {sampled:.5g} ± {error:.1g}, but its closed form gives "
                )
                reason += f"{float(reading.loss):.5g}"
        return TrainResult(
            id=id,
            verdict=outcome,
            reason=reason,
            seed=self.seed,
            steps=self.step,
            seconds=self.seconds + time.perf_counter() - started,
            loss_at_optimum=float(best),
            excess_loss=float(reading.excess),
            relative_excess=relative,
            distance_to_optimum=self.yardstick.distance(reading.coefficient),
            coefficient=float_matrix(reading.coefficient),
            optimal_coefficient=float_matrix(self.yardstick.target),
            trajectory=list(self.trajectory),
            weights=weights,
            parameters=dict(reading.parameters),
            stationary=point,
            sampled_loss=sampled,
            sampled_error=error,
            interrupted=self.interrupted,
        )

    def _judge(
        self, reading: Reading, relative: float, tolerance: float
    ) -> tuple[Outcome, str, StationaryPoint | None]:
        if relative < -1e-9:
            return "contradicted", "the trained model has a lower loss than the claimed minimum", None
        if relative <= tolerance:
            return "reached", f"the excess loss is {relative:.2g} of the minimal loss", None
        unfinished = f"the excess loss is still {relative:.2g} of the minimal loss"
        if self.interrupted or not self.yardstick.is_derived:
            return "unfinished", unfinished, None
        end = settle(self.yardstick.loss, self.task, reading.parameters)
        best = float(self.yardstick.target_loss)
        excess = end.loss - best
        # A run ends at a stationary point if the exact descent from its weights hardly lowers the loss.
        stays = float(reading.loss) - end.loss <= 0.1 * excess
        if self.yardstick.landscape is None:
            return "unfinished", unfinished, None
        if not end.is_stationary(best) or not stays:
            # A run near zero weights has hardly begun; near any other stationary point it is held up.
            others = tuple(p for p in self.yardstick.landscape if not math.isnan(p.s))
            near = recognise(others, float(reading.excess), tolerance=0.02)
            reason = unfinished if near is None else f"{unfinished}; it has stalled near a {near.text}"
            return "unfinished", reason, near
        point = recognise(self.yardstick.landscape, excess)
        if point is None:
            return (
                "contradicted",
                f"training converged to an excess of {excess:.4g}, where none is predicted",
                None,
            )
        if point.kind == "local minimum":
            return "local minimum", f"the run ended in a {point.text}", point
        return "unfinished", f"{unfinished}; it has stalled near a {point.text}", point

    def _sampled_loss(self) -> tuple[float, float]:
        """Mean loss over fresh prompts, and its standard error."""
        torch = load_torch()
        parts = []
        with torch.no_grad():
            for _ in range(0, SAMPLED_PROMPTS, 4000):
                sample = self.task.sample(4000, self.draws)
                parts.append((self.network(sample.prompt) - sample.target).square().double().flatten())
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
