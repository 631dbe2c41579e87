"""The theorem of docs/how-to/tokens-on-a-sphere.md: proved and confirmed, and neither where it is slightly wrong."""

import re
from pathlib import Path
from runpy import run_path

import pytest

import symicl as si
from symicl.certificates.checkers.command import main as check_certificates
from symicl.statements import load_file, prove

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "tokens-on-a-sphere.md"
SMALL = {"n": 3, "d": 2}


@pytest.fixture
def code():
    (text,) = re.findall(r"```\{code-block\} python\n:name: sphere.py\n\n(.*?)```", PAGE.read_text(), re.S)
    return text


@pytest.fixture
def descent(code):
    """The same theorem about one step of descent, which is trained in a second."""
    return code.replace("LinearSelfAttention", "OneStepGD")


def wrong(code):
    changed = code.replace("1 / (n + d - 1 + ", "1 / (n + d + ")
    assert changed != code
    return changed


def verdict_of(code, path, **options):
    path.write_text(code)
    (theorem,) = load_file(path)
    return prove(theorem, **options)


@pytest.fixture
def experiment_of(tmp_path):
    def found(code):
        file = tmp_path / "trained.py"
        file.write_text(code)
        return run_path(str(file))["experiment"]

    return found


def test_it_is_proved_and_the_checkers_accept_its_certificate(code, tmp_path):
    found = verdict_of(code, tmp_path / "theorem.py", record=True)
    assert found.status == "proved"
    file = tmp_path / "sphere.certificate.jsonl"
    file.write_text(found.proof_log)
    assert check_certificates([str(file)]) == 0


def test_a_slightly_wrong_step_is_refuted(code, tmp_path):
    found = verdict_of(wrong(code), tmp_path / "wrong.py")
    assert found.status == "refuted" and found.counterexample


def test_descent_is_confirmed_on_samples(descent, experiment_of):
    pytest.importorskip("torch")
    found = experiment_of(descent).run(SMALL)
    assert found.verdict == "confirmed"
    assert [statement.name for statement in found.wrong] == ["as for Gaussian tokens"]


def test_a_slightly_wrong_step_of_descent_is_contradicted(descent, experiment_of):
    pytest.importorskip("torch")
    found = experiment_of(wrong(descent)).run(SMALL)
    assert found.verdict == "contradicted" and "eta" in found.reason


@pytest.mark.slow
def test_a_true_statement_that_is_called_wrong_confirms_nothing(descent, experiment_of):
    """Were the Gaussian step not told apart, the runs would show nothing."""
    pytest.importorskip("torch")
    same = descent.replace(
        "Identity(d) / (n + d + 1 + task.noise)",
        "(10**6 + n) / 10**6 * Identity(d) / (n + d - 1 + task.noise)",
    )
    assert same != descent
    assert experiment_of(same).run(SMALL).verdict == "inconclusive"


@pytest.mark.slow
@pytest.mark.parametrize("sizes", [{}, SMALL])
def test_attention_is_confirmed_on_samples(code, sizes, experiment_of):
    """At the small sizes some runs end in a predicted local minimum, which counts neither way."""
    pytest.importorskip("torch")
    found = experiment_of(code).run(sizes)
    assert found.verdict == "confirmed"
    ends = {run.verdict for run in found.runs}
    assert ends == ({"reached", "local minimum"} if sizes else {"reached"})


def test_the_small_minimum_is_one_of_the_exact_loss(code, experiment_of):
    """The run sees no samples, and ends where the landscape has a local minimum."""
    pytest.importorskip("torch")
    experiment = experiment_of(code)
    at = experiment.task.at(**SMALL, sigma2="1/4")
    run = si.train(experiment.model, at, seed=0, method="population")
    assert run.verdict == "local minimum" and abs(run.stationary.loss - 1.491) < 1e-3
