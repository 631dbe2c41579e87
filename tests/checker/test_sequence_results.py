"""Certificates of the best scalars of losses of sequences, and of points that are stationary among matrices."""

import json
from functools import cache

import pytest

import symicl as si
from checker.corruption import Certificate
from checker.test_corpus import outcome
from symicl.certificates.checkers import phases

FAMILIES = {"minimum": "two numbers", "loss at the stationary point": "two full matrices"}


@cache
def certificate_of(name):
    loss = si.expected_loss(si.CausalLinearAttention(), si.AutoregressiveTask(), family=FAMILIES[name])
    return Certificate(si.certificate(si.minimise(loss)))


@pytest.mark.parametrize("name", FAMILIES)
def test_nothing_is_asserted_that_no_checker_recomputes(checker, name):
    certificate = certificate_of(name)
    first, second = checker.Checker(), phases.Checker()
    first.check(certificate.lines)
    second.check(certificate.lines)
    assert first.asserted == [] and len(first.averages) == second.checked > 0
    assert list(first.stated) == [name]
    facts = "\n".join(first.facts.values())
    assert "exceeds its value there by a sum of mean squares" in facts
    assert ("the derivative by an entry of A on the diagonal vanishes" in facts) is (name != "minimum")
    off = [line for line in certificate.lines if b"off the diagonal vanishes at every t" in line]
    assert len(off) == (0 if name == "minimum" else 2)


def forged(name, change):
    lines = [json.loads(line) for line in certificate_of(name).lines]
    change(lines)
    return [json.dumps(line).encode() + b"\n" for line in lines]


def another_value(lines):
    entry = next(line for line in lines if line.get("rule") == "stated")
    entry["stated"] = next(line["id"] for line in lines if line.get("rule") == "data")


def another_derivative(lines):
    entry = [line for line in lines if "on the diagonal" in line.get("claim", "")][-1]
    entry["left"] = next(line["id"] for line in lines if line.get("name") == "d")


def no_distance(lines):
    entry = next(line for line in lines if "mean squares" in line.get("claim", ""))
    entry["right"] = next(line["id"] for line in lines if line.get("name") == "d")


@pytest.mark.parametrize("change", [another_value, another_derivative, no_distance])
def test_forgeries_are_rejected(checker, change):
    assert outcome(checker, forged("loss at the stationary point", change)).startswith("Rejected: ")


def test_a_derivative_that_does_not_vanish_is_rejected():
    """The average of the derivative on the diagonal is said to vanish at every t."""

    def change(lines):
        claims = [line for line in lines if line.get("claim") == "an average over phases, at every t"]
        entry = next(line for line in lines if "off the diagonal" in line.get("claim", ""))
        entry["phases"]["of"] = claims[0]["id"]

    with pytest.raises(phases.Rejected):
        phases.Checker().check(forged("loss at the stationary point", change))


def test_a_lower_bound_and_another_value_are_refused():
    loss = si.expected_loss(si.CausalLinearAttention(), si.AutoregressiveTask(), family="two numbers")
    optimum = si.minimise(loss)
    with pytest.raises(si.UnsupportedError, match="no known weights attain"):
        wrong = type(optimum)(optimum.problem, optimum.solution, {})
        si.certificate(wrong)
    with pytest.raises(si.DerivationError, match="is another one"):
        si.certificate(type(optimum)(optimum.problem, {u: v * 2 for u, v in optimum.solution.items()}, {}))
