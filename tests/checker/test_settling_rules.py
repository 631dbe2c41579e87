"""The rule for a number that settles, a b → 1 along the flow of n (a²b²/2 − ab), unless a + b = 0: forged, too."""

from functools import partial

import pytest

from checker.test_bound_rules import nonnegative
from checker.test_landscape_rules import changed
from checker.test_rules import Log, check_case, run
from checker.test_rules import case as any_case

CASES = {}
case = partial(any_case, cases=CASES)


def settles(log, **changes):
    """K stands for n; E = ab − 1, g = a + b, m = 2K, k = K/2, h = 2KE², l = Kg²: (p + q/2) K E² (a − b)² is left."""
    n, K = log.size("n"), log.scalar("K", at_least=0, invertible=True)
    a, b = log.scalar("a"), log.scalar("b")
    p, q, r = (log.scalar(name, at_least=0) for name in "pqr")
    loss = log.terms(1, 1, ["1/2", [[n], [a], [a], [b], [b]], []], [-1, [[n], [a], [b]], []])
    E = log.terms(1, 1, [1, [[a], [b]], []], [-1, [], []])
    g, gap = log.terms(1, 1, [1, [[a]], []], [1, [[b]], []]), log.terms(1, 1, [1, [[a]], []], [-1, [[b]], []])
    minus, two, half = log.number(-1), log.number(2), log.number("1/2")
    speeds = [[x, log("product", parts=[minus, K, y, E])] for x, y in ((a, b), (b, a))]
    squares = {x: log.square(x) for x in (E, g, gap)}
    high, low = log("product", parts=[two, K, squares[E]]), log("product", parts=[K, squares[g]])
    nonnegative(log, high, ([two, K, squares[E]], []))
    nonnegative(log, low, ([K, squares[g]], []))
    left = [[p, K, squares[E], squares[gap]], [half, q, K, squares[E], squares[gap]]]
    parts = [log("product", parts=factors) for factors in left]
    shown = nonnegative(log, log("sum", parts=parts), *((factors, []) for factors in left))
    zero = log.number(0)
    fields = {
        "loss": loss, "pace": log.number(1), "velocities": speeds, "of": E, "rate": log.number(2, [K]),
        "slope": log.number("1/2", [K]), "unless": g, "high": high, "low": low, "weights": [p, q, r],
        "shown": shown, "given": [[K, n]], "place": [[a, zero], [b, zero]],
    }  # fmt: skip
    log("settles", claim="p", **changed(log, fields, changes))


def multiplied(name, by):
    """A change of one field."""
    return {name: lambda log, f: log("product", parts=[log.number(by), f[name]])}


@case()
def a_number_that_settles(log):
    settles(log)


@case()
def a_number_that_settles_and_no_place(log):
    settles(log, place=lambda log, f: [])


ELSE = "what is at least 0 is something else"


@case(ELSE)
def a_number_that_settles_faster_from_above(log):
    settles(log, **multiplied("rate", "11/10"))


@case(ELSE)
def a_number_that_settles_faster_from_below(log):
    settles(log, **multiplied("slope", "11/10"))


@case(ELSE)
def a_number_that_settles_more_slowly_than_it_is_shown(log):
    settles(log, **multiplied("rate", "1/2"))


@case(ELSE)
def a_number_with_another_limit(log):
    settles(log, of=lambda log, f: log("sum", parts=[f["of"], log.number(-1)]))


@case(ELSE)
def another_exception(log):
    settles(log, unless=lambda log, f: f["place"][0][0])


@case(ELSE)
def both_shares_are_exchanged(log):
    settles(log, weights=lambda log, f: [f["weights"][k] for k in (1, 0, 2)])


@case(ELSE)
def nothing_is_said_of_the_growth(log):
    settles(log, low=lambda log, f: log.number(0))


@case("the slope is not seen to be at least 0")
def a_negative_slope(log):
    settles(log, **multiplied("slope", -1))


