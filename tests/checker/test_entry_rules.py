"""Minimisers entry by entry: what the checkers accept of them, and what they reject."""

import re
from functools import partial

import pytest

from checker.conftest import certificate_of
from checker.test_rules import case as any_case
from checker.test_rules import check_case
from symicl.certificates.checkers import phases

CASES = {}
case = partial(any_case, cases=CASES)
SUM, NOT_MORE = "the squares add up to something else", "an equation does not follow"
NOT_THERE, POSITIVE = "a square is not seen to vanish there", "a factor is not seen to be at least 0"
MEANING, NO_POINT = "a letter has two meanings, or more is known of it", "it is no point"
SIZE = "it is not known how many coordinates there are"
NO_VALUE, UNKNOWN = "there are no equations, or the value is no value", "it is not known what is squared"
NOT_ZERO = "it is not known what is not 0"
COMBINATION, COORDINATE = "what follows is another combination", "there may be no such coordinate"


def fitted(log, **changes):
    """Σ_i (p a_i − 1)² = p² Σ a_i² − 2 p Σ a_i + d is least exactly where p a_i = 1 for all i."""
    n = {"d": log.size(), "p": log.scalar("p"), "b": log.scalar("b", at_least=0)}
    n |= {x: log.scalar(x) for x in ("a_i", "a_j", "one_sum", "two_sum", "x", "e")}
    n["S"] = log.scalar("S", at_least=0)
    n["one"], n["zero"], n["minus"] = log.number(1), log.number(0), log.number(-1)
    p, first, second = n["p"], n["one_sum"], n["two_sum"]
    n["loss"] = log.terms(1, 1, [1, [[p], [p], [second]], []], [-2, [[p], [first]], []], [1, [[n["d"]]], []])
    n["left"], n["right"] = log.number(1, [p], [n["a_i"]]), n["one"]
    n["gap"] = log.terms(1, 1, [1, [[p], [n["a_i"]]], []], [-1, [], []])
    n["form"] = [[p, [["a", 0]]], [n["minus"], []]]
    fields = {
        "of": n["loss"], "value": n["zero"], "size": n["d"], "named": [[n["a_i"], "a", "i"], [n["a_j"], "a", "j"]],
        "sums": [[first, [["a", [0, 1]]]], [second, [["a", [0, 1]], ["a", [0, 1]]]]],
        "positions": [["last", 0, p]], "squares": [[n["one"], 0, 1, 0, n["form"]]],
        "equations": [[n["left"], n["right"]]], "only": [], "back": [],
        "point": [[n["a_i"], n["one"]], [n["a_j"], n["one"]], [p, n["one"]]],
    }  # fmt: skip
    log("entry_minimisers", claim="p", **fields | {name: make(log, n) for name, make in changes.items()})


def one_step(log, n, *products, form="gap", c="one", squared=0):
    forms = n[form] if isinstance(n[form], list) else [n[form]]
    return [[forms, [list(product) for product in products], n[c], 0, squared]]


def by_a_part(log, n):
    """p a_i − 1 is a_j times it plus 1 − a_j times it, for which there has to be a j."""
    rest = log.terms(1, 1, [1, [], []], [-1, [[n["a_j"]]], []])
    return one_step(log, n, (n["a_j"], n["gap"], n["one"]), (rest, n["gap"], n["one"]))


def twice_at_once(log, n):
    two = log("product", parts=[log.number(2), n["gap"]])
    return [[[n["gap"], n["gap"]], [[two, n["gap"], n["one"]]], n["one"], 0, 1]]


def at_both(log, n):
    other = log.terms(1, 1, [1, [[n["p"]], [n["a_j"]]], []], [-1, [], []])
    products = [[x, x, n["one"]] for x in (n["gap"], other)]
    return [[[n["gap"], other], products, n["one"], 0, 1]]


def minus_squares(log, n):
    return [*[[n["one"], 0, 1, 0, n["form"]]] * 2, [n["minus"], 0, 1, 0, n["form"]]]


