"""The theorem of docs/how-to/retrieval.md: proved, certified, trained, and refuted where it is slightly wrong."""

import json
import re
from pathlib import Path

import pytest

import symicl as si
from symicl.certificates.checkers.command import main as check_certificates
from symicl.statements import load_file, prove

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "retrieval.md"


def theorem_of(text: str, path: Path) -> si.Theorem:
    path.write_text(text)
    (found,) = load_file(path)
    return found


@pytest.fixture
def code():
    (text,) = re.findall(r"```python\n(\"\"\".*?)```", PAGE.read_text(), re.S)
    return text


@pytest.fixture
def proved(code, tmp_path):
    return prove(theorem_of(code, tmp_path / "theorem.py"), record=True)


def test_it_is_proved_and_the_checkers_accept_its_certificate(proved, tmp_path):
    assert proved.status == "proved"
    file = tmp_path / "retrieval.certificate.jsonl"
    file.write_text(proved.proof_log)
    assert check_certificates([str(file)]) == 0


def test_a_certificate_of_another_minimum_is_rejected(proved, tmp_path, capsys):
    """One coefficient of the number k in K* = kI is changed, and the print with it."""
    lines = [json.loads(line) for line in proved.proof_log.splitlines()]
    (minimum,) = (line for line in lines if line.get("rule") == "minimum")
    at = next(line for line in lines if line.get("id") == minimum["at"])
    top = next(line for line in lines if line.get("id") == at["of"])
    top["terms"][0][0] += 1
    file = tmp_path / "corrupted.certificate.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)) + "\n")
    assert check_certificates([str(file)]) != 0
    assert "rejected" in capsys.readouterr().err


def test_a_slightly_wrong_step_is_refuted(code, tmp_path):
    wrong = code.replace("+ 4 * d + 5)", "+ 5 * d + 5)")
    assert wrong != code
    verdict = prove(theorem_of(wrong, tmp_path / "wrong.py"))
    assert verdict.status == "refuted" and verdict.counterexample


def test_a_lean_of_each_example_is_proved_too(code, tmp_path):
    """With p for the correlations and v for the variance it holds wherever ‖p‖² and v do."""
    lines = code.replace("si.RetrievalRegression()", "si.RetrievalRegression(alpha=p, spread=v)")
    letters = 'p, v = si.vector("p", si.dims("n")), si.scalar("v", nonnegative=True)'
    lines = lines.replace("task, model =", f"{letters}\ntask, model =")
    start, end = lines.index("A = "), lines.index("theorem = ")
    own = """t = Trace(p.T * p)
A = (d + 2) * t + n * v
B = (d + 2) * (d + 4) * t**2 + (d + 2) * ((2 * n + d + 3) * v + s) * t + n * v * ((n + d + 1) * v + s)

"""
    lines = lines[:start] + own + lines[end:]
    lines = lines.replace("d * n * A**2", "d * A**2")
    lines = lines.replace("import symicl as si", "from sympy import Trace\n\nimport symicl as si", 1)
    found = prove(theorem_of(lines, tmp_path / "general.py"), record=True)
    assert found.status == "proved" and '"ones"' not in found.proof_log


def test_it_is_trained():
    pytest.importorskip("torch")
    at = si.RetrievalRegression().at(n=8, d=2, alpha="1/4", sigma2="1/4")
    run = si.train(si.LinearSelfAttention(), at, seed=1, check=False)
    assert run.verdict == "reached" and run.relative_excess < 0.005
