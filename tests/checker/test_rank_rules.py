"""The least value over matrices of bounded rank: what the checkers accept of it, and what they reject."""

import re
from functools import partial

import pytest

from checker.conftest import certificate_of
from checker.test_rules import check_case
from symicl.certificates.checkers import phases

CASES = {}
SUM, MATRIX = (
    "the squares add up to something else",
    "it is not known of which matrix and which rank it is said",
)
RELATION, POINT = "it is no relation of the projector", "it is no point"
MEANING = "a letter has two meanings, or more is known of it"
NO_VALUE, FALL = "the value depends on weights", "it is not seen to fall with the rank"


def fitted(log, **changes):
    """‖C − I‖² = Σ C_ij² − 2 tr C + d over C of rank at most H is at least d − H, and at least 0."""
    n = {"d": log.size(), "H": log.size("H")}
    n |= {x: log.scalar(x) for x in ("CC", "C", "CP", "PP", "P", "x", "heads", "p")}
    n["more"], n["S"] = log.scalar("more", at_least=0), log.scalar("S", at_least=0)
    n["one"], n["minus"], n["two"], n["zero"] = map(log.number, (1, -1, 2, 0))
    n["gap"] = log.terms(1, 1, [1, [[n["d"]]], []], [-1, [[n["H"]]], []])
    n["value"] = log.scalar("cut", positive_part_of=n["gap"])
    n["loss"] = log.terms(1, 1, [1, [[n["CC"]]], []], [-2, [[n["C"]]], []], [1, [[n["d"]]], []])
    n["apart"] = [n["one"], 0, 2, 0, [[n["one"], [["C", 0, 1]]], [n["minus"], [["P", 0, 1]]]]]
    n["plain"] = [
        [n["one"], 0, 1, 0, [[n["one"], [["C", 0, 0]]], [n["minus"], []]]],
        [n["one"], 0, 2, 1, [[n["one"], [["C", 0, 1]]]]],
    ]
    n["keeps"], n["idempotent"] = [n["two"], [], "C", 0, 0], [n["minus"], [], "P", 0, 0]
    n["sums"] = [
        [n["CC"], [["C", [0, 1], [1, 1]]] * 2], [n["C"], [["C", [0, 1], [0, 1]]]],
        [n["CP"], [["C", [0, 1], [1, 1]], ["P", [0, 1], [1, 1]]]], [n["PP"], [["P", [0, 1], [1, 1]]] * 2],
        [n["P"], [["P", [0, 1], [0, 1]]]],
    ]  # fmt: skip
    fields = {
        "of": n["loss"], "value": n["value"], "size": n["d"], "matrix": "C", "projector": "P", "most": n["H"],
        "more": n["more"], "heads": n["heads"], "sums": n["sums"], "positions": [["last", 0, n["p"]]],
        "squares": [n["apart"]], "plain_squares": n["plain"], "relations": [n["keeps"], n["idempotent"]],
        "point": [[n["p"], n["one"]]],
    }  # fmt: skip
    log("least_by_rank", claim="p", **fields | {name: make(log, n) for name, make in changes.items()})


def cut_at_zero(*terms):
    """Another value, in d, H and x."""

    def make(log, n):
        parts = [[c, [[n[x]] for x in names], []] for c, *names in terms]
        return log.scalar("other", positive_part_of=log.terms(1, 1, *parts))

    return make


def with_weights(log, n, **more):
    return [["last", 0, n["p"]], ["sum", 2, n["S"]]]


