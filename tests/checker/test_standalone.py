"""The folder by itself, the command, what they print, and how much there is to read."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from checker.conftest import FOLDER, alone, certificate_of
from checker.mean_forgeries import FORGERIES
from checker.semantic_forgeries import REFUSED
from checker.test_bound_rules import CASES as BOUND_CASES
from checker.test_bounded_rank_rule import CASES as BOUNDED_RANK_CASES
from checker.test_definite import CASES as DEFINITE_CASES
from checker.test_definite import FORMS
from checker.test_entry_rules import CASES as ENTRY_CASES
from checker.test_equations import CASES as EQUATION_CASES
from checker.test_equivalence_rules import CASES as EQUIVALENCE_CASES
from checker.test_half_spaces import CASES as HALF_CASES
from checker.test_head_rules import CASES as HEAD_CASES
from checker.test_joint_minimum import CASES as JOINT_CASES
from checker.test_kept_letters import CASES as KEPT_CASES
from checker.test_landscape_rules import CASES as LANDSCAPE_CASES
from checker.test_law_rules import CASES as LAW_CASES
from checker.test_mean_rules import CASES as MEAN_CASES
from checker.test_minimiser_rules import CASES as MINIMISER_CASES
from checker.test_motion import CASES as MOTION_CASES
from checker.test_ones import CASES as CONSTANT_CASES
from checker.test_rank_rules import CASES as RANK_CASES
from checker.test_real_steps import CASES as STEP_CASES
from checker.test_row_scales import CASES as SCALE_CASES
from checker.test_rules import CASES
from checker.test_settling_rules import CASES as SETTLING_CASES
from checker.test_spectral_rules import CASES as SPECTRAL_CASES
from checker.test_stationary_places import CASES as PLACE_CASES
from checker.test_stationary_rules import CASES as STATIONARY_CASES
from symicl.certificates.checkers.proof.fields import KIND
from symicl.certificates.checkers.proof.rules import RULES

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
    recomputed = result.stdout.count("10 of 10 asserted steps were recomputed, as averages over phases")
    assert recomputed == (len(names) if code == 0 else 0)
    assert len(result.stderr.splitlines()) == len(names) - names.count("right.jsonl")
    assert "Traceback" not in result.stderr


def test_what_it_prints(folder):
    out = alone(folder, "right.jsonl").stdout
    assert out.startswith(f"{SMALLEST}: proved, in the words of the file:\n")
    assert "  axiom, in the words of the file: " in out
    assert "  assumption, in the words of the file: " in out
    assert "  0 steps are asserted, not rechecked\n" in out
    assert "  10 averages are left to checkers.phases and checkers.samples\n    line " in out
    assert "nothing was compared with a catalogue" in out.splitlines()[-2]


def test_the_command(folder):
    command = [sys.executable, "-m", "symicl", "check-certificate"]
    for name, code in (("right.jsonl", 0), ("changed.jsonl", 1), ("nothing.jsonl", 2)):
        assert subprocess.run([*command, name], cwd=folder, capture_output=True).returncode == code


def test_all_three_run_by_themselves(tmp_path):
    for theorem_id, of_phases, of_samples in (
        ("zheng2024.capability", "18 of 18", "0 of 18"),
        ("mahankali2023.nonlinear", "0 of 17", "17 of 17"),
    ):
        (tmp_path / "file").write_text(certificate_of(theorem_id).text)
        done = alone(tmp_path, "file")
        assert (done.returncode, done.stderr) == (0, "")
        assert f"file: {of_phases} asserted steps were recomputed, as averages over phases" in done.stdout
        assert f"file: {of_samples} asserted steps were recomputed, as averages over samples" in done.stdout


def test_an_average_that_is_wrong_is_rejected_by_the_copy(folder):
    text = (folder / "right.jsonl").read_text()
    wrong = re.sub(r'"powers":\[\[0,\[\[(\d+)', lambda m: f'"powers":[[0,[[{int(m[1]) + 1}', text, count=1)
    (folder / "average.jsonl").write_text(wrong)
    done = alone(folder, "average.jsonl")
    assert done.returncode == 1 and "phases: the average is another one" in done.stderr


def test_a_copy_of_any_name_runs_from_anywhere(folder):
    names = ["right.jsonl"]
    first = alone(folder, *names)
    (folder / "copied").rename(folder / "json 2.0")
    assert alone(folder, *names, program=[folder / "json 2.0"]).stdout == first.stdout
    (folder / "json 2.0").rename(folder / "checks")
    other = [sys.executable, "-m", "checks", *names]
    assert subprocess.run(other, cwd=folder, capture_output=True, text=True).stdout == first.stdout


SOURCES = {path.relative_to(FOLDER).as_posix(): path.read_text() for path in sorted(FOLDER.rglob("*.py"))}


def test_how_much_there_is_to_read():
    """The number of lines that the docs promise is that of the files, to the next ten."""
    number = sum(len(text.splitlines()) for text in SOURCES.values())
    promise = f"{-(-number // 10) * 10:,} lines"
    root = DOCUMENT.parents[1]
    for path in (DOCUMENT, root / "README.md", root / "CHANGELOG.md", FOLDER / "__init__.py"):
        assert promise in re.sub(r"\s+", " ", path.read_text()), (path.name, promise)


@pytest.mark.parametrize("name", SOURCES)
def test_a_file_is_airy(name):
    lines = SOURCES[name].splitlines()
    assert len(lines) <= 200
    assert max(map(len, lines)) < 96


def test_every_file_is_in_the_reading_order():
    first = SOURCES["__init__.py"]
    for folder in ("", "proof/", "phases/", "samples/"):
        text = SOURCES[f"{folder}__init__.py"]
        for name in SOURCES:
            if name.removeprefix(folder).count("/") == 0 and name.startswith(folder) and "__" not in name:
                stem = name.removeprefix(folder).removesuffix(".py")
                assert f"`{stem}`" in text, f"{name} is not in the reading order of {folder or 'all'}"
    assert all(f"`{folder}`" in first for folder in ("proof", "phases", "samples"))


@pytest.mark.parametrize("name", SOURCES)
def test_it_imports_the_standard_library_alone(name):
    """Of the folder it imports by relative names, which do not leave it."""
    depth = name.count("/") + 1
    for node in ast.walk(ast.parse(SOURCES[name])):
        if isinstance(node, ast.Import):
            assert all(alias.name.split(".")[0] in sys.stdlib_module_names for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            inside = 0 < node.level <= depth
            assert inside or node.module.split(".")[0] in sys.stdlib_module_names
        elif isinstance(node, ast.Name):
            assert node.id not in ("eval", "exec", "compile", "__import__", "getattr_static")
    assert "pickle" not in SOURCES[name]


def test_the_example_of_the_documentation(checker):
    example = re.search(r"```\n(\{\"format\".*?)```", DOCUMENT.read_text(), re.DOTALL).group(1)
    running = checker.Checker()
    running.check(example.encode().splitlines())
    formula = "'trace' = n*d   [made from the average in line 10]"
    assert running.stated == {"trace": f"{formula}\n    in the words of the file: n d"}
    assert running.asserted == []


def test_every_rule_and_field_is_documented():
    text = DOCUMENT.read_text()
    assert all(f"`{rule}`" in text for rule in RULES)
    assert all(f"`{field}`" in text for field in KIND)


def test_every_rule_is_a_function_with_its_statement():
    """The key is the name of the function, and a function that looks like a rule is one."""
    defined = set()
    for name, text in SOURCES.items():
        if name.startswith("proof/rules/"):
            defined |= set(re.findall(r"^def rule_(\w+)", text, re.MULTILINE))
    assert defined == RULES.keys()
    for name, rule in RULES.items():
        assert rule.__name__ == f"rule_{name}" and rule.__doc__


def rejections(source):
    """The sentences of calls of `need`; what is filled in is a pair of braces."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "need":
            text = node.args[1]
            parts = text.values if isinstance(text, ast.JoinedStr) else [text]
            yield "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in parts)


