"""The command line in this process and in one of its own."""

import json
import signal
import subprocess
import sys
from typing import NamedTuple

import pytest

from symicl.cli.app import run


class Outcome(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture(autouse=True)
def records_file(tmp_path_factory, monkeypatch):
    """Records of the tests stay out of the user's own, and out of the folders that tests look into."""
    file = tmp_path_factory.mktemp("records") / "runs.db"
    monkeypatch.setenv("SYMICL_RECORDS", str(file))
    return file


@pytest.fixture
def symicl(capfd):
    """Run a command in this process."""

    def call(*arguments):
        capfd.readouterr()
        code = run([str(argument) for argument in arguments])
        return Outcome(code, *capfd.readouterr())

    return call


@pytest.fixture
def complaint(symicl):
    """Run a command that must be refused, and return its one sentence."""

    def call(*arguments):
        code, out, err = symicl(*arguments)
        assert code == 2, err
        assert out == ""
        assert err.startswith("symicl: ")
        assert err.count("\n") == 1, err
        return err.removeprefix("symicl: ").rstrip("\n")

    return call


@pytest.fixture
def start():
    """Start a command as a process of its own, which Ctrl-C reaches even where the tests run in the background."""
    started = []

    def call(*arguments, program=("-m", "symicl")):
        process = subprocess.Popen(
            [sys.executable, *program, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        started.append(process)
        return process

    yield call
    for process in started:
        process.kill()
        process.communicate()