CHANGED = {
    "as it is": (None, {}),
    "one more": (SUM, {"value": cut_at_zero((1, "d"), (-1, "H"), (1,))}),
    "one less": (SUM, {"value": cut_at_zero((1, "d"), (-1, "H"), (-1,))}),
    "twice the rank": (SUM, {"value": cut_at_zero((1, "d"), (-2, "H"))}),
    "a value that is not cut at zero": ("the value is no positive part", {"value": lambda log, n: n["gap"]}),
    "a value that grows": (SUM, {"value": cut_at_zero((1, "d"), (1, "H"))}),
    "a value that depends on entries": (
        "a letter has two meanings, or more is known of it",
        {"value": cut_at_zero((1, "d"), (-1, "H"), (1, "C"))},
    ),
    "a loss in the rank": (NO_VALUE, {"of": lambda log, n: n["gap"]}),
    "a loss in the projector": (
        "the scalar depends on the projector",
        {"of": lambda log, n: log.number(1, [n["P"]])},
    ),
    "another loss": (SUM, {"of": lambda log, n: log.number(1, [n["CC"]])}),
    "no squares": (SUM, {"squares": lambda log, n: []}),
    "no relations": (SUM, {"relations": lambda log, n: []}),
    "one relation": (SUM, {"relations": lambda log, n: [n["keeps"]]}),
    "another relation": (SUM, {"relations": lambda log, n: [n["keeps"], [n["minus"], [], "C", 0, 0]]}),
    "a relation of another matrix": (RELATION, {"relations": lambda log, n: [[n["two"], [], "D", 0, 0]]}),
    "a relation with a far coordinate": (RELATION, {"relations": lambda log, n: [[n["two"], [], "C", 5, 0]]}),
    "a relation with a sum": (RELATION, {"relations": lambda log, n: [[n["C"], [], "C", 0, 0]]}),
    "a relation divided by a weight": (
        "a weight is in a denominator",
        {"relations": lambda log, n: [[log("over", of=n["two"], by=n["p"]), [], "C", 0, 0]]},
    ),
    "a loss that may be negative": (SUM, {"plain_squares": lambda log, n: []}),
    "one direction of the sign": (SUM, {"plain_squares": lambda log, n: n["plain"][:1]}),
    "a projector that is the matrix": (MATRIX, {"projector": lambda log, n: "C"}),
    "another projector": (MATRIX, {"projector": lambda log, n: "Q"}),
    "a vector for the matrix": (
        MATRIX,
        {"sums": lambda log, n: [*n["sums"], [n["x"], [["C", [0, 1]]]]]},
    ),
    "no trace of the projector": (
        "no letter is the trace of the projector",
        {"sums": lambda log, n: n["sums"][:4]},
    ),
    "a rank that is the size": (MATRIX, {"most": lambda log, n: n["d"]}),
    "a rank that is a sum": (MATRIX, {"most": lambda log, n: n["C"]}),
    "a number of heads in use": (MATRIX, {"heads": lambda log, n: n["H"]}),
    "a distance that may be negative": (MATRIX, {"more": lambda log, n: n["x"]}),
    "no weights": (POINT, {"point": lambda log, n: []}),
    "weights in entries": (POINT, {"point": lambda log, n: [[n["p"], n["C"]]]}),
    "early weights": (
        POINT,
        {"positions": with_weights, "point": lambda log, n: [[n["p"], n["one"]], [n["S"], n["one"]]]},
    ),
}


def case(changes, log):
    fitted(log, **changes)


for name, (sentence, changes) in CHANGED.items():
    CASES[name] = (partial(case, changes), sentence)


def of_rank(loss, plain, value, squares, relations):
    """The same for another scalar: a function that writes it."""
    names = {"of": loss, "plain_squares": plain, "value": value, "squares": squares, "relations": relations}
    return partial(case, names)


def all_of_them(log, n):
    """d itself, as a sum of squares."""
    return [[log.number(1, [n["d"]]), 0, 0, 0, [[n["one"], []]]]]


CASES["a value that stays"] = (
    of_rank(
        lambda log, n: log.number(1, [n["d"]]),
        all_of_them,
        cut_at_zero((1, "d"), (0, "H")),
        lambda log, n: [],
        lambda log, n: [],
    ),
    "it is not 0 at full rank",
)
CASES["a value that grows with the rank"] = (
    of_rank(
        lambda log, n: log.number(1, [n["d"]]),
        all_of_them,
        cut_at_zero((1, "H")),
        lambda log, n: [
            [n["one"], 0, 1, 0, [[n["one"], [["P", 0, 0]]], [n["minus"], []]]],
            [n["one"], 0, 2, 1, [[n["one"], [["P", 0, 1]]]]],
        ],
        lambda log, n: [n["idempotent"]],
    ),
    FALL,
)
CASES["a value that is not attained"] = (
    of_rank(
        lambda log, n: log.terms(1, 1, [1, [[n["d"]]], []], [1, [[n["CC"]]], []]),
        lambda log, n: [
            [log.number(1, [n["d"]]), 0, 0, 0, [[n["one"], []]]],
            [n["one"], 0, 2, 0, [[n["one"], [["C", 0, 1]]]]],
        ],
        cut_at_zero((1, "d"), (-1, "H")),
        lambda log, n: [
            [n["one"], 0, 2, 0, [[n["one"], [["C", 0, 1]]]]],
            [n["one"], 0, 2, 0, [[n["one"], [["P", 0, 1]]]]],
        ],
        lambda log, n: [[n["minus"], [], "P", 0, 0]],
    ),
    "it is not attained there",
)


@pytest.mark.parametrize("name", CASES)
def test_a_rule(checker, monkeypatch, name):
    check_case(checker, monkeypatch, CASES[name])


def test_the_letters_mean_in_the_averages_what_they_are_said_to_be():
    *before, last = certificate_of("sander2024.unitary").text.splitlines()
    k = next(k for k, line in enumerate(before) if '"rule":"least_by_rank"' in line)
    wrong = re.sub(
        r'\["C",\[0,1\],\[1,1\]\],\["C",\[0,1\],\[2,1\]\]', '["C",[0,1],[1,1]],["C",[2,1],[1,1]]', before[k]
    )
    assert wrong != before[k]
    lines = [line.encode() for line in (*before[:k], wrong, *before[k + 1 :], last)]
    with pytest.raises(phases.Rejected, match="a letter is two different sums"):
        phases.Checker().check(lines)
