"""Progress: a bar with the time left on a terminal; elsewhere a line for a training, nothing for shorter work."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from symicl.cli.output import console, note

if TYPE_CHECKING:
    from rich.progress import Progress, ProgressColumn

    from symicl.studies import Study, StudyProgress


@contextlib.contextmanager
def training_progress(
    experiment: Study, runs: int, *, quiet: bool, bar: bool = True
) -> Iterator[StudyProgress | None]:
    """Show how far an experiment is.

    Parameters
    ----------
    experiment : Study
    runs : int
        How many runs are planned; the experiment may add some.
    quiet : bool
    bar : bool
        Whether a bar may be drawn, which a training beside others may not.

    Yields
    ------
    callable or None
        What `Study.run` takes as ``progress``.
    """
    if quiet:
        yield None
    elif not (bar and sys.stderr.isatty()):
        note(f"training {experiment.id} …")
        yield None
    else:
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        columns = (
            TextColumn("training {task.description}"),
            BarColumn(bar_width=24),
            TaskProgressColumn(),
            TimeRemainingColumn(compact=True),
            TextColumn("left"),
        )
        with Progress(*columns, console=console(error=True), transient=True) as drawn:
            yield _Bar(drawn, experiment, runs)


class _Bar:
    """The bar of a study: one unit per run."""

    def __init__(self, bar: Progress, experiment: Study, runs: int):
        self._bar, self._id, self._runs, self._begun = bar, experiment.id, runs, 0
        self._task = bar.add_task(experiment.id, total=runs)
        # A step costs what its batch does, and batches may grow.
        self._batch_at = getattr(getattr(experiment, "schedule", None), "batch_at", lambda step: 1)

    def begin_run(self) -> None:
        """Another run begins."""
        self._begun += 1

    def __call__(self, seed: int, step: int, total: int, excess: float) -> None:
        part = sum(map(self._batch_at, range(step))) / sum(map(self._batch_at, range(total)))
        self._bar.update(
            self._task,
            completed=self._begun - 1 + part,
            total=max(self._runs, self._begun),
            description=f"{self._id}, seed {seed}, excess loss {excess:.2g}",
        )


def _counting_columns() -> tuple[ProgressColumn, ...]:
    """A name, a bar, how many of how many, and the time left."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

    return (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
        TextColumn("left"),
    )


@contextlib.contextmanager
def counting_progress(title: str, total: int, *, quiet: bool) -> Iterator[Callable[[bool], None] | None]:
    """Show how many of many are done.

    Parameters
    ----------
    title : str
    total : int
    quiet : bool

    Yields
    ------
    callable or None
        To be called once each, with whether it was found done. Elsewhere than on a terminal, a line appears
        at every tenth part.
    """
    if quiet:
        yield None
    elif not sys.stderr.isatty():
        done = found = 0

        def line(was_found: bool) -> None:
            nonlocal done, found
            done += 1
            found += was_found
            if done == total or done * 10 // total > (done - 1) * 10 // total:
                note(
                    f"{title}: {done} of {total} runs" + (f", {found} found in the records" if found else "")
                )

        yield line
    else:
        from rich.progress import Progress

        with Progress(*_counting_columns(), console=console(error=True), transient=True) as bar:
            # What is found takes no time and must not make the rest look fast: it shortens the bar instead.
            task, left = bar.add_task(title, total=total), total

            def count(was_found: bool) -> None:
                nonlocal left
                if was_found:
                    left -= 1
                    bar.update(task, total=left)
                else:
                    bar.advance(task)

            yield count


@contextlib.contextmanager
def counting(total: int, *, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Show how many of several things are done, on a terminal and from the second thing on.

    Yields
    ------
    callable
        Called with the name of each thing before it is begun.
    """
    if quiet or total < 2 or not sys.stderr.isatty():
        yield lambda name: None
        return
    from rich.progress import Progress

    with Progress(
        *_counting_columns(),
        console=console(error=True),
        transient=True,
        redirect_stdout=sys.stdout.isatty(),
        redirect_stderr=True,
    ) as bar:
        task = bar.add_task("", total=total)
        begun = 0

        def begin(name: str) -> None:
            nonlocal begun
            bar.update(task, completed=begun, description=name)
            begun += 1

        yield begin


@contextlib.contextmanager
def working(what: str, *, quiet: bool = False) -> Iterator[None]:
    """Show, on a terminal, that one piece of work of unknown length goes on, and for how long already."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=console(error=True),
        transient=True,
        redirect_stdout=False,
    ) as bar:
        bar.add_task(what, total=None)
        yield
