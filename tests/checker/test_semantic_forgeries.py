"""Forged certificates are refused, or the report on them says something else than that on the real one."""

import re
from functools import cache

import pytest

from checker.checked import checked, copied, go_on
from checker.conftest import certificate_of
from checker.mean_forgeries import FORGERIES
from checker.semantic_forgeries import REFUSED, SHOWN, WORDS, File, O, U
from symicl.certificates.checkers import command, proof
from symicl.cli.catalogue_comparison import compared, differences


class Careful(proof.Checker):
    """The checker, for files of a forger who has computed all prints again."""

    def print(self, value):
        return self.line_fields.get("print")


def forged(theorem, file):
    """The checker behind a forged file; what it shares with the real one is not checked again."""
    pairs = zip(file.entries, certificate_of(theorem).entries[1:], strict=False)
    first = next((k for k, (one, other) in enumerate(pairs, 2) if one != other), len(file.entries) + 1)
    real = checked(theorem)
    start = max(number for number in real.before if 1 < number <= first)
    running = copied(real.before[start], Careful)
    running.header_fields = file.header
    go_on(running, file.lines, start).end()
    return running


@cache
def real_report(theorem):
    return tuple(checked(theorem).end.report())


def without_words(report):
    """The lines that are no words of the file."""
    lines = [line for text in report for line in text.splitlines()]
    return [line for line in lines[2:] if "in the words of the file" not in line]


def test_there_are_enough_of_them():
    assert len(FORGERIES) >= 60
    assert len({(f.theorem, f.name) for f in FORGERIES}) == len(FORGERIES)
    assert len({f.theorem for f in FORGERIES}) >= 8


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda f: f"{f.theorem}: {f.name}")
def test_a_forgery(forgery):
    file = forgery.file(certificate_of(forgery.theorem).text)
    if forgery.outcome == REFUSED:
        with pytest.raises(proof.Rejected, match=forgery.sign):
            forged(forgery.theorem, file)
        return
    running = forged(forgery.theorem, file)
    report, real = tuple(running.report()), real_report(forgery.theorem)
    found = differences(without_words(real), without_words(report))
    if forgery.outcome == SHOWN:
        assert any(re.search(forgery.sign, line) for line in found), found
    else:
        assert forgery.outcome == WORDS
        assert found == []
    assert differences(real, report) or file.header != certificate_of(forgery.theorem).entries[0]


def test_the_catalogue_knows_its_own_certificate():
    found = compared(certificate_of(U).lines, command.reports)
    assert found.agrees and "line by line" in found.text


@pytest.mark.parametrize("forgery", [f for f in FORGERIES if f.theorem == U and f.outcome != REFUSED])
def test_the_catalogue_refuses_what_has_its_name_alone(forgery, monkeypatch):
    """The prints of these files are wrong, which is no matter here."""
    monkeypatch.setattr(proof.Checker, "print", Careful.print)
    found = compared(forgery.file(certificate_of(U).text).lines, command.reports)
    assert not found.agrees
    name = O if forgery.name.endswith(O) else U
    assert f"this is not what the catalogue's {name} states" in found.text


def test_a_name_that_the_catalogue_does_not_know_is_compared_with_nothing():
    file = forged_name("mine.own")
    found = compared(file.lines, command.reports)
    assert found.agrees and found.text.startswith("the catalogue has no mine.own")


def forged_name(name):
    file = File(certificate_of(U).text)
    file.header["theorem"] = name
    return file


def test_other_lines_with_the_same_report_are_no_difference():
    """A heading that is gone, say, of an older file."""
    file = File(certificate_of(U).text)
    heading = file.all("step")[0]
    heading["title"] = "another heading"
    found = compared(file.lines, command.reports)
    assert found.agrees and "in other lines" in found.text
