"""Certificates of a bounded rank and of a number of heads: what is recomputed, what is asserted, corrupted ones."""

import json
from functools import cache

import pytest
import sympy

import symicl as si
from checker.corruption import Certificate
from checker.test_corpus import outcome, outcomes
from symicl.certificates.coordinates import recheck

n, d, r = si.dims("n d r")
H, Psi, G0 = si.covariance("H", d), si.covariance("Psi", d), si.matrix("G0", (d, d))
psi, mu = si.scalar("psi", positive=True), si.vector("mu", d)
PLAIN, GENERAL = si.LinearRegression(), si.LinearRegression(covariate_cov=H, task_cov=Psi)


def low_rank(model, task, name, **more):
    return si.minimise(si.expected_loss(model, task), rank={name: r}, **more)


def heads(**more):
    return si.head_count(si.LinearRegression(task_mean=mu, task_cov=psi * sympy.Identity(d), **more))


RESULTS = {
    "isotropic": lambda: low_rank(si.LinearSelfAttention(), PLAIN, "M"),
    "any covariances": lambda: low_rank(si.OneStepGD(), GENERAL, "Gamma"),
    "update": lambda: low_rank(si.OneStepGD(), GENERAL, "Gamma", update_of={"Gamma": G0}),
    "heads": heads,
    "heads without noise": lambda: heads(noise=0),
}


@cache
def certificate_of(name):
    return Certificate(si.certificate(RESULTS[name]()))


@pytest.mark.parametrize("name", RESULTS)
def test_what_is_asserted(checker, name):
    running = checker.Checker()
    running.check(certificate_of(name).lines)
    claims = "\n".join(running.asserted)
    assert running.averages == []
    if "heads" in name:
        assert len(running.asserted) == 1 and "d - 1 never" in claims
    else:
        assert len(running.asserted) == 2 and "Eckart" in claims and "has rank at most r" in claims
    kind = {"isotropic": "asserted in part", "heads": "entered by the derivation"}.get(name)
    assert kind is None or kind in "".join(running.stated.values())


@pytest.mark.parametrize("name", ["any covariances", "heads"])
def test_corrupted_certificates_are_rejected(checker, name):
    certificate = certificate_of(name)
    found = outcomes(checker, certificate, list(certificate.corruptions(per_kind=2)))
    assert len(found) >= 100
    assert [case for case, text in found.items() if text == "accepted"] == []


@pytest.mark.parametrize(
    ("name", "rule"), [("any covariances", "equal"), ("heads", "minimum"), ("heads", "stated")]
)
def test_wrong_facts_are_rejected(checker, name, rule):
    lines = [json.loads(line) for line in certificate_of(name).lines]
    entry = next(line for line in reversed(lines) if line.get("rule") == rule)
    entry.update(
        {"equal": {"right": 1}, "minimum": {"square": entry.get("loss")}, "stated": {"stated": 1}}[rule]
    )
    changed = [json.dumps(line).encode() + b"\n" for line in lines]
    assert outcome(checker, changed).startswith("Rejected: ")


@pytest.mark.parametrize("name", ["any covariances", "heads"])
def test_the_second_engine_agrees(name):
    found = recheck(
        certificate_of(name).text.splitlines(), [{"n": 1, "d": 1}, {"n": 2, "d": 1}, {"n": 1, "d": 2}]
    )
    assert found.moments and found.facts


def test_a_bound_has_no_certificate():
    bound = low_rank(si.LinearSelfAttention(), PLAIN, "M")
    object.__setattr__(bound, "attained", "lower bound")
    with pytest.raises(si.UnsupportedError, match="no known weights attain"):
        si.certificate(bound)
