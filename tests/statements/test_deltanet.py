"""The delta rule and its gated form: known values, and slightly wrong versions."""

from dataclasses import replace

import pytest
from sympy import Integer, Rational

import symicl as si
from symicl.proofs.deltanet import delta_rule, gated
from symicl.statements import Inequality, evaluate_theorem

d, n, sigma2 = delta_rule.d, delta_rule.n, delta_rule.sigma2


def value(theorem, name, **given):
    return evaluate_theorem(theorem, given).values[name]["decimal"]


def test_the_values_at_twenty_examples_in_five_dimensions():
    at = {"n": 20, "d": 5}
    found = evaluate_theorem(delta_rule.theorem, {**at, "beta": Rational(1, 10)}).values
    assert found["best_excess"]["decimal"] == pytest.approx(0.229104812, abs=1e-9)
    assert found["best_beta"]["exact"] == "1/7"
    assert value(delta_rule.theorem, "excess", **at, beta=Rational(1, 7)) == found["best_excess"]["decimal"]
    noisy = {**at, "sigma2": Rational(1, 4), "beta": Rational(3, 20)}
    decay = value(gated.theorem, "excess", **noisy, alpha=Rational(19, 20))
    assert decay == pytest.approx(0.670965306, abs=1e-9)
    without = value(gated.theorem, "excess", **noisy, alpha=1)
    assert without == pytest.approx(0.419270743, abs=1e-9) == value(delta_rule.theorem, "excess", **noisy)
    best = delta_rule.risk.greedy("beta").at(**at, sigma2=Rational(1, 4))
    assert float(best.value) == pytest.approx(0.363763848, abs=1e-9)


def test_the_stated_gates_are_those_that_the_recursion_finds_by_itself():
    schedule = delta_rule.risk.greedy("beta")
    (v,) = schedule.following.free_symbols - {d, sigma2}
    assert (schedule.following.subs(v, d * gated.v) - d * gated.following).simplify() == 0
    assert (schedule.parameter.subs(v, d * gated.v) - gated.gate).simplify() == 0


CLAIMS = [
    (delta_rule, "excess", delta_rule.excess + delta_rule.beta * sigma2),
    (delta_rule, "best_excess", d * ((d + 1) / (d + 2)) ** (n + 1)),
    (delta_rule, "best_beta", 1 / (d + 1)),
    (gated, "excess", gated.theorem.corollaries["excess"].subs(n, n + 1)),
    (gated, "one_token", gated.theorem.corollaries["one_token"] + gated.p),
]


@pytest.mark.parametrize(("module", "name", "wrong"), CLAIMS)
def test_slightly_wrong_closed_forms_are_refuted(module, name, wrong):
    theorem = module.theorem
    verdict = si.prove(replace(theorem, corollaries={**theorem.corollaries, name: wrong}))
    assert verdict.status == "refuted" and name in verdict.counterexample


STEP = gated.following
WRONG = [
    (delta_rule, Inequality("best_rate", "rate", equality={delta_rule.beta: 1 / (d + 1)})),
    (delta_rule, Inequality("rate_of_attention", "best_rate")),
    (delta_rule, Inequality(Integer(1), "rate")),
    (gated, Inequality(d * STEP * Rational(11, 10), "one_token", equality=gated.EQUAL)),
    (gated, Inequality(STEP.subs(gated.v, gated.v + gated.h), STEP)),
    (gated, Inequality(gated.attention.subs(n, n + 1), d * STEP.subs(gated.v, gated.attention / d))),
]


@pytest.mark.parametrize(("module", "wrong"), WRONG)
def test_wrong_inequalities_are_refuted(module, wrong):
    assert si.prove(replace(module.theorem, propositions=(wrong,))).status == "refuted"
