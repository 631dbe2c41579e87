"""Rooms are entered by their faces, in one direction; the check that says so finds what is planted against it."""

import ast
import importlib
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest

import symicl
from symicl import earlier_names

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "symicl"
FACES = sorted(path.parent for path in PACKAGE.rglob("__init__.pyi"))
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]


def module_of(folder: Path) -> str:
    return ".".join(("symicl", *folder.relative_to(PACKAGE).parts))


@pytest.mark.parametrize("folder", FACES, ids=module_of)
def test_every_name_of_a_face_is_there(folder):
    face = importlib.import_module(module_of(folder))
    tree = ast.parse((folder / "__init__.pyi").read_text(encoding="utf-8"))
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    offered = {alias.name: node.module for node in imports for alias in node.names}
    assert set(face.__all__) == set(dir(face))
    assert set(face.__all__) - {"__version__"} == set(offered)
    for name, module in offered.items():
        home = importlib.import_module(f"{face.__name__}.{module}" if module else f"{face.__name__}.{name}")
        assert getattr(face, name) is (getattr(home, name) if module else home)
        assert not (module and (folder / f"{name}.py").exists()), f"{name} is a file and something else"


def test_every_room_has_a_face_and_says_what_it_is():
    for folder in sorted(path.parent for path in PACKAGE.glob("*/__init__.py")):
        first = (ast.get_docstring(ast.parse((folder / "__init__.py").read_text())) or "").partition("\n")[0]
        assert first.endswith((".", ":")), folder.name
        if folder.name != "cli":
            assert (folder / "__init__.pyi").is_file(), folder.name


@pytest.fixture
def planted(tmp_path):
    """A copy of the package in which a line is added to a file, and what import-linter says of it."""
    pytest.importorskip("importlinter")

    def check(file: str, line: str) -> subprocess.CompletedProcess[str]:
        target = tmp_path / "symicl"
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(PACKAGE, target, ignore=ignored)
        for folder in ("proofs", "numeric_checks"):
            shutil.copytree(ROOT / folder, target / folder, ignore=ignored)
        with (target / file).open("a", encoding="utf-8") as stream:
            stream.write(f"\n{line}\n")
        run = (
            "import sys; from importlinter.cli import lint_imports; "
            "sys.exit(lint_imports(config_filename=sys.argv[1], no_cache=True))"
        )
        return subprocess.run(
            [sys.executable, "-c", run, str(ROOT / "pyproject.toml")],
            cwd=tmp_path,
            env={"PYTHONPATH": str(tmp_path), "PATH": "", "NO_COLOR": "1", "COLUMNS": "200"},
            capture_output=True,
            text=True,
        )

    return check


PLANTED = {
    "behind a face": (
        "theory/loss.py",
        "from symicl.algebra.words import closed as _closed",
        "symicl.theory.loss -> symicl.algebra.words",
    ),
    "late, behind a face": (
        "views/pages.py",
        "def _late():\n    from symicl.statements.proving import prove",
        "symicl.views.pages -> symicl.statements.proving",
    ),
    "against the direction": (
        "algebra/words.py",
        "from symicl.theory import minimise as _minimise",
        "symicl.algebra is not allowed to import symicl.theory",
    ),
    "a circle": (
        "algebra/words.py",
        "from symicl.algebra.polynomial import Polynomial as _Polynomial",
        "be the imports late or for annotations alone BROKEN",
    ),
    "the second engine leans on the first": (
        "certificates/coordinates/matrices.py",
        "from symicl.certificates import Recording as _Recording",
        "symicl.certificates.coordinates.matrices -> symicl.certificates",
    ),
    "a checker is used": (
        "statements/second_engine.py",
        "from symicl.certificates.checkers.proof import main as _main",
        "symicl.statements.second_engine -> symicl.certificates.checkers.proof",
    ),
}


@pytest.mark.parametrize("case", PLANTED)
def test_what_is_planted_is_found(planted, case):
    file, line, found = PLANTED[case]
    result = planted(file, line)
    assert result.returncode == 1, result.stdout + result.stderr
    assert found in result.stdout, result.stdout


def test_every_layer_is_a_room_of_today():
    (layers,) = (c["layers"] for c in CONTRACTS["contracts"] if c["type"] == "layers")
    named = {name.strip() for layer in layers for name in layer.split("|")}
    there = {path.stem for path in PACKAGE.glob("*.py")} | {
        path.parent.name for path in PACKAGE.glob("*/__init__.py")
    }
    assert named - {"proofs", "numeric_checks"} == there - {"__init__", "__main__"}


def test_files_with_earlier_names_still_run():
    run = (
        "from symicl.theorems.steps import certify, solve\n"
        "from symicl.theorems.theorem import Paper, Theorem\n"
        "from symicl.theorems.prove import prove\n"
        "from symicl.training.regression.experiment import Experiment\n"
        "import symicl.claims.check as check\n"
        "import symicl, symicl.statements\n"
        "assert symicl.prove is prove is symicl.statements.prove and symicl.Theorem is Theorem\n"
        "assert check.check is symicl.check\n"
    )
    subprocess.run([sys.executable, "-c", run], check=True)
    for old, new in earlier_names.MOVED.items():
        room, _, leaf = old.rpartition(".")
        if room not in earlier_names.MOVED:  # else the module would hide what the room offers
            assert leaf not in importlib.import_module(room).__all__, old
        assert importlib.import_module(old).__getattr__("__name__") == new
        assert not (PACKAGE / old.removeprefix("symicl.").replace(".", "/")).exists()
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("symicl.theorems.nothing_of_this_name")


def test_importing_a_face_loads_nothing_behind_it():
    run = (
        "import importlib, sys\n"
        f"for name in {[module_of(folder) for folder in FACES]}: importlib.import_module(name)\n"
        "assert not {'sympy', 'numpy', 'flint', 'torch', 'matplotlib'} & set(sys.modules), sorted(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", run], check=True)


def test_claims_load_no_kinds_of_statements_unless_a_certificate_is_wanted():
    run = (
        "import sys, symicl as si\n"
        "text = 'dims n, d\\nX ~ gaussian(n, d)\\nclaim E[tr(X\\' X)] = n d'\n"
        "assert si.check(text).verdict == 'proved'\n"
        "assert 'symicl.statements' not in sys.modules\n"
        "assert si.check(text, certificate=True).certificate\n"
        "assert 'symicl.statements.fact_entries' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", run], check=True)


def test_the_package_offers_what_it_says_and_a_notebook_its_magic():
    assert symicl.__version__ and "__version__" in dir(symicl)
    assert symicl.latex(symicl.scalar("sigma2")) == r"\sigma^{2}"
    magics = []
    shell = SimpleNamespace(register_magic_function=lambda *given, **named: magics.append((given, named)))
    symicl.load_ipython_extension(shell)
    assert "symicl" in str(magics)
    with pytest.raises(AttributeError, match="no_such_name"):
        symicl.no_such_name  # noqa: B018
