"""Symmetric matrices of polynomials between two directions: which the checkers see to be positive definite."""

import re

import pytest

from symicl.certificates.checkers.proof.checker import Checker
from symicl.certificates.checkers.proof.rules.definite import Arc, by_powers, is_definite, minors, slope
from symicl.certificates.checkers.reading import Rejected


@pytest.fixture
def log():
    """With the letters a, b for a direction and s ≥ 0, in this order."""
    running = Checker()
    for running.id, name in enumerate("ab", 2):
        running.line_fields, running.origins[running.id] = {}, set()
        running.entry({"id": running.id, "rule": "letter", "name": name, "rows": 1, "cols": 1})
    running.id = 4
    running.entry({"id": 4, "rule": "letter", "name": "s", "rows": 1, "cols": 1, "at_least": 0})
    return running


def polynomial(log, *terms):
    """c aⁱ bʲ for each (c, i, j)."""
    a, b = log.letter(2), log.letter(3)
    parts = [log.number(0)]
    for c, i, j in terms:
        part = log.number(c)
        for x in [a] * i + [b] * j:
            part = log.product(part, x)
        parts.append(part)
    return log.sum(*parts)


def arc(log, v, w):
    return Arc(log, (2, 3), 4, *(tuple(map(log.number, direction)) for direction in (v, w)))


def test_powers_and_slopes(log):
    form = polynomial(log, (3, 2, 1), (5, 0, 1), (7, 0, 0))
    assert by_powers(log, form, (3,)) == {
        (1,): polynomial(log, (3, 2, 0), (5, 0, 0)),
        (0,): polynomial(log, (7, 0, 0)),
    }
    assert slope(log, form, 2) == polynomial(log, (6, 1, 1))


@pytest.mark.parametrize(
    ("last", "seen"), [((1, 1), True), ((0, 1), True), ((-1, 1), True), ((-2, 1), False)]
)
def test_a_sign_between_two_directions(log, last, seen):
    """a + b is positive from (1, 0) up to (−1, 1), where it is 0, and not beyond."""
    here, form = arc(log, (1, 0), last), polynomial(log, (1, 1, 0), (1, 0, 1))
    if seen:
        here.positive(form)
        return
    with pytest.raises(Rejected, match="not seen"):
        here.positive(form)


def test_minors_of_a_matrix(log):
    rows = [[log.number(x) for x in row] for row in ((2, 1, 0), (1, 2, 1), (0, 1, 2))]
    assert minors(log, rows) == [log.number(x) for x in (2, 3, 4)]


def matrix(log, mixed, last=4):
    """[[2, m, 0], [m, last, 1], [0, 1, 2]] times a²: positive definite for 2 last − m² > 1."""
    rows = ((2, mixed, 0), (mixed, last, 1), (0, 1, 2))
    return [[polynomial(log, (x, 2, 0)) if x else log.number(0) for x in row] for row in rows]


def definite(log, mixed, *, last=4, best=None, weight=2, turned=(), weights=()):
    """With the first row for B: 2 X = w (m, 0)."""
    best = [[log.number(x) for x in (best or (mixed, 0))]]
    turned = [[log.number(x) for x in row] for row in turned]
    arcs, weights = [arc(log, (1, 0), (1, 1))], list(map(log.number, weights))
    is_definite(log, matrix(log, mixed, last), 1, best, log.number(weight), turned, weights, arcs)


def test_a_positive_definite_matrix_is_seen(log):
    definite(log, 1)
    definite(log, 2)
    definite(log, 2, turned=((1, 1), (0, 1)))
    definite(log, 2, weights=(2, 3))


UNSEEN, TURNED = "it is not seen to be positive definite", "the moves are not independent"
CASES = {
    "a column too large": ({"mixed": 3}, UNSEEN),
    "an entry too small": ({"mixed": 1, "last": 1}, UNSEEN),
    "weights too far apart": ({"mixed": 2, "weights": (1, 9)}, UNSEEN),
    "one weight for two rows": ({"mixed": 1, "weights": (1,)}, "there are more or fewer weights than rows"),
    "a negative weight": ({"mixed": 1, "weights": (1, -1)}, "a weight is not seen to be positive"),
    "other best moves": ({"mixed": 1, "best": (2, 0)}, "the best moves are other ones"),
    "a best move too few": ({"mixed": 1, "best": (1,)}, "what is best has another size"),
    "a negative factor": (
        {"mixed": 1, "weight": -2, "best": (-1, 0)},
        "a sign is not seen between two directions",
    ),
    "a move twice": ({"mixed": 1, "turned": ((1, 1), (1, 1))}, TURNED),
    "a move too few": ({"mixed": 1, "turned": ((1, 1),)}, TURNED),
}


@pytest.mark.parametrize("name", CASES)
def test_another_one_is_refused(log, name):
    fields, sentence = CASES[name]
    with pytest.raises(Rejected, match=f"{re.escape(sentence)}$"):
        definite(log, **fields)


FORM = "it is no polynomial"
FORMS = {
    "a quotient": (lambda log: log.over((1, 1), log.number(1).terms, log.letter(2).terms), FORM),
    "a matrix": (lambda log: log.matrix(1, 2, []), FORM),
}


@pytest.mark.parametrize("name", FORMS)
def test_another_form_is_refused(log, name):
    build, sentence = FORMS[name]
    with pytest.raises(Rejected, match=f"{sentence}$"):
        by_powers(log, build(log), (2,))
