"""The checker accepts every real certificate and rejects every corrupted one; trivial checkers do not."""

import copy
from collections import Counter

import pytest

from checker.conftest import SMALL, certificate_of
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
def test_real_certificates_are_accepted(checker, theorem_id):
    certificate = certificate_of(theorem_id)
    running = checker.Checker()
    running.check(certificate.lines)
    assert set(running.stated) == set(certificate.entries[0]["quantities"])


def test_corrupted_certificates_are_rejected(checker, certificate):
    cases = list(certificate.corruptions(per_kind=2))
    assert len(cases) >= 300
    accepted = [name for name, text in outcomes(checker, certificate, cases).items() if text == "accepted"]
    assert accepted == []


def test_errors_name_the_line_and_the_rule_and_differ(checker, certificate):
    found = outcomes(checker, certificate, list(certificate.corruptions(per_kind=1)))
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
def test_a_quotient_without_its_common_factor_holds_where_the_divisor_has_an_inverse(checker, theorem_id):
    certificate, before = certificate_of(theorem_id), checker.Checker()
    before.check(certificate.lines)
    quotients = [e for e in certificate.entries if "common" in e]
    assert quotients
    for entry in quotients:
        less = {field: value for field, value in entry.items() if field != "common"}
        after = checker.Checker()
        after.check(certificate.with_line(entry["id"], less, "common: left out").lines)
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
