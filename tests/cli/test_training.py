"""`train` and `verify`: what they print and write, what they refuse, and what an interrupt leaves behind."""

import json
import signal
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import pytest
from sympy import Identity

pytest.importorskip("torch")
pytest.importorskip("matplotlib")

from cli.quick_experiment import quick
from proved import verdict_of
from symicl.cli.verification import Job
from symicl.statements import find, second_opinion

ISOTROPIC = "mahankali2023.isotropic"
NONLINEAR = "mahankali2023.nonlinear"
PRECONDITIONED = "mahankali2023.preconditioned"
FILES = [f"{ISOTROPIC}.{ending}" for ending in ("certificate.jsonl", "png", "tex", "training.json")]
# What the report adds: pages, and one document; report.pdf only where there is a LaTeX.
PAGES = ["index.html", f"{ISOTROPIC}.html", f"{ISOTROPIC}.derivation.json", "report.tex", "summary.json"]


def without_pdf(folder):
    return sorted(file.name for file in folder.iterdir() if file.name != "report.pdf")


@pytest.fixture(autouse=True)
def experiments(monkeypatch):
    """Quick ones; called with changes it makes them otherwise."""

    def change(**changes):
        monkeypatch.setattr("symicl.studies.find_experiment", lambda i: quick(i, **changes))

    change()
    return change


@pytest.fixture
def wrong(experiments):
    """An experiment whose claim is half of the truth."""

    def change():
        task = quick(ISOTROPIC).task
        experiments(claim=Identity(task.d) / (2 * (task.n + task.d + 1 + task.noise)))

    return change


@cache
def opinion_on(theorem_id):
    """What the second engine says of a theorem."""
    return second_opinion(verdict_of(theorem_id))


@pytest.fixture
def proved_once(monkeypatch):
    """What both engines say is found once for all tests that look at the training alone."""
    monkeypatch.setattr("symicl.statements.prove", lambda theorem, **_: verdict_of(theorem.id))
    monkeypatch.setattr("symicl.statements.second_opinion", lambda verdict: opinion_on(verdict.theorem.id))


@pytest.fixture
def trainings(monkeypatch):
    """How often something was trained."""
    from symicl.studies import Study

    calls, real = [], Study.run
    monkeypatch.setattr(Study, "run", lambda study, *a, **k: calls.append(study.id) or real(study, *a, **k))
    return calls


def read(file):
    return json.loads(Path(file).read_text())


# --- train -----------------------------------------------------------------------------------------------


def test_train_as_json(symicl):
    code, out, err = symicl("train", ISOTROPIC, "n=4", "--seed", "5", "--json")
    document = json.loads(out)
    assert code == 0
    fields = "id verdict seed steps seconds loss_at_optimum excess_loss relative_excess distance_to_optimum"
    assert set(fields.split()) <= document.keys()
    assert document["verdict"] == "confirmed"
    assert document["at"] == {"n": "4", "d": "1", "sigma2": "1"}
    assert document["steps"] == 150
    assert [run["seed"] for run in document["runs"]][:2] == [5, 6]
    assert 0 < document["relative_excess"] < 0.01
    assert document["excess_loss"] == pytest.approx(document["relative_excess"] * document["loss_at_optimum"])
    assert err.startswith(f"training {ISOTROPIC} …\n")


def test_train_in_words(symicl):
    code, out, err = symicl("train", ISOTROPIC, "--quiet")
    assert (code, err) == (0, "")
    assert out.startswith(f"confirmed    {ISOTROPIC} at n = 6, d = 1, sigma2 = 1  (")
    assert "seed 0: reached, excess loss" in out


def test_a_training_that_contradicts(symicl, wrong):
    wrong()
    code, out, _ = symicl("train", ISOTROPIC)
    assert code == 1
    assert out.startswith("contradicted ")


def test_a_training_that_is_too_short(symicl, experiments):
    experiments(steps=1)
    outcome = symicl("train", ISOTROPIC, "--json")
    assert outcome.code == 3
    assert outcome.json["verdict"] == "inconclusive"


def test_train_with_inputs_that_cannot_be_meant(complaint):
    assert "n=0 must be a positive integer" in complaint("train", ISOTROPIC, "n=0")
    assert "sigma2=-1 is negative" in complaint("train", ISOTROPIC, "sigma2=-1", "--json")
    assert "did you mean sigma2?" in complaint("train", ISOTROPIC, "sigma=1")
    assert "--seed" in complaint("train", ISOTROPIC, "--seed", "-1")
    assert "--seed" in complaint("train", ISOTROPIC, "--seed", "x")
    assert "not symmetric" in complaint("train", PRECONDITIONED, "d=2", "Sigma=[[2,1],[0,3]]")


# --- verify ----------------------------------------------------------------------------------------------


