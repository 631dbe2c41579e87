"""What the checker prints of a certificate, and its exit codes, in one process."""

import json

import pytest

from checker.conftest import certificate_of
from checker.test_rules import HEADER, Log, run
from symicl.certificates.checkers.proof.rules import rule_stated
from symicl.certificates.checkers.reading import MAX_LINE

TEXT = """t: proved, in the words of the file:
  s
  'q' = 1   [entered by the derivation]
    in the words of the file: one
  source, in the words of the file: p
  assumption, in the words of the file: a
  axiom, in the words of the file: b
  argued, in the words of the file: c
  letter d: at least 1
  letter z: Gaussian, E Z_ia Z_jb = (1) I_ij I_ab
  letter A: d x d, invertible
  letter I: d x d, inverse of A
  letter k: at least 0
  14 lines, 1 Stein steps among them, recomputed
  0 facts are shown on the way
  1 steps are asserted, not rechecked
    line 12: c (w)
"""


@pytest.fixture
def file(tmp_path, checker, monkeypatch):
    """A certificate with letters of all kinds, a step of Stein's identity and something asserted."""
    monkeypatch.setattr(checker.Checker, "point", lambda self, terms: 1)
    log = Log()
    log.size()
    z = log.gaussian("z", rows=1, cols=1)
    a = log.matrix("A", invertible=True)
    log.matrix("I", inverse_of=a)
    log.scalar("k", at_least=0)
    log.scalar("plain")
    log("stein", letter=z, words=[[z], [z]], place=[0, 0], equals=[[1, [], 0]])
    one = log.number(1)
    log("step", title="a heading")
    log("asserted", claim="c", why="w")
    log("stated", name="q", text="one", stated=one, derived=one)
    log("verdict", verdict="proved", entries=14)
    lines = [HEADER, *(e | {"print": 1} if e["rule"] == "data" else e for e in log.entries)]
    path = tmp_path / "t.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_what_it_prints(checker, file, capsys):
    assert checker.main([file]) == 0
    out, err = capsys.readouterr()
    assert (out, err) == (TEXT, "")


def test_what_is_wrong_is_said_with_the_file_the_line_and_the_rule(checker, file, capsys):
    file.write_text(file.read_text().replace('"place": [0, 0]', '"place": [5, 0]'))
    assert checker.main([file]) == 1
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"{file}: rejected: line 9, stein: the letter is not in this place\n")


def test_exit_codes_of_several_files(checker, file, tmp_path, capsys):
    wrong, missing = tmp_path / "wrong.jsonl", tmp_path / "missing.jsonl"
    wrong.write_text(file.read_text().replace('"entries": 14', '"entries": 13'))
    assert [checker.main(paths) for paths in ([], [file, wrong], [wrong, file], [file, missing, wrong])] == [
        0,
        1,
        1,
        2,
    ]
    assert capsys.readouterr().err.count("unreadable: ") == 1


@pytest.mark.parametrize(
    ("theorem_id", "mark"),
    [
        ("zhang2024.gd_beta", "   [made from the minimal value in line 281]"),
        ("zhang2024.gd_beta", "   [entered by the derivation]"),
        ("sander2024.unitary", "   [asserted in part]"),
    ],
)
def test_the_origin_of_a_statement(checker, theorem_id, mark):
    running = checker.Checker()
    running.check(certificate_of(theorem_id).lines)
    lines = [text.splitlines()[0] for text in running.stated.values()]
    marks = {text.partition("   [")[1] + text.partition("   [")[2] for text in lines}
    assert mark in marks


def test_lines_after_the_verdict_and_a_missing_verdict(checker, file, capsys):
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join([*lines, lines[-1]]))
    assert checker.main([file]) == 1
    assert capsys.readouterr().err.endswith("line 15, verdict: there are lines after the verdict\n")
    file.write_text("".join(lines[:-1]))
    assert checker.main([file]) == 1
    assert capsys.readouterr().err.endswith("line 13, stated: the certificate ends without a verdict\n")


def test_nothing_is_asserted(checker, file, capsys):
    log = Log()
    one = log.number(1)
    log("stated", name="q", text="one", stated=one, derived=one)
    log("verdict", verdict="proved", entries=4)
    lines = [HEADER, *(e | {"print": 1} if e["rule"] == "data" else e for e in log.entries)]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert checker.main([file]) == 0
    assert capsys.readouterr().out.endswith("  0 steps are asserted, not rechecked\n")


