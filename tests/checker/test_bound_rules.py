"""The rules for bounds, losses in their parameters, limits and thresholds: what each accepts, and what it rejects."""

from functools import partial

import pytest

from checker.test_rules import Log, check_case, run
from checker.test_rules import case as any_case

CASES, IDENTITY = {}, []
case = partial(any_case, cases=CASES)


def norm(log, H=0):
    """v'H v as E (u'v)² for u ~ N(0, H), and the letters."""
    log.size()
    H = log.matrix("H", symmetric=True) if H == 0 else H
    v, u = log.matrix("v", cols=1), log.gaussian("u", cols=1, row_cov=H)
    root = log.number(1, [-u, v])
    two = log("stein", letter=u, words=[[-u, v], [-u, v]], place=[0, 0], equals=[[1, [[-v, H, v]], 0]])
    square = log("product", parts=[root, root])
    terms = [[1, [[-v, H, v]], []]]
    return log("expectation", of=square, letter=u, steps=[two], rows=1, cols=1, terms=terms), H, v, root


def nonnegative(log, of, *products, **more):
    return log("nonnegative", claim="c", of=of, products=[list(map(list, p)) for p in products], **more)


@case()
def a_sum_of_products(log):
    """n v'Hv + (b + 1)/n + x²."""
    square, H, v, _ = norm(log)
    n, b, x = log.size("n"), log.scalar("b", at_least=0), log.scalar("x")
    more = log("over", of=log("sum", parts=[b, log.number(1)]), by=n)
    of = log("sum", parts=[log.number(1, [n], [-v, H, v]), more, log.number(1, [x], [x])])
    shown = nonnegative(log, of, ([n, square], []), ([more], []), ([log.square(x)], []))
    log("inequality", claim="p", smaller=log.number(0), larger=of, shown=shown, strict=True)


def in_a_row(log, *, less=1, times=1, is_size=True):
    """c n (c n − 1) ≥ 0, where n is the number of rows of something."""
    n = log.size("n")
    if is_size:
        log.matrix("v", rows="n", cols=1)
    whole = log.number(times, [n])
    of = log("product", parts=[whole, log("sum", parts=[whole, log.number(-less)])])
    log("consecutive", claim="c", of=of, whole=whole)
    return of, n


@case()
def two_whole_numbers_in_a_row(log):
    of, _ = in_a_row(log)
    shown = nonnegative(log, of, ([of], []))
    log("inequality", claim="p", smaller=log.number(0), larger=of, shown=shown)


@case()
def a_multiple_of_a_size(log):
    in_a_row(log, times=2)


@case("it is no product of two numbers in a row")
def two_whole_numbers_with_one_between(log):
    in_a_row(log, less=2)


@case("it is not known to be a whole number")
def half_of_a_size(log):
    in_a_row(log, times="1/2")


@case("it is not known to be a whole number")
def a_number_that_is_no_size(log):
    in_a_row(log, is_size=False)


@case("n is known to be something else")
def a_size_that_is_no_whole_number(log):
    """(n − 1)(n − 2) is negative at n = 3/2, which is no number of rows."""
    n = log.size("n")
    log.matrix("v", rows="n", cols=1)
    whole = log("sum", parts=[n, log.number(-1)])
    of = log("product", parts=[whole, log("sum", parts=[n, log.number(-2)])])
    log("consecutive", claim="c", of=of, whole=whole)
    nonnegative(log, of, ([of], []), letters=[[n, log.number("3/2")]])


@case("the terms add up to something else")
def a_sum_with_another_weight(log):
    square, H, v, _ = norm(log)
    nonnegative(log, log.number(1, [-v, H, v]), ([log.number(2), square], []))


@case("the terms add up to something else")
def a_sum_of_nothing(log):
    square, _H, _v, _ = norm(log)
    nonnegative(log, square)


@case("line 13 is not known to be at least 0")
def a_factor_without_a_sign(log):
    _square, H, v, _ = norm(log)
    of = log.number(-1, [-v, H, v])
    assert of == 11
    x = log.scalar("x")
    nonnegative(log, x, ([log.number(1, [x])], []))


