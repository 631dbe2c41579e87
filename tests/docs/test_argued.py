"""The page of what is argued in the catalogue is that of today."""

import importlib.util
import sys
from pathlib import Path

import pytest

from proved import verdict_of
from symicl.statements import all_theorems

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "argued.md").read_text(encoding="utf-8")
THEOREMS = [theorem.id for theorem in all_theorems() if not theorem.origin]


def script():
    spec = importlib.util.spec_from_file_location("argued", ROOT / "benchmarks" / "argued.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["argued"] = module  # dataclasses look there
    spec.loader.exec_module(module)
    return module


argued = script()


@pytest.mark.parametrize("theorem_id", THEOREMS)
def test_the_page_has_what_is_argued(theorem_id):
    found = argued.found_in(verdict_of(theorem_id))
    assert found.row in PAGE, "run: python benchmarks/argued.py --markdown docs/argued.md"
    for sentence in found.argued:
        assert f"- `{theorem_id}`: {sentence}\n" in PAGE
    assert found.counts["argued"] == sum(found.counts[part] for part in ("decided", "prose", "words"))


def test_the_page_names_every_theorem_and_the_sum():
    rows = [line.split(" | ") for line in PAGE.splitlines() if line.startswith("| ") and "---" not in line]
    head, *rows, total = rows
    assert [row[0] for row in rows] == [f"| `{name}`" for name in THEOREMS]
    for column in range(1, len(head)):
        assert sum(int(row[column].strip(" |")) for row in rows) == int(total[column].strip(" |"))
    listed = PAGE.partition("## What is argued")[2].partition("## Inferences")[0]
    assert sum(line.startswith("- `") for line in listed.splitlines()) == int(total[1])
