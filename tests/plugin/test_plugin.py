"""Theorems of other packages: shown with their origin, and harmless where they are broken."""

import json

import pytest

ORIGIN = "package symicl-triple-step 2.7.1"
ISOTROPIC = "mahankali2023.isotropic"

ANOTHER = """
from dataclasses import replace
from symicl.statements import find
theorem = replace(find("mahankali2023.isotropic"), id={id!r})
wrong = replace(theorem, states={{"eta": 2 * theorem.states["eta"]}}, propositions=())
both = [theorem, replace(theorem, id="more.second")]
bare = replace(theorem, _derivations=[])
number = 5
"""


def test_a_wheel_adds_a_theorem_with_a_task_and_a_model(installed, with_packages, tmp_path):
    listed = with_packages("list", "--json", folders=[installed])
    entries = {entry["id"]: entry for entry in json.loads(listed.stdout)}
    assert entries["triple.step"]["origin"] == ORIGIN
    assert "origin" not in entries[ISOTROPIC]
    assert f"[{ORIGIN}]" in with_packages("list", folders=[installed]).stdout

    proved = with_packages("prove", "triple.step", "--json", "--certificate", tmp_path, folders=[installed])
    assert proved.returncode == 0, proved.stderr
    [document] = json.loads(proved.stdout)
    assert (document["verdict"], document["origin"]) == ("proved", ORIGIN)
    assert document["certificate"]["source"].endswith(f"Lemma 4 [from {ORIGIN}]")

    # The certificate names its origin, and is rechecked where the package is not installed.
    certificate = tmp_path / "triple.step.certificate.jsonl"
    assert ORIGIN in certificate.read_text()
    assert with_packages("check-certificate", certificate, folders=[]).returncode == 0
    assert with_packages("prove", "triple.step", folders=[]).returncode == 2

    value = with_packages("eval", "triple.step", "n=4", "d=3", "sigma2=2/5", folders=[installed])
    assert "1/10" in value.stdout


@pytest.mark.slow
def test_its_experiment_confirms_it(installed, with_packages):
    trained = with_packages("train", "triple.step", "--json", folders=[installed])
    assert trained.returncode == 0, trained.stderr
    assert json.loads(trained.stdout)["verdict"] == "confirmed"


def test_its_id_is_completed_without_running_it(package, with_packages):
    site = package("loud", "raise SystemExit('this was run')", {"loud.lemma": "theorem"})
    done = with_packages(
        folders=[site], _SYMICL_COMPLETE="complete_bash", COMP_WORDS="symicl prove lo", COMP_CWORD="2"
    )
    assert done.stdout.split() == ["loud.lemma"]
    assert "this was run" not in done.stderr


def test_a_wrong_plugin_is_refuted(package, with_packages):
    site = package("wrong", ANOTHER.format(id="wrong.eta"), {"wrong.eta": "wrong"})
    done = with_packages("prove", "wrong.eta", folders=[site])
    assert done.returncode == 1
    assert done.stdout.startswith("refuted      wrong.eta")


def test_a_broken_plugin_is_named_and_breaks_nothing_else(package, with_packages):
    cases = {
        "does-not-import": ("import no_such_module_at_all", "theorem", "no_such_module_at_all"),
        "leaves": ("print('noise'); raise SystemExit(3)", "theorem", "SystemExit"),
        "lacks-the-name": ("", "theorem", "AttributeError"),
        "is-a-number": (ANOTHER.format(id="x.number"), "number", "int"),
        "takes-an-id": (ANOTHER.format(id=ISOTROPIC), "theorem", "ships with symicl"),
        "escapes": (ANOTHER.format(id="../../x.y"), "theorem", "PAPER.RESULT"),
        "has-no-derivation": (ANOTHER.format(id="x.bare"), "bare", "no derivation"),
        "first": (ANOTHER.format(id="more.first"), "both", None),
        "second": (ANOTHER.format(id="more.second"), "theorem", "package first 0.3.1"),
    }
    for name, (source, value, _) in cases.items():
        site = package(name, source, {f"{name.replace('-', '_')}.lemma": value})
    listed = with_packages("list", "--json", folders=[site])
    assert listed.returncode == 0
    ids = {entry["id"]: entry.get("origin") for entry in json.loads(listed.stdout)}
    assert ids[ISOTROPIC] is None
    assert (ids["more.first"], ids["more.second"]) == ("package first 0.3.1",) * 2
    shipped = json.loads(with_packages("list", "--json", folders=[]).stdout)
    assert ids.keys() == {"more.first", "more.second", *(entry["id"] for entry in shipped)}
    assert len(ids) == len(shipped) + 2
    complaints = [line for line in listed.stderr.splitlines() if line.startswith("symicl: ")]
    for name, (_, _, reason) in cases.items():
        told = [line for line in complaints if line.startswith(f"symicl: package {name} 0.3.1: ")]
        assert len(told) == (reason is not None), name
        assert reason is None or reason in told[0]
    assert "Traceback" not in listed.stderr
    # A shipped theorem is proved without asking any package; an unknown id says which package might be meant.
    alone = with_packages("prove", ISOTROPIC, folders=[site])
    assert (alone.returncode, alone.stderr) == (0, "")
    unknown = with_packages("prove", "leaves.lemma", folders=[site])
    assert unknown.returncode == 2
    assert "package leaves 0.3.1" in unknown.stderr
    checked = json.loads(with_packages("doctor", "--json", folders=[site]).stdout)
    assert checked["plugins"] == [
        {"origin": "package first 0.3.1", "theorems": ["more.first", "more.second"]}
    ]
    assert len(checked["problems"]) == 8


def test_a_plugin_cannot_change_the_checker(package, with_packages, tmp_path):
    """It may alter the checker of its own process; the command that rechecks certificates never runs it."""
    source = "import symicl.certificates.checkers.command as checkers\ncheckers.main = lambda files: 0\n"
    source += ANOTHER.format(id="sly.lemma")
    site = package("sly", source, {"sly.lemma": "theorem"})
    proved = with_packages("prove", "sly.lemma", "--certificate", tmp_path, folders=[site])
    assert proved.returncode == 0, proved.stderr
    certificate = tmp_path / "sly.lemma.certificate.jsonl"
    assert "package sly 0.3.1" in certificate.read_text()
    assert with_packages("check-certificate", certificate, folders=[site]).returncode == 0
    lines = certificate.read_text().splitlines()
    del lines[len(lines) // 2]
    certificate.write_text("\n".join(lines) + "\n")
    assert with_packages("check-certificate", certificate, folders=[site]).returncode != 0
