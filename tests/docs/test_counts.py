"""Numbers that pages and the README print are those of today."""

import re
from collections import Counter
from pathlib import Path

import pytest

from symicl.statements import all_theorems
from symicl.statements.mutate import FORMULA, SORTS, mutants, wrong_propositions

ROOT = Path(__file__).resolve().parents[2]
THEOREMS = [theorem for theorem in all_theorems() if not theorem.origin]
PAGE, PROPOSITIONS = (ROOT / "docs" / "wrong-statements.md").read_text().split("## Propositions")
ROWS, PROPOSITION_ROWS = (
    {
        name: tuple(map(int, rest))
        for name, *rest in re.findall(r"\| `(\S+)` \| (\d+) \| (\d+) \| (\d+) \|", part)
    }
    for part in (PAGE, PROPOSITIONS)
)


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda t: t.id)
def test_wrong_versions(theorem):
    claims, versions, refuted = ROWS[theorem.id]
    assert claims == len(theorem.claims)
    assert versions == refuted == sum(1 for _ in mutants(theorem))


def test_wrong_propositions():
    assert PROPOSITION_ROWS.keys() == {t.id for t in THEOREMS if t.propositions}
    for theorem in THEOREMS:
        if theorem.propositions:
            said, versions, _ = PROPOSITION_ROWS[theorem.id]
            assert said == len(theorem.propositions)
            assert versions == sum(1 for _ in wrong_propositions(theorem))


def test_the_total():
    total = sum(versions for _, versions, _ in ROWS.values())
    assert set(ROWS) == {theorem.id for theorem in THEOREMS}
    assert f"| all | | {total} | {total} | 0 | |" in PAGE
    assert "[thousands](docs/wrong-statements.md)" in (ROOT / "README.md").read_text() and total > 2000


def test_the_readme_lists_every_theorem():
    listed = re.findall(r"^\| `([a-z]+\d*\.[a-z_]+)` \|", (ROOT / "README.md").read_text(), re.M)
    assert listed == [theorem.id for theorem in THEOREMS]


def test_changes_are_sorted():
    """Those of quantifiers are counted apart from those of formulas."""
    rows = dict(re.findall(r"^\| ([^`|]+?) \| (\d+) \| \d+ \| \d+ \| \d+ \|$", PROPOSITIONS, re.M))
    found = Counter(wrong.sort for theorem in THEOREMS for wrong in wrong_propositions(theorem))
    assert {sort: int(number) for sort, number in rows.items() if sort in SORTS} == found
    quantifiers = found.total() - found[FORMULA]
    assert int(rows["all of these"]) == quantifiers >= 150


def test_what_is_undecided_has_a_reason():
    undecided = sum(map(int, re.findall(r"^\| `\S+` \|(?: \d+ \|){4} (\d+) \|$", PROPOSITIONS, re.M)))
    listed = PROPOSITIONS.partition("### Undecided")[2].strip().splitlines()
    assert sum(line.startswith("- `") and line.count(": ") >= 2 for line in listed) == undecided
