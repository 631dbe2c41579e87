"""The catalogue, its twin trees, and what it says about bad ids and files."""

import subprocess
import sys
from pathlib import Path

import pytest

import symicl.numeric_checks
import symicl.proofs
from symicl.errors import InputError
from symicl.statements import all_theorems, find, load_file, texts


def modules(package):
    root = Path(next(iter(package.__path__)))
    return {
        f"{path.parent.name}.{path.stem}"
        for path in root.glob("*/*.py")
        if path.stem not in {"__init__", "paper", "setting"}
    }


def test_every_theorem_has_a_proof_file_and_an_experiment_of_its_name():
    ids = {theorem.id for theorem in all_theorems()}
    assert modules(symicl.proofs) == ids
    assert modules(symicl.numeric_checks) == ids


@pytest.mark.parametrize("theorem", all_theorems(), ids=lambda t: t.id)
def test_every_theorem_is_cited_and_documented(theorem):
    assert theorem.paper.arxiv and theorem.source and theorem.assumptions
    assert theorem.id.startswith(theorem.paper.key)
    assert set(theorem.states) <= set(theorem.notation) <= set(theorem.claims)


@pytest.mark.parametrize(
    ("wrong", "suggestion"),
    [
        ("mahankali2023.isotropc", "mahankali2023.isotropic"),
        ("nonlinear", "mahankali2023.nonlinear"),
        ("mahankali2023", "mahankali2023."),
    ],
)
def test_an_unknown_id_suggests_the_nearest(wrong, suggestion):
    with pytest.raises(InputError, match=suggestion):
        find(wrong)


def test_an_id_near_nothing_points_to_the_list():
    with pytest.raises(InputError, match="symicl list"):
        find("zzzzzzzz")


def modules_after(*lines):
    """What is loaded after a program, in a process of its own."""
    program = "; ".join(["import sys", *lines, "print(*sys.modules)"])
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout.split()


def test_a_theorem_is_found_without_the_others():
    loaded = modules_after("from symicl.statements import find", "find('mahankali2023.isotropic')")
    assert "symicl.proofs.mahankali2023.isotropic" in loaded
    assert "symicl.proofs.mahankali2023.nonlinear" not in loaded
    assert "symicl.proofs.zhang2024" in loaded and "symicl.proofs.zhang2024.ltb" not in loaded


@pytest.mark.parametrize("arguments", [["list"], ["list", "--json"], ["prove", "mahankali2023.isotropc"]])
def test_the_list_and_a_mistyped_id_need_no_sympy(arguments):
    loaded = modules_after("from symicl.cli.app import run", f"run({arguments})")
    assert "symicl.statements.catalogue" in loaded
    assert not {"sympy", "numpy", "symicl.statements.theorem"} & set(loaded)


def test_the_written_texts_are_those_of_the_theorems():
    assert texts.FILE.read_text(encoding="utf-8") == texts.made_anew(), "run make texts"


def test_a_theorem_whose_file_has_changed_is_described_anew(monkeypatch):
    name = "mahankali2023.isotropic"
    fresh = texts.shipped_text(name)
    false = {name: {"file": "of another file", "text": {"statement": "Γ(t) → 0"}}}
    monkeypatch.setattr(texts, "_written", lambda: false)
    assert texts.shipped_text(name) == fresh
    monkeypatch.setattr(texts, "_written", dict)
    assert texts.shipped_text(name) == fresh


OWN = """
from symicl.statements import find
import dataclasses
mine = dataclasses.replace(find("mahankali2023.isotropic"), id="mine.isotropic")
"""


def test_a_users_file(tmp_path):
    path = tmp_path / "my_theorem.py"
    path.write_text(OWN)
    assert [theorem.id for theorem in load_file(path)] == ["mine.isotropic"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\n", "defines no theorem"),
        ("def broken(:\n", "syntax error in line 1"),
        ("raise RuntimeError('boom')\n", "boom"),
    ],
)
def test_a_users_bad_file(tmp_path, text, message):
    path = tmp_path / "bad.py"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        load_file(path)


def test_a_missing_file(tmp_path):
    with pytest.raises(InputError, match="there is no file"):
        load_file(tmp_path / "none.py")
