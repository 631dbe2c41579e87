"""Docstrings say what a thing is; names of limits say that they are limits."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = [
    file for name in ("symicl", "proofs", "numeric_checks") for file in sorted((ROOT / name).rglob("*.py"))
]


def riddles(source):
    """Docstrings that ask what something is, and limits that are called MOST_…"""
    texts = (
        node.value.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
    found = [text for text in texts if text.startswith(("What ", "Whether "))]
    return found + re.findall(r"\bMOST_[A-Z]+\b", source)


@pytest.mark.parametrize(
    "source",
    ['"""What a run is."""\n', 'def f():\n    """Whether it is."""\n', 'MOST_STEPS = 3\n"""Of a run."""\n'],
)
def test_a_riddle_is_found(source):
    assert len(riddles(source)) == 1


def test_there_are_no_riddles():
    found = {str(file.relative_to(ROOT)): riddles(file.read_text(encoding="utf-8")) for file in FILES}
    assert not {file: texts for file, texts in found.items() if texts}
