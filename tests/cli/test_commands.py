"""The commands that need no torch, on the real catalogue."""

import os
import subprocess
import sys

import numpy as np
import pytest

from symicl.statements import all_theorems

ISOTROPIC = "mahankali2023.isotropic"
PRECONDITIONED = "mahankali2023.preconditioned"
NONLINEAR = "mahankali2023.nonlinear"
IDS = [ISOTROPIC, PRECONDITIONED, NONLINEAR]

WRONG = """
from dataclasses import replace
from symicl.statements import find
right = find("mahankali2023.isotropic")
theorem = replace(right, id="mine.wrong", states={"eta": right.states["eta"] / 2}, propositions=())
del right
"""

STUCK = (
    WRONG
    + """
from symicl.errors import UnsupportedError
theorem = replace(theorem, id="mine.stuck", _derivations=[])
@theorem.derivation
def derive(step):
    raise UnsupportedError("this is beyond the calculus")
"""
)


@pytest.fixture
def file(tmp_path):
    def write(text, name="mine.py"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


# --- list ------------------------------------------------------------------------------------------------


def test_list(symicl):
    code, out, err = symicl("list")
    assert (code, err) == (0, "")
    assert all(theorem in out for theorem in IDS)
    assert out.isprintable() or "\x1b" not in out
    assert all(line == line.rstrip() for line in out.splitlines())


def test_list_as_json(symicl):
    entries = {entry["id"]: entry for entry in symicl("list", "--json").json}
    assert set(IDS) <= entries.keys()
    assert entries[NONLINEAR]["inputs"] == ["n", "d", "sigma2", "target"]
    assert "relu" in entries[NONLINEAR]["options"]["target"]
    assert entries[ISOTROPIC]["paper"]["year"] == 2023
    assert entries[PRECONDITIONED]["values"] == ["eta", "preconditioner", "loss"]


# --- prove -----------------------------------------------------------------------------------------------


def test_prove_as_json_with_certificates(symicl, tmp_path):
    folder = tmp_path / "new" / "certificates"
    outcome = symicl("prove", ISOTROPIC, NONLINEAR, ISOTROPIC, "--json", "--certificate", folder)
    assert outcome.code == 0
    assert [document["id"] for document in outcome.json] == [ISOTROPIC, NONLINEAR]
    for document in outcome.json:
        assert document.keys() == {
            "id",
            "verdict",
            "seconds",
            "certificate",
            "engines",
            "statements",
            "argued",
        }
        assert document["verdict"] == "proved"
        assert document["certificate"]["theorem"] == document["id"]
        for statement in document["statements"]:
            assert statement.keys() == {"text", "kind", "verdict", "argued"}
            assert statement["verdict"] == "proved"
            assert all(isinstance(sentence, str) for sentence in statement["argued"])
        assert document["argued"] == []
        kinds = [statement["kind"] for statement in document["statements"]]
        assert kinds[:2] == ["global minimum", "every global minimiser"]
        assert {"equality"} <= set(kinds[2:]) <= {"equality", "exact set of minimisers"}
    assert sorted(path.name for path in folder.iterdir()) == [
        f"{theorem}.certificate.jsonl" for theorem in sorted([ISOTROPIC, NONLINEAR])
    ]


ENTERED = """
import symicl as si
from symicl.algebra import read_form
from symicl.statements import certify, derive_loss, minimal_value, solve
from symicl.statements import Paper, Theorem

task, model = si.LinearRegression(), si.OneStepGD()
WRONG = 1 / (task.n + task.d + 2)
theorem = Theorem("mine.entered", "t", Paper("m", "m", "m", 2026, "none"), "L", (), task, model, {"eta": WRONG})

@theorem.derivation
def derive(step):
    optimum = solve(step, derive_loss(step, model, task))
    certify(step, optimum)
    value = minimal_value(step, optimum)
    return {"eta": read_form(WRONG) * value / value}
"""


def test_what_is_entered_is_not_proved(symicl, file, tmp_path):
    code, out, _ = symicl("prove", file(ENTERED), "--certificate", tmp_path)
    assert code == 3
    assert out.startswith("undecided    mine.entered") and "eta: entered, not derived: " in out
    assert symicl("check-certificate", tmp_path / "mine.entered.certificate.jsonl").code == 1


def test_prove_quiet(symicl, file):
    assert symicl("prove", ISOTROPIC, "--quiet") == (0, "", "")
    code, out, _ = symicl("prove", ISOTROPIC, file(WRONG), "-q")
    assert code == 1
    assert "mine.wrong" in out
    assert ISOTROPIC not in out


def test_a_wrong_statement_is_refuted_with_a_counterexample(symicl, file):
    loud = file(WRONG + "print('this file prints')")
    code, out, err = symicl("prove", loud)
    assert code == 1
    assert out.splitlines()[0].startswith("refuted      mine.wrong")
    assert "counterexample: eta" in out
    assert err == "this file prints\n"
    outcome = symicl("prove", loud, "--json")
    assert outcome.code == 1
    assert outcome.json[0]["verdict"] == "refuted"
    assert "eta" in outcome.json[0]["counterexample"]


def test_a_derivation_that_stops_leaves_it_undecided(symicl, file):
    code, out, _ = symicl("prove", file(STUCK))
    assert code == 3
    assert "undecided" in out
    assert "beyond the calculus" in out


def test_one_refutation_outweighs_the_rest(symicl, file):
    assert symicl("prove", ISOTROPIC, file(STUCK, "a.py"))[0] == 3
    assert symicl("prove", file(STUCK, "a.py"), file(WRONG, "b.py"), ISOTROPIC)[0] == 1


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("def theorem(:\n", "syntax error in line 1"),
        ("x = 1\n", "defines no theorem"),
        ("1 / 0\n", "ZeroDivisionError"),
        ("import nothing_of_this_name\n", "nothing_of_this_name"),
        ("raise SystemExit(0)\n", "SystemExit"),
        (STUCK.replace("raise UnsupportedError", "raise KeyError"), "KeyError"),
        (STUCK.replace("raise UnsupportedError", "raise SystemExit"), "SystemExit"),
    ],
)
def test_a_file_that_defines_no_theorem(complaint, file, text, piece):
    sentence = complaint("prove", file(text), "--json")
    assert "mine.py" in sentence
    assert piece in sentence


