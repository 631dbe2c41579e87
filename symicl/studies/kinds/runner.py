"""The runner of all numeric checks: one run after the other, each with its progress and its checkpoint."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, TypeVar

from symicl.studies.kinds.stepwise import Progress


class StudyProgress(Protocol):
    """Called about a hundred times in each run; before each, so is its method ``begin_run`` where it has one."""

    def __call__(self, seed: int, step: int, total: int, excess: float) -> None: ...


class Trainable(Protocol):
    """A run that the runner can do."""

    seed: int
    interrupted: bool

    def train(self, progress: Progress | None = None, checkpoint: Path | None = None) -> None:
        """Run to the end, or until Ctrl-C."""


T = TypeVar("T", bound=Trainable)


class Runner:
    """The runs of one call of a study.

    Parameters
    ----------
    id : str
        Of the study.
    progress : callable, optional
    folder : Path, optional
        Keeps one checkpoint per run; the same runs, in the same order, are taken up there.
    """

    def __init__(self, id: str, progress: StudyProgress | None = None, folder: Path | None = None):
        self.id, self.progress, self.folder = id, progress, folder
        self.count = 0

    def train(self, run: T, *, seed: int | None = None, is_reported: bool = True) -> T:
        """Do a run, or the rest of it.

        Parameters
        ----------
        run : Trainable
        seed : int, optional
            Under which its progress is reported; that of the run by default.
        is_reported : bool
            False for a short run beside others.

        Raises
        ------
        KeyboardInterrupt
            If it was stopped before its end; its checkpoint remains.
        """
        file = None if self.folder is None else self.folder / f"{self.id}.{self.count}.seed{run.seed}.pt"
        self.count += 1
        begin = getattr(self.progress, "begin_run", None)
        if is_reported and begin is not None:
            begin()
        run.train(self._relay(run.seed if seed is None else seed) if is_reported else None, file)
        if run.interrupted:
            raise KeyboardInterrupt
        return run

    def _relay(self, seed: int) -> Progress | None:
        """Progress of one run, under its seed."""
        progress = self.progress
        if progress is None:
            return None

        def relay(step: int, total: int, excess: float) -> None:
            progress(seed, step, total, excess)

        return relay