def multiplied(log, n):
    """b times the loss."""
    return log("product", parts=[n["b"], n["loss"]])


def multiple(log, n):
    return [[n["b"], 0, 1, 0, n["form"]]]


def either_way(log, n):
    """b + 2c + bc times the loss."""
    n["c"] = log.scalar("c", at_least=0)
    b, c = n["b"], n["c"]
    n["both"] = log.terms(1, 1, [1, [[b]], []], [2, [[c]], []], [1, [[b], [c]], []])
    return log("product", parts=[n["both"], n["loss"]])


def sum_of_two(log, n):
    return [[n["both"], 0, 1, 0, n["form"]]]


def bounded(log, n, **more):
    return [[log.scalar("c", **more), "a", "i"], [n["a_j"], "a", "j"]]


CHANGED = {
    "as it is": (None, {}),
    "no equations": (NO_VALUE, {"equations": lambda log, n: []}),
    "an equation that always holds": (NOT_THERE, {"equations": lambda log, n: [[n["left"], n["left"]]]}),
    "another right side": (NOT_MORE, {"equations": lambda log, n: [[n["left"], log.number(2)]]}),
    "one entry alone": (NOT_MORE, {"equations": lambda log, n: [[n["a_i"], n["one"]]]}),
    "one more equation": (NOT_MORE, {"equations": lambda log, n: [[n["left"], n["one"]], [n["p"], n["one"]]]}),
    "an equation of sums": (NO_VALUE, {"equations": lambda log, n: [[n["one_sum"], n["d"]]]}),
    "an equation between random letters": (
        NO_VALUE,
        {"equations": lambda log, n: [[log.gaussian("z", rows=1, cols=1), n["one"]]]},
    ),
    "an equation divided by a weight": (
        "a weight is in a denominator",
        {"equations": lambda log, n: [[n["a_i"], log("over", of=n["one"], by=n["p"])]]},
    ),
    "a larger value": (SUM, {"value": lambda log, n: n["one"]}),
    "a smaller value": (SUM, {"value": lambda log, n: n["minus"]}),
    "a value that depends on entries": (NO_VALUE, {"value": lambda log, n: n["one_sum"]}),
    "another loss": (SUM, {"of": lambda log, n: n["two_sum"]}),
    "no squares": (SUM, {"squares": lambda log, n: []}),
    "a square of another form": (SUM, {"squares": lambda log, n: [[n["one"], 0, 1, 0, n["form"][:1]]]}),
    "a square summed within": (SUM, {"squares": lambda log, n: [[n["one"], 0, 0, 0, n["form"]]]}),
    "a factor of zero": (SUM, {"squares": lambda log, n: [[n["zero"], 0, 1, 0, n["form"]]]}),
    "a negative factor": (POSITIVE, {"squares": minus_squares}),
    "a factor that may be zero": (NOT_MORE, {"of": multiplied, "squares": multiple}),
    "a factor that is not zero": (None, {"of": multiplied, "squares": multiple, "either": lambda log, n: [n["b"]]}),
    "one of two factors that is not zero": (
        NOT_MORE,
        {"of": multiplied, "squares": multiple, "either": lambda log, n: [n["b"], log.scalar("c", at_least=0)]},
    ),
    "either of two factors": (
        None,
        {"of": either_way, "squares": sum_of_two, "either": lambda log, n: [n["b"], n["c"]]},
    ),
    "a letter without a sign is not zero": (NOT_ZERO, {"either": lambda log, n: [n["x"]]}),
    "a letter that is at least one is not zero": (NOT_ZERO, {"either": lambda log, n: [log.size("n")]}),
    "an entry is not zero": (NOT_ZERO, {"either": lambda log, n: [n["a_i"]]}),
    "a factor that is a weight": (POSITIVE, {"squares": lambda log, n: [[n["p"], 0, 1, 0, n["form"]]]}),
    "early weights that are not there": (UNKNOWN, {"squares": lambda log, n: [[n["one"], 1, 1, 0, n["form"]]]}),
    "a power of early weights": (UNKNOWN, {"squares": lambda log, n: [[n["one"], 2, 1, 0, n["form"]]]}),
    "three coordinates": (UNKNOWN, {"squares": lambda log, n: [[n["one"], 0, 3, 0, n["form"]]]}),
    "different coordinates in no entry": (
        "a coordinate that differs is in no entry",
        {"squares": lambda log, n: [[n["one"], 0, 1, 1, n["form"]]]},
    ),
    "a coordinate that could be taken for one of the other factor": (
        "a product has more entries or coordinates than the limit",
        {"squares": lambda log, n: [[n["one"], 0, 1, 0, [[n["p"], [["a", 1], ["a", 6]]]]]]},
    ),
    "an entry in a coefficient": (
        "a coefficient depends on entries",
        {"squares": lambda log, n: [[n["one"], 0, 1, 0, [[n["a_i"], [["a", 0]]], [n["minus"], []]]]]},
    ),
    "a sum in a coefficient": (
        "a coefficient depends on entries",
        {"squares": lambda log, n: [[n["one"], 0, 1, 0, [[n["one_sum"], [["a", 0]]], [n["minus"], []]]]]},
    ),
    "a coefficient divided by a weight": (
        "a weight is in a denominator",
        {"squares": lambda log, n: [[n["one"], 0, 1, 0, [[log("over", of=n["one"], by=n["p"]), [["a", 0]]]]]]},
    ),
    "a weight of an earlier position": (
        "it is not known what a weight is",
        {"positions": lambda log, n: [["last", 2, n["p"]]]},
    ),
    "a sum of powers 0 of weights": (
        "it is not known what a weight is",
        {"positions": lambda log, n: [["last", 0, n["p"]], ["sum", 0, n["x"]]]},
    ),
    "an entry without a letter": (
        "an entry has no letter",
        {"squares": lambda log, n: [[n["one"], 0, 1, 0, [[n["p"], [["c", 0]]], [n["minus"], []]]]],
         "of": lambda log, n: log.terms(1, 1, [1, [[n["p"]], [n["p"]], [n["two_sum"]]], []],
                                        [-2, [[n["p"]], [n["one_sum"]]], []], [1, [[n["d"]]], []]),
         "sums": lambda log, n: [[n["one_sum"], [["c", [0, 1]]]], [n["two_sum"], [["c", [0, 1]], ["c", [0, 1]]]]]},
    ),
    "a sum of another product": (SUM, {"sums": lambda log, n: [[n["one_sum"], [["a", [0, 1]]]]]}),
    "a sum that is a product of sums": (
        "a sum has two letters, or is a product of sums",
        {"sums": lambda log, n: [[n["one_sum"], [["a", [0, 1]], ["a", [1, 1]]]]]},
    ),
    "a sum with partners": (
        "a sum has two letters, or is a product of sums",
        {"sums": lambda log, n: [[n["one_sum"], [["a", [0, -1]]]]]},
    ),
    "a sum with two letters": (
        "a sum has two letters, or is a product of sums",
        {"sums": lambda log, n: [[n["one_sum"], [["a", [0, 1]]]], [n["x"], [["a", [3, 1]]]]]},
    ),
    "an entry and a sum of one letter": (
        MEANING,
        {"named": lambda log, n: [[n["one_sum"], "a", "i"], [n["a_j"], "a", "j"]]},
    ),
    "an entry that is at least 0": (MEANING, {"named": partial(bounded, at_least=0)}),
    "an entry that is not 0": (MEANING, {"named": partial(bounded, invertible=True)}),
    "an entry at i alone": (
        "an entry is not there at j and i",
        {"named": lambda log, n: [[n["a_i"], "a", "i"]]},
    ),
    "an entry with two letters": (
        "an entry is there twice",
        {"named": lambda log, n: [[n["a_i"], "a", "i"], [n["a_j"], "a", "i"]]},
    ),
    "an entry at a third coordinate": (
        "an entry is there twice",
        {"named": lambda log, n: [[n["a_i"], "a", "i"], [n["a_j"], "a", "k"]]},
    ),
    "a size that is an entry": (SIZE, {"size": lambda log, n: n["a_i"]}),
    "a size that may be negative": (SIZE, {"size": lambda log, n: n["x"]}),
    "a size that is replaced": (SIZE, {"counted": lambda log, n: [[n["d"], n["one"]]]}),
    "a weight that is replaced": (SIZE, {"counted": lambda log, n: [[n["p"], n["one"]]]}),
    "no point": (NO_POINT, {"point": lambda log, n: []}),
    "a point that differs at i and j": (
        NO_POINT,
        {"point": lambda log, n: [[n["a_i"], n["one"]], [n["a_j"], n["minus"]], [n["p"], n["one"]]]},
    ),
    "a point in entries": (
        NO_POINT,
        {"point": lambda log, n: [[n["a_i"], n["a_i"]], [n["a_j"], n["a_j"]], [n["p"], n["one"]]]},
    ),
    "a point elsewhere": (
        "the equations do not hold at this point",
        {"point": lambda log, n: [[n["a_i"], n["one"]], [n["a_j"], n["one"]], [n["p"], n["minus"]]]},
    ),
    "a step with another coordinate": (COORDINATE, {"only": by_a_part}),
    "a step to two forms": (None, {"only": twice_at_once}),
    "a step to forms at different coordinates": (
        "several forms need not be at the same coordinates",
        {"only": at_both},
    ),
    "a step from what does not vanish": (
        "what it follows from is not known to vanish",
        {"only": lambda log, n: one_step(log, n, (n["one"], n["left"], n["one"]), (n["minus"], n["one"], n["one"]))},
    ),
    "a step with another factor": (
        COMBINATION,
        {"only": lambda log, n: one_step(log, n, (log.number(2), n["gap"], n["one"]))},
    ),
}  # fmt: skip
for name, (sentence, changes) in CHANGED.items():
    CASES[name] = (partial(fitted, **changes), sentence)