def test_a_theorem_is_not_taken_for_another_of_its_name(complaint, symicl, file):
    namesake = file(WRONG.replace("mine.wrong", ISOTROPIC))
    assert f"two different theorems are called {ISOTROPIC}" in complaint("prove", ISOTROPIC, namesake)
    assert symicl("prove", namesake)[0] == 1


def test_files_that_are_none(complaint, tmp_path):
    assert "there is no file nothing.py" in complaint("prove", "nothing.py")
    assert str(tmp_path) in complaint("prove", f"{tmp_path}/")


def test_unknown_ids_are_answered_with_the_nearest(complaint):
    for command in (["prove"], ["derive"], ["eval"], ["latex"], ["train"], ["verify"]):
        assert f"did you mean {ISOTROPIC}" in complaint(*command, "mahankali2023.isotopic")
    assert "symicl list" in complaint("prove", "zzz")


def test_prove_needs_something_to_prove(complaint):
    assert "--all" in complaint("prove")
    assert "--all" in complaint("prove", "--all", ISOTROPIC)


# --- derive and latex ------------------------------------------------------------------------------------


def test_derive(symicl):
    code, out, err = symicl("derive", ISOTROPIC, "--full")
    assert (code, err) == (0, "")
    assert out.startswith(ISOTROPIC)
    assert "1. " in out
    assert "checked: " in out