@pytest.mark.parametrize(("longer", "code"), [(0, 0), (1, 2)])
def test_the_longest_line(checker, file, longer, code):
    lines = file.read_text().splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if "a heading" in line)
    room = MAX_LINE - len(lines[at])
    lines[at] = lines[at].replace("a heading", "a heading" + "." * (room + longer))
    file.write_text("".join(lines))
    assert checker.main([file]) == code


def test_what_other_checkers_recompute_is_counted_apart(checker, monkeypatch):
    log = Log()
    log("asserted", claim="c", why="w")
    log("asserted", claim="c", why="w", phases={"of": 2})
    log("asserted", claim="c", why="w", samples={"X": 2})
    _, running = run(checker, log.entries, monkeypatch)
    assert running.asserted == ["line 2: c (w)"]
    assert running.averages == ["line 3: c (w)", "line 4: c (w)"]


def test_conditions_are_printed(checker, monkeypatch):
    log = Log()
    d, x = log.size(), log.scalar("x")
    one = log.number(1)
    log("over", of=one, by=d)
    log("over", of=one, by=log("sum", parts=[x, d]))
    log("over", of=one, by=log.terms(1, 1, [-2, [[x]], []], [-2, [[d]], []]))
    _, running = run(checker, log.entries, monkeypatch)
    running.header_fields = HEADER
    assert [text for text in running.report() if text.startswith("  where")] == ["  where x + d is not zero"]


def test_what_is_assumed_of_letters_is_printed(checker, monkeypatch):
    log = Log()
    d = log.size()
    s = log.matrix("S", symmetric=True, invertible=True)
    log.matrix("S^-1", symmetric=True, inverse_of=s)
    total = log("sum", parts=[log.matrix("A"), s])
    log.matrix("R", inverse_of=total)
    v = log.scalar("v", invertible=True)
    log.gaussian("X", rows=4, cols="d", col_cov=s, scale=log("product", parts=[v, d]))
    log.gaussian("Y", rows="d", cols=1, row_cov=s)
    _, running = run(checker, log.entries, monkeypatch)
    running.header_fields = HEADER
    letters = [text for text in running.report() if text.startswith("  letter")]
    assert letters == [
        "  letter d: at least 1",
        "  letter S: d x d, symmetric, invertible",
        "  letter S^-1: d x d, symmetric, inverse of S",
        "  letter A: d x d",
        "  letter R: d x d, inverse of A + S",
        "  letter v: invertible",
        "  letter X: 4 x d, Gaussian, E Z_ia Z_jb = (d*v) I_ij S_ab",
        "  letter Y: d x 1, Gaussian, E Z_ia Z_jb = (1) S_ij I_ab",
    ]


def test_formulas_are_those_of_the_values_and_not_of_the_file(checker, monkeypatch):
    log = Log()
    d = log.size()
    a, s = log.matrix("A"), log.matrix("the prior", symmetric=True)
    x = log.scalar("x", at_least=0)
    u = log.matrix("u", cols=1)
    values = {
        "0": log.number(0),
        "-1/2": log.number("-1/2"),
        "d^-1*x^2": log.number(1, [x], [x], [0, d]),
        "2*tr(u^T*A^T*u)^3": log.number(2, *[[-u, a, u]] * 3),
        "tr(A^T*'the prior') + -3": log.terms(1, 1, [1, [[s, a]], []], [-3, [], []]),
        "3*I + x*A^T*'the prior'": log.terms("d", "d", [3, [], []], [1, [[x]], [-a, s]]),
        "u": log.terms("d", 1, [1, [], [u]]),
        "'I'*u": log.terms("d", 1, [1, [[log.scalar("I")]], [u]]),
    }
    values["(A) / (d + x)"] = log("over", of=a, by=log("sum", parts=[d, x]))
    _, running = run(checker, log.entries, monkeypatch)
    assert [running.text(running.values[id]) for id in values.values()] == list(values)
    header = HEADER | {"quantities": ["q"]}
    running.header_fields = header
    running.id += 1
    running.origins[running.id] = {"expectation"}
    running.line_fields = {"derived": values["-1/2"]}
    rule_stated(running, "q", "-2 >= 0", running.values[values["-1/2"]], running.values[values["-1/2"]])
    mark = "[computed from averages by the derivation]"
    assert running.stated == {"q": f"'q' = -1/2   {mark}\n    in the words of the file: -2 >= 0"}