def alike(log, **changes):
    """Σ_ij (a_i − a_j)² = 2d Σ a_i² − 2 (Σ a_i)² is least exactly where for some r all a_i are r."""
    n = {"d": log.size(), "one": log.number(1), "zero": log.number(0), "minus": log.number(-1)}
    n |= {x: log.scalar(x) for x in ("a_i", "a_j", "one_sum", "two_sum", "r")}
    first, second = n["one_sum"], n["two_sum"]
    gaps = [
        log.terms(1, 1, [1, [[n[x]]], []], [-1, [[n[y]]], []])
        for x, y in (("a_i", "r"), ("a_j", "r"), ("a_i", "a_j"))
    ]
    step = [[gaps[2]], [[n["one"], gaps[0], n["one"]], [n["minus"], gaps[1], n["one"]]], n["one"], 0, 0]
    fields = {
        "of": log.terms(1, 1, [2, [[n["d"]], [second]], []], [-2, [[first], [first]], []]), "value": n["zero"],
        "size": n["d"], "named": [[n["a_i"], "a", "i"], [n["a_j"], "a", "j"]],
        "sums": [[first, [["a", [0, 1]]]], [second, [["a", [0, 1]], ["a", [0, 1]]]]], "positions": [],
        "squares": [[n["one"], 0, 2, 0, [[n["one"], [["a", 0]]], [n["minus"], [["a", 1]]]]]],
        "equations": [[n["a_i"], n["r"]]], "only": [], "back": [step], "some": [[n["r"], n["a_j"]]],
        "point": [[n["a_i"], n["one"]], [n["a_j"], n["one"]], [n["r"], n["one"]]],
    }  # fmt: skip
    log("entry_minimisers", claim="p", **fields | {name: make(log, n) for name, make in changes.items()})


