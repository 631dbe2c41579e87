"""A file that is expensive to check is refused in bounded time and memory, with one sentence."""

import resource
import shutil
import subprocess
import sys

import pytest

from checker import expensive
from checker.conftest import FOLDER

SECONDS, BYTES = 10, 2**30
BUILDS = {"proof": expensive.CHECKER, "phases": expensive.PHASES, "samples": expensive.SAMPLES}
RUN = "import sys; sys.path.insert(0, {!r}); from copied.{} import main; sys.exit(main(sys.argv[1:]))"
"""Runs one of the checkers where symicl is not installed."""


def limited():
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))


CASES = [pytest.param(name, build, id=build.__name__) for name, builds in BUILDS.items() for build in builds]
CASES += [
    pytest.param("proof", build, id=build.__name__, marks=pytest.mark.slow) for build in expensive.SLOWER
]


@pytest.mark.parametrize(("name", "build"), CASES)
def test_an_expensive_file_is_refused(checker, tmp_path, name, build):
    shutil.copytree(FOLDER, tmp_path / "copied")
    file = tmp_path / "expensive.jsonl"
    with file.open("w") as out:
        for line in expensive.lines_of(build, checker):
            out.write(line + "\n")
    command = [sys.executable, "-I", "-S", "-c", RUN.format(str(tmp_path), name), file]
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=limited)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr[-500:]
    assert done.stderr.startswith(f"{file}: unreadable: line ") and done.stderr.count("\n") == 1
    assert "limit" in done.stderr
