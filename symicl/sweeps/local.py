"""Work on the cores of this machine: the points of a sweep, the trainings of a verification."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from symicl.errors import InputError
from symicl.sweeps.unit import Result, Unit, run_unit

QUEUED_PER_PROCESS = 4
"""Units that wait for each process, so that none of them idles."""
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")


def cores() -> int:
    """How many this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS, Windows
        return os.cpu_count() or 1


class InThisProcess:
    """One unit after the other, here."""

    name = "1 process"

    def map(self, units: Iterable[Unit]) -> Iterator[tuple[Unit, Result]]:
        """The units with their results."""
        for unit in units:
            result = run_unit(unit)
            if result["state"] == "interrupted":
                raise KeyboardInterrupt
            yield unit, result


class Processes:
    """Several processes, one thread each.

    Parameters
    ----------
    jobs : int
    work : callable
        From a unit to its result, a function of a module, which the processes import.
    """

    def __init__(self, jobs: int, work: Callable[[Unit], Result] = run_unit):
        self.jobs, self.work = jobs, work
        self.name = f"{jobs} processes"

    def map(self, units: Iterable[Unit]) -> Iterator[tuple[Unit, Result]]:
        """The units with their results, in the order in which they are done.

        Raises
        ------
        InputError
            If a process is killed, by the system for want of memory for instance.
        """
        from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
        from concurrent.futures.process import BrokenProcessPool

        # Spawned, not forked: torch's threads do not survive a fork.
        pool = ProcessPoolExecutor(self.jobs, multiprocessing.get_context("spawn"), _initialise)
        pending: dict[Future[Result], Unit] = {}
        rest = iter(units)
        try:
            with _one_thread_each():
                while True:
                    for unit in islice(rest, max(0, QUEUED_PER_PROCESS * self.jobs - len(pending))):
                        pending[pool.submit(self.work, dict(unit))] = unit
                    if not pending:
                        break
                    for future in wait(pending, return_when=FIRST_COMPLETED).done:
                        yield pending.pop(future), future.result()
            pool.shutdown()
        except BrokenProcessPool:
            raise InputError(
                "a process was killed, probably for want of memory; what is finished is kept: call the same command "
                "again, with fewer --jobs"
            ) from None
        finally:
            # After Ctrl-C nothing is waited for: what was finished is recorded.
            pool.shutdown(wait=False, cancel_futures=True)
            if pending:
                for child in multiprocessing.active_children():
                    child.terminate()


@contextlib.contextmanager
def _one_thread_each() -> Iterator[None]:
    """Processes that start meanwhile find one thread asked for in their environment."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _initialise() -> None:
    """Ctrl-C is for the parent, which ends its children; and a child ends when its parent is killed."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
