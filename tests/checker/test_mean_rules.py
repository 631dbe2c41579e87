"""Means that are no closed forms, and sums over eigenvalues: what the first checker accepts, and what it rejects."""

from functools import partial

import pytest

from checker.test_bound_rules import nonnegative
from checker.test_rules import case as any_case
from checker.test_rules import check_case

CASES = {}
case = partial(any_case, cases=CASES)
NO_MEAN, NO_EIGENVALUE = "it is no mean of a number", "it is no eigenvalue of a product of two letters"
OTHER, LEFT = "it is another difference", "it is not the average over all that is random"
TWO_MEANINGS = "the letter has two meanings"


def at_least(log, **changes):
    """b = E z⁴ ≥ 1 = E (2z² − 1), as z⁴ − 2z² + 1 is a square."""
    n = {"z": log.gaussian("z", rows=1, cols=1)}
    z = n["z"]
    n["b"] = log.scalar("b", mean_of=log.number(1, [z], [z], [z], [z]))
    n["square"] = log.square(log.terms(1, 1, [1, [[z], [z]], []], [-1, [], []]))
    n["less"] = log.terms(1, 1, [2, [[z], [z]], []], [-1, [], []])
    two = log("stein", letter=z, words=[[z], [z]], place=[0, 0], equals=[[1, [], 0]])
    more = {"letter": z, "steps": [two], "rows": 1, "cols": 1, "terms": [[1, [], []]]}
    n["average"] = log("expectation", of=n["less"], **more)
    n["of"] = log.terms(1, 1, [1, [[n["b"]]], []], [-1, [], []])
    fields = {
        "of": n["of"],
        "letter": n["b"],
        "square": n["square"],
        "less": n["less"],
        "average": n["average"],
    }
    log("mean_at_least", claim="c", **fields | {name: make(log, n) for name, make in changes.items()})
    return n


@case()
def a_mean_that_is_at_least_its_tangent(log):
    n = at_least(log)
    of = log("product", parts=[n["of"], log.number(2)])
    shown = nonnegative(log, of, ([n["of"], log.number(2)], []))
    log("inequality", claim="p", smaller=log.number(2), larger=log.number(2, [n["b"]]), shown=shown)


@case("it is not shown to be positive")
def a_mean_that_is_above_its_tangent(log):
    n = at_least(log)
    shown = nonnegative(log, n["of"], ([n["of"]], []))
    log("inequality", claim="p", smaller=log.number(1), larger=n["b"], shown=shown, strict=True)


@case("what replaces b has another size")
def nothing_of_another_size_is_put_for_a_mean(log):
    n = at_least(log)
    log("substitute", of=n["of"], letters=[[n["b"], log.terms(2, 2)]])


CHANGED = {
    "a letter that stands for nothing": ("its letter stands for no mean", {"letter": lambda log, n: n["z"]}),
    "another square": (OTHER, {"square": lambda log, n: log.square(n["z"])}),
    "half the square": (
        "line 13 is not known to be at least 0",
        {"square": lambda log, n: log("product", parts=[n["square"], log.number("1/2")])},
    ),
    "another tangent": (OTHER, {"less": lambda log, n: log.number(1)}),
    "the tangent without an average": (LEFT, {"average": lambda log, n: n["less"]}),
    "an average of something else": (LEFT, {"average": lambda log, n: log.number(1)}),
    "a larger bound": (
        "what is at least 0 is something else",
        {"of": lambda log, n: log.terms(1, 1, [1, [[n["b"]]], []], [-3, [], []])},
    ),
    "the other direction": (
        "what is at least 0 is something else",
        {"of": lambda log, n: log.terms(1, 1, [-1, [[n["b"]]], []], [1, [], []])},
    ),
}
for name, (sentence, changes) in CHANGED.items():
    CASES[name] = (lambda log, changes=changes: at_least(log, **changes) and None, sentence)


@case(NO_MEAN)
def a_mean_of_nothing_random(log):
    log.scalar("b", mean_of=log.number(1))


@case(NO_MEAN)
def a_mean_of_a_matrix(log):
    log.size()
    log.scalar("b", mean_of=log.gaussian("X"))


@case(NO_MEAN)
def a_mean_that_is_a_matrix(log):
    log.size()
    log.matrix("b", mean_of=log.gaussian("z", rows=1, cols=1))


@case(TWO_MEANINGS)
def a_mean_with_a_bound(log):
    log.scalar("b", mean_of=log.gaussian("z", rows=1, cols=1), at_least=1)


@case("it is not shown that b is not zero: z is random")
def a_condition_on_a_mean(log):
    b = log.scalar("b", mean_of=log.gaussian("z", rows=1, cols=1))
    log("over", of=log.number(1), by=b)


# --- eigenvalues -----------------------------------------------------------------------------------------------------


