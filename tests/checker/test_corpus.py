"""The checker accepts every real certificate and rejects every corrupted one; trivial checkers do not."""

import copy
from collections import Counter
from functools import cache

import pytest

from checker.checked import checked, go_on
from checker.conftest import SMALL, certificate_of
from symicl.certificates.checkers import proof
from symicl.statements import all_theorems

IDS = [theorem.id for theorem in all_theorems()]


def outcome(checker, lines):
    """Accepted, or the sentence of the error, from a check of the whole file."""
    try:
        checker.Checker().check(lines)
    except (checker.Rejected, checker.Unreadable) as error:
        return f"{type(error).__name__}: {error}"
    return "accepted"


def outcomes(checker, certificate, cases):
    """The same for many files that differ from a certificate in one place: what they share is checked once."""
    shared, done, found = checker.Checker(), 0, {}
    for case in sorted(cases, key=lambda case: case.first):
        while done < min(case.first - 1, len(certificate.lines)):
            feed(shared, certificate.lines[done], done + 1)
            done += 1
        mine = checker.Checker.__new__(checker.Checker)
        vars(mine).update({name: copy.copy(value) for name, value in vars(shared).items()})
        try:
            for number in range(case.first, len(case.lines) + 1):
                feed(mine, case.lines[number - 1], number)
            mine.end()
            found[case.name] = "accepted"
        except (checker.Rejected, checker.Unreadable) as error:
            found[case.name] = f"{type(error).__name__}: line {mine.id}, {mine.rule}: {error}"
    return found


def feed(running, raw, number):
    """What the checker does with one line."""
    running.id = number
    running.line(raw)


@pytest.mark.parametrize("theorem_id", IDS)
def test_real_certificates_are_accepted(theorem_id):
    assert set(checked(theorem_id).end.stated) == set(certificate_of(theorem_id).entries[0]["quantities"])


@cache
def outcomes_of(theorem_id):
    """Of all corruptions of a real certificate, two of each kind."""
    certificate = certificate_of(theorem_id)
    return outcomes(proof, certificate, list(certificate.corruptions(per_kind=2)))


@pytest.mark.parametrize("theorem_id", SMALL)
def test_corrupted_certificates_are_rejected(theorem_id):
    found = outcomes_of(theorem_id)
    assert len(found) >= 300
    assert [name for name, text in found.items() if text == "accepted"] == []


@pytest.mark.parametrize("theorem_id", SMALL)
def test_errors_name_the_line_and_the_rule_and_differ(theorem_id):
    found = outcomes_of(theorem_id)
    sentences = Counter(text.split(": ", 2)[2] for text in found.values())
    assert len(sentences) >= 30
    assert all(text.split(": ")[1].startswith("line ") and ", " in text for text in found.values())


def test_sharing_what_files_have_in_common_changes_no_outcome(checker):
    certificate = certificate_of("sander2024.unitary")
    cases = list(certificate.corruptions(per_kind=1))[::4]
    found = outcomes(checker, certificate, cases)
    for case in cases:
        assert outcome(checker, case.lines) == found[case.name], case.name


def wrong_about(accepts):
    """Files on which a checker errs, real ones and corrupted ones."""
    certificates = [certificate_of(theorem_id) for theorem_id in SMALL]
    wrong = [c.entries[0]["theorem"] for c in certificates if not accepts(c.lines)]
    return wrong + [case.name for c in certificates for case in c.corruptions(1) if accepts(case.lines)]


@pytest.mark.parametrize("theorem_id", ["zhang2024.bayes", "zhang2024.gd_beta"])
def test_a_quotient_without_its_common_factor_holds_where_the_divisor_has_an_inverse(theorem_id):
    certificate, before = certificate_of(theorem_id), checked(theorem_id).end
    quotients = [e for e in certificate.entries if "common" in e]
    assert quotients
    for entry in quotients:
        less = {field: value for field, value in entry.items() if field != "common"}
        lines = certificate.with_line(entry["id"], less, "common: left out").lines
        after = go_on(checked(theorem_id).at(entry["id"]), lines, entry["id"])
        after.end()
        more = {text for _, text in after.conditions} - {text for _, text in before.conditions}
        assert more == {f"{after.text(after.values[entry['by']])} has an inverse"}


def test_a_checker_that_always_says_yes_fails():
    assert len(wrong_about(lambda lines: True)) >= 300


def test_a_checker_that_always_says_no_fails():
    assert wrong_about(lambda lines: False) == list(map(str, [
        certificate_of(theorem_id).entries[0]["theorem"] for theorem_id in SMALL
    ]))  # fmt: skip


def test_a_checker_that_only_reads_the_verdict_fails():
    assert wrong_about(lambda lines: b'"verdict":"proved"' in lines[-1])
