"""Exact sets of minimisers: what the checker accepts of them, and what it rejects."""

from functools import partial

import pytest

from checker.test_bound_rules import nonnegative
from checker.test_rules import case as any_case
from checker.test_rules import check_case

CASES = {}
case = partial(any_case, cases=CASES)
OTHER, FACTOR = "it is another square", "a factor is not seen to be positive"


def square(log, M, rows, H=0):
    """E (u'Mv)² = M'HM for a column M, as a line; and u, v."""
    u = log.gaussian(f"u{M}", rows=rows, cols=1, row_cov=H)
    v = log.gaussian(f"v{M}", rows=1, cols=1)
    root = log("product", parts=[log("product", parts=[log("transpose", of=u), M]), v])
    return root, u, v


def vectors(log, **changes):
    """E (W'x − b'x)² = (p − b)'H(p − b) with p = W is least exactly where p = b, if H is positive definite."""
    n = {"d": log.size(), "H": log.matrix("H", symmetric=True)}
    n |= {x: log.matrix(x, cols=1) for x in "pbWq"}
    n["one"], n["zero"], minus = log.number(1), log.number(0), log.number(-1)
    n["nothing"], n["s"] = log.terms("d", 1), log.scalar("s", at_least=0)
    n["gap"] = log("sum", parts=[n["p"], log("product", parts=[minus, n["b"]])])
    root, n["u"], n["v"] = square(log, n["gap"], "d", n["H"])
    v = n["v"]
    squared = log("product", parts=[root, root])
    two = log("stein", letter=v, words=[[v], [v]], place=[0, 0], equals=[[1, [], 0]])
    p, b, u, H = n["p"], n["b"], n["u"], n["H"]
    terms = [[1, [[-u, p], [-u, p]], []], [-2, [[-u, p], [-u, b]], []], [1, [[-u, b], [-u, b]], []]]
    inner = log("expectation", of=squared, letter=v, steps=[two], rows=1, cols=1, terms=terms)
    steps = [
        log("stein", letter=u, words=[[-u, x], [-u, y]], place=[0, 0], equals=[[1, [[-x, H, y]], 0]])
        for x, y in ((p, p), (p, b), (b, b))
    ]
    terms = [[1, [[-p, H, p]], []], [-2, [[-p, H, b]], []], [1, [[-b, H, b]], []]]
    n["mean"] = log("expectation", of=inner, letter=u, steps=steps, rows=1, cols=1, terms=terms)
    n["plain"] = squared
    computed = log("product", parts=[log("product", parts=[log("transpose", of=u), n["W"]]), v])
    predicted = log("predicted", of=n["mean"], computed=computed, parameters=[[p, n["W"]]], free=[n["W"]])
    shown = nonnegative(log, n["mean"], ([n["mean"]], []))
    fields = {
        "predicted": predicted, "value": n["zero"], "shown": shown, "equations": [[p, b]],
        "squares": [[n["mean"], n["gap"], u, v, n["one"], 0]], "only": [], "there": [[p, b]], "back": [],
        "weights": [[n["W"], b]], "given": [], "definite": [H],
    }  # fmt: skip
    n |= {"shown": shown, "predicted": predicted}
    log("exact_minimisers", claim="p", **fields | {k: make(log, n) for k, make in changes.items()})
    return n


def times(log, c, *parts):
    return log("product", parts=[log.number(c), *parts])


def of_square(n, **changes):
    """The field `squares` with something else in the place of a part."""
    parts = {"S": n["mean"], "M": n["gap"], "u": n["u"], "v": n["v"], "c": n["one"], "k": 0}
    return [list((parts | changes).values())]


