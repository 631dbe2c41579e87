"""The rules for gradients, critical points and driven convergence, for the loss (p − 1)²: accepted, and rejected."""

from functools import partial

import pytest

from checker.test_bound_rules import nonnegative
from checker.test_rules import case as any_case
from checker.test_rules import check_case

CASES = {}
case = partial(any_case, cases=CASES)


def loss(log):
    """E (p − 1)² z²: the line of `predicted`, its value, p, p − 1 and its square."""
    z, p, W = log.gaussian("z", rows=1, cols=1), log.scalar("p"), log.scalar("W")
    g = log.terms(1, 1, [1, [[p], [z]], []], [-1, [[z]], []])
    two = log("stein", letter=z, words=[[z], [z]], place=[0, 0], equals=[[1, [], 0]])
    terms = [[1, [[p], [p]], []], [-2, [[p]], []], [1, [], []]]
    mean = log("expectation", of=log.square(g), letter=z, steps=[two], rows=1, cols=1, terms=terms)
    found = log("predicted", of=mean, computed=log.number(1, [W], [z]), parameters=[[p, W]], free=[W])
    E = log.terms(1, 1, [1, [[p]], []], [-1, [], []])
    return found, mean, p, E, log.square(E)


def least(log, value):
    """The entry that says that a mean square is at least 0."""
    k, one, zero = log.scalar("k"), log.number(1), log.terms(1, 1)
    equation = log("factorised", of=k, letter=k, scale=one, F=one, C=zero)
    at = log("quotient", of=zero, by=one, result=zero, solves=equation)
    return log(
        "minimum", claim="c", letter=k, factorised=equation, loss=value, candidate=zero, square=value, normal=k,
        direction=zero, at=at, power=zero, explained=log.square(k), value=zero,
    )  # fmt: skip


def changed(log, fields, changes):
    """The fields, some of them made otherwise from what they were."""
    return fields | {name: make(log, fields) for name, make in changes.items()}


def distance(log, p):
    """p = 1 − D."""
    return [[p, log.number(1), log.scalar("D")]]


def dominated(log, slack=0, **changes):
    """(p − 1)² ≤ |2 (p − 1)|²/c, c = 4 − slack."""
    found, mean, p, _E, square = loss(log)
    minimum, one = least(log, mean), log.number(1)
    factors = [log.number(slack), square]
    shown = nonnegative(log, log("product", parts=factors), (factors, []))
    fields = {"predicted": found, "minimum": minimum, "place": [[p, one]], "shown": shown}
    fields |= {"constants": [[p, log.number(4 - slack)]]}
    log("dominated", claim="p", **changed(log, fields, changes))


@case()
def a_gradient_that_dominates(log):
    dominated(log)


@case()
def a_gradient_that_dominates_with_room(log):
    dominated(log, slack=1)


@case("what is at least 0 is something else")
def a_gradient_that_is_said_to_be_larger(log):
    dominated(log, constants=lambda log, f: [[f["place"][0][0], log.number(5)]])


@case("what it is divided by is no scalar")
def a_gradient_over_a_matrix(log):
    log.size()
    A = log.matrix("A")
    dominated(log, constants=lambda log, f: [[f["place"][0][0], A]])


@case("a parameter is named twice, or none is")
def a_gradient_in_nothing(log):
    dominated(log, constants=lambda log, f: [])


@case("it depends on what moves")
def a_constant_of_a_gradient_that_moves(log):
    dominated(log, constants=lambda log, f: [[f["place"][0][0]] * 2])


@case("it names no minimum")
def a_least_value_that_is_none(log):
    dominated(log, minimum=lambda log, f: f["shown"])


@case("the minimum is one of another loss")
def a_least_value_of_another_loss(log):
    def other(log, f):
        y = log.gaussian("y", rows=1, cols=1)
        two = log("stein", letter=y, words=[[y], [y]], place=[0, 0], equals=[[1, [], 0]])
        mean = log(
            "expectation", of=log.square(y), letter=y, steps=[two], rows=1, cols=1, terms=[[1, [], []]]
        )
        k, one, zero = log.scalar("k2"), log.number(1), log.terms(1, 1)
        equation = log("factorised", of=k, letter=k, scale=one, F=one, C=zero)
        at = log("quotient", of=zero, by=one, result=zero, solves=equation)
        return log(
            "minimum", claim="c", letter=k, factorised=equation, loss=mean, candidate=zero, square=mean, normal=k,
            direction=zero, at=at, power=zero, explained=log.square(k), value=zero,
        )  # fmt: skip

    dominated(log, minimum=other)


@case("the loss is another one at this place")
def a_least_value_elsewhere(log):
    dominated(log, place=lambda log, f: [[f["place"][0][0], log.number(2)]])


def critical(log, **changes):
    """(p − 1) · 2 (p − 1) ≥ 2 (p − 1)²."""
    found, _mean, p, E, _square = loss(log)
    shown = nonnegative(log, log.terms(1, 1))
    fields = {"predicted": found, "place": [[p, log.number(1)]], "factors": [[p, E]], "shown": shown}
    fields |= {"room": [[p, log.number(2)]]}
    log("critical", claim="p", **changed(log, fields, changes))


