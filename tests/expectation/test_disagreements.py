"""Both engines on the cases that are kept, and on random causal models; `make fuzz` searches longer."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import fuzz
import oracle.cases as cases_module
import symicl as si
from oracle.cases import ALPHABETS, KINDS, cases, keep, kept, letters, outcome
from oracle.trees import from_tree, to_tree
from symicl.certificates.coordinates import phases

quick = settings(
    derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck), max_examples=50
)


@pytest.mark.parametrize("case", kept(), ids=lambda case: case["why"])
def test_kept(case):
    assert outcome(case) == ""


@quick
@given(cases("phases"))
def test_causal_models_on_random_phases(case):
    assert not outcome(case)


@pytest.mark.parametrize("kind", ALPHABETS)
@settings(quick, max_examples=10)
@given(data=st.data())
def test_a_case_survives_its_file(kind, data):
    case = json.loads(json.dumps(data.draw(cases(kind))))
    assert to_tree(from_tree(case["expression"], letters(kind))) == case["expression"]


def test_the_comparison_can_fail(monkeypatch):
    """A wrong first engine is seen on the kept cases of every kind."""
    right = si.expect
    monkeypatch.setattr(si, "expect", lambda expression: 2 * right(expression))
    wrong = [bool(outcome(case)) for case in kept() if case["kind"] != "phases"]
    assert len(wrong) >= 5 and all(wrong)
    law = phases.law
    monkeypatch.setattr(phases, "law", lambda name, d, scale: law(name, d, 2 * scale))
    wrong = [bool(outcome(case)) for case in kept() if case["kind"] == "phases"]
    assert len(wrong) >= 3 and all(wrong)


def test_fuzzing_keeps_what_it_finds(monkeypatch, tmp_path, capsys):
    """A planted defect is found, shrunk, printed and kept; without it the same command succeeds."""
    monkeypatch.setattr(cases_module, "KEPT", tmp_path / "kept.jsonl")
    (tmp_path / "kept.jsonl").touch()
    page = tmp_path / "page.md"
    page.write_text(f"before\n{fuzz.START}\nold\n{fuzz.END}\nafter\n", "utf-8")
    monkeypatch.setattr(fuzz, "CHUNK", 30)
    monkeypatch.setattr("sys.argv", ["fuzz.py", "--count", "40", "--markdown", str(page)])
    assert fuzz.main() == 0
    text = page.read_text("utf-8")
    assert "no disagreement" in " ".join(text.split()) and "old" not in text
    assert text.startswith("before\n") and text.endswith("after\n")
    assert "chunk 1" in capsys.readouterr().err
    right = si.expect

    def wrong(expression):
        found = right(expression)
        return found if found == 0 else 2 * found

    monkeypatch.setattr(si, "expect", wrong)
    assert fuzz.main() == 1
    out, err = capsys.readouterr()
    (found,) = kept()
    assert json.loads(out) == {key: value for key, value in found.items() if key != "why"}
    assert "the engines disagree in chunk" in err and "seed 0" in found["why"]
    keep(json.loads(out), "again")
    assert len(kept()) == 1, "a case is kept once"


def test_kinds():
    assert set(KINDS) == {*ALPHABETS, "phases"}