@case("line 4 is not known to be at least 0")
def a_factor_that_is_negative_near_its_bound(log):
    n = log.size("n")
    low = log.terms(1, 1, [1, [[n]], []], [-2, [], []])
    assert low == 3
    nonnegative(log, low, ([log.terms(1, 1, [2, [[n]], []], [-4, [], []]), log.number("1/2")], []))


@case("line 4 is not known to be at least 0")
def a_factor_that_is_a_product_of_two(log):
    x, y = log.scalar("x"), log.scalar("y")
    product = log("product", parts=[x, y])
    nonnegative(log, product, ([product], []))


@case("line 4 is not known to be at least 0")
def a_factor_that_is_a_matrix(log):
    log.size()
    A = log.matrix("A")
    square = log("product", parts=[A, A])
    nonnegative(log, log("trace", of=square), ([square], []))


@case("its law is replaced")
def a_mean_with_another_covariance(log):
    square, H, _v, _ = norm(log)
    other = log("substitute", of=square, letters=[[H, log.terms("d", "d", [-1, [], IDENTITY])]])
    nonnegative(log, other, ([other], []))


@case()
def what_is_divided_by_vanishes_nearly_nowhere(log):
    """x² for v'Hv x² / v'Hv: no condition."""
    square, _H, _v, _ = norm(log)
    x = log.scalar("x")
    above = log.square(x)
    shown = nonnegative(log, log.number(1, [x], [x]), ([above, square], [square]))
    log("inequality", claim="p", smaller=log.number(0), larger=log.square(x), shown=shown)


def test_what_is_divided_by_is_a_condition_only_where_it_may_vanish(checker, monkeypatch):
    log = Log()
    what_is_divided_by_vanishes_nearly_nowhere(log)
    _, running = run(checker, log.entries, monkeypatch)
    assert not running.conditions
    log = Log()
    x, y = log.scalar("x"), log.scalar("y")
    gap = log.terms(1, 1, [1, [[x]], []], [-1, [[y]], []])
    below = log.square(gap)
    nonnegative(log, log.square(x), ([log.square(x), below], [below]))
    found, running = run(checker, log.entries, monkeypatch)
    assert found is None and len(running.conditions) == 1


@case("it is not shown to be positive")
def a_strict_inequality_from_a_square(log):
    square, _H, _v, _ = norm(log)
    shown = nonnegative(log, square, ([square], []))
    log("inequality", claim="p", smaller=log.number(0), larger=square, shown=shown, strict=True)


@case("it is not shown to be positive")
def a_strict_inequality_from_something_that_may_be_zero(log):
    b = log.scalar("b", at_least=0)
    shown = nonnegative(log, b, ([b], []))
    log("inequality", claim="p", smaller=log.number(0), larger=b, shown=shown, strict=True)


@case("what is at least 0 is something else")
def an_inequality_of_something_else(log):
    square, _H, _v, _ = norm(log)
    shown = nonnegative(log, square, ([square], []))
    log("inequality", claim="p", smaller=log.number(1), larger=square, shown=shown)


@case("what is at least 0 is something else")
def an_inequality_the_other_way_round(log):
    square, _H, _v, _ = norm(log)
    shown = nonnegative(log, square, ([square], []))
    log("inequality", claim="p", smaller=square, larger=log.number(0), shown=shown)


@case("it names no entry on what is at least 0")
def an_inequality_from_an_equality(log):
    square, _H, _v, _ = norm(log)
    equal = log("equal", claim="c", left=square, right=square)
    log("inequality", claim="p", smaller=log.number(0), larger=square, shown=equal)


@case("a letter is replaced twice")
def an_equality_at_two_places(log):
    square, _H, v, _ = norm(log)
    shown = nonnegative(log, square, ([square], []))
    zero = log.terms("d", 1)
    log("inequality", claim="p", smaller=log.number(0), larger=square, shown=shown, equality=[[v, zero]] * 2)