IN_USE, IS_AT_I = "more is known of a number, or it is in use", "an equation with such a number is at i alone"
ALIKE = {
    "a number that is the same for all": (None, {}),
    "any number": (NOT_MORE, {"some": lambda log, n: []}),
    "twice the number": (NOT_MORE, {"some": lambda log, n: [[n["r"], log.number(2, [n["a_j"]])]]}),
    "a number that is at least 0": (IN_USE, {"some": lambda log, n: [[n["d"], n["a_j"]]]}),
    "a number that is an entry": (IN_USE, {"some": lambda log, n: [[n["a_i"], n["a_j"]]]}),
    "a number in the loss": (NO_VALUE, {"of": lambda log, n: n["r"]}),
    "a number that is what a form is at i": (
        "such a number is what a form is at j",
        {"some": lambda log, n: [[n["r"], n["a_i"]]]},
    ),
    "a number in an equation at two coordinates": (
        IS_AT_I,
        {
            "equations": lambda log, n: [[log.number(1, [n["a_i"]], [n["a_j"]]), n["r"]]],
            "back": lambda log, n: [],
        },
    ),
    "a number without a value at the point": (
        NO_POINT,
        {"point": lambda log, n: [[n[x], n["one"]] for x in ("a_i", "a_j")]},
    ),
    "a number in a step that does not vanish": (NOT_THERE, {"back": lambda log, n: []}),
}
for name, (sentence, changes) in ALIKE.items():
    CASES[name] = (partial(alike, **changes), sentence)


