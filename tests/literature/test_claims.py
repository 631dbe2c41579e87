"""Formulas of the literature and of other packages, as claims: each is proved, and twice its right side is refuted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import symicl as si
from checker.conftest import checker  # noqa: F401
from symicl.certificates.coordinates import recheck

HERE = Path(__file__).parent
DOCUMENT = HERE.parents[1] / "docs" / "peers.md"
FILES = sorted(HERE.glob("*.claim"))
CLAIM = re.compile(r'^claim "(?P<title>[^"]+)": (?P<left>.+) = (?P<right>.+)$', re.MULTILINE)


def claims(file: Path) -> tuple[str, list[re.Match]]:
    """The declarations of a file, and its claims."""
    text = file.read_text("utf-8")
    found = list(CLAIM.finditer(text))
    assert len(found) == text.count("\nclaim ")
    return text[: found[0].start()], found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_is_proved(file):
    result = si.check(file.read_text("utf-8"), name=file.stem)
    assert [claim.title for claim in result if claim.verdict != "proved"] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_twice_the_right_side_is_refuted(file):
    declared, found = claims(file)
    wrong = [claim for claim in found if not re.match(r"0\b", claim["right"])]
    text = "\n".join(f'claim "{c["title"]}": {c["left"]} = 2 ({c["right"]})' for c in wrong)
    verdicts = {claim.title: claim.verdict for claim in si.check(declared + text)}
    assert len(verdicts) >= len(found) - 2 and set(verdicts.values()) == {"refuted"}


@pytest.mark.parametrize("stem", ["tensors"])
def test_both_other_engines_agree(checker, stem):  # noqa: F811
    """The certificate of a file, by the checker and by explicit coordinates."""
    result = si.check((HERE / f"{stem}.claim").read_text("utf-8"), certificate=True)
    running = checker.Checker()
    running.check([(line + "\n").encode() for line in result.certificate.splitlines()])
    assert len(running.stated) == len(list(result)) and running.asserted == []
    assert recheck(result.certificate.splitlines(), [{"n": 1, "d": 1}, {"n": 2, "d": 1}]).undetermined == 0


def test_the_page_counts_them():
    text = DOCUMENT.read_text("utf-8")
    for file in FILES:
        number = len(claims(file)[1])
        assert re.search(rf"`tests/literature/{file.name}` \| {number} of {number} ", text), (
            file.name,
            number,
        )
