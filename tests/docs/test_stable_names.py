"""The page of stable names is complete and true, and examples import nothing else."""

import ast
import importlib
import re
from pathlib import Path

import pytest

import symicl as si

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "reference" / "stable-names.md").read_text(encoding="utf-8")
TOP, ROOMS = PAGE.split("## From rooms")
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted(page for page in (ROOT / "docs").rglob("*.md") if not {"generated", "gallery"} & set(page.parts)),
    *sorted((ROOT / "symicl" / "cli" / "templates").glob("*.txt")),
    *sorted((ROOT / "tests" / "plugin").rglob("symicl_*/*.py")),
    *sorted((ROOT / "docs" / "notebooks").glob("*.py")),
]
IMPORT = re.compile(
    r"^(?:>>> )?(from symicl(?:\.[\w.]+)? import (?:\([^)]*\)|[^\n(]+)|import symicl\b(?!_)[^\n]*)$",
    re.MULTILINE,
)


def names_in(row: str) -> list[str]:
    return re.findall(r"`(\w+)`", row)


def rows(table: str) -> list[list[str]]:
    return [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")][1:]


def stable() -> dict[str, set[str]]:
    found = {"symicl": {name for _, names in rows(TOP) for name in names_in(names)}}
    for room, names in rows(ROOMS):
        found[room.strip("`")] = set(names_in(names))
    return found


def unstable(text: str) -> list[str]:
    """Names that the text imports from symicl and the page does not list."""
    found = []
    for statement in IMPORT.findall(re.sub(r"^\.\.\. ", "", text, flags=re.MULTILINE)):
        (node,) = ast.parse(statement).body
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name != "symicl"]
        else:
            known = stable().get(node.module, set())
            found += [f"{node.module}.{a.name}" for a in node.names if a.name not in known]
    return found


def test_the_page_lists_every_name_of_the_top_once():
    listed = [name for _, names in rows(TOP) for name in names_in(names)]
    assert sorted(listed) == sorted(set(dir(si)) - {"__version__"})


def test_every_name_of_the_page_is_there():
    for place, names in stable().items():
        module = importlib.import_module(place)
        assert names <= set(module.__all__), place


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples_import_stable_names_alone(page):
    assert unstable(page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "from symicl.algebra.form import ClosedForm",
        "import symicl.algebra.form",
        ">>> from symicl.language.showing import text_of",
        "from symicl.statements import (\n    Paper,\n    solve_sideways,\n)",
        "from symicl import no_such_name",
    ],
)
def test_an_import_of_another_name_is_found(line):
    assert len(unstable(f"text\n{line}\ntext\n")) == 1