def test_derive_as_json(symicl):
    document = symicl("derive", PRECONDITIONED, "--format", "json").json
    assert document["id"] == PRECONDITIONED
    assert any(step["checks"] for step in document["steps"])
    assert {"eta", "preconditioner", "loss"} <= document["found"].keys()
    assert all(found.keys() == {"text", "latex"} for found in document["found"].values())


def test_derive_as_latex_is_what_latex_prints(symicl):
    assert symicl("derive", ISOTROPIC, "--format", "latex").out == symicl("latex", ISOTROPIC).out


def test_latex_into_a_file(symicl, tmp_path):
    file = tmp_path / "isotropic.tex"
    assert symicl("latex", ISOTROPIC, "--standalone", "-o", file) == (0, "", "")
    text = file.read_text()
    assert text.startswith(r"\documentclass")
    assert text.rstrip().endswith(r"\end{document}")
    assert symicl("latex", ISOTROPIC, "--standalone").out == text
    assert list(tmp_path.iterdir()) == [file]


def test_latex_into_what_is_no_file(complaint, tmp_path):
    assert "is a folder" in complaint("latex", ISOTROPIC, "-o", tmp_path)
    assert "cannot be written" in complaint("latex", ISOTROPIC, "-o", "/proc/x.tex")


# --- eval ------------------------------------------------------------------------------------------------


def test_eval(symicl):
    outcome = symicl("eval", ISOTROPIC, "n=20", "d=5", "sigma2=1/4", "--json")
    assert outcome.code == 0
    assert outcome.json == {
        "id": ISOTROPIC,
        "at": {"n": "20", "d": "5", "sigma2": "1/4"},
        "values": {
            "eta": {"exact": "4/105", "decimal": pytest.approx(4 / 105, rel=1e-15)},
            "loss": {"exact": "121/84", "decimal": pytest.approx(121 / 84, rel=1e-15)},
        },
    }
    assert symicl("eval", ISOTROPIC, "n=20", "d=5", "sigma2=0.25", "--json").json == outcome.json


def test_eval_of_a_matrix(symicl):
    outcome = symicl("eval", PRECONDITIONED, "n=6", "sigma2=1/2", "Sigma=[[2,1],[1,3]]", "--json")
    assert outcome.json["values"]["preconditioner"]["exact"] == [["6/95", "-2/95"], ["-2/95", "4/95"]]
    code, out, _ = symicl("eval", PRECONDITIONED, "n=6", "sigma2=1/2", "Sigma=[[2,1],[1,3]]", "--digits", "4")
    assert code == 0
    assert "= [  6/95  -2/95 ]" in out
    assert "≈ [  0.06316  -0.02105 ]" in out


def test_eval_to_many_digits(symicl):
    values = symicl("eval", ISOTROPIC, "n=1", "d=1", "sigma2=0", "--digits", "50", "--json").json["values"]
    assert values["eta"]["decimal"] == "0." + "3" * 50


def test_eval_of_floats_has_no_exact_value(symicl, tmp_path):
    for array, exact in ((np.array([[2.0, 1.0], [1.0, 3.0]]), False), (np.array([[2, 1], [1, 3]]), True)):
        np.save(tmp_path / "Sigma.npy", array)
        outcome = symicl("eval", PRECONDITIONED, "n=6", "sigma2=0", f"Sigma={tmp_path}/Sigma.npy", "--json")
        values = outcome.json["values"]
        assert all((value["exact"] is not None) is exact for value in values.values())
        assert values["eta"]["decimal"] == pytest.approx(1 / 9)


def test_eval_with_a_choice(symicl):
    for target, eta in (("relu", "1/34"), ("abs", "0"), ("linear", "4/105")):
        document = symicl("eval", NONLINEAR, "n=20", "d=5", "sigma2=1/4", f"target={target}", "--json").json
        assert document["values"]["eta"]["exact"] == eta
        assert document["at"]["target"] == target


