"""The example files: right ones are proved, wrong ones refuted and explained, and refutations hold at their numbers."""

from pathlib import Path

import pytest

from symicl.language import check_file
from symicl.language.parser import parse
from symicl.language.source import Source

FILES = sorted((Path(__file__).parent / "examples").glob("*.claim"))


def expected(path):
    verdict, _, convention = path.read_text("utf-8").splitlines()[0].removeprefix("# ").partition(": ")
    return verdict, convention


def test_there_are_right_and_wrong_ones():
    verdicts = [expected(path)[0] for path in FILES]
    assert len(FILES) >= 20
    assert verdicts.count("proved") >= 8
    assert verdicts.count("refuted") >= 8
    assert "undecided" in verdicts


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_verdict(path):
    verdict, convention = expected(path)
    result = check_file(path)
    assert result.verdict == verdict, str(result)
    found = [claim.convention.name for claim in result if claim.convention]
    assert found == ([convention] if convention else []) or (not convention and verdict == "refuted")
    for claim in result:
        assert (claim.counterexample is not None) == (claim.verdict == "refuted")
        assert bool(claim.rule) == (claim.verdict == "proved")
        assert claim.reason or claim.verdict != "undecided"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_order_of_statements_and_blank_lines_do_not_matter(path):
    text = path.read_text("utf-8")
    indented = "".join(
        f"    {line}\n\n" if not line[:1].isspace() else f"    {line}\n" for line in text.splitlines()
    )
    assert parse(Source(indented)) == parse(Source(text))
