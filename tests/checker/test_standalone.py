"""The file by itself, the command, and what they print."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from checker.conftest import FILE, certificate_of
from checker.test_rules import CASES

SMALLEST = "sander2024.unitary"
DOCUMENT = Path(__file__).parents[2] / "docs" / "certificates.md"


@pytest.fixture
def folder(tmp_path):
    """An accepted, a rejected and an unreadable file."""
    text = certificate_of(SMALLEST).text
    (tmp_path / "right.jsonl").write_text(text)
    (tmp_path / "wrong.jsonl").write_text(text.replace('"rule":"equal"', '"rule":"sum"', 1))
    (tmp_path / "changed.jsonl").write_text(text.replace('"parts":[', '"parts":[2,', 1))
    (tmp_path / "nothing.jsonl").write_bytes(b"\xff\xfe")
    return tmp_path


def alone(folder, *names):
    """Run a copy of the file, in an isolated interpreter, outside of the package."""
    copy = folder / "alone.py"
    shutil.copy(FILE, copy)
    command = [sys.executable, "-I", "-S", copy, *names]
    return subprocess.run(
        command, cwd=folder, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True
    )


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["right.jsonl"], 0),
        (["right.jsonl", "right.jsonl"], 0),
        (["changed.jsonl"], 1),
        (["right.jsonl", "changed.jsonl"], 1),
        (["wrong.jsonl"], 2),
        (["nothing.jsonl"], 2),
        (["missing.jsonl"], 2),
        (["changed.jsonl", "nothing.jsonl", "right.jsonl"], 2),
        ([], 0),
    ],
)
def test_exit_codes(folder, names, code):
    result = alone(folder, *names)
    assert result.returncode == code
    assert result.stdout.count(": proved, in the words of the file:\n") == names.count("right.jsonl")
    assert len(result.stderr.splitlines()) == len(names) - names.count("right.jsonl")
    assert "Traceback" not in result.stderr


def test_what_it_prints(folder):
    out = alone(folder, "right.jsonl").stdout
    assert out.startswith(f"{SMALLEST}: proved, in the words of the file:\n")
    assert "  axiom: " in out
    assert "  assumption: " in out
    assert "  1 steps are asserted, not rechecked\n    line " in out
    assert "  8 averages are left to phase_checker.py and sample_checker.py\n    line " in out


def test_the_command(folder):
    command = [sys.executable, "-m", "symicl", "check-certificate"]
    for name, code in (("right.jsonl", 0), ("changed.jsonl", 1), ("nothing.jsonl", 2)):
        assert subprocess.run([*command, name], cwd=folder, capture_output=True).returncode == code


def test_it_is_short_and_imports_the_standard_library_alone():
    source = FILE.read_text()
    assert len(source.splitlines()) <= 760
    assert "a checker of 760 lines" in (DOCUMENT.parents[1] / "README.md").read_text()
    assert "one file of 760 lines" in re.sub(r"\s+", " ", DOCUMENT.read_text())
    modules = set(re.findall(r"^(?:import|from) (\w+)", source, re.MULTILINE))
    assert modules <= set(sys.stdlib_module_names)
    assert not re.search(r"\b(eval|exec|pickle|compile|__import__)\b", source)


def test_the_example_of_the_documentation(checker):
    example = re.search(r"```\n(\{\"format\".*?)```", DOCUMENT.read_text(), re.DOTALL).group(1)
    running = checker.Checker()
    running.check(example.encode().splitlines())
    assert running.stated == {"trace": "'trace' = n*d\n    in the words of the file: n d"}
    assert running.asserted == []


def test_every_rule_and_field_is_documented(checker):
    text = DOCUMENT.read_text()
    rules = [name.removeprefix("rule_") for name in vars(checker.Checker) if name.startswith("rule_")]
    assert all(f"`{rule}`" in text for rule in rules)
    assert all(f"`{field}`" in text for field in checker.KIND)


def test_every_reason_to_reject_has_a_case():
    """Each sentence of the rules occurs above; those about limits and the form of a file are tested elsewhere."""
    source = FILE.read_text().split("    def rule_letter")[1].split("    def check(")[0]
    sentences = set(re.findall(r'need\([^\n]*?, f?"([^"]+)"\)', source))
    assert len(sentences) > 30
    said = {sentence for _, sentence in CASES.values() if sentence}
    patterns = {sentence: re.sub(r"\\\{[^}]*\\\}", ".+", re.escape(sentence)) for sentence in sentences}
    assert [s for s, pattern in patterns.items() if not any(re.fullmatch(pattern, t) for t in said)] == []
