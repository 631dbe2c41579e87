"""What vanishes for random variables with some values alone: what the checkers accept, and what they reject."""

import re
from functools import partial

import pytest

from checker.conftest import certificate_of
from checker.test_rules import case as any_case
from checker.test_rules import check_case
from symicl.certificates.checkers import phases

CASES = {}
case = partial(any_case, cases=CASES)
ELSEWHERE, NOT_EVERY = "it is zero elsewhere, too", "it is not zero for every law on these values"
UNKNOWN = "it is not known which moments, which powers or which values there are"
OTHER, MEANING = "it is another mean square", "a letter of a moment or of a law has another meaning"
SQUARE, ZEROS = "a moment of the square is not known", "its zeros are not known"


def equivalence(log, **changes):
    """E (x² − 1)² = m₄ − 2 m₂ + 1, times x⁰: x² = 1 almost surely."""
    n = {f"m{k}": log.scalar(f"m_{k}", at_least=0) for k in (2, 4, 6)}
    n["P"] = log.scalar("P", at_least=0, invertible=True)
    n["s"] = log.scalar("s", at_least=0, invertible=True)
    n["one"], n["zero"], n["minus"] = log.number(1), log.number(0), log.number(-1)
    m2, m4, m6 = n["m2"], n["m4"], n["m6"]
    fields = {
        "of": log.terms(1, 1, [1, [[m2]], []], [-2, [[m4]], []], [1, [[m6]], []]), "of_law": 0,
        "moments": [[m2, 2], [m4, 4], [m6, 6]], "root": [[1, n["one"]], [3, n["minus"]]],
        "values": [0, 1], "shares": [n["P"]],
    }  # fmt: skip
    log("equivalence", claim="p", **fields | {name: make(log, n) for name, make in changes.items()})


def constant_root(log, n):
    """x² − 1."""
    return [[0, n["one"]], [2, n["minus"]]]


def constant_mean(log, n):
    return log.terms(1, 1, [1, [], []], [-2, [[n["m2"]]], []], [1, [[n["m4"]]], []])


def always(value):
    return lambda log, n: value


CHANGED = {
    "x (1 - x²)": (None, {}),
    "without zero": (ELSEWHERE, {"values": always([1]), "shares": always([])}),
    "zero alone": (ELSEWHERE, {"values": always([0]), "shares": always([])}),
    "another value": (ELSEWHERE, {"values": always([0, "1/2"])}),
    "one more value": (NOT_EVERY, {"values": always([0, 1, 2]), "shares": lambda log, n: [n["P"], n["s"]]}),
    "no values": (UNKNOWN, {"values": always([])}),
    "a negative value": (UNKNOWN, {"values": always([0, -1])}),
    "a value twice": (UNKNOWN, {"values": always([0, 1, 1])}),
    "too few probabilities": ("it is not known how probable the values are", {"shares": always([])}),
    "a probability that is a moment": (MEANING, {"shares": lambda log, n: [n["m4"]]}),
    "a probability that is at least 1": (MEANING, {"shares": lambda log, n: [log.size("n")]}),
    "a probability that is random": (MEANING, {"shares": lambda log, n: [log.gaussian("z", rows=1, cols=1)]}),
    "any multiple of c² for a fixed zero": (NOT_EVERY, {"unit": lambda log, n: n["s"]}),
    "no root": (SQUARE, {"root": always([])}),
    "a root that is zero": (OTHER, {"root": lambda log, n: [[1, n["zero"]]]}),
    "a mean of zero": (ZEROS, {"root": lambda log, n: [[1, n["zero"]]], "of": lambda log, n: n["zero"]}),
    "another root": (OTHER, {"root": lambda log, n: [[1, n["one"]], [3, n["one"]]]}),
    "a root with an exponent that is missing": (
        SQUARE,
        {"root": lambda log, n: [[1, n["one"]], [5, n["minus"]]]},
    ),
    "an odd product": (SQUARE, {"root": lambda log, n: [[1, n["one"]], [2, n["minus"]]]}),
    "an exponent below zero": (UNKNOWN, {"root": lambda log, n: [[-1, n["one"]]]}),
    "an exponent twice": (UNKNOWN, {"root": lambda log, n: [[1, n["one"]], [1, n["minus"]]]}),
    "the moment of exponent zero": (UNKNOWN, {"moments": lambda log, n: [[n["m2"], 0]]}),
    "an odd moment": (UNKNOWN, {"moments": lambda log, n: [[n["m2"], 2], [n["m4"], 3]]}),
    "a moment twice": (UNKNOWN, {"moments": lambda log, n: [[n["m2"], 2], [n["m2"], 4], [n["m6"], 6]]}),
    "moments exchanged": (OTHER, {"moments": lambda log, n: [[n["m4"], 2], [n["m2"], 4], [n["m6"], 6]]}),
    "a moment that is a matrix": (
        MEANING,
        {"moments": lambda log, n: [[log.size() and log.matrix("A"), 2], [n["m4"], 4], [n["m6"], 6]]},
    ),
    "twice the form": (OTHER, {"of": lambda log, n: log.number(2, [n["m2"]])}),
    "a form in another letter": (MEANING, {"of": lambda log, n: log.number(2, [log.scalar("w")])}),
    "a root without x": (
        None,
        {"root": constant_root, "of": constant_mean, "values": always([1]), "shares": always([])},
    ),
    "a root without x and a value too many": (NOT_EVERY, {"root": constant_root, "of": constant_mean}),
    "a mean square of x": (
        None,
        {
            "root": lambda log, n: [[1, n["one"]]],
            "of": lambda log, n: n["m2"],
            "values": always([0]),
            "shares": always([]),
        },
    ),
    "a constant root": (
        MEANING,
        {"root": lambda log, n: [[0, log.number(1, [n["s"]])]], "of": lambda log, n: n["one"]},
    ),
    "a leading number that may be zero": (
        ZEROS,
        {
            "root": lambda log, n: [[1, n["m2"]]],
            "of": lambda log, n: log.number(1, [n["m2"]], [n["m2"]], [n["m2"]]),
            "values": always([0]),
            "shares": always([]),
        },
    ),
}
for name, (sentence, changes) in CHANGED.items():
    CASES[name] = (partial(equivalence, **changes), sentence)


@pytest.mark.parametrize("name", CASES)
def test_a_rule(checker, monkeypatch, name):
    check_case(checker, monkeypatch, CASES[name])


@pytest.mark.parametrize("change", [('"of_law":0', '"of_law":1'), (r',6\]\],"root"', r',8]],"root"')])
def test_the_letters_are_moments_of_the_law_that_is_averaged_over(change):
    text = certificate_of("zheng2024.capability").text
    wrong = re.sub(*change, text, count=1)
    assert wrong != text
    phases.Checker().check(text.encode().splitlines())
    with pytest.raises(phases.Rejected, match="a letter is no such moment of the law"):
        phases.Checker().check(wrong.encode().splitlines())