@case("the two sides differ there")
def an_equality_where_there_is_none(log):
    square, H, _v, _ = norm(log)
    shown = nonnegative(log, square, ([square], []))
    one = log.terms("d", "d", [1, [], IDENTITY])
    log("inequality", claim="p", smaller=log.number(0), larger=square, shown=shown, equality=[[H, one]])


def equal_everywhere(log, smaller, larger, **more):
    gap = log("sum", parts=[larger, log("product", parts=[log.number(-1), smaller])])
    shown = nonnegative(log, gap, ([larger], []))
    log("inequality", claim="p", smaller=smaller, larger=larger, shown=shown, equality=[], **more)


@case()
def an_equality_for_all_values(log):
    b, zero = log.scalar("b", at_least=0), log.number(0)
    of = log("sum", parts=[b, zero])
    shown = nonnegative(log, zero, ([zero], []))
    log("inequality", claim="p", smaller=b, larger=of, shown=shown, equality=[])


@case("the two sides differ somewhere")
def an_equality_for_all_values_of_what_differs(log):
    equal_everywhere(log, log.number(0), log.scalar("b", at_least=0))


@case("it is not shown to be positive")
def an_equality_for_all_values_that_is_strict(log):
    zero = log.number(0)
    equal_everywhere(log, zero, zero, strict=True)


def test_an_equality_for_all_values_is_printed_as_one(checker, monkeypatch):
    log = Log()
    an_equality_for_all_values(log)
    _, running = run(checker, log.entries, monkeypatch)
    assert "b = b" in running.propositions[0]


@case()
def an_equality_and_what_is_assumed(log):
    """x² b ≥ 0 for b = c + 1, equal at x = 0."""
    b, c, x = log.scalar("b"), log.scalar("c", at_least=0), log.scalar("x")
    value = log("sum", parts=[c, log.number(1)])
    of = log.number(1, [b], [x], [x])
    shown = nonnegative(log, of, ([value, log.square(x)], []), letters=[[b, value]])
    zero = log.number(0)
    log("inequality", claim="p", smaller=zero, larger=of, shown=shown, equality=[[x, zero]])


def shown_before(log, value=None, **more):
    """x² b ≥ 0 is shown, and then (x + 1)² b, with this or another value of b."""
    b, x = log.scalar("b", at_least=0), log.scalar("x")
    general = log.number(1, [b], [x], [x])
    nonnegative(log, general, ([b, log.square(x)], []))
    moved = log("substitute", of=general, letters=[[x, log("sum", parts=[x, log.number(1)])]])
    moved = log("substitute", of=moved, letters=[[b, value(log)]]) if value else moved
    nonnegative(log, moved, ([moved], []))


@case()
def a_factor_that_was_shown_before(log):
    shown_before(log)


@case("its law is replaced")
def a_factor_that_was_shown_of_other_values(log):
    shown_before(log, lambda log: log.number(-1))


@case("line 6 is not known to be at least 0")
def a_factor_that_was_shown_where_more_is_assumed(log):
    """x ≥ 0 for x = b ≥ 0."""
    x, b = log.scalar("x"), log.scalar("b", at_least=0)
    value = log.number(1, [x], [x], [x])
    nonnegative(log, value, ([b, b, b], []), letters=[[x, b]])
    same = log("data", rows=1, cols=1, terms=[[1, [[x], [x], [x]], []], [0, [], []]])
    nonnegative(log, same, ([same], []))


@case("line 4 is not known to be at least 0")
def a_factor_with_an_assumption_of_its_own(log):
    x, b = log.scalar("x"), log.scalar("b", at_least=0)
    value = log.number(1, [x], [x], [x])
    nonnegative(log, value, ([b, b, b], []), letters=[[x, b]])
    nonnegative(log, value, ([value], []))


KNOWN = "{} is known to be something else"


@case(KNOWN.format("H"))
def a_covariance_that_is_assumed_to_be_negative(log):
    """v'v ≤ 0 for H = −I."""
    square, H, v, _ = norm(log)
    minus = log.terms("d", "d", [-1, [], IDENTITY])
    nonnegative(log, log.number(-1, [-v, v]), ([square], []), letters=[[H, minus]])


