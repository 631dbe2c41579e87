"""The catalogue, its twin trees, and what it says about bad ids and files."""

from pathlib import Path

import pytest

import symicl.numeric_checks
import symicl.proofs
from symicl.errors import InputError
from symicl.statements import all_theorems, find, load_file


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
