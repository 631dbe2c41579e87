"""Numbers that pages and the README print are those of today."""

import re
from pathlib import Path

import pytest

from symicl.statements import all_theorems
from symicl.statements.mutate import mutants

ROOT = Path(__file__).resolve().parents[2]
THEOREMS = [theorem for theorem in all_theorems() if not theorem.origin]
PAGE = (ROOT / "docs" / "wrong-statements.md").read_text()
ROWS = {
    name: tuple(map(int, rest))
    for name, *rest in re.findall(r"\| `(\S+)` \| (\d+) \| (\d+) \| (\d+) \|", PAGE)
}


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda t: t.id)
def test_wrong_versions(theorem):
    claims, versions, refuted = ROWS[theorem.id]
    assert claims == len(theorem.claims)
    assert versions == refuted == sum(1 for _ in mutants(theorem))


def test_the_total_and_what_the_readme_says_of_it():
    total = sum(versions for _, versions, _ in ROWS.values())
    assert set(ROWS) == {theorem.id for theorem in THEOREMS}
    assert f"| all | | {total} | {total} | 0 | |" in PAGE
    (said,) = re.findall(
        r"more than ([\d,]+)\]\(docs/wrong-statements.md\)", (ROOT / "README.md").read_text()
    )
    assert 0 < total - int(said.replace(",", "")) <= 100


def test_the_readme_lists_every_theorem():
    listed = re.findall(r"^\| `([a-z]+\d{4}\.[a-z_]+)` \|", (ROOT / "README.md").read_text(), re.M)
    assert listed == [theorem.id for theorem in THEOREMS]
