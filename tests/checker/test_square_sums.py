"""Sums of squares, charges and columns in the second checker: slightly wrong ones are rejected."""

import json
import re
from fractions import Fraction

import pytest

from checker.conftest import certificate_of
from checker.expensive import averages
from checker.phase_corruption import as_file, corruptions, replaced, statements
from checker.test_related_letters import complaint
from checker.test_rules import Log, run
from symicl.algebra import read_form
from symicl.certificates.checkers import phases, proof
from symicl.expectation import in_entry_sums, square_sum
from symicl.proofs.zheng2024.setting import d

ONE = [[1, [], []]]


@pytest.fixture(scope="module")
def certificate():
    return certificate_of("zheng2024.limit")


def with_field(certificate, field):
    return next(e for e in certificate.entries if field in e.get("phases", {}))


def outcome(lines):
    try:
        phases.Checker().check(lines)
    except (phases.Rejected, phases.Unreadable) as error:
        return str(error)
    return "accepted"


def meaning(fields):
    """Each sum of squares, multiplied out by the engine."""
    found = {}
    for x, different, combination in fields["squares"]:
        names = "ijklmn"
        terms = [
            (Fraction(c), *[(f, *(names[i] for i in at)) for f, *at in factors]) for c, factors in combination
        ]
        square = square_sum(terms, "".join(names[i] for i in different))
        found[x] = in_entry_sums(read_form(square), d)
    return found


def test_wrong_sums_of_squares_are_rejected(certificate):
    entry = with_field(certificate, "squares")
    lines = as_file(certificate, entry)
    assert outcome(lines) == "accepted"
    changed = [(what, other) for what, other in corruptions(entry) if what.startswith("phases.squares.")]
    wrong = 0
    for what, other in changed[::89]:
        if outcome([*lines[:-1], json.dumps(other).encode()]) == "accepted":
            assert meaning(other["phases"]) == meaning(entry["phases"]), what
        else:
            wrong += 1
    assert wrong > 5


def test_values_in_other_sums_of_squares_are_rejected(certificate):
    entry = with_field(certificate, "squares")
    lines = as_file(certificate, entry)[:-1]
    for i, (at, terms) in enumerate(entry["phases"]["powers"]):
        for k, (c, words, rest) in list(enumerate(terms))[::5]:
            wrong = [*terms[:k], [str(Fraction(c) + Fraction(1, 7)), words, rest], *terms[k + 1 :]]
            other = replaced(entry, ("phases", "powers", i), [at, wrong])
            assert "the average is another one" in outcome([*lines, json.dumps(other).encode()])


def test_a_sum_of_squares_is_not_divided_by(certificate):
    entry = with_field(certificate, "squares")
    lines = as_file(certificate, entry)[:-1]
    x = entry["phases"]["squares"][0][0]
    at, terms = entry["phases"]["powers"][0]
    other = replaced(entry, ("phases", "powers", 0), [at, [*terms, [1, [[0, x]], []]]])
    assert "divides by a sum of squares" in outcome([*lines, json.dumps(other).encode()])


def test_more_than_that_it_is_not_negative_is_refused(certificate):
    entry = with_field(certificate, "squares")
    lines = as_file(certificate, entry)
    x = entry["phases"]["squares"][0][0]
    letter = json.loads(lines[x - 1])
    assert letter["at_least"] == 0
    lines[x - 1] = json.dumps({**letter, "at_least": 1}).encode()
    assert "more is known of a letter" in outcome(lines)


def sum_of_squares(log, letter):
    """The letter is the sum over i of a_i²."""
    summand = [ONE, 0, [[[0, 0, 0, 0], 0]], [["a", 0], ["a", 0]], []]
    squares = [[letter, [], [[1, [["a", 0]]]]]]
    averages(log, [summand], powers=[[0, [[1, [[letter]], []]]]], squares=squares)


@pytest.mark.parametrize("before", [True, False])
def test_a_condition_on_sums_of_squares_is_refused(before, monkeypatch):
    """Between sums of squares there are relations: what does not look like zero may be zero everywhere."""
    log = Log()
    log.size()
    s, t = log.scalar("s"), log.scalar("t")
    if before:
        sum_of_squares(log, s)
    log("over", of=log.number(1), by=log.terms(1, 1, [1, [[s]], []], [-1, [[t]], []]))
    if not before:
        sum_of_squares(log, s)
    assert complaint(log) is None
    sentence, _ = run(proof, log.entries, monkeypatch)
    assert "related to other letters" in sentence


# --- charges and columns ----------------------------------------------------------------------------------


def test_wrong_charges_are_rejected(certificate):
    entry = with_field(certificate, "charges")
    lines = as_file(certificate, entry)
    assert outcome(lines) == "accepted"
    wrong = 0
    for what, other in list(corruptions(entry))[::29]:
        found = outcome([*lines[:-1], json.dumps(other).encode()])
        if found == "accepted":
            # What a charge does not depend on: bounds of times, powers of x_1, numbers in front, an order.
            assert re.search(r"summands|another order|the last one twice", what), what
        else:
            wrong += 1
    assert wrong > 12


@pytest.mark.parametrize(
    "change",
    [
        lambda grades: grades[1:],
        lambda grades: [[grades[0][0] - 9, *grades[0][1:]], *grades[1:]],
        lambda grades: [[*grades[0][:2], [["W_KQ_32"]]], *grades[1:]],
        lambda grades: [*grades, [5, 1, [["A"]]]],
        lambda grades: [[*grades[0][:2], [*grades[0][2], *grades[1][2]]], *grades[1:]],
    ],
)
def test_other_charges_or_blocks_are_rejected(certificate, change):
    entry = with_field(certificate, "charges")
    lines = as_file(certificate, entry)[:-1]
    other = replaced(entry, ("phases", "charges"), change(entry["phases"]["charges"]))
    assert "other charges or other matrices" in outcome([*lines, json.dumps(other).encode()])


def test_a_charge_that_depends_on_a_summed_time_is_rejected(certificate):
    entry = with_field(certificate, "charges")
    lines = as_file(certificate, entry)[:-1]
    form, degree = entry["phases"]["summands"][0][2][0]
    moved = replaced(entry, ("phases", "summands", 0, 2, 0), [[*form[:2], form[2] + 1, form[3]], degree])
    assert "depends on a summed time" in outcome([*lines, json.dumps(moved).encode()])


def test_columns_that_are_odd_are_rejected(certificate):
    entry = with_field(certificate, "columns")
    lines = as_file(certificate, entry)
    assert outcome(lines) == "accepted"
    number = next(i for i, s in enumerate(entry["phases"]["summands"]) if len(s[3]) == 4)
    name, row, column = entry["phases"]["summands"][number][3][0]
    for other in ([name, column, row], [name + "2", row, column]):
        wrong = replaced(entry, ("phases", "summands", number, 3, 0), other)
        assert "odd number of entries" in outcome([*lines[:-1], json.dumps(wrong).encode()])
    odd = replaced(entry, ("phases", "columns"), "odd")
    assert "not known what the columns are" in outcome([*lines[:-1], json.dumps(odd).encode()])


def test_the_report_says_what_was_found(certificate):
    reader = phases.Checker()
    reader.check(certificate.lines)
    text = "\n".join(reader.report())
    assert "z^(1 t + 0) with W_KQ_32 W_PV_12, z^(1 t + -1) with W_KQ_22 W_PV_12" in text
    assert "each coordinate is the column of an even number of entries" in text
    assert "different, of the square of [('1', [('B', (0, 1), (1, 1))" in text
    assert len(statements(certificate)) == len(reader.averages)
