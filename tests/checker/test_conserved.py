"""Certificates of conserved quantities: what they prove, corrupted ones, the second engine, refusals."""

import json
from fractions import Fraction
from functools import cache

import pytest
from sympy import Trace

import symicl as si
from checker.corruption import Certificate
from checker.test_corpus import outcome, outcomes
from symicl.certificates.coordinates import recheck

n, d = si.dims("n d")
A, B, M = (si.matrix(name, (d, d)) for name in "ABM")
S = si.covariance("S", d)
HEAD = si.MultiHeadLinearAttention()


@cache
def head():
    return si.flow(si.expected_loss(HEAD, si.LinearRegression(noise=0)), rate=Fraction(1, 2))


@cache
def deep():
    R = B * A - M
    return si.flow(Trace(R * S * R.T), [A, B])


@cache
def attention():
    return si.flow(si.expected_loss(si.LinearSelfAttention(), si.LinearRegression()), weights=True)


FLOWS = {"head": head, "deep": deep, "all weights": attention}


@cache
def certificates(name):
    return [Certificate(si.certificate(q)) for q in FLOWS[name]().conserved()[:2]]


@pytest.mark.parametrize("name", FLOWS)
def test_what_is_found_has_a_certificate_without_assertions(checker, name):
    for certificate in certificates(name):
        running = checker.Checker()
        running.check(certificate.lines)
        assert running.asserted == running.averages == []
        report = "\n".join(running.report())
        assert "is constant along the flow" in report
        assert all("= 0" in text for text in running.stated.values())


def test_the_quantity_is_named_with_the_rate(checker):
    running = checker.Checker()
    running.check(certificates("head")[0].lines)
    report = "\n".join(running.report())
    assert "-c**2 + Trace(B*B.T) - Trace(a.T*a) + Trace(g.T*g) is constant" in report
    assert "-(1/2) times the gradient" in report


@pytest.mark.parametrize("name", ["head", "deep"])
def test_corrupted_certificates_are_rejected(checker, name):
    certificate = certificates(name)[0]
    found = outcomes(checker, certificate, list(certificate.corruptions(per_kind=2)))
    assert len(found) >= 50
    assert [case for case, text in found.items() if text == "accepted"] == []


@pytest.mark.parametrize("name", ["head", "deep"])
def test_another_derivative_is_rejected(checker, name):
    """A loss or a velocity that does not vanish in the place of the derivative."""
    lines = [json.loads(line) for line in certificates(name)[0].lines]
    (place,) = [k for k, line in enumerate(lines) if line.get("rule") == "stated"]
    numbers = [line["id"] for line in lines[:place] if line.get("rule") in ("expectation", "gradient", "sum")]
    tried = 0
    for number in numbers[-12:]:
        if number == lines[place]["derived"]:
            continue
        forged = [*lines[:place], {**lines[place], "derived": number}, *lines[place + 1 :]]
        tried += 1
        assert outcome(checker, [json.dumps(line).encode() + b"\n" for line in forged]) != "accepted"
    assert tried >= 3


@pytest.mark.parametrize("name", ["head", "deep"])
def test_the_second_engine_agrees(name):
    found = recheck(certificates(name)[0].text.splitlines())
    assert found.facts


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: head().is_conserved(head().unknowns["c"] ** 2), "only of a quantity that is proved"),
        (lambda: head().reduce({"a": 0, "g": 0}).conserved()[0], "ask the flow"),
        (
            lambda: si.flow(
                si.expected_loss(si.CausalLinearAttention(), si.AutoregressiveTask(), family="two numbers")
            ).conserved()[0],
            "no certificate of a flow of sequences",
        ),
    ],
)
def test_refusals(ask, message):
    with pytest.raises(si.UnsupportedError, match=message):
        si.certificate(ask())
