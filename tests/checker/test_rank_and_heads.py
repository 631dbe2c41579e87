"""Certificates of a bounded rank and of a number of heads: what is recomputed, what is asserted, corrupted ones."""

import json
from functools import cache

import pytest
import sympy

import symicl as si
from checker.corruption import Certificate
from checker.test_corpus import outcome, outcomes
from symicl.certificates.coordinates import recheck
from theory.rank.test_low_rank import FewHeads

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
    "rank one": lambda: si.minimise(si.expected_loss(si.LinearSelfAttention(), PLAIN), rank={"M": 1}),
    "rank zero": lambda: si.minimise(si.expected_loss(si.OneStepGD(), GENERAL), rank={"Gamma": 0}),
    "two of any side": lambda: si.minimise(si.expected_loss(FewHeads(2, "r"), GENERAL)),
    "three of rank one": lambda: si.minimise(si.expected_loss(FewHeads(3, 1), PLAIN)),
    "update of a scaled weight": lambda: low_rank(
        si.GDBeta(), si.LinearRegression(d=2), "Gamma", update_of={"Gamma": [[1, 0], [0, 2]]}
    ),
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
        assert running.asserted == []
        assert "are positive definite" in list(running.facts.values())[-1]
    kind = {
        "isotropic": "made from the least value at bounded rank",
        "heads": "entered by the derivation",
    }.get(name)
    assert kind is None or kind in "".join(running.stated.values())


def test_the_rule_says_of_whom_it_speaks(checker):
    running = checker.Checker()
    running.check(certificate_of("any covariances").lines)
    said = list(running.facts.values())[-1]
    assert "less the r largest eigenvalues of" in said and "where Gamma = " in said


def entries(lines, rule):
    return [line for line in lines if line.get("rule") == rule]


def another_gain(entry, lines):
    entry["gain"] = entry["bound"]


def a_larger_value(entry, lines):
    entry["value"] = entry["base"]


def a_smaller_rank(entry, lines):
    entry["bound"] = next(x["id"] for x in entries(lines, "data") if x["terms"] == [[1, [], []]])


def a_factor_dropped(entry, lines):
    entry["factors"] = []


def another_optimum(entry, lines):
    entry["best"] = entry["M"]


def another_form(entry, lines):
    entry["of"] = entry["base"]


def another_coefficient(entry, lines):
    entry["coefficient"] = entry["best"]


def all_parameters_free(entry, lines):
    entry["parameters"] = []


def a_weight_that_is_not_the_left_factor(entry, lines):
    entry["L"] = entry["M"]


REFUSED = {
    another_gain: "the gains are not all equal",
    a_larger_value: "the least value is another one",
    a_smaller_rank: "the inner sides do not add up to the rank",
    a_factor_dropped: "no such sum of products",
    another_optimum: "not where the gradient vanishes",
    another_form: "the minimum has another bound",
    another_coefficient: "the minimum has another bound",
    all_parameters_free: "no such sum of products",
    a_weight_that_is_not_the_left_factor: "another quadratic form",
}


@pytest.mark.parametrize("change", REFUSED)
def test_forged_ranks_are_rejected(checker, change):
    lines = [json.loads(line) for line in certificate_of("isotropic").lines]
    (entry,) = entries(lines, "least_at_rank")
    change(entry, lines)
    found = outcome(checker, [json.dumps(line).encode() + b"\n" for line in lines])
    assert found.startswith("Rejected: ") and REFUSED[change] in found


@pytest.mark.parametrize("name", ["any covariances", "heads"])
def test_corrupted_certificates_are_rejected(checker, name):
    certificate = certificate_of(name)
    found = outcomes(checker, certificate, list(certificate.corruptions(per_kind=2)))
    assert len(found) >= 100
    assert [case for case, text in found.items() if text == "accepted"] == []


@pytest.mark.parametrize(
    ("name", "rule"), [("any covariances", "minimum"), ("heads", "minimum"), ("heads", "stated")]
)
def test_wrong_facts_are_rejected(checker, name, rule):
    lines = [json.loads(line) for line in certificate_of(name).lines]
    entry = next(line for line in reversed(lines) if line.get("rule") == rule)
    entry.update({"minimum": {"square": entry.get("loss")}, "stated": {"stated": 1}}[rule])
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
