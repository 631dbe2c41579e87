"""A file that is expensive to check is refused in bounded time and memory, with one sentence."""

import resource
import subprocess
import sys

import pytest

from checker import expensive
from checker.conftest import FILE

SECONDS, BYTES = 10, 2**30
FILES = {
    FILE: expensive.CHECKER,
    FILE.with_name("phase_checker.py"): expensive.PHASES,
    FILE.with_name("sample_checker.py"): expensive.SAMPLES,
}


def limited():
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))


CASES = [pytest.param(file, build, id=build.__name__) for file, builds in FILES.items() for build in builds]
CASES += [pytest.param(FILE, build, id=build.__name__, marks=pytest.mark.slow) for build in expensive.SLOWER]


@pytest.mark.parametrize(("program", "build"), CASES)
def test_an_expensive_file_is_refused(checker, tmp_path, program, build):
    file = tmp_path / "expensive.jsonl"
    with file.open("w") as out:
        for line in expensive.lines_of(build, checker):
            out.write(line + "\n")
    done = subprocess.run(
        [sys.executable, "-I", "-S", program, file], capture_output=True, text=True, preexec_fn=limited
    )
    assert (done.returncode, done.stdout) == (2, ""), done.stderr[-500:]
    assert done.stderr.startswith(f"{file}: unreadable: line ") and done.stderr.count("\n") == 1
    assert "limit" in done.stderr
