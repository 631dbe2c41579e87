"""A run that goes on step by step: the one loop of all trainings, with its record, its checkpoint, and Ctrl-C."""

from __future__ import annotations

import math
import signal
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, Protocol

import numpy as np

from symicl.studies.evidence import Evidence
from symicl.studies.runtime import checkpoint as checkpoints
from symicl.studies.runtime.threads import one_thread

CHECKPOINT_SECONDS = 5.0


class Progress(Protocol):
    """Called about a hundred times in a run."""

    def __call__(self, step: int, total: int, excess: float) -> None: ...


class Stepwise(ABC):
    """One run in many steps, which can be stopped between two of them and taken up again.

    Parameters
    ----------
    seed : int
    total : int
        How many steps it has.

    Attributes
    ----------
    step, seconds : int, float
        How far it is.
    trajectory : list of (step, number)
        What `observe` returned, at about as many steps as ``records`` says.
    interrupted : bool
        True if it was stopped before its end.
    """

    records: ClassVar[int] = 100
    observes_start: ClassVar[bool] = True
    """False where there is a number only after a step."""

    def __init__(self, seed: int, total: int):
        self.seed, self.total = seed, total
        self.step, self.seconds = 0, 0.0
        self.trajectory: list[tuple[int, float]] = []
        self.interrupted = False
        self._torn = (
            False  # in the middle of a piece, when numbers and random state do not belong to one step
        )

    @property
    @abstractmethod
    def description(self) -> str:
        """Everything that the run is a function of."""

    @property
    @abstractmethod
    def evidence(self) -> Evidence:
        """Method, optimiser and number of samples so far."""

    @abstractmethod
    def advance(self) -> int:
        """Do the next steps, those that cannot be taken apart; how many there were."""

    @abstractmethod
    def observe(self) -> float:
        """The number that shows how far the run has come, such as its exact excess loss."""

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """The state of a run that can be continued: tensors, numbers, strings, and lists, tuples and dicts of these."""

    @abstractmethod
    def restore(self, state: dict[str, Any]) -> None:
        """Take up a state."""

    # --- the loop --------------------------------------------------------------------------------------

    @property
    def record_every(self) -> int:
        """Steps from one record to the next."""
        return max(1, self.total // self.records)

    def train(self, progress: Progress | None = None, checkpoint: Path | None = None) -> None:
        """Run to the end, or until Ctrl-C.

        Parameters
        ----------
        progress : callable, optional
        checkpoint : Path, optional
            Saved every few seconds, when interrupted, and at the end; if it exists, the run goes on from there.

        Raises
        ------
        InputError
            If the checkpoint is that of another run, is damaged, or cannot be written.
        """
        self._take_up(checkpoint)
        # What diverges is reported by its weights.
        with one_thread(), np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            self._train(progress, checkpoint)

    def _train(self, progress: Progress | None, checkpoint: Path | None) -> None:
        started = saved = time.perf_counter()
        before, begun = self.seconds, self.step
        with _deferred_interrupt() as is_interrupted:
            try:
                if self.observes_start and not self.trajectory:
                    self._record(progress)
                while self.step < self.total and self._is_finite:
                    self._torn = True
                    self.step += self.advance()
                    self._torn = False
                    now = time.perf_counter()
                    self.seconds = before + now - started
                    if self.step >= self._recorded + self.record_every or self.step == self.total:
                        self._record(progress)
                    if is_interrupted() and self.step < self.total:
                        self.interrupted = True
                        break
                    if checkpoint is not None and now - saved >= CHECKPOINT_SECONDS:
                        self._save(checkpoint)
                        saved = now
            except KeyboardInterrupt:
                self.interrupted = self.step < self.total
                if self._torn:
                    return
            if self.step > begun or begun == 0:
                self._save(checkpoint)

    @property
    def _recorded(self) -> int:
        return self.trajectory[-1][0] if self.trajectory else 0

    @property
    def _is_finite(self) -> bool:
        return not self.trajectory or math.isfinite(self.trajectory[-1][1])

    def _record(self, progress: Progress | None) -> None:
        value = self.observe()
        self.trajectory.append((self.step, value))
        if progress is not None:
            progress(self.step, self.total, value)

    # --- the checkpoint --------------------------------------------------------------------------------

    def _save(self, checkpoint: Path | None) -> None:
        if checkpoint is not None:
            how_far = {"step": self.step, "seconds": self.seconds, "trajectory": self.trajectory}
            checkpoints.save(checkpoint, self.description, {**how_far, "state": self.state()})

    def _take_up(self, checkpoint: Path | None) -> None:
        found = None if checkpoint is None else checkpoints.load(checkpoint, self.description)
        if found is not None:
            self.step, self.seconds = found["step"], found["seconds"]
            self.trajectory = [(int(step), float(value)) for step, value in found["trajectory"]]
            self.restore(found["state"])


@contextmanager
def _deferred_interrupt() -> Iterator[Callable[[], bool]]:
    """Let Ctrl-C wait for the end of the current steps; a second one stops at once."""
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
