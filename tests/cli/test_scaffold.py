"""`new` and `eject`: what they write runs as it is, and nothing of the user's is overwritten."""

import importlib
import re
import subprocess
import sys
from types import SimpleNamespace

import pytest

from symicl.statements import WRITTEN, all_theorems, ejection, load_file, prove

CATALOGUE = all_theorems()


@pytest.fixture
def own(symicl, tmp_path):
    code, out, err = symicl("new", "my_theorem", "--dir", tmp_path)
    folder = tmp_path / "my_theorem"
    assert code == 0
    assert out.split() == [str(folder / f) for f in ("my_theorem.py", "experiment.py", "test_my_theorem.py")]
    assert err == f"next: symicl prove {folder / 'my_theorem.py'}\n"
    return folder


def test_what_new_writes_is_proved_with_a_certificate(symicl, own):
    code, out, _ = symicl("prove", own / "my_theorem.py", "--certificate", own / "certificates")
    assert code == 0
    assert out.startswith("proved       mine.my_theorem")
    assert symicl("check-certificate", own / "certificates" / "mine.my_theorem.certificate.jsonl").code == 0


def test_a_wrong_version_of_it_is_refuted(symicl, own):
    file = own / "my_theorem.py"
    right = file.read_text()
    wrong = right.replace("1 / (n + d + 1 + sigma2)", "1 / (n + d + 2 + sigma2)")
    assert wrong != right
    file.write_text(wrong)
    code, out, _ = symicl("prove", file)
    assert code == 1
    assert "counterexample: eta at" in out


@pytest.mark.slow
def test_its_own_test_passes_and_its_experiment_confirms(own):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", own]
    done = subprocess.run(command, capture_output=True, text=True, cwd=own.parent)
    assert done.returncode == 0, done.stdout
    assert "3 passed" in done.stdout


def test_new_overwrites_nothing(symicl, complaint, own):
    file = own / "my_theorem.py"
    file.write_text("mine")
    (own / "experiment.py").unlink()
    assert "--force" in complaint("new", "my_theorem", "--dir", own.parent)
    assert file.read_text() == "mine"
    assert not (own / "experiment.py").exists()
    assert symicl("new", "my_theorem", "--dir", own.parent, "--force", "-q").err == ""
    assert file.read_text() != "mine"


@pytest.mark.parametrize(
    "name", ["", "My", "1st", "a-b", "../up", "a.b", "class", "json", "symicl", "x" * 99, "é"]
)
def test_new_refuses_a_name(complaint, tmp_path, name):
    assert "name" in complaint("new", name, "--dir", tmp_path)
    assert not list(tmp_path.iterdir())


def test_new_refuses_a_folder_that_is_a_file(complaint, tmp_path):
    (tmp_path / "file").write_text("")
    assert "file" in complaint("new", "lemma", "--dir", tmp_path / "file")


@pytest.mark.parametrize("theorem", CATALOGUE, ids=lambda theorem: theorem.id)
def test_an_ejected_theorem_stands_on_its_own(symicl, tmp_path, monkeypatch, theorem):
    result = theorem.id.partition(".")[2]
    code, out, err = symicl("eject", theorem.id, tmp_path / "copy")
    proof = tmp_path / "copy" / f"{result}.py"
    assert code == 0
    assert err == f"next: symicl prove {proof}\n"
    written = [tmp_path / line for line in out.splitlines()]
    assert {proof, proof.with_name(f"{result}_experiment.py")} <= set(written)
    for file in written:
        source = file.read_text()
        assert "symicl.proofs" not in source and "symicl.numeric_checks" not in source, file
        compile(source, file, "exec")
    [copy] = load_file(proof)
    assert copy.id == f"mine.{result}"
    # In a file of one's own the mark stands before what the author writes on the left of a value.
    assert re.sub(rf"\\text{{[^{{}}]*, {WRITTEN}:}}\\quad ", "", copy.statement) == theorem.statement
    assert not any(name.startswith(f"{result}_parts") for name in sys.modules)
    assert prove(copy).status == "proved"
    experiment = proof.with_name(f"{result}_experiment.py")
    assert experiment_of(experiment, monkeypatch) == f"mine.{result}"


def experiment_of(file, monkeypatch):
    """The id of the experiment of a file, which imports what lies beside it as it would under `python FILE`."""
    monkeypatch.syspath_prepend(file.parent)
    try:
        return importlib.import_module(file.stem).experiment.id
    finally:
        for name, module in list(sys.modules.items()):
            if str(getattr(module, "__file__", None) or "").startswith(str(file.parent)):
                del sys.modules[name]


