"""A real Dask scheduler with two workers on the loopback interface, each a process of its own."""

import json
import signal
import socket
import subprocess
import sys
import time

import pytest

pytest.importorskip("distributed")
pytest.importorskip("torch")

from symicl.errors import InputError
from symicl.records import Records
from symicl.sweeps import InThisProcess, cluster, run_sweep


@pytest.fixture
def processes():
    started = []

    def start(*arguments):
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def start_scheduler(processes, folder):
    file = folder / "scheduler.json"
    process = processes(
        "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file)
    )
    deadline = time.monotonic() + 60
    while True:
        try:
            return process, json.loads(file.read_text())["address"]
        except (OSError, ValueError):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)


def start_worker(processes, address):
    return processes("worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard")


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_loses_nothing_and_repeats_nothing(processes, tmp_path, plan, numbers):
    _, address = start_scheduler(processes, tmp_path)
    workers = [start_worker(processes, address) for _ in range(2)]
    sweep = plan("n=6:11", "d=1,3", "sigma2=1/4,2")
    done = []

    def progress(found):
        done.append(found)
        if len(done) == sweep.count // 3:
            workers[0].kill()

    on_cluster = cluster.Cluster(address)
    on_cluster._client.wait_for_workers(2, timeout=60)
    with Records(tmp_path / "cluster.db") as records:
        run_sweep(sweep, records, on_cluster, progress)
        assert workers[0].wait(timeout=10) != 0
        assert done == [False] * sweep.count == [False] * 24
        got = numbers(records)
    with Records(tmp_path / "here.db") as records:
        run_sweep(sweep, records, InThisProcess())
        assert numbers(records) == got
        assert len(got) == 24


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "hanging"])
def test_a_scheduler_that_is_lost_in_the_middle(processes, tmp_path, plan, monkeypatch, how):
    monkeypatch.setattr(cluster, "TIMEOUT", 3.0)
    scheduler, address = start_scheduler(processes, tmp_path)
    start_worker(processes, address)
    sweep = plan("n=4:40", "d=2", "sigma2=1/4")
    done = []

    def progress(found):
        done.append(found)
        if len(done) == 3:
            scheduler.send_signal(how)

    with Records(tmp_path / "runs.db") as records:
        with pytest.raises(
            InputError, match=r"connection to the Dask scheduler at .* is lost; finished points are kept"
        ):
            run_sweep(sweep, records, cluster.Cluster(address), progress)
        assert len(list(records.rows())) == len(done) < sweep.count


def test_a_scheduler_that_does_not_answer(monkeypatch):
    monkeypatch.setattr(cluster, "TIMEOUT", 0.5)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        started = time.monotonic()
        for address in (f"tcp://127.0.0.1:{silent.getsockname()[1]}", "tcp://127.0.0.1:9", "nonsense://x"):
            with pytest.raises(InputError, match="no Dask scheduler answers at"):
                cluster.Cluster(address)
        assert time.monotonic() - started < 10


def test_a_scheduler_without_workers(processes, tmp_path, monkeypatch):
    _, address = start_scheduler(processes, tmp_path)
    monkeypatch.setattr(cluster, "TIMEOUT", 2.0)
    with pytest.raises(InputError, match="has had no worker"):
        cluster.Cluster(address)