@case(KNOWN.format("H"))
def a_covariance_that_is_assumed_to_be_any_matrix(log):
    square, H, v, _ = norm(log)
    S = log.matrix("S", symmetric=True)
    nonnegative(log, log.number(1, [-v, S, v]), ([square], []), letters=[[H, S]])


@case()
def a_covariance_that_is_assumed_to_be_a_square(log):
    square, H, v, _ = norm(log)
    S, b = log.matrix("S", symmetric=True), log.scalar("b", at_least=0)
    value = log.terms("d", "d", [1, [], [S, S]], [2, [[b]], IDENTITY])
    of = log.terms(1, 1, [1, [[-v, S, S, v]], []], [2, [[b], [-v, v]], []])
    nonnegative(log, of, ([square], []), letters=[[H, value]])


@case(KNOWN.format("b"))
def a_number_that_is_assumed_to_be_below_its_bound(log):
    b = log.scalar("b", at_least=2)
    nonnegative(log, log.number(1), ([b], []), letters=[[b, log.number(1)]])


@case(KNOWN.format("n"))
def an_equality_for_no_examples(log):
    n = log.size("n")
    shown = nonnegative(log, n, ([n], []))
    zero = log.number(0)
    log("inequality", claim="p", smaller=zero, larger=n, shown=shown, equality=[[n, zero]])


def test_what_is_assumed_is_printed(checker, monkeypatch):
    log = Log()
    an_equality_and_what_is_assumed(log)
    _, running = run(checker, log.entries, monkeypatch)
    assert "where b = c + 1; they are equal where x = 0" in running.propositions[0]


# --- losses -------------------------------------------------------------------------------------------------


def loss(log, **changes):
    """E (a b z − z)² = (ab − 1)² over z, for the weights A and B of one parameter each."""
    z, a, b = log.gaussian("z", rows=1, cols=1), log.scalar("a"), log.scalar("b")
    g = log.terms(1, 1, [1, [[a], [b], [z]], []], [-1, [[z]], []])
    two = log("stein", letter=z, words=[[z], [z]], place=[0, 0], equals=[[1, [], 0]])
    terms = [[1, [[a], [a], [b], [b]], []], [-2, [[a], [b]], []], [1, [], []]]
    square = log.square(g)
    mean = log("expectation", of=square, letter=z, steps=[two], rows=1, cols=1, terms=terms)
    A, B = log.scalar("A"), log.scalar("B")
    names = {"z": z, "a": a, "b": b, "A": A, "B": B, "mean": mean, "square": square, "g": g}
    fields = {
        "of": mean, "computed": log.number(1, [A], [B], [z]), "parameters": [[a, A], [b, B]], "free": [A, B],
    }  # fmt: skip
    fields |= {name: make(log, names) for name, make in changes.items()}
    return log("predicted", **fields), names


@case()
def a_loss_of_all_weights(log):
    found, names = loss(log)
    log("convex", claim="p", predicted=found, free=[names["a"]])
    log("convex", claim="q", predicted=found, free=[names["b"]])


@case("it is another prediction than that of the loss")
def a_loss_of_another_prediction(log):
    loss(log, computed=lambda log, names: log.number(2, [names["A"]], [names["B"]], [names["z"]]))


@case("it is another prediction than that of the loss")
def a_loss_in_other_parameters(log):
    loss(log, parameters=lambda log, names: [[names["a"], names["A"]]])


@case("it is not the expectation of a square")
def a_loss_that_is_no_average(log):
    loss(log, of=lambda log, names: names["square"])


@case("a weight depends on what is random, or the average is not over all of it")
def a_loss_whose_parameters_see_the_data(log):
    loss(log, parameters=lambda log, n: [[n["a"], n["z"]], [n["b"], n["B"]]])


@case("a weight is named twice, or is random, in a law, or in an inverse")
def a_loss_over_the_data(log):
    loss(log, free=lambda log, names: [names["A"], names["B"], names["z"]])