def partners(log, **changes):
    """Σ_i (a_i − a_ī)², and Σ (a_i a_j)² over different pairs, are least where a_i = a_ī and a_i a_j = 0."""
    n = {"d": log.size(), "one": log.number(1), "zero": log.number(0), "minus": log.number(-1)}
    at = n["at"] = {label: log.scalar(f"a {label}") for label in ("i", "~i", "j", "~j")}
    names = ("squares", "mixed", "pairs", "fourth", "turned")
    n |= {x: log.scalar(x) for x in names}
    a, b, other = ["a", [0, 1]], ["a", [1, 1]], ["a", [0, -1]]
    factors = ([a, a], [a, other], [a, a, b, b], [a, a, a, a], [a, a, other, other])
    weights = (2, -2, 0, -1, -1)
    square = log.number(1, [n["squares"]], [n["squares"]])
    rest = log.terms(1, 1, *[[c, [[n[x]]], []] for c, x in zip(weights, names, strict=True)])
    one = n["one"]
    fields = {
        "of": log("sum", parts=[square, rest]), "value": n["zero"], "size": n["d"], "paired": True,
        "named": [[x, "a", label] for label, x in at.items()],
        "sums": [[n[x], f] for x, f in zip(names, factors, strict=True) if x != "pairs"], "positions": [],
        "squares": [
            [one, 0, 1, 0, [[one, [["a", 0]]], [n["minus"], [["a", -1]]]]],
            [one, 0, 2, 1, [[one, [["a", 0], ["a", 1]]]]],
        ],
        "equations": [[at["i"], at["~i"]], [log.number(1, [at["i"]], [at["j"]]), n["zero"]]], "only": [], "back": [],
        "point": [[x, n["zero"]] for x in at.values()],
    }  # fmt: skip
    log("entry_minimisers", claim="p", **fields | {name: make(log, n) for name, make in changes.items()})