def eigenvalues(log, kind="trace", **changes):
    """With the eigenvalues x of AB, t their sum and m the largest one: t x − x², m x − x², or x − s x/(x + s)."""
    log.size()
    n = {name: log.matrix(name, symmetric=True) for name in "AB"}
    A, B = n["A"], n["B"]
    n["a"], n["b"] = (log.gaussian(f"of {name}", cols=1, row_cov=n[name]) for name in "AB")
    n["s"] = s = log.scalar("s", at_least=0)
    n["x"], n["y"], n["z"] = (log.scalar(name, at_least=0) for name in "xyz")
    product = log.terms("d", "d", [1, [], [A, B]])
    n["m"] = m = log.scalar("m", largest_of=product)
    n["R"] = R = log.matrix("R", inverse_of=log.terms("d", "d", [1, [[s]], []], [1, [], [A, B]]))
    x, y, z = (n[name] for name in "xyz")
    function, summand = {
        "trace": ([[1, [[A, B]], [A, B]], [-1, [], [A, B, A, B]]], lambda: log.number(1, [x], [y])),
        "largest": ([[1, [[m]], [A, B]], [-1, [], [A, B, A, B]]], lambda: log.number(1, [x], [z])),
        "inverse": (
            [[1, [], [A, B]], [-1, [[s]], [A, B, R]]],
            lambda: log(
                "over", of=log.number(1, [x], [x]), by=log.terms(1, 1, [1, [[x]], []], [1, [[s]], []])
            ),
        ),
    }[kind]
    fields = {"function": function, "pair": [A, B], "marks": [x, y, z]}
    fields |= {name: make(log, n) for name, make in changes.items() if name in fields}
    terms = fields.pop("function")
    matrix = log.terms("d", "d", *terms)
    of = changes["of"](log, n) if "of" in changes else log("trace", of=matrix)
    last = changes["summand"](log, n) if "summand" in changes else summand()
    log("over_eigenvalues", claim="c", of=of, function=matrix, summand=last, **fields)
    return of


@case()
def a_sum_over_eigenvalues(log):
    of = eigenvalues(log)
    shown = nonnegative(log, of, ([of], []))
    log("inequality", claim="p", smaller=log.number(0), larger=of, shown=shown)


@case()
def a_sum_with_the_largest_eigenvalue(log):
    eigenvalues(log, kind="largest")


@case()
def a_sum_with_an_inverse(log):
    eigenvalues(log, kind="inverse")


def always(*names):
    return lambda log, n: [n[name] for name in names]


COVARIANCE = "it is not known to be a covariance"
MARKS = "more is known of an eigenvalue, or it is in use"
ANOTHER, COEFFICIENT = "a summand is another one", "a coefficient depends on the matrices"
FUNCTION = "it is no function of the product"
SUMS = {
    "a matrix that is no covariance": (COVARIANCE, {"pair": always("A", "R")}),
    "a bound of an eigenvalue": (MARKS, {"marks": lambda log, n: [n["x"], n["y"], log.size("n")]}),
    "an eigenvalue without a bound": (MARKS, {"marks": lambda log, n: [log.scalar("w"), n["y"], n["z"]]}),
    "one letter for two": (MARKS, {"marks": always("x", "y", "y")}),
    "an eigenvalue that is in use": (
        MARKS,
        {"marks": always("s", "y", "z"), "function": lambda log, n: [[1, [[n["s"]]], [n["A"], n["B"]]]]},
    ),
    "the largest eigenvalue for any": (MARKS, {"marks": always("m", "y", "z")}),
    "another trace": ("it is another trace", {"of": lambda log, n: log.number(1, [n["A"], n["B"]])}),
    "another summand": (ANOTHER, {"summand": lambda log, n: log.number(2, [n["x"]], [n["y"]])}),
    "a summand of another eigenvalue": (ANOTHER, {"summand": lambda log, n: log.number(1, [n["x"]], [n["z"]])}),
    "the matrices the other way round": (FUNCTION, {"pair": always("B", "A")}),
    "a power of one matrix": (FUNCTION, {"function": lambda log, n: [[1, [], [n["A"], n["A"]]]]}),
    "a trace of something else": (COEFFICIENT, {"function": lambda log, n: [[1, [[n["A"]]], [n["A"], n["B"]]]]}),
    "a negative summand": (
        "a summand is not seen to be at least 0",
        {
            "function": lambda log, n: [[-1, [], [n["A"], n["B"]]]],
            "summand": lambda log, n: log.number(-1, [n["x"]]),
        },
    ),
}  # fmt: skip
for name, (sentence, changes) in SUMS.items():
    CASES[name] = (lambda log, changes=changes: eigenvalues(log, **changes) and None, sentence)


@case(NO_EIGENVALUE)
def the_largest_eigenvalue_of_a_sum(log):
    log.size()
    A = log.matrix("A")
    log.scalar("m", largest_of=log.terms("d", "d", [1, [], [A, A]], [1, [], [A]]))


@case(NO_EIGENVALUE)
def the_largest_eigenvalue_of_a_random_matrix(log):
    log.size()
    X = log.gaussian("X")
    log.scalar("m", largest_of=log.terms("d", "d", [1, [], [X, -X]]))


@case(NO_EIGENVALUE)
def twice_the_largest_eigenvalue(log):
    log.size()
    A = log.matrix("A")
    log.scalar("m", largest_of=log.terms("d", "d", [2, [], [A, A]]))


@case(TWO_MEANINGS)
def a_largest_eigenvalue_that_is_invertible(log):
    log.size()
    A = log.matrix("A")
    log.scalar("m", largest_of=log.terms("d", "d", [1, [], [A, A]]), invertible=True)


@pytest.mark.parametrize("name", CASES)
def test_a_rule(checker, monkeypatch, name):
    check_case(checker, monkeypatch, CASES[name])