def test_two_copies_do_not_mix(symicl, tmp_path):
    """The parts of the second copy are its own, although they have the same names."""
    for name in ("one", "two"):
        assert symicl("eject", "zhang2024.gradient_flow", tmp_path / name, "-q").code == 0
    setting = tmp_path / "two" / "gradient_flow_parts" / "paper.py"
    setting.write_text(setting.read_text().replace("Zhang, Wu, Bartlett", "Somebody else"))
    first, second = (load_file(tmp_path / name / "gradient_flow.py")[0] for name in ("one", "two"))
    assert first.paper.authors == "Zhang, Wu, Bartlett"
    assert second.paper.authors == "Somebody else"


def test_a_change_of_a_copy_is_judged(symicl, tmp_path):
    symicl("eject", "mahankali2023.isotropic", tmp_path)
    file = tmp_path / "isotropic.py"
    text = file.read_text()
    assert text.count("1 / (n + d + 1 + sigma2)") == 1
    file.write_text(text.replace("1 / (n + d + 1 + sigma2)", "1 / (n + d - 1 + sigma2)"))
    assert symicl("prove", file).code == 1


CHANGES = {
    "a wrong statement": ("limit_mse = m2 - k1**2 / k2", "limit_mse = m2 - k1**2 / k2 + 1", "refuted"),
    "another title": ("What the trained model can predict", "What it can predict", "proved"),
    "another derivation": ('"mse": trained.mse,', '"mse": trained.mse * 1,', "undecided"),
    "another statement and derivation": (
        "limit_mse = m2",
        "probability = probability + 0\nlimit_mse = m2",
        "undecided",
    ),
    "a second theorem": ("\n\ndef laws(", "\n\ntheorem = theorem\n\n\ndef laws(", "undecided"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_copy_is_read_as_long_as_its_derivation_is_the_same(symicl, tmp_path, change):
    symicl("eject", "zheng2024.capability", tmp_path)
    file, (old, new, verdict) = tmp_path / "capability.py", CHANGES[change]
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))
    [copy] = load_file(file)
    assert prove(copy).status == verdict


def test_a_copy_with_another_part_is_read_by_nobody(symicl, tmp_path):
    symicl("eject", "zheng2024.capability", tmp_path)
    part = tmp_path / "capability_parts" / "parts" / "quadratic.py"
    part.write_text(part.read_text() + "\n")
    [copy] = load_file(tmp_path / "capability.py")
    found = prove(copy)
    assert found.status == "undecided" and "mse: entered, not derived: " in found.reason


def test_a_part_of_the_experiment_of_another_paper_is_copied_with_its_name(tmp_path, monkeypatch):
    texts = {
        "symicl.proofs.mine.first": "from symicl.proofs.other.parts import shared\n",
        "symicl.proofs.other.parts.shared": "a = 1\n",
        "symicl.numeric_checks.mine.first": "from symicl.numeric_checks.other.second import b\n"
        "from symicl.numeric_checks.mine.parts.own import c\n",
        "symicl.numeric_checks.other.second": "b = 2\n",
        "symicl.numeric_checks.mine.parts.own": "c = 3\n",
    }
    for module, text in texts.items():
        (tmp_path / module).write_text(text)
    monkeypatch.setattr(ejection, "_file", lambda name: tmp_path / name if name in texts else None)
    found = ejection.ejected(SimpleNamespace(id="mine.first", origin=""))
    assert found.keys() == {
        "first.py",
        "first_experiment.py",
        "first_parts/other/parts/shared.py",
        "first_parts/experiments/other/second.py",
        "first_parts/experiments/parts/own.py",
    }
    assert "from first_parts.other.parts import shared" in found["first.py"]
    assert found["first_experiment.py"].splitlines()[:2] == [
        "from first_parts.experiments.other.second import b",
        "from first_parts.experiments.parts.own import c",
    ]


def test_eject_refuses(complaint, tmp_path):
    assert "did you mean mahankali2023.isotropic" in complaint("eject", "mahankali2023.isotrpic", tmp_path)
    (tmp_path / "ltb.py").write_text("mine")
    assert "--force" in complaint("eject", "zhang2024.ltb", tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["ltb.py"]
