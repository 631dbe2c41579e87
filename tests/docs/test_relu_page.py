"""The theorem of docs/how-to/relu-attention.md: proved and confirmed, and neither where it is slightly wrong."""

import re
from pathlib import Path
from runpy import run_path

import pytest

from symicl.certificates.checkers.command import main as check_certificates
from symicl.statements import load_file, prove

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "relu-attention.md"


@pytest.fixture
def code():
    (text,) = re.findall(r"```\{code-block\} python\n:name: relu.py\n\n(.*?)```", PAGE.read_text(), re.S)
    return text


WRONG = {
    "step": ("eta = 2 / (n + 2 * d + 3", "eta = 2 / (n + 2 * d + 2"),
    "factor": ("eta = 2 / (", "eta = 1 / ("),
    "loss": ("d * (2 * d + 3 + 2", "d * (2 * d + 4 + 2"),
    "quantifier": ("si.relu(task.X * task.x)", "si.relu(-task.X * task.x)"),
}


def proved(code, path, **options):
    path.write_text(code)
    (theorem,) = load_file(path)
    return prove(theorem, **options)


def test_it_is_proved_and_the_checkers_accept_its_certificate(code, tmp_path):
    found = proved(code, tmp_path / "theorem.py", record=True)
    assert found.status == "proved"
    file = tmp_path / "relu.certificate.jsonl"
    file.write_text(found.proof_log)
    assert check_certificates([str(file)]) == 0


@pytest.mark.parametrize("change", WRONG)
def test_slightly_wrong_versions_are_refuted(code, tmp_path, change):
    wrong = code.replace(*WRONG[change])
    assert wrong != code
    assert proved(wrong, tmp_path / "wrong.py").status in ("refuted", "undecided")
    if change != "quantifier":
        assert proved(wrong, tmp_path / "wrong.py").status == "refuted"


@pytest.mark.slow
@pytest.mark.parametrize("change", [None, "step", "loss"])
def test_the_real_model_decides(code, tmp_path, change):
    pytest.importorskip("torch")
    file = tmp_path / "trained.py"
    file.write_text(code.replace(*WRONG[change]) if change else code)
    found = run_path(str(file))["experiment"].run({"n": 3, "d": 2})
    assert found.verdict == ("contradicted" if change else "confirmed")