@case("what is squared is not affine in them")
def a_loss_that_is_convex_in_a_product(log):
    found, names = loss(log)
    log("convex", claim="p", predicted=found, free=[names["a"], names["b"]])


@case("a parameter is random, in a law, or bound to others")
def a_loss_that_is_convex_in_the_data(log):
    found, names = loss(log)
    log("convex", claim="p", predicted=found, free=[names["z"]])


@case("a parameter is in a denominator")
def a_loss_over_a_parameter(log):
    z, a, A = log.gaussian("z", rows=1, cols=1), log.scalar("a"), log.scalar("A")
    g, two = (
        log("over", of=z, by=a),
        log("stein", letter=z, words=[[z], [z]], place=[0, 0], equals=[[1, [], 0]]),
    )
    terms = [[1, [[0, a], [0, a]], []]]
    mean = log("expectation", of=log.square(g), letter=z, steps=[two], rows=1, cols=1, terms=terms)
    computed = log("over", of=z, by=A)
    found = log("predicted", of=mean, computed=computed, parameters=[[a, A]], free=[A])
    log("convex", claim="p", predicted=found, free=[a])


@case("it names no loss")
def a_minimum_that_is_convex(log):
    _found, names = loss(log)
    log("convex", claim="p", predicted=names["mean"], free=[names["a"]])


def not_convex(log, **changes):
    """At a = b = 0 along (1, 1): ((h²) − 1)² = 1 − 2h² + …."""
    found, names = loss(log)
    h, zero, one = log.scalar("h"), log.number(0), log.number(1)
    fields = {
        "predicted": found, "letter": h,
        "place": [[names["a"], zero], [names["b"], zero]], "along": [[names["a"], one], [names["b"], one]],
    }  # fmt: skip
    fields |= {name: make(log, names | {"one": one, "h": h}) for name, make in changes.items()}
    two = log.number(2)
    fields.setdefault("shown", nonnegative(log, two, ([two], [])))
    log("not_convex", claim="p", **fields)


@case()
def a_loss_that_bends_downwards(log):
    not_convex(log)


@case("what is at least 0 is something else")
def a_loss_that_does_not_bend_along_one_parameter(log):
    not_convex(log, along=lambda log, names: [[names["a"], names["one"]]])


@case("what is at least 0 is something else")
def a_loss_that_bends_upwards(log):
    not_convex(log, place=lambda log, names: [[names["a"], names["one"]], [names["b"], names["one"]]])


@case("a parameter is named twice")
def a_direction_of_one_parameter_twice(log):
    not_convex(log, along=lambda log, names: [[names["a"], names["one"]]] * 2)


@case("it is not known how fast it grows")
def a_bend_that_does_not_depend_on_what_grows(log):
    not_convex(
        log, growing=lambda log, names: names["h"], along=lambda log, names: [[names["b"], log.number(0)]]
    )


@case("the letter of the direction is not a new one")
def a_direction_along_itself(log):
    not_convex(log, along=lambda log, names: [[names["a"], names["h"]]])


@case("it is not shown to be positive nearly everywhere")
def a_bend_that_may_be_nothing(log):
    """At a = b = 0 along (x, x'), where x is a sum of letters that may cancel."""
    found, names = loss(log)
    h, x, y, zero = log.scalar("h"), log.scalar("x"), log.scalar("y"), log.number(0)
    gap = log.terms(1, 1, [1, [[x]], []], [-1, [[y]], []])
    square = log.square(gap)
    bend = log("product", parts=[log.number(2), square])
    shown = nonnegative(log, bend, ([log.number(2), square], []))
    log(
        "not_convex", claim="p", predicted=found, letter=h, shown=shown,
        place=[[names["a"], zero], [names["b"], zero]], along=[[names["a"], gap], [names["b"], gap]],
    )  # fmt: skip


def bounded(log, bound=0):
    """The loss is at least 0."""
    found, names = loss(log)
    shown = nonnegative(log, names["mean"], ([names["mean"]], []))
    log("lower_bound", claim="p", predicted=found, bound=log.number(bound), shown=shown)


@case()
def a_loss_that_is_bounded(log):
    bounded(log)


