"""The work of a sweep on an existing Dask cluster.

A unit is sent under its key, so that the scheduler never runs one twice on purpose; a unit whose worker dies is
given to another one, and the caller records one row per key whatever happens.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from symicl.errors import InputError, MissingDependencyError
from symicl.sweeps.unit import Result, Unit, run_unit

TIMEOUT = 15.0
"""Seconds for the scheduler to answer, and for a first worker to be there."""
SCHEMES = ("tcp", "tls", "ws", "wss")
POLL = 0.02
QUEUED_PER_THREAD = 8
"""Units that wait for each thread of the cluster."""


def load_distributed() -> Any:
    """The package `distributed`.

    Raises
    ------
    MissingDependencyError
    """
    try:
        import distributed
    except ImportError as error:
        raise MissingDependencyError(
            "a cluster needs the package distributed; install it with: pip install 'symicl[cluster]'"
        ) from error
    return distributed


class Cluster:
    """An existing Dask cluster, by the address of its scheduler.

    Parameters
    ----------
    address : str
        Such as tcp://10.0.0.1:8786.

    Raises
    ------
    InputError
        If no scheduler answers there, or it has no workers, within the time limit.
    """

    def __init__(self, address: str):
        distributed = load_distributed()
        self.address = address
        self._answers = True
        _silence()
        self._client = _answering(distributed, address)
        try:
            self._client.wait_for_workers(1, timeout=TIMEOUT)
        except TimeoutError:
            self._client.close()
            raise InputError(
                f"the Dask scheduler at {address} has had no worker for {TIMEOUT:g} s; start some with: dask "
                f"worker {address}"
            ) from None
        self.name = f"the cluster at {address} ({self._threads()} threads)"

    def _threads(self) -> int:
        try:
            # Client.nthreads() would wait without end for a scheduler that hangs.
            threads = self._client.sync(self._client.scheduler.ncores, callback_timeout=TIMEOUT)
        except OSError:
            self._answers = False
            raise self._lost() from None
        return max(1, sum(threads.values()))

    def _lost(self) -> InputError:
        return InputError(
            f"the connection to the Dask scheduler at {self.address} is lost; finished points are kept: call the "
            "same command again when it is back"
        )

    def map(self, units: Iterable[Unit]) -> Iterator[tuple[Unit, Result]]:
        """The units with their results, in the order in which they are done.

        Raises
        ------
        InputError
            If the connection is lost, or a unit has killed several workers.
        """
        distributed = load_distributed()
        rest = iter(units)
        pending: dict[Any, Unit] = {}
        finished = distributed.as_completed(loop=self._client.loop)
        try:
            while True:
                for unit in islice(rest, max(0, QUEUED_PER_THREAD * self._threads() - len(pending))):
                    # Checkpoints would lie on another machine.
                    sent = {**unit, "checkpoint": None}
                    future = self._client.submit(
                        run_unit, sent, key=f"symicl-{unit['key']}", pure=True, retries=2
                    )
                    pending[future] = unit
                    finished.add(future)
                if not pending:
                    return
                self._wait(finished)
                future = next(finished)
                yield pending.pop(future), self._result(future)
        finally:
            if self._answers:
                for future in pending:
                    future.cancel()
                self._client.close()
            else:
                with contextlib.suppress(TimeoutError):
                    self._client.close(timeout=1)

    def _wait(self, finished: Any) -> None:
        """Wait for a unit to end, as long as the scheduler speaks: one that hangs keeps its connections open.

        Raises
        ------
        InputError
        """
        heard = time.monotonic()
        while not finished.has_ready() and finished.count():
            time.sleep(POLL)
            if time.monotonic() - heard < TIMEOUT:
                continue
            try:
                _probe(self.address)
            except OSError:
                self._answers = False
                raise self._lost() from None
            heard = time.monotonic()

    def _result(self, future: Any) -> Result:
        if future.status == "finished":
            result: Result = future.result()
            return result
        error = future.exception() if future.status == "error" else None
        if isinstance(error, InputError | MissingDependencyError):
            raise error
        if error is None or type(error).__name__ in ("CancelledError", "FutureCancelledError"):
            raise self._lost()
        if type(error).__name__ == "KilledWorker":
            raise InputError(
                "several workers of the cluster died over one point, probably for want of memory; finished points are "
                "kept: give the workers more memory and call the same command again"
            )
        raise InputError(f"a worker of the cluster failed with {type(error).__name__}: {_short(error)}")


def _silence() -> None:
    """The package's own remarks on lost connections would stand beside our sentence."""
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL)


def _answering(distributed: Any, address: str) -> Any:
    """A client whose scheduler has answered.

    Raises
    ------
    InputError
        After the time limit.
    """
    try:
        _probe(address)
        return distributed.Client(address, timeout=TIMEOUT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise InputError(
            f"no Dask scheduler answers at {address} within {TIMEOUT:g} s ({_short(error)}); check the address, or "
            "leave --scheduler out to use this machine"
        ) from None


def _probe(address: str) -> None:
    """Make sure that whatever listens there speaks: a scheduler greets first.

    Towards a port that accepts connections and then says nothing, the package's own time limit does not hold.

    Raises
    ------
    OSError, ValueError
    """
    parts = urlsplit(address if "://" in address else f"tcp://{address}")
    if parts.scheme not in SCHEMES:
        raise ValueError(f"{parts.scheme} is not one of {', '.join(SCHEMES)}")
    if parts.scheme != "tcp":  # encrypted, or not of this kind: left to the package
        return
    if parts.hostname is None or parts.port is None:
        raise ValueError("it is not of the form tcp://host:port")
    with socket.create_connection((parts.hostname, parts.port), TIMEOUT) as connection:
        connection.settimeout(TIMEOUT)
        if not connection.recv(1):
            raise OSError("it closes the connection")


def _short(error: BaseException) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 120 else text[:119] + "…"
