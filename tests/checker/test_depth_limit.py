"""The certificate of depth in the proportional limit: what it proves, corrupted files, and wrong laws."""

import json
from functools import cache

import pytest

import symicl as si
from checker.corruption import Certificate
from checker.test_corpus import outcome, outcomes

NAMES = [None, 1, 3]


@cache
def certificate_of(layers):
    return Certificate(si.certificate(si.depth_limit(layers)))


@pytest.mark.parametrize("layers", NAMES)
def test_nothing_is_asserted(checker, layers):
    running = checker.Checker()
    running.check(certificate_of(layers).lines)
    assert running.asserted == running.averages == []
    assert len(running.propositions) == 7


def test_what_is_said(checker):
    running = checker.Checker()
    running.check(certificate_of(3).lines)
    report = "\n".join(running.report())
    assert "(-1*c^3) / (-1*c^3 + -1*c^2 + -1*c + -1)\n      is the least integral of p^2" in report
    assert "for p of degree 3 with p(0) = 1" in report
    assert "tends to c^2 + 3*c + 1" in report


@pytest.mark.parametrize("layers", NAMES)
def test_corrupted_certificates_are_rejected(checker, layers):
    certificate = certificate_of(layers)
    found = outcomes(checker, certificate, list(certificate.corruptions(per_kind=2)))
    assert len(found) >= 100
    assert [case for case, text in found.items() if text == "accepted"] == []


def exchanged(entry, one, other):
    entry[one], entry[other] = entry[other], entry[one]


FORGERIES = {
    "the integral is that of the values at 0": lambda e: e.update(integral=e["at_zero"]),
    "another recursion makes the sines": lambda e: e.update(sines=e["at_zero"]),
    "two recursions are exchanged": lambda e: exchanged(e, "at_zero", "integral"),
    "the fraction is turned": lambda e: e["parts"].reverse(),
    "one instead of the values at 0": lambda e: e.update(parts=[e["parts"][0], e["parts"][0]]),
    "moments in another order": lambda e: e["moments"].reverse(),
    "a moment twice": lambda e: e.update(moments=[e["moments"][1], e["moments"][1]]),
    "radius and direction are exchanged": lambda e: exchanged(e, "radius", "turn"),
    "the ratio is the radius": lambda e: e.update(ratio=e["radius"]),
    "a number of layers": lambda e: e.update(layers=3),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_forged_laws_are_rejected(checker, name):
    assert forged(checker, None, FORGERIES[name]).startswith("Rejected: ")


def forged(checker, layers, change):
    lines = [json.loads(line) for line in certificate_of(layers).lines]
    change(next(line for line in lines if line.get("rule") == "least_polynomial"))
    return outcome(checker, [json.dumps(line).encode() + b"\n" for line in lines])


@pytest.mark.parametrize("layers", [2, 4, 10**6])
def test_another_number_of_layers_is_refused(checker, layers):
    found = forged(checker, 3, lambda e: e.update(layers=layers))
    assert found.startswith(("Rejected: ", "Unreadable: "))


def test_without_recursions_or_a_number_it_is_refused(checker):
    assert forged(checker, 3, lambda e: e.pop("layers")).startswith("Rejected: ")


def test_too_many_layers_have_none():
    with pytest.raises(si.UnsupportedError, match="51 layers are more than the 50"):
        si.certificate(si.depth_limit(51))
