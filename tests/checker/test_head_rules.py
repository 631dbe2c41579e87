"""The least loss over any number of heads: what the checker accepts of it, and what it rejects."""

from functools import partial

import pytest

from checker.test_rules import case as any_case
from checker.test_rules import check_case

CASES = {}
case = partial(any_case, cases=CASES)
ELSE, SUM = "it is an average of something else", "the heads have another sum"
NO_WEIGHTS, VECTOR = (
    "these are no weights of a head",
    "the vector of a basis is not standard normal, or in use",
)
FORMS = "the heads of a basis are no quadratic forms in its vectors"


def heads(log, **changes):
    """E (Wx − bx − e)² for x, e ~ N(0, 1): any number of heads has at least 1, and W = bq² for q = ±1 attains it."""
    n = {x: log.scalar(x) for x in ("w", "W", "b", "v")}
    n |= {x: log.gaussian(x, rows=1, cols=1) for x in ("x", "e", "q")}
    w, W, b, x, e, q = (n[k] for k in ("w", "W", "b", "x", "e", "q"))
    n["zero"], n["one"] = log.number(0), log.number(1)
    two = {z: log("stein", letter=z, words=[[z], [z]], place=[0, 0], equals=[[1, [], 0]]) for z in (x, e, q)}

    def mean(of, letter, *terms, steps=()):
        return log(
            "expectation", of=of, letter=letter, steps=list(steps), rows=1, cols=1, terms=list(terms)
        )  # fmt: skip

    root = log.terms(1, 1, [1, [[w], [x]], []], [-1, [[b], [x]], []], [-1, [[e]], []])
    square = log("product", parts=[root, root])
    part = [[1, [[w], [w], [x], [x]], []], [-2, [[w], [b], [x], [x]], []], [1, [[b], [b], [x], [x]], []]]
    inner = mean(square, e, *part, [1, [], []], steps=[two[e]])
    full = [[1, [[w], [w]], []], [-2, [[w], [b]], []], [1, [[b], [b]], []], [1, [], []]]
    loss = mean(inner, x, *full, steps=[two[x]])
    n["run"] = log.number(1, [W], [x])
    n["predicted"] = log("predicted", of=loss, computed=n["run"], parameters=[[w, W]], free=[W])
    n["best"] = log.number(1, [b], [x])
    n["missed"] = mean(mean(log.number(1, [e], [w], [x]), e), x)
    n["half"] = mean(log.number(1, [e], [w], [x]), e)
    target = log.terms(1, 1, [1, [[e], [e]], []], [1, [[b], [e], [x]], []])
    n["error"] = mean(mean(target, e, [1, [], []], steps=[two[e]]), x, [1, [], []])
    n["at_q"] = log.number(1, [b], [q], [q])
    n["mean"] = mean(log.number(1, [b], [q], [q], [x]), q, [1, [[b], [x]], []], steps=[two[q]])
    n["two"] = two
    fields = {
        "predicted": n["predicted"], "value": n["one"], "best": n["best"], "missed": n["missed"],
        "error": n["error"], "single": [], "basis": [[W, n["at_q"]]], "vector": q, "mean": n["mean"],
    }  # fmt: skip
    fields |= {name: make(log, n) for name, make in changes.items()}
    log("least_over_heads", claim="p", **fields)


def another_mean(log, n):
    """E over x, and not over q."""
    of = log.number(1, [n["b"]], [n["q"]], [n["q"]], [n["x"]])
    return log("expectation", of=of, letter=n["x"], steps=[], rows=1, cols=1, terms=[])


def wide(log, n):
    n["k"] = log.gaussian("k", rows=1, cols=1, scale=log.number(2))
    return n["k"]


def basis_of(name):
    return lambda log, n: [[n["W"], log.number(1, [n["b"]], [n[name]], [n[name]])]]


CHANGED = {
    "as it is": (None, {}),
    "one head more that is zero": (None, {"single": lambda log, n: [[[n["W"], n["zero"]]]]}),
    "no loss": ("it names no loss", {"predicted": lambda log, n: n["mean"]}),
    "a smaller value": ("the value is not the loss of this prediction", {"value": lambda log, n: n["zero"]}),
    "another prediction": (ELSE, {"best": lambda log, n: log.number(2, [n["b"]], [n["x"]])}),
    "no prediction": (ELSE, {"best": lambda log, n: n["zero"]}),
    "a prediction with a weight": (
        "the best prediction has free weights",
        {"best": lambda log, n: log.number(1, [n["W"]], [n["x"]])},
    ),
    "an average over a part of the data": (ELSE, {"missed": lambda log, n: n["half"]}),
    "an average of nothing": (ELSE, {"missed": lambda log, n: n["zero"]}),
    "another average": (ELSE, {"missed": lambda log, n: n["error"]}),
    "the two averages exchanged": (ELSE, {"error": lambda log, n: n["missed"]}),
    "two heads of the whole": (SUM, {"single": lambda log, n: [[[n["W"], n["b"]]]]}),
    "a head with a free weight": (NO_WEIGHTS, {"single": lambda log, n: [[[n["W"], n["W"]]]]}),
    "a head that sees data": (NO_WEIGHTS, {"single": lambda log, n: [[[n["W"], n["x"]]]]}),
    "a head that sees q": (NO_WEIGHTS, {"single": lambda log, n: [[[n["W"], n["q"]]]]}),
    "a head with weights twice": (NO_WEIGHTS, {"single": lambda log, n: [[[n["W"], n["b"]]] * 2]}),
    "a head with another weight": (NO_WEIGHTS, {"single": lambda log, n: [[[n["b"], n["one"]]]]}),
    "a basis of heads without q": (FORMS, {"basis": lambda log, n: [[n["W"], n["b"]]]}),
    "a basis of heads of degree 4": (
        FORMS,
        {"basis": lambda log, n: [[n["W"], log.number(1, *[[n["q"]]] * 4)]]},
    ),
    "a basis of heads that are zero": (FORMS, {"basis": lambda log, n: [[n["W"], n["zero"]]]}),
    "a basis of heads divided by q": (
        FORMS,
        {"basis": lambda log, n: [[n["W"], log("over", of=log.number(1, *[[n["q"]]] * 3), by=n["v"])]]},
    ),
    "a basis of other heads": (
        ELSE,
        {"basis": lambda log, n: [[n["W"], log.number(2, [n["b"]], [n["q"]], [n["q"]])]]},
    ),
    "another average of the basis": (ELSE, {"mean": another_mean}),
    "a vector that is no Gaussian": (VECTOR, {"vector": lambda log, n: n["v"], "basis": basis_of("v")}),
    "a vector of another scale": (VECTOR, {"vector": wide, "basis": basis_of("k")}),
    "a vector that is data": (VECTOR, {"vector": lambda log, n: n["x"], "basis": basis_of("x")}),
}  # fmt: skip
for name, (sentence, changes) in CHANGED.items():
    CASES[name] = (partial(heads, **changes), sentence)


