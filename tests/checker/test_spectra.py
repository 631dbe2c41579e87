"""Certificates of sums over eigenvalues: what they prove, wrong summands, corrupted files."""

import json
from dataclasses import replace
from functools import cache

import pytest
import sympy
from sympy import Trace as tr

import symicl as si
from checker.corruption import Certificate
from checker.test_corpus import outcome, outcomes
from symicl.typeset import EigenSum

n, d = si.dims("n d")
H, P, S = si.covariance("H", d), si.covariance("Psi", d), si.symmetric("S", d)
u, w = si.vector("u", d), si.vector("w", d)
a, I = si.scalar("a", positive=True), sympy.Identity(d)
R = (H + a * I).inverse()

FORMS = {
    "resolvent": lambda: tr(H * R),
    "several sums": lambda: tr(H) ** 2 / (1 + tr(H * H)) + n,
    "merged, with components": lambda: tr(w.T * H * R * w) + 3 * n * tr(H * H),
    "two vectors": lambda: tr(u.T * H * w) ** 2 + tr(H.inverse()),
    "a product": lambda: tr(H * P * (H * P + a * I).inverse()),
    "the product turned": lambda: tr(P * H * (P * H + a * I).inverse()) * n + tr(H * P),
    "a sum within": lambda: tr(H * (H + tr(H) * I).inverse()),
    "not definite": lambda: d * tr(S) + tr(S**3),
}


@cache
def certificate_of(name):
    return Certificate(si.certificate(si.in_eigenvalues(FORMS[name]())))


@pytest.mark.parametrize("name", FORMS)
def test_nothing_is_asserted(checker, name):
    running = checker.Checker()
    running.check(certificate_of(name).lines)
    assert running.asserted == running.averages == []
    assert len(running.propositions) == 1


@pytest.mark.parametrize("name", FORMS)
def test_corrupted_certificates_are_rejected(checker, name):
    certificate = certificate_of(name)
    found = outcomes(checker, certificate, list(certificate.corruptions(per_kind=2)))
    assert len(found) >= 30
    assert [case for case, text in found.items() if text == "accepted"] == []


def forged(checker, name, change):
    lines = [json.loads(line) for line in certificate_of(name).lines]
    change(next(line for line in lines if line.get("rule") == "eigenvalue_sums"))
    return outcome(checker, [json.dumps(line).encode() + b"\n" for line in lines])


def test_a_trace_of_another_word(checker):
    """tr(H R H) for tr(H R)."""

    def change(entry):
        word = entry["sums"][0][1][0][1]
        word.append(entry["matrices"][0])

    assert "a summand is another one" in forged(checker, "resolvent", change)


def test_a_product_in_another_order(checker):
    """tr(H² Ψ²) is not made of the eigenvalues of H Ψ, though it counts as many letters as tr(H Ψ H Ψ)."""

    def change(entry):
        h, p = entry["matrices"]
        entry["sums"][0][1][0][1] = [h, h, p, p]

    assert "no function of one matrix" in forged(checker, "a product", change)


def test_the_inverse_of_the_wrong_product(checker):
    """tr(H Ψ (H Ψ + a I)⁻¹) with (Ψ H + a I)⁻¹ in its place."""

    def change(entry):
        word = entry["sums"][0][1][0][1]
        entry["sums"][0][1][0][1] = [x if x in entry["matrices"] else -x for x in word]

    assert "no function of one matrix" in forged(checker, "a product", change)


def test_components_of_another_vector(checker):
    def change(entry):
        (v, b), (x, c) = entry["components"]
        entry["components"] = [[v, c], [x, b]]

    found = forged(checker, "two vectors", change)
    assert found == "accepted"  # u_i w_i is symmetric in both: the letters have only changed names

    def other(entry):
        (v, b), _ = entry["components"]
        entry["components"] = [[v, b]]

    assert "vector" in forged(checker, "two vectors", other)


@pytest.mark.parametrize("name", ["resolvent", "a sum within", "a product"])
def test_wrong_summands_have_none(checker, name):
    form = si.in_eigenvalues(FORMS[name]())
    total = max(form.expr.atoms(EigenSum), key=lambda s: len(s.atoms(EigenSum)))
    wrong = replace(form, expr=form.expr.xreplace({total: total.func(total.body + 1, *total.args[1:])}))
    lines = [(line + "\n").encode() for line in si.certificate(wrong).splitlines()]
    assert outcome(checker, lines).startswith("Rejected: ")