def test_verify(symicl, tmp_path):
    folder = tmp_path / "new" / "results"
    code, out, err = symicl("verify", ISOTROPIC, "--out", folder)
    assert code == 0
    assert without_pdf(folder) == sorted([*FILES, *PAGES])
    for piece in (ISOTROPIC, "proved", "confirmed", "seed 0: ", "seed 1: ", " %"):
        assert piece in out
    assert f"proved {ISOTROPIC}" in err
    assert f"the results are in {folder}" in err
    assert '"verdict":"proved"' in (folder / FILES[0]).read_text().splitlines()[-1]
    assert (folder / f"{ISOTROPIC}.png").read_bytes().startswith(b"\x89PNG")
    assert (folder / f"{ISOTROPIC}.tex").read_text().startswith(r"\documentclass")
    training = read(folder / f"{ISOTROPIC}.training.json")
    assert training["verdict"] == "confirmed"
    assert training["runs"][0]["trajectory"][0][0] == 0
    assert training["settings"]["seeds"] == [0, 1]
    summary = read(folder / "summary.json")
    assert summary["exit_code"] == 0
    (entry,) = summary["theorems"]
    assert entry["proof"]["verdict"] == "proved"
    assert [run["seed"] for run in entry["experiment"]["runs"]][:2] == [0, 1]


def test_verify_as_json(symicl, tmp_path):
    outcome = symicl("verify", ISOTROPIC, "--out", tmp_path, "--json", "--quiet", "--seeds", "3")
    assert outcome.code == 0
    assert outcome.err == ""
    assert outcome.json == read(tmp_path / "summary.json")
    assert [run["seed"] for run in outcome.json["theorems"][0]["experiment"]["runs"]][:3] == [0, 1, 2]


def test_what_is_finished_is_not_trained_again(symicl, tmp_path, trainings, experiments, proved_once):
    experiments(steps=2)
    first = symicl("verify", ISOTROPIC, "--out", tmp_path, "--json")
    again = symicl("verify", ISOTROPIC, "--out", tmp_path, "--json")
    assert len(trainings) == 1
    assert again.json["theorems"][0]["experiment"] == first.json["theorems"][0]["experiment"]
    symicl("verify", ISOTROPIC, "--out", tmp_path, "--fresh")
    assert len(trainings) == 2


def test_other_settings_versions_or_sources_are_trained_anew(tmp_path, trainings, monkeypatch, experiments):
    def train(seeds=(0,)):
        return Job(tmp_path, seeds, quiet=True).train(find(ISOTROPIC))

    experiments(steps=2)
    train(seeds=None)
    train()
    assert len(trainings) == 2
    experiments(steps=3)
    train()
    assert len(trainings) == 3
    with monkeypatch.context() as patch:
        patch.setattr("symicl.records.fingerprints.version", lambda name: "0")
        train()
    assert len(trainings) == 4
    with monkeypatch.context() as patch:
        patch.setattr("symicl.records.fingerprints.digest_of_sources", lambda: "0")
        train()
    assert len(trainings) == 5
    for count, damaged in enumerate(("", "{", "[]", '{"settings": 1}'), 6):
        (tmp_path / f"{ISOTROPIC}.training.json").write_text(damaged)
        document = train()
        assert len(trainings) == count
    assert train() == document
    assert len(trainings) == count


def test_the_worst_verdict_gives_the_exit_code(symicl, tmp_path, wrong, experiments, proved_once):
    experiments(steps=1)
    code, out, _ = symicl("verify", ISOTROPIC, "--out", tmp_path)
    assert code == 3
    assert f"{ISOTROPIC}: inconclusive: " in out
    wrong()
    code, out, _ = symicl("verify", ISOTROPIC, "--out", tmp_path)
    assert code == 1
    assert f"{ISOTROPIC}: contradicted: " in out
    assert read(tmp_path / "summary.json")["exit_code"] == 1


def test_a_theorem_without_experiment_is_not_confirmed(symicl, tmp_path, monkeypatch, proved_once):
    from symicl.errors import InputError

    def find_experiment(theorem_id):
        raise InputError(f"the theorem {theorem_id} has no training experiment")

    monkeypatch.setattr("symicl.studies.find_experiment", find_experiment)
    code, out, _ = symicl("verify", ISOTROPIC, "--out", tmp_path)
    assert code == 3
    assert "no training experiment" in out


def test_a_folder_that_cannot_be_written_is_found_before_any_work(complaint, tmp_path, monkeypatch):
    monkeypatch.setattr("symicl.statements.prove", lambda theorem: 1 / 0)
    file = tmp_path / "file"
    file.touch()
    assert "is a file" in complaint("verify", ISOTROPIC, "--out", file)
    assert "cannot be written to" in complaint("verify", ISOTROPIC, "--out", file / "below")
    assert "cannot be written to" in complaint("verify", ISOTROPIC, "--out", "/proc/symicl")
    assert "--seeds" in complaint("verify", ISOTROPIC, "--out", tmp_path, "--seeds", "0")