@case("something is assumed of a parameter")
def a_loss_that_is_bounded_at_one_place(log):
    """(ab − 1)² ≥ 1 for a = 0."""
    found, names = loss(log)
    one, zero = log.number(1), log.number(0)
    gap = log("sum", parts=[names["mean"], log.number(-1)])
    shown = nonnegative(log, gap, letters=[[names["a"], zero]])
    log("lower_bound", claim="p", predicted=found, bound=one, shown=shown)


@case("what is at least 0 is something else")
def a_loss_with_a_larger_bound(log):
    bounded(log, bound=1)


def decay(log, slack=0, **changes):
    """E (p − 1)² z² with dp/dt = −2 (p − 1): |p − 1| falls as e^(−2t), and at least at the rate 2 − slack."""
    z, p, W = log.gaussian("z", rows=1, cols=1), log.scalar("p"), log.scalar("W")
    g = log.terms(1, 1, [1, [[p], [z]], []], [-1, [[z]], []])
    two = log("stein", letter=z, words=[[z], [z]], place=[0, 0], equals=[[1, [], 0]])
    terms = [[1, [[p], [p]], []], [-2, [[p]], []], [1, [], []]]
    mean = log("expectation", of=log.square(g), letter=z, steps=[two], rows=1, cols=1, terms=terms)
    found = log("predicted", of=mean, computed=log.number(1, [W], [z]), parameters=[[p, W]], free=[W])
    E = log.terms(1, 1, [1, [[p]], []], [-1, [], []])
    factors = [log.number(2 * slack), log.square(E)]
    shown = nonnegative(log, log("product", parts=factors), (factors, []))
    fields = {"free": [p], "of": E, "rate": log.number(2 - slack), "shown": shown}
    fields |= {name: make(log, p) for name, make in changes.items()}
    log("decay", claim="p", predicted=found, **fields)


@case()
def an_error_that_falls(log):
    decay(log)


@case()
def an_error_that_falls_at_least_at_half_the_rate(log):
    decay(log, slack=1)


@case()
def an_error_that_falls_at_just_this_rate(log):
    decay(log, equality=lambda log, p: [[p, log.number(3)]])


@case("what is at least 0 is something else")
def an_error_that_falls_faster(log):
    decay(log, rate=lambda log, p: log.number("5/2"))


@case("what is at least 0 is something else")
def another_error_that_falls(log):
    decay(log, of=lambda log, p: p)


@case("something is assumed of a parameter")
def an_error_that_falls_faster_at_one_place(log):
    def at_the_optimum(log, p):
        E = log.terms(1, 1, [1, [[p]], []], [-1, [], []])
        gap = log("product", parts=[log.number(-6), E, E])
        return nonnegative(log, gap, letters=[[p, log.number(1)]])

    decay(log, rate=lambda log, p: log.number(5), shown=at_the_optimum)


@case("what decays is zero there")
def a_rate_that_is_reached_where_nothing_moves(log):
    decay(log, equality=lambda log, p: [[p, log.number(1)]])


@case("the two sides differ there")
def a_rate_that_is_not_reached(log):
    decay(log, slack=1, equality=lambda log, p: [[p, log.number(3)]])


@case("the rate depends on what moves")
def a_rate_that_moves(log):
    decay(log, rate=lambda log, p: p)


@case("the rate is no scalar")
def a_rate_that_is_a_matrix(log):
    decay(log, rate=lambda log, p: log.terms(2, 2, [1, [], IDENTITY]))


@case("a parameter is named twice, or none is")
def a_flow_of_nothing(log):
    decay(log, free=lambda log, p: [])


@case("a parameter is symmetric")
def a_flow_of_a_symmetric_matrix(log):
    log.size()

    def with_another(log, p):
        return [p, log.matrix("S", symmetric=True)]

    decay(log, free=with_another)


