"""The rule for polynomials that are products of real steps, on real certificates of depth, and forged ones."""

import json
from functools import cache, partial

import pytest
import sympy

import symicl as si
from checker.corruption import Certificate
from checker.test_corpus import outcome, outcomes
from checker.test_rules import Log, check_case, run
from checker.test_rules import case as any_case
from symicl.certificates.checkers.proof.rules.real_steps import real_zeros

CASES = {}
case = partial(any_case, cases=CASES)

Regression = si.LinearRegression
d = Regression().d
Sigma, Psi, mu = si.covariance("Sigma", d), si.covariance("Psi", d), si.vector("mu", d)
RESULTS = {
    "three": lambda: si.depth(Regression(noise=0), 3),
    "a mean": lambda: si.depth(Regression(task_cov=Psi, task_mean=mu, noise=0), 2),
    "whitened": lambda: si.depth(
        Regression(covariate_cov=Sigma, task_cov=Psi, noise=0), 2, preconditioner=Sigma.inv()
    ),
    "numbers": lambda: si.depth(Regression(n=20, d=5, noise=sympy.Rational(1, 4)), 3),
}
WITHOUT = {
    "noise": lambda: si.depth(Regression(), 2),
    "complex": lambda: si.depth(Regression(n=20, d=5, noise=5), 2),
    "one step": lambda: si.depth(Regression(noise=0), 1),
    "not whitened": lambda: si.depth(Regression(covariate_cov=Sigma, noise=0), 1, preconditioner=Psi),
}


@cache
def certificate_of(name):
    return Certificate(si.certificate((RESULTS | WITHOUT)[name]()))


@pytest.mark.parametrize("name", RESULTS)
def test_nothing_is_asserted_and_no_zeros_are_an_axiom(checker, name):
    running = checker.Checker()
    running.check(certificate_of(name).lines)
    assert running.asserted == running.averages == []
    assert len(running.propositions) == len(running.header_fields["axioms"]) == 1
    assert "different real zeros" in running.propositions[0]
    assert "for the best steps equal to" in running.header_fields["statement"]


@pytest.mark.parametrize("name", WITHOUT)
def test_a_lower_bound_or_one_step_says_nothing_of_zeros(checker, name):
    running = checker.Checker()
    running.check(certificate_of(name).lines)
    assert running.propositions == []
    assert ("equal to" in running.header_fields["statement"]) == (name in ("one step", "not whitened"))


@pytest.mark.parametrize("name", ["three", "numbers"])
def test_corrupted_certificates_are_rejected(checker, name):
    certificate = certificate_of(name)
    found = outcomes(checker, certificate, list(certificate.corruptions(per_kind=1)))
    assert [case for case, text in found.items() if text == "accepted"] == []


def test_a_certificate_without_it_is_rejected(checker):
    lines = [json.loads(line) for line in certificate_of("three").lines]
    at = next(k for k, line in enumerate(lines) if line.get("rule") == "real_steps")
    lines[at] = {"id": at + 1, "rule": "step", "title": "trust me"}
    assert "does not prove all" in outcome(checker, [json.dumps(line).encode() + b"\n" for line in lines])


@pytest.mark.parametrize(
    ("coefficients", "zeros"),
    [
        ([1, -3, 2], 2),
        ([1, 0, 1], 0),
        ([1, -2, 1], 1),
        ([-1, 0, 0, 1], 1),
        ([0, 1, 0, -1], 3),
        ([1], 0),
        ([24, -50, 35, -10, 1], 4),
        ([1, 0, 2, 0, 1], 0),
    ],
)
def test_zeros_are_counted(coefficients, zeros):
    assert real_zeros(coefficients) == zeros
    assert real_zeros([c * 7 for c in reversed(coefficients)] if coefficients[0] else coefficients) == zeros


# --- one reason after the other -----------------------------------------------------------------------------


def loaded(log, name):
    """The entries of a certificate up to the one of the rule, which is returned; stated quantities are left out."""
    for entry in certificate_of(name).entries[1:-1]:
        kept = {k: v for k, v in entry.items() if k != "print"}
        if entry["rule"] == "real_steps":
            return kept
        stated = entry["rule"] == "stated"
        log.entries.append({"id": entry["id"], "rule": "step", "title": "stated"} if stated else kept)
    return {}


def changed(log, name, **changes):
    """The last entry with other fields, each made from what it was; None leaves one out."""
    entry = loaded(log, name)
    fields = {field: entry.get(field) for field in {*entry, *changes} - {"id", "rule"}}
    fields |= {field: make(log, fields) for field, make in changes.items()}
    log("real_steps", **{field: value for field, value in fields.items() if value is not None})


