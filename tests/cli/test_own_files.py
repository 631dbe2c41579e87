"""`symicl derive` and `symicl latex` of a file of one's own, as `symicl prove` takes it."""

import re
from pathlib import Path

import pytest

CONTRIBUTING = Path(__file__).resolve().parents[2] / "CONTRIBUTING.md"


@pytest.fixture
def mine(tmp_path):
    (code,) = re.findall(r"```python\n(.*?)```", CONTRIBUTING.read_text("utf-8"), re.S)
    path = tmp_path / "mine.py"
    path.write_text(f"print('hello')\n{code}")
    return path


def two(mine):
    mine.write_text(
        mine.read_text()
        + "\nfrom dataclasses import replace\nother = replace(theorem, id='mine.other', title='Once more')\n"
    )
    return mine


def test_derive(symicl, mine):
    code, out, _ = symicl("derive", mine, "--full")
    assert code == 0 and "hello" not in out
    assert out.startswith("mine.one_step: The best preconditioner of one step")
    assert "eta = 1/(n + d + 1 + σ²)" in out
    assert symicl("derive", mine, "--format", "json").json["id"] == "mine.one_step"


def test_latex(symicl, mine, tmp_path):
    fragment = symicl("latex", mine).out
    assert r"\begin{theorem}" in fragment and "hello" not in fragment
    assert symicl("derive", mine, "--format", "latex").out == fragment
    tex = tmp_path / "mine.tex"
    assert symicl("latex", mine, "--standalone", "-o", tex)[0] == 0
    assert tex.read_text().rstrip().endswith(r"\end{document}")


def test_each_theorem_of_a_file(symicl, mine):
    file = two(mine)
    out = symicl("derive", file).out
    assert "mine.one_step: The best" in out and "mine.other: Once more" in out
    assert [found["id"] for found in symicl("derive", file, "--format", "json").json] == [
        "mine.one_step",
        "mine.other",
    ]
    document = symicl("latex", file, "--standalone").out
    assert document.count(r"\begin{theorem}") == 2
    assert document.count(r"\begin{document}") == document.count(r"\end{document}") == 1


@pytest.mark.parametrize("command", ["derive", "latex"])
def test_what_is_no_theorem_of_ones_own_is_refused_in_a_sentence(complaint, mine, command):
    assert "there is no file nothing.py" in complaint(command, "nothing.py")
    text = mine.read_text().removeprefix("print('hello')\n")
    mine.write_text("answer = 42")
    assert "defines no theorem" in complaint(command, mine)
    mine.write_text(text.replace('step.axiom("', 'step.no_such_method("'))
    assert "mine.py could not be run: AttributeError" in complaint(command, mine)
    mine.write_text("raise SystemExit(3)")
    assert "could not be run" in complaint(command, mine)
