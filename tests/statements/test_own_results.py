"""Theorems whose derivations use recursions over tokens, depth and descent: proved, certified, refuted."""

from dataclasses import replace

import pytest

import symicl as si
from symicl.certificates.checkers import proof
from symicl.certificates.coordinates import recheck
from symicl.statements import (
    Paper,
    Theorem,
    certify,
    derive_loss,
    minimal_value,
    reduce_weights,
    solve,
)
from symicl.typeset import formula_text
from symicl.views import theorem_latex

task, clean, model = si.LinearRegression(), si.LinearRegression(noise=0), si.LinearSelfAttention()
n, d, sigma2 = task.n, task.d, task.noise
e, x, w = si.vector("e", d), si.gaussian("z", d), si.gaussian("e_0", d)
gate = 1 / (d + 2)
Q = (
    d**3 * n + d**3 + d**2 * n**2 + 5 * d**2 * n + 10 * d**2 + d * n**3 + 5 * d * n**2 + 17 * d * n + 17 * d
    + n**3 + 10 * n**2 + 17 * n + 4
)  # fmt: skip
TWO_LAYERS = d * (d**3 * n + d**3 + 4 * d**2 * n + 10 * d**2 + 7 * d * n + 17 * d + 4 * n + 4) / Q

theorem = Theorem(
    id="mine.fast_weights",
    title="Attention, the delta rule and two layers",
    wording=r"The least loss of attention is $\sigma^{2}+d(d+1+\sigma^{2})/(n+d+1+\sigma^{2})$; "
    r"without noise the delta rule leaves $d((d+1)/(d+2))^{n}$ after $n$ examples, and two layers less than one.",
    paper=Paper("mine", "Me", "Notes", 2026, "none"),
    source="Lemma 2",
    assumptions=(r"covariates $x\sim N(0,I_d)$, task $w\sim N(0,I_d)$",),
    task=task,
    model=model,
    states={"loss": sigma2 + d * (d + 1 + sigma2) / (n + d + 1 + sigma2)},
    corollaries={"delta_rule": d * ((d + 1) / (d + 2)) ** n, "two_layers": TWO_LAYERS},
)


@theorem.derivation
def derive(step):
    step.axiom("Stein's identity for centred Gaussians")
    reduce_weights(step, model, task)
    loss = derive_loss(step, model, task)
    optimum = solve(step, loss)
    certify(step, optimum)
    rule = si.recursion(state={e: w}, step={e: e - gate * x * x.T * e}, tokens=n)
    least = minimal_value(step, optimum)
    return {"loss": least, "delta_rule": rule.expect(e.T * e), "two_layers": si.depth(clean, 2)}


def test_it_is_proved_and_certified():
    verdict = si.prove(theorem, record=True)
    assert verdict.proved, verdict.reason
    texts = {statement.name: statement.text for statement in verdict.statements}
    assert "the mean of e.T*e after n tokens" in texts["delta_rule"]
    assert "the least excess loss of 2 linear layers" in texts["two_layers"]
    running = proof.Checker()
    running.check(line.encode() + b"\n" for line in verdict.proof_log.splitlines())
    assert set(running.stated) == set(theorem.claims) and not running.asserted
    assert "b1^n" in running.stated["delta_rule"] and "entered" not in running.stated["delta_rule"]
    assert recheck(verdict.proof_log.splitlines(), [{"n": 1, "d": 2}, {"n": 2, "d": 1}]).facts


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("delta_rule", d * ((d + 1) / (d + 3)) ** n),
        ("delta_rule", d * ((d + 1) / (d + 2)) ** (n + 1)),
        ("delta_rule", (d + 1) * ((d + 1) / (d + 2)) ** n),
        ("two_layers", TWO_LAYERS + d / Q),
        ("two_layers", d * (d + 1) / (n + d + 1)),
    ],
)
def test_slightly_wrong_versions_are_refuted(name, wrong):
    verdict = si.prove(replace(theorem, corollaries={**theorem.corollaries, name: wrong}))
    assert verdict.status == "refuted" and name in verdict.counterexample


def test_what_is_no_property_of_the_optimum_is_no_main_statement():
    states = {**theorem.states, "delta_rule": theorem.corollaries["delta_rule"]}
    corollaries = {"two_layers": TWO_LAYERS}
    verdict = si.prove(replace(theorem, states=states, corollaries=corollaries))
    assert verdict.status == "undecided" and "corollary" in verdict.reason


def test_a_result_that_was_tampered_with_is_derived_again():
    rule = si.recursion(state={e: w}, step={e: e - gate * x * x.T * e}, tokens=n).expect(e.T * e)
    forged = replace(rule, quantity=2 * rule.quantity)

    def derived(step):
        return {**derive(step), "delta_rule": forged}

    other = replace(theorem, _derivations=[derived])
    verdict = si.prove(other)
    assert verdict.status == "refuted"
    assert si.prove(replace(theorem, _derivations=[derive])).proved


def test_the_document_shows_it():
    derivation = theorem.derive()
    assert formula_text(derivation.found["delta_rule"]) == "d((d + 1)/(d + 2))^n"
    assert theorem.title in theorem_latex(theorem, derivation)
