"""Places, forms and derivatives of the rule for stability on their own, with letters in place of a certificate."""

import re
from types import SimpleNamespace

import pytest

from symicl.certificates.checkers.proof.checker import Checker
from symicl.certificates.checkers.proof.rules.second_moves import entries_of
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


def derived(log, point, *factors):
    """A product of letters as a second derivative along one skew move t of B."""
    value, one = log.number(1), log.number(1)
    for x in factors:
        value = log.product(value, log.letter(x))
    moves = [[[[1, [[7]], []]], "B", "K"]]
    size = [[1, [[6]], []]]
    phases = {"value": 2, "sums": [], "size": size, "point": point, "moves": moves}
    log.lines[99], log.values[99] = {"phases": phases}, value
    letters = {"A": (2, 3), "B": (4, 5)}
    forms = dict.fromkeys("qrsD", one)
    entries_of(log, SimpleNamespace(letters=letters, at={}, a=(2, 3), b=(4, 5), d=6, **forms), 99)


CASES = {
    "a derivative elsewhere": (
        lambda log: derived(log, ENTRIES[:1], 7, 7),
        "it is a derivative at another point",
    ),
    "a linear form": (lambda log: derived(log, ENTRIES, 7), "it is no quadratic form"),
    "more of B": (
        lambda log: derived(log, ENTRIES, 7, 7, 4),
        "it is not constant along (cA, B/c)",
    ),
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
    with pytest.raises(Rejected, match=f"{re.escape(sentence)}$"):
        build(log)