MISSING = "an entry is not there at j and i"
PARTNERS = {
    "partners": (None, {}),
    "no partners": ("an entry is there twice", {"paired": lambda log, n: False}),
    "an equation between different pairs": (
        NOT_MORE,
        {"equations": lambda log, n: [[n["at"]["i"], n["at"]["j"]]]},
    ),
    "a product of partners": (
        NOT_MORE,
        {"equations": lambda log, n: [
            [n["at"]["i"], n["at"]["~i"]], [log.number(1, [n["at"]["i"]], [n["at"]["~i"]]), n["zero"]]]},
    ),
    "one equation less": (NOT_THERE, {"equations": lambda log, n: [[n["at"]["i"], n["at"]["~i"]]]}),
    "a partner without a letter": (
        MISSING,
        {"named": lambda log, n: [[x, "a", label] for label, x in n["at"].items() if label != "~j"]},
    ),
    "coordinates that may be the same": (
        SUM,
        {"squares": lambda log, n: [
            [n["one"], 0, 1, 0, [[n["one"], [["a", 0]]], [n["minus"], [["a", -1]]]]],
            [n["one"], 0, 2, 0, [[n["one"], [["a", 0], ["a", 1]]]]]]},
    ),
    "a coordinate that is a fraction": (
        "it is not known what a coordinate is",
        {"squares": lambda log, n: [[n["one"], 0, 1, 0, [[n["one"], [["a", 0.5]]]]]]},
    ),
    "another sign": (
        "a sum has two letters, or is a product of sums",
        {"sums": lambda log, n: [[n["squares"], [["a", [0, 2]], ["a", [0, 1]]]]]},
    ),
}  # fmt: skip
for name, (sentence, changes) in PARTNERS.items():
    CASES[name] = (partial(partners, **changes), sentence)


def three(log, *, factor=1, outer=3, apart=1, further=()):
    """Σ over different coordinates of C_ij², and of (C_ij C_jk)², is least where C_ij = 0 for all i ≠ j."""
    d, one, zero = log.size(), log.number(1), log.number(0)
    at = {(i, j): log.scalar(f"C_{i}{j}") for i in "ij" for j in "ij"}
    C = [["C", [0, 1], [1, 1]]] * 2
    chain = {
        "all": (1, [*C, *[["C", [1, 1], [2, 1]]] * 2]),
        "first": (-1, [*[["C", [1, 1], [1, 1]]] * 2, *[["C", [1, 1], [2, 1]]] * 2]),
        "last": (-1, [*C, *[["C", [1, 1], [1, 1]]] * 2]),
        "back": (-1, [*C, *[["C", [1, 1], [0, 1]]] * 2]),
        "one": (2, [["C", [0, 1], [0, 1]]] * 4),
    }
    sums = {name: (c, log.scalar(name), factors) for name, (c, factors) in chain.items()}
    sums |= {
        "pairs": (1, log.scalar("pairs"), C),
        "diagonal": (-1, log.scalar("diagonal"), [["C", [0, 1], [0, 1]]] * 2),
    }
    squares = [[one, 0, 2, 1, [[one, [["C", 0, 1]]]]]]
    squares += [[log.number(factor), 0, outer, apart, [[one, [["C", 0, 1], ["C", 1, 2]]], *further]]]
    log(
        "entry_minimisers", claim="p", value=zero, size=d, squares=squares, equations=[[at["i", "j"], zero]],
        of=log.terms(1, 1, *[[c, [[x]], []] for c, x, _ in sums.values()]),
        named=[[x, "C", *label] for label, x in at.items()], sums=[[x, factors] for _, x, factors in sums.values()],
        positions=[], only=[], back=[], point=[[x, zero] for x in at.values()],
    )  # fmt: skip


@case()
def squares_over_three_coordinates(log):
    three(log)


@case(SUM)
def twice_the_squares_over_three_coordinates(log):
    three(log, factor=2)


@case(UNKNOWN)
def squares_over_three_coordinates_that_may_be_the_same(log):
    three(log, apart=0)


@case("an equation does not follow")
def squares_over_three_coordinates_alone(log):
    """Nothing follows for two coordinates, of which there may be no more."""
    d, one, zero = log.size(), log.number(1), log.number(0)
    at = {(i, j): log.scalar(f"C_{i}{j}") for i in "ij" for j in "ij"}
    w = log.scalar("w", at_least=0)
    log(
        "entry_minimisers", claim="p", of=zero, value=zero, size=d, equations=[[at["i", "j"], zero]],
        squares=[[zero, 0, 3, 1, [[one, [["C", 0, 1], ["C", 1, 2]]]]]],
        named=[[x, "C", *label] for label, x in at.items()], sums=[], positions=[], only=[], back=[],
        point=[[x, zero] for x in at.values()], either=[w],
    )  # fmt: skip


