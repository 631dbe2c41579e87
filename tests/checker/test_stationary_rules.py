"""Matrices at which an average over phases is not stationary: what the first checker accepts, and what it rejects."""

from functools import partial

import pytest

from checker.conftest import certificate_of
from checker.test_rules import case as any_case
from checker.test_rules import check_case
from symicl.certificates.checkers import phases

CASES = {}
case = partial(any_case, cases=CASES)
NO_SUM = "it is no sum over t of the derivative of an average"
MAY_VANISH = "the derivative may be zero"
NOT_SEEN = "the derivative is not seen to differ from 0"


def not_stationary(log, *terms, nonzero="ab", sums=True, of=None, average=(), times=()):
    """a² b h is the derivative, where h is the sum of 1/n over n = 1, …, T − 2."""
    x = {name: log.scalar(name) for name in "ab"} | {"d": log.size(), "T": log.size("T")}
    x["h"] = log.scalar("h", at_least=0)
    point = [["A", [[1, [[x["a"]]], []]]], ["B", [[1, [[x["b"]]], []]]]]
    summand = [[[1, [], []]], 1, [[[0, 1, 0, 0], 1], [[1, 0, -1, 0], 1]], [["B", 0, 1]], [[-1, 0, 1, 0]]]
    full = {
        "summands": [summand], "paired": False, "size": [[1, [[x["d"]]], []]], "law": 0, "entry": ["B", False, point],
    } | dict(average)  # fmt: skip
    derivative = log("asserted", claim="an average", why="phases", phases=full)
    last = [[1, [[x["T"]]], []], [-1, [], []]]
    total = {"of": derivative, "last": last, "harmonic": [[x["h"], 1]] * sums} | dict(times)
    value = [[c, [[x[name]] for name in word], []] for c, word in terms or [(1, "aabh")]]
    line = log("asserted", claim="a sum", why="phases", phases=total, rows=1, cols=1, terms=value)
    of = x["a"] if of == "letter" else line
    log("not_stationary", claim="p", of=of, nonzero=[x[name] for name in nonzero])


CHANGED = {
    "no stationary point": (None, (), {}),
    "a negative derivative": (None, [(-2, "abhd"), (-1, "ab")], {}),
    "a number more": (None, [(1, "bh")], {"nonzero": "b"}),
    "an exception dropped": (NOT_SEEN, (), {"nonzero": "b"}),
    "both exceptions dropped": (NOT_SEEN, (), {"nonzero": ""}),
    "a factor that is zero for a b h = 1": (MAY_VANISH, [(1, "aabh"), (-1, "a")], {}),
    "two signs": (NOT_SEEN, [(1, "abd"), (-2, "ab")], {}),
    "a sum that may begin late": (NOT_SEEN, (), {"sums": False}),
    "a derivative that is zero": (MAY_VANISH, [(0, "a")], {}),
    "a number without a sign": (NOT_SEEN, (), {"nonzero": "a"}),
    "a derivative between pairs": (NO_SUM, (), {"average": {"paired": True}}),
    "a letter": (NO_SUM, (), {"of": "letter"}),
    "a sum of something else": (NO_SUM, (), {"times": {"of": 2}}),
}
for name, (sentence, terms, changes) in CHANGED.items():
    CASES[name] = (lambda log, terms=terms, changes=changes: not_stationary(log, *terms, **changes), sentence)


@case(NO_SUM)
def an_average_that_is_no_derivative(log):
    a = log.scalar("a")
    average = log("asserted", claim="an average", why="phases", phases={"summands": [], "paired": False})
    times = {"of": average, "last": [[1, [[a]], []]], "harmonic": []}
    total = log("asserted", claim="s", why="phases", phases=times, rows=1, cols=1, terms=[[1, [[a]], []]])
    log("not_stationary", claim="p", of=total, nonzero=[a])


@pytest.mark.parametrize("name", CASES)
def test_a_rule(checker, monkeypatch, name):
    check_case(checker, monkeypatch, CASES[name])


@pytest.mark.parametrize(
    "change",
    [
        ('"entry":["B",false', '"entry":["A",false'),
        ('"entry":["B",false', '"entry":["B",true'),
        ("[[1,0,-1,0],1]", "[[1,0,-2,0],1]"),
    ],
)
def test_the_derivative_is_that_of_the_second_checker(change):
    lines = certificate_of("zheng2024.not_gd").text.splitlines()
    number = max(k for k, line in enumerate(lines) if '"entry":["B",false' in line)
    wrong = [*lines]
    wrong[number] = wrong[number].replace(*change)
    assert wrong != lines
    with pytest.raises(phases.Rejected):
        phases.Checker().check([line.encode() for line in wrong])