def test_without_torch_one_sentence_says_what_to_install(tmp_path):
    for arguments in (["train", ISOTROPIC], ["verify", ISOTROPIC, "--out", str(tmp_path / "out")]):
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                "import sys; sys.modules['torch'] = None; from symicl.cli.app import run;"
                f"sys.exit(run({arguments!r}))",
            ],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 2
        assert done.stdout == ""
        assert done.stderr.count("\n") == 1
        assert "pip install 'symicl[train]'" in done.stderr


def test_without_matplotlib_there_is_no_picture(symicl, tmp_path, monkeypatch, proved_once):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    code, _, err = symicl("verify", ISOTROPIC, "--out", tmp_path)
    assert code == 0
    assert "no picture" in err
    assert not list(tmp_path.glob("*.png"))


# --- Ctrl-C ----------------------------------------------------------------------------------------------

LONG = 1000
"""Steps that take several seconds."""


def interrupt(process, when):
    """Send Ctrl-C once a condition holds, and collect what the process leaves behind."""
    deadline = time.monotonic() + 180
    while not when():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


@pytest.fixture
def start_long(start):
    return lambda *arguments: start(
        *arguments, program=[str(Path(__file__).with_name("quick_experiment.py")), str(LONG)]
    )


def test_interrupted_training(start_long, tmp_path):
    process = start_long("train", ISOTROPIC, "--json")
    process.stderr.readline()
    code, out, err = interrupt(process, lambda: True)
    assert code == 130
    assert out == ""
    # How much there is to go on with depends on when it came.
    assert err in ("symicl: interrupted\n", "symicl: interrupted; the same command goes on from there\n")


@pytest.mark.slow
def test_interrupted_verification_goes_on_where_it_was(start_long, tmp_path):
    folder, whole = tmp_path / "interrupted", tmp_path / "whole"
    checkpoints = folder / ".checkpoints"
    process = start_long("verify", ISOTROPIC, "--out", folder)
    code, out, err = interrupt(process, lambda: list(checkpoints.glob("*.pt")))
    assert code == 130
    assert out == ""
    assert err.splitlines()[-1].startswith(f"symicl: interrupted; what was reached is kept in {folder}, and ")
    assert "Traceback" not in err
    assert sorted(file.name for file in folder.iterdir()) == [".checkpoints", FILES[0], PAGES[2], FILES[2]]
    assert sorted(file.suffix for file in checkpoints.iterdir()) == [".json", ".pt"]

    documents = []
    for place in (folder, whole):
        process = start_long("verify", ISOTROPIC, "--out", place)
        assert process.wait(timeout=120) == 0
        assert without_pdf(place) == sorted([*FILES, *PAGES])
        documents.append(read(place / f"{ISOTROPIC}.training.json"))
    went_on, uninterrupted = documents
    assert went_on["runs"][0]["excess_loss"] == uninterrupted["runs"][0]["excess_loss"]
    assert went_on["runs"][0]["trajectory"] == uninterrupted["runs"][0]["trajectory"]


@pytest.mark.slow
def test_trainings_side_by_side_give_the_numbers_of_one_after_the_other(start, tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    two, documents = ("zhang2024.gd_beta", PRECONDITIONED), []

    def start_verification(folder, jobs):
        return start("verify", *two, "--seeds", "1", "--out", folder, "--jobs", jobs)

    folder = tmp_path / "interrupted"
    begun = start_verification(folder, 2)
    code, out, err = interrupt(begun, lambda: list(folder.glob(".checkpoints/*.settings.json")))
    assert (code, out) == (130, "")
    assert err.splitlines()[-1].startswith(f"symicl: interrupted; what was reached is kept in {folder}, and ")
    assert "Traceback" not in err
    for place, jobs in ((folder, 2), (tmp_path / "whole", 1)):
        process = start_verification(place, jobs)
        out, err = process.communicate(timeout=240)
        assert process.returncode == 0, err
        assert [err.count(f"training {id} …") for id in two] == [1, 1]
        assert not (place / ".checkpoints").exists()
        assert [entry["id"] for entry in read(place / "summary.json")["theorems"]] == list(two)
        trained = [read(place / f"{id}.training.json")["runs"] for id in two]
        documents.append([[(run["excess_loss"], run["trajectory"]) for run in runs] for runs in trained])
    assert documents[0] == documents[1]


def test_interrupted_derivation(start, tmp_path):
    file = tmp_path / "mine.py"
    file.write_text("import sys, time\nprint('running', file=sys.stderr, flush=True)\ntime.sleep(60)\n")
    process = start("prove", file, "--json", "--certificate", tmp_path / "certificates")
    assert process.stderr.readline() == "running\n"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, "", "symicl: interrupted\n")
    assert list(tmp_path.iterdir()) == [file]