def test_every_reason_to_reject_has_a_case():
    """Each sentence of the rules occurs among their cases, or is that of a forged certificate.

    Those about limits and the form of a file are tested elsewhere.
    """
    sentences = set()
    for name, text in SOURCES.items():
        if name.startswith("proof/rules/"):
            sentences |= set(rejections(text))
    assert len(sentences) > 30
    cases = (
        CASES, BOUND_CASES, CONSTANT_CASES, EQUATION_CASES, HEAD_CASES, MINIMISER_CASES, ENTRY_CASES,
        EQUIVALENCE_CASES, JOINT_CASES, MOTION_CASES, LANDSCAPE_CASES, RANK_CASES, KEPT_CASES, SETTLING_CASES,
        SCALE_CASES, STATIONARY_CASES, SPECTRAL_CASES, LAW_CASES, MEAN_CASES, STEP_CASES, BOUNDED_RANK_CASES,
        HALF_CASES, DEFINITE_CASES, FORMS, PLACE_CASES,
    )  # fmt: skip
    said = {sentence for table in cases for _, sentence in table.values() if sentence}
    said |= {sentence for f in FORGERIES if f.outcome == REFUSED for sentence in f.sign.split("|")}
    patterns = {sentence: re.sub(r"\\\{[^}]*\\\}", ".+", re.escape(sentence)) for sentence in sentences}
    assert [s for s, pattern in patterns.items() if not any(re.fullmatch(pattern, t) for t in said)] == []
