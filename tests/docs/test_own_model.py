"""The worked example of docs/own-model.md, as a reader would run it."""

import importlib.util
import re
import sys
from pathlib import Path

import pytest
import sympy

import symicl as si
from symicl.cli.app import run

pytest.importorskip("torch")

PAGE = Path(__file__).resolve().parents[2] / "docs" / "own-model.md"


@pytest.fixture
def study(tmp_path):
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.S)
    file = tmp_path / "my_study.py"
    file.write_text(code)
    return file


@pytest.fixture
def module(study, monkeypatch):
    spec = importlib.util.spec_from_file_location("my_study", study)
    found = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "my_study", found)
    spec.loader.exec_module(found)
    return found


def test_the_optimum_that_the_page_claims(module):
    optimum = si.minimise(si.expected_loss(module.model, module.task))
    n, d, sigma2, psi = module.n, module.d, module.sigma2, module.psi
    stated = "1/(n + d + 1 + sigma2/psi)"
    found = optimum.coefficient.subs({n: 12, d: 3, sigma2: sympy.Rational(1, 2), psi: 2}).doit()
    assert sympy.Matrix(found) == sympy.eye(3) / (12 + 3 + 1 + sympy.Rational(1, 4)), stated


def test_the_example_is_confirmed_from_python_and_as_a_file(module, study, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("SYMICL_RECORDS", str(tmp_path / "runs.db"))
    run_of_one = si.train(module.model, module.task.at(n=12, d=3, sigma2="1/2", psi="1/4"), seed=0, steps=300)
    assert run_of_one.verdict == "reached"
    assert run_of_one.relative_excess < 0.01
    code = run(["sweep", str(study), "n=8,16", "psi=1/3,2", "--jobs", "1", "-q"])
    assert code == 0
    assert "4 reached" in capsys.readouterr().out


@pytest.mark.slow
def test_the_commands_of_the_page(study, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("SYMICL_RECORDS", str(tmp_path / "runs.db"))
    assert run(["train", str(study), "-q"]) == 0
    assert capsys.readouterr().out.startswith(
        "confirmed    mine.label_attention at n = 12, d = 3, sigma2 = 1/2"
    )
    # The claim under test, made wrong, is refused.
    wrong = "claim=2 / (n + d + 1 + sigma2 / psi) * Identity(d), nearest_wrong={"
    study.write_text(study.read_text().replace("nearest_wrong={", wrong))
    assert run(["train", str(study), "-q"]) == 1
