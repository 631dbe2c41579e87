"""What `train` leaves in the records, also when it is killed; and how `runs` shows it."""

import csv
import signal
import sqlite3
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("matplotlib")

from cli.quick_experiment import quick

ISOTROPIC = "mahankali2023.isotropic"
LONG = 1000


@pytest.fixture(autouse=True)
def experiments(monkeypatch):
    monkeypatch.setattr("symicl.studies.find_experiment", lambda i: quick(i, 20))


@pytest.fixture
def trained(symicl):
    """Two trainings of two runs each."""
    for inputs in (["n=4"], ["n=9", "--seed", "7"]):
        symicl("train", ISOTROPIC, *inputs, "--quiet")


def test_a_training_is_recorded_with_its_trajectory(symicl, records_file):
    outcome = symicl("train", ISOTROPIC, "n=4", "--json", "--quiet")
    listed = symicl("runs", "--json").json
    assert [run["seed"] for run in listed] == [run["seed"] for run in outcome.json["runs"]]
    for run, expected in zip(listed, outcome.json["runs"], strict=True):
        assert run["inputs"] == {"n": "4", "d": "1", "sigma2": "1"}
        assert (run["command"], run["state"]) == ("train", "finished")
        assert (run["verdict"], run["conclusion"]) == (expected["verdict"], outcome.json["verdict"])
        assert run["numbers"]["excess_loss"] == expected["excess_loss"]
        assert run["steps"] == 20
        shown = symicl("runs", "show", run["id"], "--json").json
        assert shown["points"][0][0] == 0
        assert shown["points"][-1] == [20, expected["excess_loss"]]
    assert not list(records_file.parent.glob("*.checkpoints"))


def test_no_records(symicl, records_file, complaint):
    symicl("train", ISOTROPIC, "--no-records", "--quiet")
    assert not records_file.exists()
    assert "there are no records in" in complaint("runs")
    assert "not both" in complaint("train", ISOTROPIC, "--no-records", "--records", records_file)


def test_listing_and_filters(symicl, trained):
    code, out, _ = symicl("runs")
    assert code == 0
    assert out.count(ISOTROPIC) >= 4

    def count(*arguments):
        return len(symicl("runs", "--json", *arguments).json)

    everything = count()
    assert count("--where", "n=4") == everything - count("--where", "n=9") > 0
    assert count("--where", "n=9", "--where", "seed=7") == 1
    assert count("--where", "method=tokens") == everything
    assert count("--id", "mahankali2023") == count("--since", "1h") == everything
    assert count("--id", "zhang2024") == count("--verdict", "failed") == count("--since", "2999-01-01") == 0
    assert count("--last", "2") == 2
    assert symicl("runs", "--verdict", "nothing").out == "no runs\n"


