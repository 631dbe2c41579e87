"""Assumptions on letters that stay as they are, and inverses of sums that are replaced: accepted, and rejected."""

from functools import partial

import pytest

from checker.test_bound_rules import nonnegative
from checker.test_rules import Log, check_case, run
from checker.test_rules import case as any_case

CASES, IDENTITY = {}, []
case = partial(any_case, cases=CASES)
UNSEEN = "it is not seen that X can be this"


def where_it_is_a_square(log):
    """v'Xv, shown to be ≥ 0 where X = YY; the value, X, YY and the last line."""
    log.size()
    X, Y = log.matrix("X", symmetric=True), log.matrix("Y", symmetric=True)
    v, u = log.matrix("v", cols=1), log.gaussian("u", cols=1)
    root = log.number(1, [-u, Y, v])
    step = log("stein", letter=u, words=[[-u, Y, v]] * 2, place=[0, 0], equals=[[1, [[-v, Y, Y, v]], 0]])
    square = log("product", parts=[root, root])
    terms = [[1, [[-v, Y, Y, v]], []]]
    mean = log("expectation", of=square, letter=u, steps=[step], rows=1, cols=1, terms=terms)
    value, YY = log.number(1, [-v, X, v]), log.terms("d", "d", [1, [], [Y, Y]])
    nonnegative(log, value, ([mean], []), letters=[[X, YY]])
    return value, X, YY


def more(log, value, *where):
    """v'Xv + x², where X stays as it is."""
    x = log.scalar("x")
    square = log.square(x)
    of = log("sum", parts=[value, square])
    return of, nonnegative(log, of, ([value], []), ([square], []), where=list(map(list, where)))


@case()
def a_letter_stays(log):
    value, X, YY = where_it_is_a_square(log)
    of, shown = more(log, value, (X, YY))
    log("inequality", claim="p", smaller=log.number(0), larger=of, shown=shown)


@case("line 12 is not known to be at least 0")
def nothing_is_assumed(log):
    value, _X, _YY = where_it_is_a_square(log)
    assert value == 12
    more(log, value)


@case("line 12 is not known to be at least 0")
def something_else_is_assumed(log):
    value, X, _YY = where_it_is_a_square(log)
    more(log, value, (X, log.terms("d", "d", [1, [], IDENTITY])))


@case("a letter is replaced twice")
def two_things_are_assumed(log):
    value, X, YY = where_it_is_a_square(log)
    more(log, value, (X, YY), (X, log.terms("d", "d", [1, [], IDENTITY])))


@case(UNSEEN)
def a_letter_is_more_than_itself(log):
    value, X, _YY = where_it_is_a_square(log)
    more(log, value, (X, log.terms("d", "d", [1, [], [X]], [1, [], IDENTITY])))


@case(UNSEEN)
def a_letter_is_made_of_the_inverse_of_a_sum_with_it(log):
    value, X, _YY = where_it_is_a_square(log)
    base = log.terms("d", "d", [1, [], [X]], [1, [], IDENTITY])
    more(log, value, (X, log.matrix("I", symmetric=True, inverse_of=base)))


@case(UNSEEN)
def a_symmetric_letter_is_something_else(log):
    value, X, _YY = where_it_is_a_square(log)
    more(log, value, (X, log.matrix("Z")))


@case(UNSEEN)
def a_letter_of_another_size(log):
    value, X, _YY = where_it_is_a_square(log)
    more(log, value, (X, log.number(2)))


@case("it is not seen that I can be this")
def the_inverse_of_a_sum_is_something(log):
    value, X, YY = where_it_is_a_square(log)
    base = log.terms("d", "d", [1, [], [X]], [1, [], IDENTITY])
    more(log, value, (X, YY), (log.matrix("I", symmetric=True, inverse_of=base), YY))


@case("what a matrix is may never have an inverse: its sizes are fixed, or too small")
def a_matrix_is_a_column_times_a_row(log):
    value, X, _YY = where_it_is_a_square(log)
    w = log.matrix("w", cols=1)
    more(log, value, (X, log.terms("d", "d", [1, [], [w, -w]])))


@case("what a matrix is may never have an inverse")
def a_matrix_is_zero(log):
    value, X, _YY = where_it_is_a_square(log)
    more(log, value, (X, log.terms("d", "d")))


@case("it is not seen that y can be this")
def a_number_stays(log):
    value, X, YY = where_it_is_a_square(log)
    more(log, value, (X, YY), (log.scalar("y"), log.number(2)))


@case("a letter is replaced, and stays as it is")
def a_letter_is_replaced_and_stays(log):
    value, X, YY = where_it_is_a_square(log)
    nonnegative(log, value, ([value], []), letters=[[X, YY]], where=[[X, YY]])


@case("X is known to be something else")
def a_covariance_that_stays_is_negative(log):
    value, X, _YY = where_it_is_a_square(log)
    log.gaussian("z", cols=1, row_cov=X)
    more(log, value, (X, log.terms("d", "d", [-1, [], IDENTITY])))


def test_what_is_assumed_is_printed(checker, monkeypatch):
    log = Log()
    a_letter_stays(log)
    found, running = run(checker, log.entries, monkeypatch)
    assert found is None
    assert "where X = Y*Y" in running.propositions[-1]


def inverse_of_a_sum(log, *places):
    """(A + B)⁻¹ with A = 2I and B = I, and a value for the inverse."""
    log.size()
    a, b = log.matrix("A"), log.matrix("B")
    i = log.matrix("I", inverse_of=log("sum", parts=[a, b]))
    two, one, *rest = [log.terms("d", "d", [c, [], IDENTITY]) for c in (2, 1, *places)]
    of = log.terms("d", "d", [1, [], [i, a]])
    return of, [[a, two], [b, one], *[[i, value] for value in rest]]


@case()
def an_inverse_is_replaced_by_the_inverse_there(log):
    of, letters = inverse_of_a_sum(log, "1/3")
    moved = log("substitute", of=of, letters=letters)
    log("equal", claim="c", left=moved, right=log.terms("d", "d", ["2/3", [], IDENTITY]))


@case("I is inside of another letter, or an inverse")
def an_inverse_is_replaced_by_something_else(log):
    of, letters = inverse_of_a_sum(log, "1/2")
    log("substitute", of=of, letters=letters)


@case("I is inside of another letter, or an inverse")
def an_inverse_is_replaced_by_what_would_be_one_elsewhere(log):
    of, letters = inverse_of_a_sum(log, "1/3")
    log("substitute", of=of, letters=letters[:1] + letters[2:])


@case("A is inside of another letter, or an inverse")
def what_is_inside_is_replaced_alone(log):
    of, letters = inverse_of_a_sum(log)
    log("substitute", of=of, letters=letters)


@case("I is inside of another letter, or an inverse")
def a_sum_that_becomes_zero(log):
    of, letters = inverse_of_a_sum(log, 0)
    minus = log.terms("d", "d", [-2, [], IDENTITY])
    log("substitute", of=of, letters=[letters[0], [letters[1][0], minus], letters[2]])


@pytest.mark.parametrize("name", CASES)
def test_a_rule(checker, monkeypatch, name):
    check_case(checker, monkeypatch, CASES[name])