def last(log, rule):
    return next(entry for entry in reversed(log.entries) if entry["rule"] == rule)


@case()
def steps_in_symbols(log):
    changed(log, "three")


@case()
def steps_at_numbers(log):
    changed(log, "numbers")


@case("it refers to another entry than a joint minimum")
def an_equality_for_the_minimum(log):
    changed(log, "three", minimum=lambda log, f: last(log, "equal")["id"])


@case("the minimum is not at the parameters")
def parameters_in_another_number(log):
    changed(log, "three", parameters=lambda log, f: f["parameters"][:2])


@case("the minimum is not at the parameters")
def a_parameter_twice(log):
    changed(log, "three", parameters=lambda log, f: [*f["parameters"], f["parameters"][0]])


@case("the loss is not that of a polynomial in one matrix")
def parameters_in_another_order(log):
    changed(log, "three", parameters=lambda log, f: f["parameters"][::-1])


@case("its zeros are not real and different")
def complex_steps(log):
    """With much noise the best polynomial has complex zeros."""
    assert loaded(log, "complex") == {}
    letters = [next(e["id"] for e in log.entries if e.get("name") == f"a_{k}") for k in (1, 2)]
    log("real_steps", claim="p", minimum=last(log, "joint_minimum")["id"], parameters=letters)


@case("a parameter is no number")
def symbols_without_a_matrix(log):
    changed(log, "three", front=lambda log, f: None)


@case("it does not say of which matrix it is a polynomial")
def a_front_alone(log):
    changed(log, "three", inside=lambda log, f: None)


@case("the loss is not that of a polynomial in one matrix")
def noise_in_the_loss(log):
    """With noise the zeros may be complex: the loss is another form."""

    def identity(log, f):
        return log.terms(5, 5, [1, [], []])

    changed(log, "numbers", front=identity, inside=identity, between=identity)


@case("the loss is no average over a Gaussian letter")
def a_loss_that_is_no_average(log):
    """The same minimum with the candidate written out in the place of the average."""
    entry = loaded(log, "three")
    minimum = last(log, "joint_minimum")
    loss = log.entries[minimum["loss"] - 2]
    kept = {key: loss[key] for key in ("rows", "cols", "terms")}
    again = log("data", of=minimum["loss"], **kept)
    letters = log.entries[minimum["candidate"] - 2]["letters"]
    candidate = log("substitute", of=again, letters=letters)
    fields = {k: v for k, v in minimum.items() if k not in ("id", "rule")}
    other = log("joint_minimum", **fields | {"loss": again, "candidate": candidate})
    log("real_steps", **{k: v for k, v in entry.items() if k not in ("id", "rule")} | {"minimum": other})


@case("a covariance of the Gaussian letter may have no inverse")
def covariates_with_a_singular_covariance(log):
    """Without noise and mean the loss is the same where nothing is assumed of Psi."""
    entry = loaded(log, "whitened")
    sigma = next(e for e in log.entries if e.get("name") == "Sigma")
    del sigma["invertible"]
    log("real_steps", **{k: v for k, v in entry.items() if k not in ("id", "rule")})


@case("T B is no multiple of the identity")
def a_front_that_is_not_the_inverse(log):
    changed(log, "whitened", front=lambda log, f: f["between"])


@case("it is not seen that T is positive definite")
def a_front_that_is_negative(log):
    changed(log, "three", front=lambda log, f: log.terms("d", "d", [-1, [], []]))


@case("it is not seen that M is positive definite")
def a_second_moment_that_is_singular(log):
    def square(log, f):
        m = next(e["id"] for e in log.entries if e.get("name") == "mu")
        return log.terms("d", "d", [1, [], [m, -m]])

    changed(log, "a mean", between=square)


@case("T, B or M is random, or has a parameter")
def a_random_second_moment(log):
    def random(log, f):
        w = next(e["id"] for e in log.entries if e.get("name") == "w")
        return log.terms("d", "d", [1, [], []], [1, [], [w, -w]])

    changed(log, "three", between=random)


@case("the loss is not that of a polynomial in one matrix")
def another_second_moment(log):
    changed(log, "three", between=lambda log, f: log.terms("d", "d", [2, [], []]))


@pytest.mark.parametrize("name", CASES)
def test_a_rule(checker, monkeypatch, name):
    check_case(checker, monkeypatch, CASES[name])


def test_what_is_said(checker, monkeypatch):
    log = Log()
    changed(log, "numbers")
    _, running = run(checker, log.entries, monkeypatch)
    assert "1 + a_1 x^1 + a_2 x^2 + a_3 x^3 has 3 different real zeros" in running.propositions[-1]