def test_exports(symicl, trained, tmp_path, monkeypatch):
    everything = symicl("runs", "--json").json
    symicl("runs", "--csv", tmp_path / "runs.csv")
    with (tmp_path / "runs.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["input.n"] for row in rows] == [run["inputs"]["n"] for run in everything]
    assert [float(row["excess_loss"]) for row in rows] == [
        run["numbers"]["excess_loss"] for run in everything
    ]
    parquet = pytest.importorskip("pyarrow.parquet")
    symicl("runs", "--parquet", tmp_path / "runs.parquet")
    table = parquet.read_table(tmp_path / "runs.parquet")
    assert table["excess_loss"].to_pylist() == [run["numbers"]["excess_loss"] for run in everything]
    assert table["seed"].to_pylist() == [run["seed"] for run in everything]
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    code, _, err = symicl("runs", "--parquet", tmp_path / "other.parquet")
    assert code == 2
    assert "pip install 'symicl[parquet]'" in err
    assert not (tmp_path / "other.parquet").exists()


def test_show_and_plot(symicl, complaint, trained, tmp_path):
    out = symicl("runs", "show", "1").out
    run = symicl("runs", "show", "1", "--json").json["document"]
    trained_by = f"{run['optimiser']} on {run['samples']:,} sampled prompts"
    for piece in (f"run 1: {ISOTROPIC}", "n = 4", "excess_loss", "symicl ", "points, the last at step 20"):
        assert piece in out
    assert trained_by in out
    for runs in (["1"], ["1", "2"]):
        assert symicl("runs", "plot", *runs, "-o", tmp_path / "runs.png").code == 0
        assert (tmp_path / "runs.png").read_bytes().startswith(b"\x89PNG")
    assert "there is no run 99" in complaint("runs", "show", "99")
    assert "there is no run 99" in complaint("runs", "plot", "1", "99", "-o", tmp_path / "x.png")


def test_files_of_others_are_refused_before_any_work(complaint, tmp_path, monkeypatch):
    file = tmp_path / "other.db"
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE accounts (money)")
    connection.commit()
    before = file.read_bytes()
    for arguments in (["train", ISOTROPIC], ["verify", ISOTROPIC, "--out", tmp_path / "out"], ["runs"]):
        assert "another program" in complaint(
            *arguments, "--records", file, *(["-q"] if len(arguments) > 1 else [])
        )
    assert file.read_bytes() == before


def test_a_full_disk_costs_the_record_and_not_the_result(symicl, monkeypatch):
    from symicl.records import Records

    def full(self, *arguments):
        raise sqlite3.OperationalError("database or disk is full")

    symicl("train", ISOTROPIC, "n=4", "--quiet")
    before = symicl("runs", "--json").json
    with monkeypatch.context() as patch:
        patch.setattr(Records, "_points", full)
        code, out, err = symicl("train", ISOTROPIC, "n=4", "--seed", "3", "--quiet")
    assert code == 2
    assert f"{ISOTROPIC} at n = 4" in out
    assert err.count("\n") == 1
    assert "the disk is probably full" in err
    after = symicl("runs", "--json").json
    assert after[: len(before)] == before


OWN = """
from sympy import Identity
import symicl as si
from symicl.studies import Experiment
from symicl.studies import Schedule
task = si.LinearRegression()
n, d, s = task.n, task.d, task.noise
print("noise on standard output")
experiment = Experiment(
    id="mine.one_step", task=task, model=si.OneStepGD(), defaults={"n": 6, "d": 2, "sigma2": 1},
    nearest_wrong={"half": 1 / (2 * (n + d + 1 + s)) * Identity(d)}, schedule=Schedule(steps=60, lr=0.03),
)
"""


def test_a_study_of_ones_own(symicl, complaint, tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(OWN)
    outcome = symicl("train", file, "n=9", "--json")
    assert outcome.code == 0
    assert outcome.json["id"] == "mine.one_step"
    assert outcome.json["at"] == {"n": "9", "d": "2", "sigma2": "1"}
    assert {run["theorem"] for run in symicl("runs", "--json").json} == {"mine.one_step"}
    swept = symicl("sweep", file, "n=4,9", "--jobs", "1", "--json")
    assert swept.json["runs"] == {"reached": 2}
    file.write_text(OWN.replace("print(", "str("))
    assert "is not an input here" in complaint("train", file, "m=3", "-q")
    assert "leave it out to train the study" in complaint("sweep", file, "n=3", "--eval")
    file.write_text("x = 1\n")
    assert "defines no study" in complaint("train", file)
    file.write_text("1 / 0\n")
    assert "could not be run: ZeroDivisionError" in complaint("train", file)
    assert "there is no file" in complaint("train", tmp_path / "none.py")
    file.write_text(OWN.replace("half", "same").replace("(2 * (n + d + 1 + s))", "(n + d + 1 + s)"))
    outcome = symicl("train", file, "-q")  # the wrong version is right, and another one stands in
    assert outcome.code == 0
    assert "same says the same at these numbers" in outcome.out
    assert "tell it apart from a coefficient 1.1 times as large" in outcome.out


@pytest.fixture
def start_long(start):
    return lambda *arguments: start(
        *arguments, program=[str(Path(__file__).with_name("quick_experiment.py")), str(LONG)]
    )


@pytest.mark.slow
@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGINT])
def test_a_training_that_was_killed_continues_and_equals_the_uninterrupted_one(
    start_long, symicl, tmp_path, kill
):
    killed, whole = tmp_path / "killed.db", tmp_path / "whole.db"
    process = start_long("train", ISOTROPIC, "--records", killed, "-q")
    checkpoints = tmp_path / "killed.db.checkpoints"
    deadline = time.monotonic() + 60
    while not list(checkpoints.glob("*/*.pt")):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    time.sleep(0.3)
    process.send_signal(kill)
    process.communicate(timeout=60)
    (run,) = symicl("runs", "--records", killed, "--json").json
    assert run["state"] == ("running" if kill == signal.SIGKILL else "interrupted")
    assert symicl("runs", "show", "1", "--records", killed, "--json").json["points"]
    documents = []
    for file in (killed, whole):
        process = start_long("train", ISOTROPIC, "--records", file, "-q")
        assert process.wait(timeout=120) == 0, process.communicate()
        runs = symicl("runs", "--records", file, "--json").json
        documents.append(
            [
                (
                    run["seed"],
                    run["state"],
                    run["verdict"],
                    {k: v for k, v in run["numbers"].items() if k != "seconds"},
                    symicl("runs", "show", run["id"], "--records", file, "--json").json["points"],
                )
                for run in runs
            ]
        )
    assert documents[0] == documents[1]
    assert not checkpoints.exists()