def test_eval_beyond_the_range_of_floats(symicl):
    outcome = symicl("eval", ISOTROPIC, "n=1e900", "d=5", "sigma2=1e900", "--digits", "20", "--json")
    assert outcome.code == 0
    assert outcome.json["values"]["loss"]["decimal"].endswith("e+900")


@pytest.mark.parametrize(
    ("inputs", "piece"),
    [
        (["n=0", "d=5", "sigma2=1"], "n=0 must be a positive integer"),
        (["n=1", "d=5", "sigma2=-1"], "sigma2=-1 is negative"),
        (["n=1", "d=five", "sigma2=1"], "d=five is not a number"),
        (["n=1", "d=5", "sigma2=inf"], "sigma2=inf is not a finite number"),
        (["n=1", "d=5", "sigma=1"], "sigma is not an input here (did you mean sigma2?)"),
        (["n=1", "d=5"], "no value is given for sigma2; add sigma2=…"),
        (["n=1", "d=5", "sigma2=1", "d=6"], "d is given twice"),
        (["n=1", "d=5", "sigma2"], "'sigma2' is not of the form name=value"),
        (["n=1", "d=5", "sigma2=1", "--digits=0"], "digits=0 is out of range"),
        (["n=1", "d=5", "sigma2=1", "--digits=100000"], "digits=100000 is out of range"),
        (["n=1", "d=5", "sigma2=1", "--digits=many"], "--digits"),
        (["n=1", "d=5", "sigma2=1e999999999999"], "more than 1000 digits"),
        (["--jsn"], "--json"),
    ],
)
def test_eval_of_what_cannot_be_meant(complaint, inputs, piece):
    assert piece in complaint("eval", ISOTROPIC, *inputs)


@pytest.mark.parametrize(
    ("inputs", "piece"),
    [
        (["Sigma=[[2,1],[0,3]]"], "Sigma is not symmetric"),
        (["Sigma=[[2,1],[1,3]]", "d=3"], "Sigma is 2×2, but d = 3"),
        (["Sigma=[[2,1,0],[1,3,0]]"], "Sigma is 2×3"),
        (["Sigma=[[1,2],[2,1]]"], "not positive definite"),
        (["Sigma=diag(1,-2)"], "not positive definite"),
        (["Sigma=I"], "the size of Sigma=I is not known"),
        (["Sigma=I", "d=1000000000"], "matrices up to"),
        (["Sigma=[[2,1],[1;3]]"], "';'"),
        (["Sigma=nowhere.npy"], "there is no file nowhere.npy"),
        (["Sigma=5"], "Sigma must be a matrix"),
    ],
)
def test_eval_of_matrices_that_cannot_be_meant(complaint, inputs, piece):
    assert piece in complaint("eval", PRECONDITIONED, "n=6", "sigma2=1/2", *inputs, "--json")


def test_eval_of_an_unknown_choice(complaint):
    assert "did you mean relu?" in complaint("eval", NONLINEAR, "n=1", "d=1", "sigma2=1", "target=rlu")
    assert "relu, linear, cubic, abs" in complaint("eval", NONLINEAR, "n=1", "d=1", "sigma2=1")


# --- the program as a whole ------------------------------------------------------------------------------


def test_help_has_an_example_for_each_command(symicl):
    code, out, _ = symicl()
    assert code == 0
    assert out.startswith("Usage: symicl")
    for name in ("list", "derive", "prove", "eval", "train", "verify", "latex"):
        assert f"  {name} " in out
        code, text, err = symicl(name, "--help")
        assert (code, err) == (0, "")
        assert f"  symicl {name}" in text.split("Examples:")[1]


def test_version(symicl):
    code, out, _ = symicl("--version")
    assert code == 0
    assert out.startswith("symicl 0.")


def test_usage_errors_are_one_sentence(complaint):
    assert "Did you mean 'prove'?" in complaint("prov")
    assert "ID" in complaint("eval")
    assert "pdf" in complaint("derive", ISOTROPIC, "--format", "pdf")
    assert "extra" in complaint("list", "extra")