@case()
def a_flow_of_a_matrix(log):
    """E (u'(A − I) v)² = ‖A − I‖² for independent normal u and v."""
    log.size()
    A, W, u, v = log.matrix("A"), log.matrix("W"), log.gaussian("u", cols=1), log.gaussian("v", cols=1)
    g = log.terms(1, 1, [1, [[-u, A, v]], []], [-1, [[-u, v]], []])
    steps = [
        log(
            "stein", letter=u, words=[[-u, A, v], [-u, A, v]], place=[0, 0], equals=[[1, [[-v, -A, A, v]], 0]]
        ),
        log("stein", letter=u, words=[[-u, A, v], [-u, v]], place=[0, 0], equals=[[1, [[-v, A, v]], 0]]),
        log("stein", letter=u, words=[[-u, v], [-u, v]], place=[0, 0], equals=[[1, [[-v, v]], 0]]),
    ]
    terms = [[1, [[-v, -A, A, v]], []], [-2, [[-v, A, v]], []], [1, [[-v, v]], []]]
    first = log("expectation", of=log.square(g), letter=u, steps=steps, rows=1, cols=1, terms=terms)
    steps = [
        log("stein", letter=v, words=[[-v, -A, A, v]], place=[0, 0], equals=[[1, [[-A, A]], 0]]),
        log("stein", letter=v, words=[[-v, A, v]], place=[0, 0], equals=[[1, [[A]], 0]]),
        log("stein", letter=v, words=[[-v, v]], place=[0, 0], equals=[[1, [[log.entries[0]["id"]]], 0]]),
    ]
    d = log.entries[0]["id"]
    terms = [[1, [[-A, A]], []], [-2, [[A]], []], [1, [[d]], []]]
    mean = log("expectation", of=first, letter=v, steps=steps, rows=1, cols=1, terms=terms)
    found = log("predicted", of=mean, computed=log.number(1, [-u, W, v]), parameters=[[A, W]], free=[W])
    E = log.terms("d", "d", [1, [], [A]], [-1, [], IDENTITY])
    shown = nonnegative(log, log.number(0))
    log("decay", claim="p", predicted=found, free=[A], of=E, rate=log.number(2), shown=shown)


# --- limits and thresholds ----------------------------------------------------------------------------------


def limit(log, value, *, together=True, **changes):
    """(n + m)/(n + 2m) has limits one after the other, and (n + a)/(n + h) one if h/n tends to 0."""
    n, m, e, f = log.size("n"), log.size("m"), log.scalar("e"), log.scalar("f")
    top = log("sum", parts=[n, m])
    below = log("sum", parts=[n, log.number(2, [m])])
    steps = [[[[n, e], [m, f]], []]] if together else [[[[n, e]], []], [[[m, f]], []]]
    fields = {"of": log("over", of=top, by=below), "value": log.number(value), "steps": steps}
    names = {"n": n, "m": m, "e": e, "f": f}
    log("limit", claim="p", **fields | {name: make(log, names) for name, make in changes.items()})


@case()
def a_limit_of_one_size_after_the_other(log):
    limit(log, 1, together=False)


@case("the limit is another one")
def a_limit_in_the_other_order(log):
    limit(log, 1, steps=lambda log, x: [[[[x["m"], x["f"]]], []], [[[x["n"], x["e"]]], []]])


@case("the denominator vanishes in the limit")
def a_limit_that_depends_on_how_sizes_grow(log):
    limit(log, 1)


@case("a letter that becomes 0 is in use, or one that grows is in an inverse")
def a_limit_to_a_letter_that_is_in_use(log):
    limit(log, 1, steps=lambda log, x: [[[[x["n"], x["m"]]], []]])


@case("a letter of a limit is named twice, or is no scalar")
def a_limit_of_one_size_twice(log):
    limit(log, 1, steps=lambda log, x: [[[[x["n"], x["e"]], [x["m"], x["e"]]], []]])


def slow_limit(log, count, value=1):
    """(n + h)/n, h/count tending to 0."""
    n, h, e, r = log.size("n"), log.scalar("h", at_least=0), log.scalar("e"), log.scalar("r")
    of = log("over", of=log("sum", parts=[n, h]), by=n)
    steps = [[[[n, e]], [[h, count(log, n), r]]]]
    log("limit", claim="p", of=of, value=log.number(value), steps=steps)
    return n, h