NO_EQUATIONS = "these are no equations between parameters, or the value depends on them"
HYPOTHESIS = "a hypothesis is on a weight, on chance, or on no scalar or symmetric matrix"
NEVER, NOT_SOLVED = "a hypothesis may never hold", "a parameter is not what the equations say"
NOT_MORE, NOT_LEAST = "an equation does not follow", "it is not seen to be least there"
NOT_THERE = "the equations do not hold at these weights"
CHANGED = {
    "as it is": (None, {}),
    "a covariance that may be singular": (
        "a covariance is not known to be positive definite",
        {"definite": lambda log, n: []},
    ),
    "another vector": (NOT_MORE, {"equations": lambda log, n: [[n["p"], times(log, 2, n["b"])]]}),
    "one more equation": (NOT_MORE, {"equations": lambda log, n: [[n["p"], n["b"]], [n["q"], n["b"]]]}),
    "an equation that always holds": (NOT_SOLVED, {"equations": lambda log, n: [[n["zero"], n["zero"]]]}),
    "a larger set": (
        NOT_LEAST,
        {"equations": lambda log, n: [[n["zero"], n["zero"]]], "there": lambda log, n: []},
    ),
    "an equation that never holds": (NOT_MORE, {"equations": lambda log, n: [[n["zero"], n["one"]]]}),
    "no equations": (NO_EQUATIONS, {"equations": lambda log, n: []}),
    "an equation between data": (NO_EQUATIONS, {"equations": lambda log, n: [[n["u"], n["b"]]]}),
    "an equation between weights": (NO_EQUATIONS, {"equations": lambda log, n: [[n["W"], n["b"]]]}),
    "no square": (NOT_MORE, {"squares": lambda log, n: []}),
    "a factor that is twice as large": (
        "the square has another factor in the sum",
        {"squares": lambda log, n: of_square(n, c=log.number(2))},
    ),
    "a factor of zero": (FACTOR, {"squares": lambda log, n: of_square(n, c=n["zero"])}),
    "a negative factor": (FACTOR, {"squares": lambda log, n: of_square(n, c=log.number(-1))}),
    "a factor that may be zero": (FACTOR, {"squares": lambda log, n: of_square(n, c=n["s"])}),
    "a hypothesis that is not there": (FACTOR, {"squares": lambda log, n: of_square(n, k=1)}),
    "a hypothesis counted from the end": (FACTOR, {"squares": lambda log, n: of_square(n, k=-1)}),
    "a hypothesis that is no number": (FACTOR, {"squares": lambda log, n: of_square(n, k=False)}),
    "a square of something else": (OTHER, {"squares": lambda log, n: of_square(n, M=n["p"])}),
    "a square of data": (
        "it is not the expectation of a square",
        {"squares": lambda log, n: of_square(n, S=n["plain"])},
    ),
    "one vector on both sides": (OTHER, {"squares": lambda log, n: of_square(n, u=n["v"])}),
    "a weight as positive definite": (HYPOTHESIS, {"definite": lambda log, n: [n["H"], n["p"]]}),
    "a hypothesis on a weight": (HYPOTHESIS, {"given": lambda log, n: [log.number(1, [-n["p"], n["p"]])]}),
    "a hypothesis that never holds": (NEVER, {"given": lambda log, n: [n["zero"]]}),
    "a projector that is positive definite": (
        NEVER,
        {
            "definite": lambda log, n: [
                n["H"],
                log.matrix("P", symmetric=True, satisfies="projector", rank="d"),
            ]
        },
    ),
    "a negative hypothesis": (NEVER, {"given": lambda log, n: [n["one"], log.number(-1)]}),
    "a hypothesis whose sign is not seen": (
        NEVER,
        {"given": lambda log, n: [log.terms(1, 1, [1, [[n["d"]], [n["d"]]], []], [-9, [], []])]},
    ),
    "a smaller value": ("what is at least 0 is something else", {"value": lambda log, n: log.number(-1)}),
    "a value that depends on weights": (NO_EQUATIONS, {"value": lambda log, n: n["mean"]}),
    "other weights": (NOT_THERE, {"weights": lambda log, n: [[n["W"], times(log, 2, n["b"])]]}),
    "any weights": (NOT_THERE, {"weights": lambda log, n: []}),
    "weights from data": ("it is no choice of weights", {"weights": lambda log, n: [[n["W"], n["u"]]]}),
    "the target as a weight": ("it is no choice of weights", {"weights": lambda log, n: [[n["b"], n["p"]]]}),
    "the target solved for": (NOT_SOLVED, {"there": lambda log, n: [[n["b"], n["p"]]]}),
    "a parameter for itself": (NOT_SOLVED, {"there": lambda log, n: [[n["p"], n["p"]]]}),
    "a parameter solved for twice": (NOT_SOLVED, {"there": lambda log, n: [[n["p"], n["b"]]] * 2}),
    "one direction alone": (NOT_LEAST, {"there": lambda log, n: []}),
    "another entry for the loss": ("it names no loss", {"predicted": lambda log, n: n["shown"]}),
    "another entry for the sign": (
        "it names no entry on what is at least 0",
        {"shown": lambda log, n: n["predicted"]},
    ),
    "a step with a factor of zero": (
        FACTOR,
        {
            "only": lambda log, n: [[[n["q"]], [], n["zero"], 0, 0]],
            "equations": lambda log, n: [[n["q"], n["nothing"]]],
        },
    ),
    "a step from nothing": (
        "what follows is another combination",
        {"only": lambda log, n: [[[n["q"]], [], n["one"], 0, 0]]},
    ),
    "a step to several forms that add up": (
        "nothing follows, or not one by one",
        {"only": lambda log, n: [[[n["gap"], n["gap"]], [], n["one"], 0, 0]]},
    ),
    "a step to nothing": (
        "nothing follows, or not one by one",
        {"only": lambda log, n: [[[], [], n["one"], 0, 1]]},
    ),
}


for name, (sentence, changes) in CHANGED.items():
    CASES[name] = (partial(vectors, **changes), sentence)