@case()
def a_critical_point(log):
    critical(log)


@case()
def a_critical_point_by_the_distance(log):
    critical(log, origins=lambda log, f: distance(log, f["place"][0][0]))


@case("what is at least 0 is something else")
def a_distance_that_counts_more(log):
    critical(log, room=lambda log, f: [[f["place"][0][0], log.number(3)]])


@case("what is at least 0 is something else")
def a_direction_that_is_turned_around(log):
    critical(log, factors=lambda log, f: [[x, log.number(-1, [x])] for x, _ in f["factors"]])


@case("the square of a distance has no positive factor")
def a_distance_that_does_not_count(log):
    critical(log, room=lambda log, f: [[f["place"][0][0], log.number(0)]])


@case("the gradient is not zero at this place")
def a_critical_point_elsewhere(log):
    critical(log, place=lambda log, f: [[f["place"][0][0], log.number(2)]])


@case("other parameters")
def a_critical_point_of_another_parameter(log):
    critical(log, room=lambda log, f: [[log.scalar("q"), log.number(2)]])


@case("a parameter is in a denominator")
def a_direction_over_a_parameter(log):
    critical(log, factors=lambda log, f: [[x, log("over", of=E, by=x)] for x, E in f["factors"]])


@case("a parameter is symmetric")
def a_symmetric_parameter(log):
    log.size()
    S = log.matrix("S", symmetric=True)
    critical(log, **{name: lambda log, f: [[S, S]] for name in ("place", "factors", "room")})


@case("a parameter is displaced twice, or by what moves")
def an_origin_that_moves(log):
    def origins(log, f):
        ((p, _, D),) = distance(log, f["place"][0][0])
        return [[p, p, D]]

    critical(log, origins=origins)


@case("a parameter is displaced twice, or by what moves")
def a_distance_that_is_the_parameter(log):
    critical(log, origins=lambda log, f: [[f["place"][0][0], log.number(1), f["place"][0][0]]])


@case("something is known of how far a parameter is away")
def a_distance_that_is_not_negative(log):
    critical(log, origins=lambda log, f: [[f["place"][0][0], log.number(1), log.scalar("D", at_least=0)]])


@case("something is known of how far a parameter is away")
def a_distance_that_is_not_zero(log):
    critical(
        log, origins=lambda log, f: [[f["place"][0][0], log.number(1), log.scalar("D", invertible=True)]]
    )


@case("how far a parameter is away is in the loss")
def a_distance_that_is_in_the_loss(log):
    """E (p − D)² z², with p = 1 − D."""
    z, p, D, W = (log.gaussian("z", rows=1, cols=1), *map(log.scalar, "pDW"))
    g = log.terms(1, 1, [1, [[p], [z]], []], [-1, [[D], [z]], []])
    two = log("stein", letter=z, words=[[z], [z]], place=[0, 0], equals=[[1, [], 0]])
    terms = [[1, [[p], [p]], []], [-2, [[p], [D]], []], [1, [[D], [D]], []]]
    mean = log("expectation", of=log.square(g), letter=z, steps=[two], rows=1, cols=1, terms=terms)
    found = log("predicted", of=mean, computed=log.number(1, [W], [z]), parameters=[[p, W]], free=[W])
    one, shown = log.number(1), nonnegative(log, log.terms(1, 1))
    pair = [[p, one]]
    log(
        "critical", claim="p", predicted=found, place=pair, factors=pair, room=pair, shown=shown,
        origins=[[p, one, D]],
    )  # fmt: skip


def converges(log, slack=0, away=False, **changes):
    """|p − 1| falls at the rate 2 − slack, as it does itself at the rate 2: q² e² and C² s⁴ are to spare."""
    found, _mean, p, E, square = loss(log)
    origins = distance(log, p) if away else []
    square = log.square(origins[0][2]) if away else square
    share, balance = log.scalar("share", at_least=0), log.scalar("balance", at_least=0)
    rate, two, C = log.number(2 - slack), log.number(2), log.number(3)
    more = log.number(2 * slack)
    products = [[two, log.square(balance), square], [two, C, C, square, square], [balance, more, square]]
    parts = [log("product", parts=factors) for factors in products]
    shown = nonnegative(log, log("sum", parts=parts), *((factors, []) for factors in products))
    fields = {
        "predicted": found, "free": [p], "of": E, "by": E, "rate": rate, "by_rate": two, "constant": C,
        "share": share, "balance": balance, "shown": shown, "origins": origins,
    }  # fmt: skip
    log("converges", claim="p", **changed(log, fields, changes))


@case()
def an_error_that_is_driven(log):
    converges(log)


@case()
def an_error_that_is_driven_by_the_distance(log):
    converges(log, away=True)


@case()
def an_error_that_falls_more_slowly(log):
    converges(log, slack=1)


@case("what is at least 0 is something else")
def an_error_that_is_said_to_fall_faster(log):
    converges(log, rate=lambda log, f: log.number("21/10"))