def test_a_defect_is_no_verdict(symicl, monkeypatch):
    monkeypatch.setattr("symicl.statements.catalogue_texts", lambda: 1 / 0)
    code, out, err = symicl("list")
    assert (code, out) == (70, "")
    assert "ZeroDivisionError" in err
    assert err.splitlines()[-1].startswith("symicl: ")


def test_ids_are_completed_in_the_shell():
    from symicl.cli.parameters import complete_ids

    assert complete_ids("") == sorted(theorem.id for theorem in all_theorems())
    assert complete_ids("mahankali2023.p") == [PRECONDITIONED]
    assert complete_ids("q") == []
    environment = os.environ | {
        "_SYMICL_COMPLETE": "complete_bash",
        "COMP_WORDS": "symicl prove mahankali2023.n",
        "COMP_CWORD": "2",
    }
    done = subprocess.run([sys.executable, "-m", "symicl"], env=environment, capture_output=True, text=True)
    assert done.stdout.split() == [NONLINEAR]


def run_python(code, **options):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, **options)


def test_start_up_imports_nothing_heavy():
    done = run_python(
        "import sys; from symicl.cli.app import run; code = run(['--help']);"
        "print(sorted({'sympy', 'numpy', 'torch', 'matplotlib', 'rich'} & set(sys.modules)), file=sys.stderr)"
    )
    assert done.stderr.strip() == "[]"


def test_prove_all_and_what_needs_no_torch_without_it():
    done = run_python(
        "import sys; sys.modules['torch'] = sys.modules['matplotlib'] = None; from symicl.cli.app import run;"
        "assert run(['prove', '--all', '--engine', 'words']) == 0; print('---'); assert run(['list']) == 0;"
        "assert run(['eval', 'mahankali2023.isotropic', 'n=2', 'd=3', 'sigma2=0']) == 0;"
        "assert run(['derive', 'mahankali2023.isotropic']) == 0; assert run(['latex', 'mahankali2023.isotropic']) == 0"
    )
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.partition("---")[0].splitlines()
    proved = [line.split()[:2] for line in lines if line[0] != " "]
    assert proved == [["proved", theorem.id] for theorem in all_theorems()]
    assert ["proved", ISOTROPIC] in proved


def test_a_closed_pipe_is_no_verdict():
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {sys.executable} -m symicl list --json | true"],
        capture_output=True,
        text=True,
    )
    assert done.returncode in (0, 141)
    assert done.stderr == ""


def test_a_narrow_encoding_is_no_obstacle():
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    program = (
        "from symicl.cli.app import run\n"
        f"for arguments in (['derive', {ISOTROPIC!r}], ['list', '--json'], "
        f"['eval', {ISOTROPIC!r}, 'n=2', 'd=3', 'sigma2=0']):\n"
        "    assert run(arguments) == 0"
    )
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()


# --- compare ---------------------------------------------------------------------------------------------


def test_compare(symicl, tmp_path):
    result = symicl("compare", "n=4", "d=2", "sigma2=1/4", "--plot", str(tmp_path / "risks.png"))
    assert "Least excess risk at n = 4, d = 2, sigma2 = 1/4" in result.out
    assert "linear attention, one layer" in result.out
    assert "exact: 26/29" in result.out
    assert (tmp_path / "risks.png").read_bytes().startswith(b"\x89PNG")


def test_compare_as_json(symicl):
    document = symicl("compare", "n=4", "d=2", "--json").json
    assert document["at"] == {"n": "4", "d": "2", "sigma2": "0"}
    attention = next(row for row in document["rows"] if row["architecture"] == "linear attention, one layer")
    assert attention["exact"] == "6/7"


def test_compare_needs_sizes(complaint):
    assert "d=… is missing" in complaint("compare", "n=4")
    assert "n is 5/2; give an integer" in complaint("compare", "n=2.5", "d=2")
    assert "m is not an input here" in complaint("compare", "n=4", "d=2", "m=3")