@case("what is missed is not orthogonal to every head")
def a_prediction_that_is_not_the_best(log):
    """Of y = bx + e zero misses all, and E y Wx = bW."""

    def missed(log, n):
        b, e, w, x = (n[k] for k in "bewx")
        of = log.terms(1, 1, [1, [[b], [w], [x], [x]], []], [1, [[e], [w], [x]], []])
        part = [[1, [[b], [w], [x], [x]], []]]
        inner = log("expectation", of=of, letter=e, steps=[], rows=1, cols=1, terms=part)
        full = [[1, [[b], [w]], []]]
        return log("expectation", of=inner, letter=x, steps=[n["two"][x]], rows=1, cols=1, terms=full)

    def error(log, n):
        b, e, x = (n[k] for k in "bex")
        parts = [[1, [[b], [b], [x], [x]], []], [2, [[b], [e], [x]], []], [1, [[e], [e]], []]]
        of = log.terms(1, 1, *parts)
        part = [[1, [[b], [b], [x], [x]], []], [1, [], []]]
        inner = log("expectation", of=of, letter=e, steps=[n["two"][e]], rows=1, cols=1, terms=part)
        full = [[1, [[b], [b]], []], [1, [], []]]
        return log("expectation", of=inner, letter=x, steps=[n["two"][x]], rows=1, cols=1, terms=full)

    heads(log, best=lambda log, n: n["zero"], missed=missed, error=error)


@case("a weight is in a denominator")
def heads_divided_by_a_weight(log):
    """F = x/W, of which the loss is E (wx)², w = 1/W: no head predicts 0."""
    w, W = log.scalar("w"), log.scalar("W")
    x, e, q = (log.gaussian(name, rows=1, cols=1) for name in "xeq")
    two = log("stein", letter=x, words=[[x], [x]], place=[0, 0], equals=[[1, [], 0]])
    root = log.number(1, [w], [x])
    full = [[1, [[w], [w]], []]]
    square = log("product", parts=[root, root])
    loss = log("expectation", of=square, letter=x, steps=[two], rows=1, cols=1, terms=full)
    below = log("over", of=log.number(1), by=W)
    run_ = log("product", parts=[below, x])
    found = log("predicted", of=loss, computed=run_, parameters=[[w, below]], free=[W])
    zero = log.number(0)
    log("least_over_heads", claim="p", predicted=found, value=zero, best=zero, missed=zero, error=zero, single=[],
        basis=[], vector=q, mean=zero)  # fmt: skip
    assert e


@case("its law is replaced")
def an_average_whose_law_is_replaced(log):
    """E s z² = s for z ~ N(0, s), with 0 for s."""

    def missed(log, n):
        s = log.scalar("s", at_least=0)
        z = log.gaussian("z", rows=1, cols=1, scale=log.number(1, [s]))
        two = log("stein", letter=z, words=[[z], [z]], place=[0, 0], equals=[[1, [], 0]])
        of = log.number(1, [z], [z])
        found = log("expectation", of=of, letter=z, steps=[two], rows=1, cols=1, terms=[[1, [[s]], []]])
        return log("substitute", of=found, letters=[[s, n["zero"]]])

    heads(log, missed=missed)


@case("what is random is put in after an average")
def an_average_with_data_put_in_afterwards(log):
    def missed(log, n):
        of = log.number(1, [n["e"]], [n["w"]], [n["x"]])
        found = log("expectation", of=of, letter=n["e"], steps=[], rows=1, cols=1, terms=[])
        moved = log("substitute", of=found, letters=[[n["w"], n["x"]]])
        return log("expectation", of=moved, letter=n["x"], steps=[], rows=1, cols=1, terms=[])

    heads(log, missed=missed)


@pytest.mark.parametrize("name", CASES)
def test_a_rule(checker, monkeypatch, name):
    check_case(checker, monkeypatch, CASES[name])
