"""Recording a numeric check while it runs, and keeping its state so that it can be taken up again."""

from __future__ import annotations

import contextlib
import math
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symicl.errors import InputError
from symicl.records.records import Outcome, Plan, Records, key_of

if TYPE_CHECKING:
    from symicl.studies import StudyProgress, StudyResult

HIDDEN = ("verdict", "reason", "trajectory", "coefficient", "interrupted", "wrong_statements", "seed", "name")

WRITE_INTERVAL = 0.1
"""Seconds within which points of a trajectory are written together."""


def call_id() -> str:
    """A name for one call of a command."""
    return uuid.uuid4().hex[:12]


class StudyRecorder:
    """One row for each run of a check, its trajectory as it comes.

    Parameters
    ----------
    records : Records
    plan : callable
        From (seed, how many runs of this check with the seed came before) to the plan of a run.
    resume : bool
        Whether rows that were cut off are taken up again.

    Attributes
    ----------
    error : InputError or None
        Why recording has stopped: a full disk must not cost the training itself.
    """

    def __init__(self, records: Records, plan: Callable[[int, int], Plan], *, resume: bool = False):
        self.records, self.plan, self.resume = records, plan, resume
        self.error: InputError | None = None
        self._rows: list[_Row] = []  # in the order in which they began
        self._last: tuple[int, int] | None = None  # (seed, step)
        self._waiting: list[tuple[int, float]] = []  # points of the run under way
        self._written = -math.inf

    def progress(self, further: StudyProgress | None = None) -> StudyProgress:
        """The ``progress`` callback of `Study.run`: records each point, then calls ``further``."""

        return _Relay(self, further)

    def begin_run(self) -> None:
        """Count what is reported next as another run."""
        self._last = None

    def point(self, seed: int, step: int, total: int, excess: float) -> None:
        """Record a point of the run under way."""
        if self.error is not None:
            return
        with self._guarded():
            if self._last is None or self._last[0] != seed or step < self._last[1]:
                self._begin(seed)
            self._last = seed, step
            self._rows[-1].step = step
            self._waiting.append((step, float(excess)))
            # A commit that survives a power cut takes some 10 ms: quick steps share one.
            if time.monotonic() - self._written >= WRITE_INTERVAL or step == total:
                self._write()

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        """After the first error nothing more is written."""
        try:
            yield
        except InputError as error:
            self.error = error

    def _write(self) -> None:
        if self._waiting and self._rows:
            self.records.add_points(self._rows[-1].number, self._waiting)
        self._waiting, self._written = [], time.monotonic()

    def _begin(self, seed: int) -> int:
        self._write()
        before = sum(begun.seed == seed for begun in self._rows)
        row = self.records.begin(self.plan(seed, before), resume=self.resume)
        self._rows.append(_Row(seed, row))
        return row

    def finish(self, result: StudyResult) -> None:
        """Write how every run ended."""
        if self.error is None:
            with self._guarded():
                self._finish(result)

    def _finish(self, result: StudyResult) -> None:
        self._write()
        document = result.document()
        entries = document["runs"]
        rows = self._rows_of(entries)
        waiting = [row for row in self._rows if row not in rows.values()]
        for k, entry in enumerate(entries):
            row = rows[k].number if k in rows else self._begin(int(entry.get("seed", 0)))
            interrupted = bool(entry.get("interrupted", False)) or (
                result.interrupted and entry is entries[-1]
            )
            self.records.finish(
                row, outcome_of(document, entry, "interrupted" if interrupted else "finished")
            )
        state = "interrupted" if result.interrupted else "finished"
        for left in waiting:  # runs that the check does not list one by one
            self.records.finish(left.number, Outcome(state, conclusion=result.verdict, reason=result.reason))

    def _rows_of(self, entries: Sequence[Mapping[str, Any]]) -> dict[int, _Row]:
        """The row of each entry that has one, by its number.

        A check may list its runs in another order than that in which they were done, and some that reported nothing:
        a row belongs to the first entry of its seed that has as many steps, else to the first one on samples.
        """
        waiting, found = list(self._rows), {}
        for fits in (_has_as_many_steps, _is_on_samples):
            for k, entry in enumerate(entries):
                row = next((row for row in waiting if fits(row, entry)), None)
                if k not in found and row is not None:
                    found[k] = row
                    waiting.remove(row)
        return found

    def fail(self, error: BaseException) -> None:
        """The check ended with an error: so did the run under way."""
        interrupted = isinstance(error, KeyboardInterrupt)
        reason = "interrupted" if interrupted else str(error) or type(error).__name__
        if self.error is None:
            with self._guarded():
                self._write()
                for row in self._rows[-1:]:
                    self.records.finish(
                        row.number, Outcome("interrupted" if interrupted else "failed", reason=reason)
                    )


@dataclass
class _Row:
    """The row of a run, and how far it has come."""

    seed: int
    number: int
    step: int = -1


def _has_as_many_steps(row: _Row, entry: Mapping[str, Any]) -> bool:
    return (row.seed, row.step) == (int(entry.get("seed", 0)), entry.get("steps"))


def _is_on_samples(row: _Row, entry: Mapping[str, Any]) -> bool:
    return row.seed == int(entry.get("seed", 0)) and entry.get("samples", 1) > 0


@dataclass(frozen=True)
class _Relay:
    """The ``progress`` of a recorded check."""

    recorder: StudyRecorder
    further: StudyProgress | None

    def __call__(self, seed: int, step: int, total: int, excess: float) -> None:
        self.recorder.point(seed, step, total, excess)
        if self.further is not None:
            self.further(seed, step, total, excess)

    def begin_run(self) -> None:
        """Another run begins."""
        self.recorder.begin_run()
        begin = getattr(self.further, "begin_run", None)
        if begin is not None:
            begin()


def outcome_of(document: Mapping[str, Any], entry: Mapping[str, Any], state: str) -> Outcome:
    """How a run ended, from the document of its check."""
    numbers = {
        name: value
        for name, value in entry.items()
        if name not in HIDDEN and isinstance(value, int | float) and not isinstance(value, bool)
    }
    kept = {name: value for name, value in entry.items() if name != "trajectory"}
    for name in ("optimal_coefficient", "panels"):
        if name in document:
            kept[name] = document[name]
    trajectory = entry.get("trajectory")
    return Outcome(
        state=state,
        verdict=entry.get("verdict"),
        conclusion=document["verdict"],
        reason=entry.get("reason") or document["reason"],
        method=entry.get("method"),
        seconds=entry.get("seconds"),
        steps=entry.get("steps"),
        numbers=numbers,
        points=None if trajectory is None else [(int(step), float(excess)) for step, excess in trajectory],
        document=kept,
    )


@contextlib.contextmanager
def checkpoints(records: Path, parts: Sequence[Any]) -> Iterator[Path | None]:
    """A folder beside the records for the state of an unfinished check, removed when the block ends well.

    Parameters
    ----------
    records : Path
    parts : sequence
        JSON values that the check is a function of: only the same check finds the folder again.

    Yields
    ------
    Path or None
        None while another process runs the same check.
    """
    folder = records.with_name(records.name + ".checkpoints") / key_of(*parts)
    folder.mkdir(parents=True, exist_ok=True)
    lock = folder / "lock"
    with lock.open("w") as handle:
        if not _locked(handle):
            yield None
            return
        yield folder
    shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(OSError):  # others are unfinished
        folder.parent.rmdir()


def _locked(handle: Any) -> bool:
    """True if the lock was taken; the system gives it back when the process ends, however it ends."""
    if os.name == "nt":
        return True
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
