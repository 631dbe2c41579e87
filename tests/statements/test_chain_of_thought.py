"""Steps of descent written one after the other: the values that `eval` gives, and slightly wrong versions."""

from dataclasses import replace

import pytest
from sympy import Rational

import symicl as si
from symicl.errors import InputError
from symicl.proofs.huang2025.steps import d, eta, n, sigma2, theorem, two
from symicl.statements import Inequality, evaluate_theorem

CLAIMS = theorem.corollaries


def evaluated(**given):
    return {name: value["decimal"] for name, value in evaluate_theorem(theorem, given).values.items()}


def test_the_values_at_twenty_examples_in_five_dimensions():
    found = evaluated(n=20, d=5, sigma2="1/4", k=2, eta="1/2")
    assert found["excess"] == 0.8453515625
    assert found["best_excess"] == pytest.approx(0.541925037, abs=1e-9)
    found = evaluated(n=20, d=5, sigma2=0, k=8, eta="1/2")
    assert found["best_excess"] == pytest.approx(0.042507422333, abs=1e-12)
    one = evaluated(n=20, d=5, sigma2=0, k=1, eta="1/2")
    assert one["best_excess"] == pytest.approx(30 / 26, rel=1e-14)
    assert one["best_step"] == pytest.approx(20 / 26, rel=1e-14)


def test_the_step_of_a_single_layer_is_too_long_for_two_at_the_smallest_size():
    """Hence n/(n + d + 2) in the statement: with n/(n + d + 1) it would be false."""
    at = {n: 1, d: 1, sigma2: 0}
    single = CLAIMS["single"].subs(at)
    assert two.subs(at).subs(eta, Rational(1, 3)) > single > two.subs(at).subs(eta, Rational(1, 4))
    wrong = {**CLAIMS, "chain": two.subs({sigma2: 0, eta: n / (n + d + 1)})}
    assert si.prove(replace(theorem, corollaries=wrong)).status == "refuted"
    claim = Inequality(wrong["chain"], "single", strict=True)
    assert si.prove(replace(theorem, propositions=(claim,))).status == "refuted"


@pytest.mark.parametrize(
    "wrong",
    [
        Inequality("single", "chain"),
        Inequality("chain", CLAIMS["single"] / 3),
        Inequality("loss", "two_steps"),
    ],
)
def test_wrong_inequalities_are_refuted(wrong):
    assert si.prove(replace(theorem, propositions=(wrong,))).status == "refuted"


@pytest.mark.parametrize("name", ["two_steps", "loss"])
def test_slightly_wrong_closed_forms_are_refuted(name):
    wrong = {**CLAIMS, name: CLAIMS[name] + sigma2 * eta**4 / n**3}
    verdict = si.prove(replace(theorem, corollaries=wrong))
    assert verdict.status == "refuted" and name in verdict.counterexample


def test_too_many_steps_are_refused():
    with pytest.raises(InputError, match="at most 12"):
        evaluated(n=20, d=5, sigma2=0, k=13, eta="1/2")
