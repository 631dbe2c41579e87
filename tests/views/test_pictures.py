"""Results are drawn by whoever registers, and what nobody draws is refused in a sentence."""

import ast
from pathlib import Path

import pytest

import symicl
from symicl import pictures
from symicl.errors import InputError, kind
from symicl.studies import StudyResult, TrainResult


def test_the_article_is_that_of_the_spoken_name():
    assert [kind(value) for value in (3, [], symicl.OneStepGD())] == ["an int", "a list", "a OneStepGD"]


@pytest.mark.parametrize("draw", [pictures.figure_of, pictures.png_of])
def test_results_of_training_have_a_picture_and_numbers_have_none(draw):
    with pytest.raises(InputError, match="an int has no picture; give the result of a training"):
        draw(3)
    nothing = draw.dispatch(object)
    assert draw.dispatch(TrainResult) is not nothing
    assert draw.dispatch(StudyResult) is not nothing


FOUND_BY_ID = ("symicl.proofs", "symicl.numeric_checks")
"""Folders of documents: nobody imports one by name, each is found by the id of its theorem."""


def test_no_import_is_hidden_in_a_string():
    """A module that is named in a string is imported without being seen by the check of directions."""
    folder = Path(symicl.__file__).parent
    for file in sorted(folder.rglob("*.py")):
        for node in () if file.parent == folder else ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
                named = [a.value for a in node.args if isinstance(a, ast.Constant)]
                hidden = [n for n in named if n.startswith("symicl.") and n not in FOUND_BY_ID]
                assert not hidden, f"{file.relative_to(folder)}, line {node.lineno}: {hidden}"