@case("what is at least 0 is something else")
def an_error_that_is_driven_by_what_falls_faster(log):
    converges(log, by_rate=lambda log, f: log.number("21/10"))


@case("what is at least 0 is something else")
def an_error_that_is_driven_less(log):
    converges(log, constant=lambda log, f: log.number(2))


@case("line 26 is not known to be at least 0")
def an_error_that_is_driven_by_a_negative_constant(log):
    converges(log, constant=lambda log, f: log.number(-3))


@case("a rate or the constant is no scalar")
def a_rate_of_convergence_that_is_a_matrix(log):
    log.size()
    A = log.matrix("A")
    converges(log, rate=lambda log, f: A)


@case("more is known of a weight, or it is in use")
def one_weight_for_both(log):
    converges(log, balance=lambda log, f: f["share"])


@case("more is known of a weight, or it is in use")
def a_weight_that_is_large(log):
    converges(log, share=lambda log, f: log.scalar("large", at_least=1))


@case("it falls at another rate there")
def a_rate_that_is_reached_where_the_driver_is_not_zero(log):
    converges(log, equality=lambda log, f: [[f["free"][0], log.number(3)]])


@case("what converges is zero there")
def a_rate_that_is_reached_at_the_limit(log):
    converges(log, equality=lambda log, f: [[f["free"][0], log.number(1)]])


def two_losses(log, rate=2, metric=(), **changes):
    """E ((p − 1) z + (r − 1) y)²: E = p − 1 is driven by D = r − 1, which is zero where the rate is reached."""
    z, y = (log.gaussian(name, rows=1, cols=1) for name in "zy")
    p, r, V, W = map(log.scalar, "prVW")
    g = log.terms(1, 1, [1, [[p], [z]], []], [-1, [[z]], []], [1, [[r], [y]], []], [-1, [[y]], []])
    first = log("stein", letter=z, words=[[z], [z]], place=[0, 0], equals=[[1, [], 0]])
    square = lambda x: [[1, [[x], [x]], []], [-2, [[x]], []], [1, [], []]]  # noqa: E731
    in_y = [[1, [[r], [r], [y], [y]], []], [-2, [[r], [y], [y]], []], [1, [[y], [y]], []]]
    mean = log(
        "expectation", of=log.square(g), letter=z, steps=[first], rows=1, cols=1, terms=square(p) + in_y
    )
    second = log("stein", letter=y, words=[[y], [y]], place=[0, 0], equals=[[1, [], 0]])
    both = [[1, [[p], [p]], []], [-2, [[p]], []], [1, [[r], [r]], []], [-2, [[r]], []], [2, [], []]]
    whole = log("expectation", of=mean, letter=y, steps=[second], rows=1, cols=1, terms=both)
    computed = log.terms(1, 1, [1, [[V], [z]], []], [1, [[W], [y]], []])
    found = log("predicted", of=whole, computed=computed, parameters=[[p, V], [r, W]], free=[V, W])
    E, D = (log.terms(1, 1, [1, [[x]], []], [-1, [], []]) for x in (p, r))
    share, balance = log.scalar("share", at_least=0), log.scalar("balance", at_least=0)
    two, C, e, s = log.number(2), log.number(3), log.square(E), log.square(D)
    by_rate, more = log.number(rate), log.number(2 * (2 - rate))
    products = [[two, log.square(balance), e], [two, C, C, s, s], [share, more, s]]
    parts = [log("product", parts=factors) for factors in products]
    where, there = metric or ([], [])
    shown = nonnegative(log, log("sum", parts=parts), *((factors, []) for factors in products), where=where)
    fields = {
        "predicted": found, "free": [p, r], "of": E, "by": D, "rate": two, "by_rate": by_rate, "constant": C,
        "share": share, "balance": balance, "shown": shown,
        "equality": [[p, log.number(3)], [r, log.number(1)], *there],
    }  # fmt: skip
    log("converges", claim="p", **changed(log, fields, changes))


@case()
def a_rate_that_is_reached(log):
    two_losses(log)


@case("the other rate may be the smaller one")
def a_rate_that_is_not_the_smaller_one(log):
    two_losses(log, rate=0)


@case("it falls at another rate there")
def a_rate_that_is_reached_while_it_is_driven(log):
    two_losses(log, equality=lambda log, f: [[f["free"][0], log.number(3)]])


def metric(log, c):
    """X = YY is assumed, and X is c times Y² where the rate is reached."""
    log.size()
    X, Y = log.matrix("X", symmetric=True), log.matrix("Y", symmetric=True)
    one, other = (log.terms("d", "d", [number, [], []]) for number in (1, c))
    return [[X, log.terms("d", "d", [1, [], [Y, Y]])]], [[X, other], [Y, one]]


@case()
def a_rate_that_is_reached_where_it_is_so(log):
    two_losses(log, metric=metric(log, 1))


@case("what is assumed is not so there")
def a_rate_that_is_reached_where_it_is_not_so(log):
    two_losses(log, metric=metric(log, 2))


@pytest.mark.parametrize("name", CASES)
def test_a_rule(checker, monkeypatch, name):
    check_case(checker, monkeypatch, CASES[name])
