"""Each result of the page is what its call gives, and the comparison is one that can fail."""

import doctest
import re
from decimal import Decimal
from pathlib import Path

import pytest

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "beyond.md").read_text("utf-8")
TITLE = re.compile(r"^## (\d+)\. (.*)$", re.MULTILINE)
ROW = re.compile(r"^\| (.*?) \| `(.*)` \| `(.*)` \|$", re.MULTILINE)
DECIMAL = re.compile(r"-?\d+\.\d+")

COMMON, *PARTS = re.split(r"^## ", PAGE, flags=re.MULTILINE)
SECTIONS = {part.split(".")[0]: part for part in PARTS if part[0].isdigit()}


def run(text, names):
    """Run the examples of a part of the page, from which nothing is printed."""
    for example in doctest.DocTestParser().get_examples(text):
        exec(compile(example.source, "docs/beyond.md", "exec"), names)


def agrees(found, printed):
    """Decimals to the digits that are printed, everything else letter by letter."""
    shown = str(found)
    if DECIMAL.sub("#", shown) != DECIMAL.sub("#", printed):
        return False
    pairs = zip(DECIMAL.findall(shown), DECIMAL.findall(printed), strict=True)
    return all(Decimal(a).quantize(Decimal(b)) == Decimal(b) for a, b in pairs)


@pytest.fixture(scope="module")
def page():
    """The names of the whole page, in the order in which a reader meets them."""
    names = {}
    run(COMMON, names)
    for part in SECTIONS.values():
        run(part, names)
    return names


def changed(printed):
    """The same with another last digit, or with another word."""
    if digits := list(re.finditer(r"\d", printed)):
        at = digits[-1].start()
        return f"{printed[:at]}{(int(printed[at]) + 1) % 10}{printed[at + 1 :]}"
    return f"{printed} and more"


@pytest.mark.parametrize("number", SECTIONS)
def test_the_calls_give_the_values(page, number):
    rows = ROW.findall(SECTIONS[number])
    assert len(rows) == SECTIONS[number].count("\n| ") - 1 > 0
    for result, call, printed in rows:
        found = eval(call, page)
        assert agrees(found, printed), f"{result}: {call} is {found}, the page has {printed}"
        assert not agrees(found, changed(printed))


@pytest.mark.parametrize("number", SECTIONS)
def test_other_formulas_are_not_equal(page, number):
    def other(derived, stated):
        return page["equal"](derived, 2 * stated)

    for result, call, _ in ROW.findall(SECTIONS[number]):
        if call.startswith("equal("):
            assert eval(call, {**page, "equal": other}) is False, result


def test_the_results_that_stand_on_the_page():
    assert [int(number) for number, _ in TITLE.findall(PAGE)] == [*range(1, 12), 13, 14, 15]


def test_files_that_are_named_exist():
    root = Path(__file__).resolve().parents[2]
    named = re.findall(r"`(tests/[\w/]+\.py)`", PAGE)
    assert named and all((root / name).is_file() for name in named)