@case()
def a_vector_without_solving_for_it(log):
    """(p − b)'H(p − b) is (p − b)'H times p − b."""

    def back(log, n):
        left = log("product", parts=[log("transpose", of=n["gap"]), n["H"]])
        return [[[n["mean"]], [[left, n["gap"], n["one"]]], n["one"], 0, 0]]

    vectors(log, there=lambda log, n: [], back=back)


@case("what follows is another combination")
def a_combination_of_something_else(log):
    def back(log, n):
        left = log("product", parts=[log("transpose", of=n["gap"]), n["H"]])
        return [[[n["mean"]], [[left, n["gap"], log.number(2)]], n["one"], 0, 0]]

    vectors(log, there=lambda log, n: [], back=back)


@case("what it follows from is not known to vanish")
def a_combination_of_what_does_not_vanish(log):
    def back(log, n):
        left = log("product", parts=[log("transpose", of=n["gap"]), n["H"]])
        return [[[n["mean"]], [[left, n["b"], n["one"]], [left, n["p"], n["one"]]], n["one"], 0, 0]]

    vectors(log, there=lambda log, n: [], back=back)


@case("it is shown with something assumed")
def a_sign_that_is_assumed(log):
    def shown(log, n):
        return nonnegative(log, n["mean"], ([n["mean"]], []), letters=[[n["q"], n["b"]]])

    vectors(log, shown=shown)


def numbers(log, **changes):
    """E (AB z − z)² = (ab − 1)² is least exactly where ab = 1."""
    n = {x: log.scalar(x) for x in ("a", "b", "A", "B")}
    a, b = n["a"], n["b"]
    n["one"], n["zero"] = log.number(1), log.number(0)
    n["gap"] = log.terms(1, 1, [1, [[a], [b]], []], [-1, [], []])
    u, v = log.gaussian("u", rows=1, cols=1), log.gaussian("v", rows=1, cols=1)
    root = log("product", parts=[u, n["gap"], v])
    two = {z: log("stein", letter=z, words=[[z], [z]], place=[0, 0], equals=[[1, [], 0]]) for z in (u, v)}
    square_ = log("product", parts=[root, root])
    half = [[1, [[a], [a], [b], [b], [u], [u]], []], [-2, [[a], [b], [u], [u]], []], [1, [[u], [u]], []]]
    inner = log("expectation", of=square_, letter=v, steps=[two[v]], rows=1, cols=1, terms=half)
    full = [[1, [[a], [a], [b], [b]], []], [-2, [[a], [b]], []], [1, [], []]]
    n["mean"] = log("expectation", of=inner, letter=u, steps=[two[u]], rows=1, cols=1, terms=full)
    computed = log("product", parts=[u, n["A"], n["B"], v])
    n["predicted"] = log(
        "predicted",
        of=n["mean"],
        computed=computed,
        parameters=[[a, n["A"]], [b, n["B"]]],
        free=[n["A"], n["B"]],
    )
    n["shown"] = nonnegative(log, n["mean"], ([n["mean"]], []))
    n |= {"u": u, "v": v}
    product = log.number(1, [a], [b])
    fields = {
        "predicted": n["predicted"], "value": n["zero"], "shown": n["shown"], "equations": [[product, n["one"]]],
        "squares": [[n["mean"], n["gap"], u, v, n["one"], 0]], "only": [], "there": [],
        "back": [[[n["mean"]], [[n["gap"], n["gap"], n["one"]]], n["one"], 0, 0]],
        "weights": [[n["A"], log.number(2)], [n["B"], log.number("1/2")]],
    }  # fmt: skip
    log("exact_minimisers", claim="p", **fields | {k: make(log, n) for k, make in changes.items()})


@case()
def a_product_of_numbers(log):
    numbers(log)


@case("an equation does not follow")
def numbers_one_by_one(log):
    """a = b = 1 is one of many points."""
    numbers(log, equations=lambda log, n: [[n["a"], n["one"]], [n["b"], n["one"]]])


@case("a weight is in a denominator")
def a_number_solved_for(log):
    """b = 1/a leaves a = 0 out."""
    numbers(log, equations=lambda log, n: [[n["b"], log("over", of=n["one"], by=n["a"])]])


@case("the equations do not hold at these weights")
def numbers_that_do_not_fit(log):
    numbers(log, weights=lambda log, n: [[n["A"], log.number(2)], [n["B"], log.number(2)]])


@case("a weight is in a denominator")
def a_step_that_divides_by_a_weight(log):
    def only(log, n):
        other = log("over", of=n["one"], by=n["a"])
        return [[[log("product", parts=[other, n["gap"]])], [[other, n["gap"], n["one"]]], n["one"], 0, 0]]

    numbers(log, only=only)


@pytest.mark.parametrize("name", CASES)
def test_a_rule(checker, monkeypatch, name):
    check_case(checker, monkeypatch, CASES[name])