@case("line 34 is not known to be at least 0")
def a_negative_share_of_the_excess(log):
    settles(log, **multiplied("high", -1))


@case("a moves otherwise")
def a_flow_uphill(log):
    settles(log, **multiplied("pace", -1))


@case("a moves otherwise")
def a_flow_of_another_loss(log):
    settles(log, **multiplied("loss", 2))


@case("a moves otherwise")
def a_letter_that_stands_for_something_else(log):
    settles(log, given=lambda log, f: [[K, log.number(2, [n])] for K, n in f["given"]])


@case("a moves otherwise")
def a_letter_that_stands_for_nothing(log):
    settles(log, given=lambda log, f: [])


@case("more is known of a letter that stands for something")
def a_letter_that_is_at_least_one_stands_for_something(log):
    settles(log, given=lambda log, f: [*f["given"], [log.scalar("large", at_least=1), log.number(2)]])


@case("more is known of a letter that stands for something")
def a_letter_stands_for_itself(log):
    settles(log, given=lambda log, f: [[K, K] for K, _ in f["given"]])


@case("what is given moves")
def a_letter_stands_for_what_moves(log):
    settles(log, given=lambda log, f: [*f["given"], [log.scalar("moved"), f["place"][0][0]]])


@case("something is no scalar")
def a_matrix_that_settles(log):
    log.size()
    A = log.matrix("A")
    settles(log, of=lambda log, f: A)


@case("what moves is in a denominator")
def an_exception_over_what_moves(log):
    settles(log, unless=lambda log, f: log("over", of=f["unless"], by=f["place"][0][0]))


@case("a rate moves")
def a_rate_that_moves(log):
    settles(log, rate=lambda log, f: f["place"][0][0])


@case("more is known of a weight, or it is in use")
def one_weight_for_two(log):
    settles(log, weights=lambda log, f: [f["weights"][k] for k in (0, 0, 2)])


@case("more is known of a weight, or it is in use")
def two_weights(log):
    settles(log, weights=lambda log, f: f["weights"][:2])


@case("it says not where each X is")
def a_place_of_one_letter(log):
    settles(log, place=lambda log, f: f["place"][:1])


@case("the place is random")
def a_place_that_is_random(log):
    def place(log, f):
        (a, _), other = f["place"]
        return [[a, log.gaussian("z", rows=1, cols=1)], other]

    settles(log, place=place)


@case("something moves there, or g is not 0")
def a_place_that_is_left(log):
    settles(
        log, place=lambda log, f: [[x, log.number(c)] for c, (x, _) in zip((2, -2), f["place"], strict=True)]
    )


@case("something moves there, or g is not 0")
def a_place_at_the_limit(log):
    settles(log, place=lambda log, f: [[x, log.number(1)] for x, _ in f["place"]])


@case("it is 0 there")
def a_place_where_nothing_is_left(log):
    """Of E = g = a + b nothing is said any more at a = b = 0, and of m = k = h = l = 0 neither."""

    def zero(log, f):
        return log.number(0)

    settles(
        log, of=lambda log, f: f["unless"], loss=zero, rate=zero, slope=zero, high=zero, low=zero,
        velocities=lambda log, f: [[x, log.number(0)] for x, _ in f["velocities"]],
        shown=lambda log, f: nonnegative(log, log.terms(1, 1)),
    )  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_rule(checker, monkeypatch, name):
    check_case(checker, monkeypatch, CASES[name])


def test_what_is_said(checker, monkeypatch):
    log = Log()
    a_number_that_settles(log)
    _, running = run(checker, log.entries, monkeypatch)
    said = running.propositions[-1]
    assert "m = 2*K" in said and "k = 1/2*K" in said and "where K = n, wherever these are > 0" in said
    assert "not so if g = 0: nothing moves, where a = 0, b = 0, and E = -1" in said
