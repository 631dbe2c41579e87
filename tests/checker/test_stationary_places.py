"""Places, forms and derivatives of the rule for stability on their own, with letters in place of a certificate."""

import re
from fractions import Fraction
from types import SimpleNamespace

import pytest

from symicl.certificates.checkers.proof.checker import Checker
from symicl.certificates.checkers.proof.rules.second_moves import block_is_definite, entries_of
from symicl.certificates.checkers.proof.rules.stationary_directions import directions, stationary_form
from symicl.certificates.checkers.proof.rules.stationary_places import balanced, place_of
from symicl.certificates.checkers.proof.rules.vanishing import multiplied
from symicl.certificates.checkers.reading import Rejected

ENTRIES = [["A", [[1, [[2]], []]], [[1, [[3]], []]]], ["B", [[1, [[4]], []]], [[1, [[5]], []]]]]
NUMBER = [[1, [], []]]
PLACE, ZERO, ONE, MINUS = 8, 9, 10, 11


def placed(log, point, value, forms=(6, 6, 6, 6)):
    phases = {"size": [[1, [[6]], []]], "point": point}
    place_of(log, phases, value, {6: log.letter(6)}, 6, [*forms])


def of_other_matrices(log):
    balanced(log, log.number(0), {"sums": [[7, [["C", [0, 1], [1, 1]]]]]}, SimpleNamespace(letters="AB"))


def without_a_factor(log):
    other, one = log.letter(3), log.number(1)
    stationary_form(log, SimpleNamespace(a=(2, 3), r=log.product(other, other), s=other, D=one))


def cube(log):
    b = log.letter(4)
    return log.product(b, log.product(b, b))


def moved(log, point, *factors, name="B", copy="K"):
    """A product of letters as a second derivative along one move t, and the place of it."""
    value, one = log.number(1), log.number(1)
    for x in factors:
        value = log.product(value, log.letter(x))
    moves = [[[[1, [[7]], []]], name, copy]]
    size = [[1, [[6]], []]]
    phases = {"value": 2, "sums": [], "size": size, "point": point, "moves": moves}
    log.lines[99], log.values[99] = {"phases": phases}, value
    letters = {"A": (2, 3), "B": (4, 5)}
    forms = dict.fromkeys("qrsD", one)
    return SimpleNamespace(letters=letters, at={}, a=(2, 3), b=(4, 5), d=6, size=one, **forms)


def derived(log, point, *factors):
    entries_of(log, moved(log, point, *factors), 99)


def block(log, **move):
    place = moved(log, ENTRIES, 7, 7, **move)
    block_is_definite(log, place, [99, [], [], [], ONE, [], []], [], False)


def led(log, r, s, D):
    """Along (0, -1), (1, -1), (1, 1), (0, 1)."""
    ways = [[[ZERO, MINUS], [ONE, MINUS]], [[ONE, MINUS], [ONE, ONE]], [[ONE, ONE], [ZERO, ONE]]]
    directions(log, SimpleNamespace(at={}, a=(2, 3), b=(4, 5), r=r, s=s, D=D), PLACE, ways, True)


def square(log, x):
    return log.product(log.letter(x), log.letter(x))


def of_degree_0(log):
    """F = d b²/2, of which the form of b² is 1."""
    value = multiplied(log, [log.letter(6), log.number(Fraction(1, 2)), square(log, 4)])
    placed(log, ENTRIES, value, [ONE, ZERO, ZERO, ZERO])


def without_a_slope(log):
    """r = D and s = a."""
    r = log.sum(square(log, 2), square(log, 3))
    led(log, r, log.letter(2), r)


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
    "a form that is a number": (of_degree_0, "it is no form in a, a'"),
    "a square of a alone": (
        lambda log: led(log, square(log, 2), log.letter(2), log.number(1)),
        "a form of degree 2 may vanish",
    ),
    "no slope at all": (without_a_slope, "it may be stationary where a is 0"),
    "moves without a name": (lambda log: block(log, copy="v"), "it is another kind of moves"),
    "moves of A alone": (lambda log: block(log, name="A"), "a copy is missing"),
    "a derivative without a": (without_a_factor, "a is no factor of the derivative"),
}


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused(name):
    log, (build, sentence) = Checker(), CASES[name]
    for log.id, letter in enumerate(("a", "a'", "b", "b'", "d", "t"), 2):
        log.line_fields, log.origins[log.id] = {}, set()
        log.entry({"id": log.id, "rule": "letter", "name": letter, "rows": 1, "cols": 1})
    log.id = PLACE
    log.line_fields, log.origins[log.id] = {}, set()
    log.entry({"id": PLACE, "rule": "letter", "name": "x", "rows": 1, "cols": 1, "at_least": 0})
    for node, number in ((ZERO, 0), (ONE, 1), (MINUS, -1)):
        log.lines[node], log.values[node], log.origins[node] = {}, log.number(number), set()
    with pytest.raises(Rejected, match=f"{re.escape(sentence)}$"):
        build(log)
