"""`symicl check` and the Jupyter magic."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

import symicl
from symicl.cli.app import run

EXAMPLES = Path(__file__).parent / "examples"
RIGHT, WRONG, OPEN = (
    EXAMPLES / f"{name}.claim"
    for name in ("second_moment", "second_moment_without_transpose", "cayley_hamilton")
)


@pytest.fixture
def command(capfd):
    def call(*arguments):
        capfd.readouterr()
        code = run(["check", *map(str, arguments)])
        return code, *capfd.readouterr()

    return call


@pytest.mark.parametrize(("file", "code"), [(RIGHT, 0), (WRONG, 1), (OPEN, 3)])
def test_exit_codes(command, file, code):
    found, out, err = command(file)
    assert (found, err) == (code, "")
    assert out.startswith(("proved", "refuted", "undecided"))
    assert all(line == line.rstrip() for line in out.splitlines())


def test_a_refuted_claim_comes_with_the_right_answer(command):
    _, out, _ = command(WRONG)
    assert "the true right-hand side: n² Sigma A Sigma + n Sigma Aᵀ Sigma + n tr(A Sigma) Sigma" in out
    assert "the difference, stated - true: n Sigma A Sigma - n Sigma Aᵀ Sigma" in out
    assert "the smallest counterexample: at d = 2, n = 1" in out
    assert "a transpose: the claim holds with Aᵀ in place of A" in out


def test_json(command):
    code, out, err = command(WRONG, "--json")
    document = json.loads(out)
    assert (code, err) == (1, "")
    assert document["verdict"] == "refuted"
    (claim,) = document["claims"]
    assert claim["convention"]["name"] == "a transpose"
    assert claim["counterexample"]["at"]["d"] == "2"
    assert claim["counterexample"]["left"] != claim["counterexample"]["right"]
    assert claim["truth_latex"].startswith(r"n^{2} \Sigma A \Sigma")
    document = json.loads(command(RIGHT, "--json")[1])
    assert document["claims"][0]["rule"].startswith("both sides are the same rational function")
    assert any("Stein" in axiom for axiom in document["claims"][0]["axioms"])


def test_quiet(command, tmp_path):
    assert command(RIGHT, "--quiet") == (0, "", "")
    assert command(WRONG, "-q")[1].startswith("refuted")


def test_bad_input_points_at_the_place(command, tmp_path):
    path = tmp_path / "bad.claim"
    path.write_text("dims n, d\nclaim E[X' X] = n I\n")
    code, out, err = command(path)
    assert (code, out) == (2, "")
    assert err == (
        "symicl: bad.claim, line 2, column 9: unknown symbol X; declare it first [SYM-E298]\n"
        "    claim E[X' X] = n I\n"
        "            ^\n"
    )
    code, out, err = command(path, "--json")
    assert (code, out) == (2, "")


@pytest.mark.parametrize("text", ["", "\x00", "claim", "((((", "claim 1/0 = 1"])
def test_never_a_traceback(command, tmp_path, text):
    path = tmp_path / "bad.claim"
    path.write_text(text)
    code, out, err = command(path)
    assert (code, out) == (2, "")
    assert err.startswith("symicl: ")
    assert "Traceback" not in err


def test_missing_files(command, tmp_path):
    code, _, err = command(tmp_path / "none.claim")
    assert code == 2
    assert "cannot be read" in err
    assert err.count("\n") == 1


def test_standard_input(command, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("dims n\nclaim n + n = 2 n\n"))
    assert command("-")[:2] == (0, "proved       line 2: n + n = 2 n\n")


def test_the_grammar_is_only_loaded_when_it_is_used():
    code = (
        "import symicl, sys; assert not {'lark', 'sympy'} & sys.modules.keys(); symicl.check; "
        "assert 'lark' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# --- Jupyter ---------------------------------------------------------------------------------------------


def test_results_show_themselves_typeset():
    result = symicl.check("dims n, d\nX ~ gaussian(n, d)\nclaim E[X' X] = I")
    shown = result._repr_markdown_()
    assert shown.startswith("**refuted** (line 3) `E[X' X] = I`")
    assert "$n I_{d}$" in shown


class Shell:
    """Stands in for IPython where that is not installed."""

    def register_magic_function(self, function, magic_kind, magic_name):
        self.registered = function, magic_kind, magic_name


def test_the_extension_registers_the_magic(capsys):
    shell = Shell()
    symicl.load_ipython_extension(shell)
    function, kind, name = shell.registered
    assert (kind, name) == ("cell", "symicl")
    assert function("", "dims n\nclaim n = n").verdict == "proved"
    assert function("", "dims n\nclaim n = m") is None
    assert capsys.readouterr().out.startswith("symicl: line 2, column 11: unknown symbol m")
    assert function("quickly", "dims n\nclaim n = n") is None
    assert "takes no arguments" in capsys.readouterr().out


def test_the_magic_in_ipython(capsys):
    pytest.importorskip("IPython")
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    shell.run_line_magic("load_ext", "symicl")
    assert shell.run_cell_magic("symicl", "", "dims n\nclaim n + 1 = 1 + n").verdict == "proved"
    result = shell.run_cell("%%symicl\ndims n\nclaim n = 2 n\n")
    assert result.success
    assert result.result.verdict == "refuted"
    assert shell.run_cell_magic("symicl", "", "dims n\nclaim n = q") is None
    out = capsys.readouterr().out
    assert "unknown symbol q" in out
    assert "Traceback" not in out
