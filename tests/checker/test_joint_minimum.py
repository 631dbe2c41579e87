"""Minima over several unknowns together: the smallest entries, and forged ones of each kind."""

import json
from functools import cache, partial

import pytest

import symicl as si
from checker.corruption import Certificate
from checker.test_corpus import outcome
from checker.test_rules import Log, run
from checker.test_rules import case as any_case

CASES = {}
case = partial(any_case, cases=CASES)


def least(log, **changed):
    """E (z − a)² + E (y − b)² for independent standard normal z, y is at least 2, for all a and b.

    With K, J for a, b it is 2 + K² + J² + (a − K)² + (b − J)² + 2 K (a − K) + 2 J (b − J). That (a − K)² + (b − J)² is
    a mean square is written with s, t: E (z s + y t)² = s² + t².
    """
    a, b, K, J, s, t = (log.scalar(name) for name in ("a", "b", "K", "J", "s", "t"))
    z, y = log.gaussian("z", 1, 1), log.gaussian("y", 1, 1)
    loss = log.terms(1, 1, [2, [], []], [1, [[a], [a]], []], [1, [[b], [b]], []])
    root = log.terms(1, 1, [1, [[z], [s]], []], [1, [[y], [t]], []])
    both = log("product", parts=[root, root])
    steps = [log("stein", letter=x, words=[[x], [x]], place=[0, 0], equals=[[1, [], 0]]) for x in (z, y)]
    kept = [[1, [[s], [s]], []], [1, [[t], [t], [y], [y]], []]]
    inner = log("expectation", of=both, letter=z, steps=steps[:1], rows=1, cols=1, terms=kept)
    terms = [[1, [[s], [s]], []], [1, [[t], [t]], []]]
    square = log("expectation", of=inner, letter=y, steps=steps[1:], rows=1, cols=1, terms=terms)
    ways = [log.terms(1, 1, [1, [[p]], []], [-1, [[q]], []]) for p, q in ((a, K), (b, J))]
    moved = log("substitute", of=square, letters=[[s, ways[0]], [t, ways[1]]])
    zero = log.terms(1, 1)
    found = {
        "a": a,
        "b": b,
        "K": K,
        "J": J,
        "z": z,
        "zero": zero,
        "ways": ways,
        "square": moved,
        "loss": loss,
    }
    fields = {
        "loss": loss,
        "candidate": log("substitute", of=loss, letters=[[a, K], [b, J]]),
        "square": moved,
        "normals": [[K, zero, K, ways[0]], [J, zero, J, ways[1]]],
        "power": log.number(2),
        "explained": zero,
        "value": log.number(2),
    }
    fields |= {name: change(log, found) for name, change in changed.items()}
    log("joint_minimum", claim="c", **fields)


@case()
def a_joint_minimum(log):
    least(log)


@case("an unknown is named twice, or none is")
def a_joint_minimum_of_nothing(log):
    least(log, normals=lambda log, found: [])


@case("the remainder is another one")
def a_joint_minimum_with_one_normal_equation_left_out(log):
    least(log, normals=lambda log, found: [[found["K"], found["zero"], found["K"], found["ways"][0]]])


@case("the distance is not the expectation of a square")
def a_joint_minimum_with_a_distance_that_is_written_down(log):
    least(log, square=lambda log, found: log.number(0))


@case("the solution is random")
def a_joint_minimum_at_something_random(log):
    least(
        log,
        normals=lambda log, f: [
            [f["K"], f["z"], f["K"], f["ways"][0]],
            [f["J"], f["zero"], f["J"], f["ways"][1]],
        ],
    )


@case("an unknown is misplaced")
def a_joint_minimum_at_an_unknown(log):
    least(
        log,
        normals=lambda log, f: [
            [f["K"], f["J"], f["K"], f["ways"][0]],
            [f["J"], f["zero"], f["J"], f["ways"][1]],
        ],
    )


@case("an unknown is in a denominator")
def a_joint_minimum_that_divides_by_an_unknown(log):
    least(log, explained=lambda log, found: log.terms(1, 1, [1, [[0, found["K"]]], []]))


@case("the candidate has another loss")
def a_joint_minimum_that_explains_more(log):
    least(log, explained=lambda log, found: found["K"])


@case("a normal equation does not hold at the solution")
def a_joint_minimum_at_another_point(log):
    def normals(log, f):
        one = log.number(1)
        return [[f["K"], one, f["K"], f["ways"][0]], [f["J"], f["zero"], f["J"], f["ways"][1]]]

    least(log, normals=normals)


@case("the minimal value is another one")
def a_joint_minimum_with_a_larger_value(log):
    least(log, value=lambda log, found: log.number(3))


@pytest.mark.parametrize("name", CASES)
def test_the_rule(checker, monkeypatch, name):
    build, sentence = CASES[name]
    log = Log()
    build(log)
    found, running = run(checker, log.entries, monkeypatch)
    assert found == sentence
    assert found is None or running.id == len(log.entries) + 1


def test_it_says_where_the_value_is_attained(checker, monkeypatch):
    log = Log()
    least(log)
    _, running = run(checker, log.entries, monkeypatch)
    assert list(running.facts.values())[-1].startswith(
        "2 + a^2 + b^2 >= 2, and it is that where a = 0, b = 0"
    )
    other = Log()
    least(
        other,
        candidate=lambda log, f: log.terms(1, 1, [2, [], []], *([1, [[f[x]], [f[x]]], []] for x in "KJ")),
    )
    found, running = run(checker, other.entries, monkeypatch)
    assert found is None and "it is that" not in list(running.facts.values())[-1]


# --- three layers -------------------------------------------------------------------------------------------


@cache
def three_layers():
    return Certificate(si.certificate(si.depth(si.LinearRegression(noise=0), 3)))


def forged(change):
    lines = [json.loads(line) for line in three_layers().lines]
    (entry,) = [line for line in lines if line.get("rule") == "joint_minimum"]
    change(entry, lines)
    return [json.dumps(line).encode() + b"\n" for line in lines]


def coefficient_of_another(entry, lines):
    entry["normals"][0][1], entry["normals"][1][1] = entry["normals"][1][1], entry["normals"][0][1]


def dropped_unknown(entry, lines):
    entry["normals"].pop()


def value_of_two_layers(entry, lines):
    """A smaller value in the place of the least one: that of a loss without its first term."""
    value = lines[entry["value"] - 1]
    lines[value["of"] - 1]["terms"][0][0] += 1


def loss_of_other_features(entry, lines):
    entry["loss"] = entry["candidate"]


def value_of_the_power(entry, lines):
    entry["value"] = entry["power"]


@pytest.mark.parametrize(
    "change",
    [
        coefficient_of_another,
        dropped_unknown,
        value_of_two_layers,
        loss_of_other_features,
        value_of_the_power,
    ],
)
def test_forgeries_are_rejected(checker, change):
    assert outcome(checker, forged(change)).startswith("Rejected: ")


def test_a_forged_prediction_is_rejected(checker):
    """The coefficients of the polynomial are not those of the steps that are run."""
    lines = [json.loads(line) for line in three_layers().lines]
    (entry,) = [line for line in lines if line.get("rule") == "equal"]
    letters = lines[entry["right"] - 1]["letters"]
    letters[1][1] = letters[2][1]
    assert outcome(checker, [json.dumps(line).encode() + b"\n" for line in lines]).startswith("Rejected: ")
