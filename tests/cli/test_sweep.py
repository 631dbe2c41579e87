"""`sweep` and `runs`: what they print and write, and what they refuse."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("matplotlib")

ISOTROPIC = "mahankali2023.isotropic"
SWEEP = ("sweep", ISOTROPIC, "--jobs", "1")


def test_a_sweep_with_its_table_and_pictures(symicl, tmp_path):
    grid = ("n=6,12", "d=1,3", "sigma2=1")
    grid += ("--method", "population")  # in no time
    code, out, err = symicl(*SWEEP, *grid, "--seeds", "2", "--out", tmp_path / "out")
    assert code == 0, err
    assert out.splitlines()[-1].endswith("reached")
    assert "training 4 points × 2 seeds, method population, on 1 process" in err
    names = {file.name.removeprefix(ISOTROPIC + ".") for file in (tmp_path / "out").iterdir()}
    pictures = {"loss.png", "excess.png", "eta.png", "eta-against-eta.png", "weights.png", "steps.png"}
    assert names == pictures | {"csv"}
    for name in pictures:
        assert (tmp_path / "out" / f"{ISOTROPIC}.{name}").read_bytes().startswith(b"\x89PNG")
    with (tmp_path / "out" / f"{ISOTROPIC}.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 8
    assert {row["input.n"] for row in rows} == {"6", "12"}
    again = symicl(*SWEEP, *grid, "--seeds", "2", "--json")
    assert "8 found in the records" in again.err
    assert again.json["runs"] == {"reached": 8}
    assert again.json["points"][0]["inputs"] == {"n": "6", "d": "1", "sigma2": "1"}


def test_a_sweep_trains_on_samples(symicl, tmp_path):
    outcome = symicl(*SWEEP, "n=12", "d=2", "sigma2=1", "--steps", "5", "--json")
    assert "method statistic" in outcome.err
    assert outcome.json["points"][0]["numbers"]["samples"]["mean"] > 0


def test_a_sweep_of_evaluations(symicl, tmp_path):
    code, out, _ = symicl(*SWEEP, "n=8:64:x2", "d=3", "sigma2=0,1/4", "--eval", "--out", tmp_path)
    assert code == 0
    assert "8 evaluated" in out
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        f"{ISOTROPIC}.csv",
        f"{ISOTROPIC}.eta.png",
        f"{ISOTROPIC}.loss.png",
    ]


def test_a_run_that_does_not_get_there_is_no_success(symicl):
    code, out, _ = symicl(*SWEEP, "n=12", "d=3", "sigma2=1", "--method", "tokens", "--steps", "2")
    assert code == 3
    assert "1 unfinished" in out


def test_grids_that_are_refused(complaint, tmp_path):
    assert "the grid has no points" in complaint(*SWEEP)
    assert "n=9:3 cannot be swept: 9:3 has no points" in complaint(*SWEEP, "n=9:3")
    assert "did you mean sigma2?" in complaint(*SWEEP, "sigma=1")
    assert "n=0 must be a positive integer" in complaint(*SWEEP, "n=0:5", "d=2")
    assert "no value is given for" in complaint(*SWEEP, "n=2:5", "--eval")
    started = time.monotonic()
    sentence = complaint(*SWEEP, "n=1:10000000", "d=2")
    assert "10,000,000 runs; add --yes" in sentence
    assert "10^28 runs" in complaint(*SWEEP, "n=1:10000000000000000000000", "d=1:1000000")
    assert time.monotonic() - started < 5
    assert "there is no theorem" in complaint("sweep", "nothing.here", "n=2")
    assert "the method study is not available" in complaint(*SWEEP, "n=3", "--method", "study")
    assert "not both" in complaint(*SWEEP, "n=3", "--scheduler", "tcp://127.0.0.1:9")
    file = tmp_path / "file"
    file.write_text("x" * 200)
    assert "is a file" in complaint(*SWEEP, "n=3", "--out", file)
    assert "not a records file" in complaint(*SWEEP, "n=3", "--records", file)
    assert file.read_text() == "x" * 200


def test_without_distributed_one_sentence_says_what_to_install(complaint, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    sentence = complaint("sweep", ISOTROPIC, "n=3", "--scheduler", "tcp://127.0.0.1:9")
    assert "pip install 'symicl[cluster]'" in sentence


@pytest.mark.slow
def test_ctrl_c_ends_all_processes_and_the_sweep_goes_on(start, records_file):
    arguments = ("sweep", ISOTROPIC, "n=8:40", "d=2", "sigma2=1/4,1", "--jobs", "2")
    process = start(*arguments)
    lines = []
    while "of 66 runs" not in (lines or [""])[-1]:
        lines.append(process.stderr.readline())
        assert lines[-1], lines
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    assert "Traceback" not in err
    assert err.splitlines()[-1].startswith("symicl: interrupted; the finished points are in ")
    listed = json.loads(
        subprocess.check_output([sys.executable, "-m", "symicl", "runs", "--last", "99", "--json"])
    )
    assert 6 <= len(listed) < 66
    assert {run["state"] for run in listed} == {"finished"}
    again = start(*arguments)
    _, err = again.communicate(timeout=120)
    assert f"{len(listed)} found in the records" in err


@pytest.mark.slow
@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="looks for orphans in /proc")
def test_processes_end_when_the_sweep_is_killed(start):
    process = start("sweep", ISOTROPIC, "n=8:400", "d=3", "--jobs", "2")
    while "of 393 runs" not in process.stderr.readline():
        assert process.poll() is None
    listing = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    children = [int(pid) for pid in listing.split()]
    assert len(children) >= 2
    process.kill()
    deadline = time.monotonic() + 20
    while any(alive(pid) for pid in children):
        assert time.monotonic() < deadline
        time.sleep(0.1)


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
