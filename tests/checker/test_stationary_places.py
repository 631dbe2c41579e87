"""Places and forms of the rule for stability on their own, with letters in place of a certificate."""

from types import SimpleNamespace

import pytest

from symicl.certificates.checkers.proof.checker import Checker
from symicl.certificates.checkers.proof.rules.stationary_directions import stationary_form
from symicl.certificates.checkers.proof.rules.stationary_places import balanced, place_of
from symicl.certificates.checkers.reading import Rejected

ENTRIES = [["A", [[1, [[2]], []]], [[1, [[3]], []]]], ["B", [[1, [[4]], []]], [[1, [[5]], []]]]]
NUMBER = [[1, [], []]]


def placed(log, point, value):
    phases = {"size": [[1, [[6]], []]], "point": point}
    place_of(log, phases, value, {6: log.letter(6)}, 6, [6, 6, 6, 6])


def of_other_matrices(log):
    balanced(log, log.number(0), {"sums": [[7, [["C", [0, 1], [1, 1]]]]]}, SimpleNamespace(letters="AB"))


def without_a_factor(log):
    other, one = log.letter(3), log.number(1)
    stationary_form(log, SimpleNamespace(a=(2, 3), r=log.product(other, other), s=other, D=one))


def cube(log):
    b = log.letter(4)
    return log.product(b, log.product(b, b))


CASES = {
    "one matrix": (
        lambda log: placed(log, ENTRIES[:1], log.number(0)),
        "there are other matrices than two",
    ),
    "a number for an entry": (
        lambda log: placed(log, [["A", NUMBER, NUMBER], ENTRIES[1]], log.number(0)),
        "the entries of a matrix are no letters of their own",
    ),
    "a cube": (lambda log: placed(log, ENTRIES, cube(log)), "it has another form in b and b'"),
    "a sum of another matrix": (of_other_matrices, "a sum has entries of other matrices"),
    "a derivative without a": (without_a_factor, "a is no factor of the derivative"),
}


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused(name):
    log, (build, sentence) = Checker(), CASES[name]
    for log.id, letter in enumerate(("a", "a'", "b", "b'", "d", "t"), 2):
        log.line_fields, log.origins[log.id] = {}, set()
        log.entry({"id": log.id, "rule": "letter", "name": letter, "rows": 1, "cols": 1})
    with pytest.raises(Rejected, match=f"{sentence}$"):
        build(log)
