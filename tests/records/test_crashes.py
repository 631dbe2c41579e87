"""Processes that are killed, and a disk that is full: what was acknowledged is there, and the file is whole."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from symicl.records import Records

KILLS = 60


def test_a_process_killed_at_any_moment_loses_at_most_the_step_under_way(tmp_path):
    file = tmp_path / "runs.db"
    program = Path(__file__).with_name("keep_writing.py")
    done = subprocess.run(
        [sys.executable, program, file, str(KILLS), "7"],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    children = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(children) == KILLS
    with Records(file) as records:
        assert records.integrity() == "ok"
        rows = {row["id"]: row for row in records.rows()}
        points = {row: len(records.points(row)) for row in rows}
    cut_off = 0
    for child in children:
        said = child["said"]
        mine = [row for row in rows.values() if row["theorem"] == f"theorem.{child['child']}"]
        for row, step in said:
            assert points[row] > min(step, 2), "an acknowledged point is gone"
            assert rows[row]["state"] == "finished" if step == 3 else True
        # Of what was not acknowledged one step at most is there.
        steps_said = len(said)
        steps_there = sum(1 + points[row["id"]] + (row["state"] == "finished") for row in mine)
        assert steps_said <= steps_there <= steps_said + 1
        cut_off += any(row["state"] == "running" for row in mine)
    assert sum(len(child["said"]) for child in children) > KILLS  # they were writing
    assert cut_off > KILLS // 4  # and were killed in the middle of it


FULL = """
import resource, signal, sys
from symicl.errors import InputError
from symicl.records import Outcome, Plan, Records
records = Records(sys.argv[1])
limit = 200_000
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
for n in range(1000):
    try:
        records.add(Plan("train", "x", {"n": str(n)}, 0, {}, {}), Outcome(document={"w": "x" * 5000}))
    except InputError as error:
        print(n, error)
        break
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="limits of POSIX")
def test_a_full_disk_is_one_sentence_and_the_file_is_intact(tmp_path):
    file = tmp_path / "runs.db"
    done = subprocess.run([sys.executable, "-c", FULL, file], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    count, sentence = done.stdout.strip().split(" ", 1)
    assert "the disk is probably full" in sentence
    assert str(file) in sentence
    with Records(file) as records:
        assert records.integrity() == "ok"
        assert len(list(records.rows())) == int(count) > 5