@case()
def a_limit_with_something_slower(log):
    slow_limit(log, lambda log, n: log("sum", parts=[n, log.number(-2)]))


@case("the denominator vanishes in the limit")
def a_limit_with_something_as_fast(log):
    slow_limit(log, lambda log, n: log.number(1, [n], [n]))


def test_a_limit_says_what_is_slower(checker, monkeypatch):
    log = Log()
    a_limit_with_something_slower(log)
    _, running = run(checker, log.entries, monkeypatch)
    assert "as n -> infinity, with h / (n + -2) -> 0" in running.propositions[0]


@case("a letter stays as it is in a limit, and depends on one that grows")
def a_limit_with_a_sum_that_is_said_to_stay(log):
    """(n + h)/n tends to 1 for any h that stays; here h is the sum of 1/k over k = 1, ..., n − 1."""
    n, h, e = log.size("n"), log.scalar("h", at_least=0), log.scalar("e")
    of, one = log("over", of=log("sum", parts=[n, h]), by=n), log.number(1)
    log("limit", claim="p", of=of, value=one, steps=[[[[n, e]], []]])
    phases = {"of": one, "last": [[1, [[n]], []]], "harmonic": [[h, 1]]}
    log("asserted", claim="c", why="w", rows=1, cols=1, terms=[[1, [[h]], []]], phases=phases)
    log("stated", name="q", text="1", stated=one, derived=one)
    log("verdict", verdict="proved", entries=len(log.entries) + 2)


def threshold(log, slope=-1, least=None, positive_part=True, **changes):
    """max(0, d − H) or d − H, with the threshold H = d."""
    d, H = log.size(), log.size("H")
    form = log.terms(1, 1, [1, [[d]], []], [slope, [[H]], []])
    of = log.scalar("cut", positive_part_of=form) if positive_part else form
    a, b = log.scalar("a", at_least=0), log.scalar("b", at_least=0, invertible=True)
    fields = {"of": of, "number": H, "least": least(log, d) if least else d, "above": a, "below": b}
    fields |= {name: make(log, fields) for name, make in changes.items()}
    log("threshold", claim="p", **fields)


@case()
def a_threshold(log):
    threshold(log)


@case()
def a_threshold_at_half(log):
    threshold(log, slope=-2, least=lambda log, d: log.number("1/2", [d]))


@case("it is not seen to vanish from there on")
def a_threshold_of_what_becomes_negative(log):
    threshold(log, positive_part=False)


@case("it is not seen to vanish from there on")
def a_threshold_that_is_too_low(log):
    threshold(log, least=lambda log, d: log.terms(1, 1, [1, [[d]], []], [-1, [], []]))


@case("it is not seen to be positive below")
def a_threshold_that_is_too_high(log):
    threshold(log, least=lambda log, d: log.terms(1, 1, [1, [[d]], []], [1, [], []]))


@case("the two distances are no new letters of the right signs")
def a_threshold_with_a_distance_that_may_be_zero(log):
    threshold(log, below=lambda log, fields: fields["above"])


@case("it is no threshold of x")
def a_threshold_that_depends_on_the_number(log):
    threshold(log, least=lambda log, d: log.number(1, [d + 1]))


@case("it is no positive part")
def a_positive_part_of_a_matrix(log):
    log.size()
    log.scalar("cut", positive_part_of=log.matrix("A"))


@case("the letter has two meanings")
def a_positive_part_with_a_bound(log):
    log.scalar("cut", positive_part_of=log.number(1), at_least=1)


@case("it is not shown that cut + H is not zero: cut is related to other letters")
def a_condition_on_a_positive_part(log):
    H = log.scalar("H")
    cut = log.scalar("cut", positive_part_of=log.number(-1, [H]))
    log("over", of=log.number(1), by=log("sum", parts=[cut, H]))


@pytest.mark.parametrize("name", CASES)
def test_a_rule(checker, monkeypatch, name):
    check_case(checker, monkeypatch, CASES[name])