@case(NOT_THERE)
def squares_over_three_coordinates_that_do_not_vanish(log):
    """Σ over different coordinates of C_ii² C_jj² C_kk² times 0 where nothing is said of C_ii."""
    d, one, zero = log.size(), log.number(1), log.number(0)
    at = {(i, j): log.scalar(f"C_{i}{j}") for i in "ij" for j in "ij"}
    pairs, diagonal = log.scalar("pairs"), log.scalar("diagonal")
    C = [["C", [0, 1], [1, 1]]] * 2
    log(
        "entry_minimisers", claim="p", value=zero, size=d, equations=[[at["i", "j"], zero]],
        of=log.terms(1, 1, [1, [[pairs]], []], [-1, [[diagonal]], []]),
        squares=[[one, 0, 2, 1, [[one, [["C", 0, 1]]]]], [zero, 0, 3, 1, [[one, [["C", k, k] for k in range(3)]]]]],
        named=[[x, "C", *label] for label, x in at.items()],
        sums=[[pairs, C], [diagonal, [["C", [0, 1], [0, 1]]] * 2]], positions=[], only=[], back=[],
        point=[[x, zero] for x in at.values()],
    )  # fmt: skip


@case("an equation does not follow")
def a_sum_that_vanishes_without_its_terms(log):
    """(Σ a_i − d)² vanishes where a_i = 1, and elsewhere, too."""
    d, first, ai, aj = log.size(), log.scalar("s"), log.scalar("a_i"), log.scalar("a_j")
    one, zero = log.number(1), log.number(0)
    of = log.terms(1, 1, [1, [[first], [first]], []], [-2, [[first], [d]], []], [1, [[d], [d]], []])
    form = [[one, [["a", 0]]], [log.number(-1, [d]), []]]
    log(
        "entry_minimisers", claim="p", of=of, value=zero, size=d, named=[[ai, "a", "i"], [aj, "a", "j"]],
        sums=[[first, [["a", [0, 1]]]]], positions=[], squares=[[one, 0, 0, 0, form]], equations=[[ai, one]],
        only=[], back=[], point=[[ai, one], [aj, one]],
    )  # fmt: skip


@case("a value depends on entries or weights")
def a_value_that_is_a_sum_of_entries_elsewhere(log):
    """What is added on both sides is a sum of entries in an average."""
    more = {}

    def with_more(log, n):
        more["x"] = n["x"]
        return log("sum", parts=[n["loss"], n["x"]])

    fitted(log, of=with_more, value=lambda log, n: n["x"])
    full = {"sums": [[more["x"], [["a", [0, 1]]]]], "size": [[1, [[2]], []]]}
    log("asserted", claim="c", why="w", phases=full)
    log("verdict", verdict="proved", entries=len(log.entries) + 2)


@pytest.mark.parametrize("name", CASES)
def test_a_rule(checker, monkeypatch, name):
    check_case(checker, monkeypatch, CASES[name])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ((r'"sums":(\[\[\d+,\[\["C",\[0,1\],)\[1,1\]', r'"sums":\1[0,1]'), "a letter is two different sums"),
        ((r'\["last",0,(\d+)\],\["last",1,(\d+)\]', r'["last",1,\1],["last",0,\2]'), "a letter is two different sums"),
    ],
)  # fmt: skip
def test_the_letters_mean_in_the_averages_what_they_are_said_to_be(change, sentence):
    *before, said, last = certificate_of("sander2024.unitary").text.splitlines()
    wrong = re.sub(*change, said, count=1)
    assert '"rule":"entry_minimisers"' in said and wrong != said
    phases.Checker().check([line.encode() for line in (*before, said, last)])
    with pytest.raises(phases.Rejected, match=sentence):
        phases.Checker().check([line.encode() for line in (*before, wrong, last)])
