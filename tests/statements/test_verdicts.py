"""True statements are proved; every wrong version of them is refuted with an exact counterexample."""

import dataclasses

import pytest
import sympy

from proved import derivation_of, verdict_of
from symicl.algebra import closed_form, read_form
from symicl.errors import DerivationError, InputError
from symicl.statements import Recorder, all_theorems, compare, prove
from symicl.statements.mutate import Mutant, mutants

THEOREMS = {theorem.id: theorem for theorem in all_theorems()}
SHORT = {"attention.relu": 6, "gatmiry2024.looped": 8}
"""Checks of proofs that have few."""


@pytest.fixture(scope="module")
def derivations():
    return {name: derivation_of(name) for name in THEOREMS}


@pytest.mark.parametrize("name", THEOREMS)
def test_the_statement_is_proved(name):
    verdict = verdict_of(name)
    assert verdict.status == "proved", (verdict.counterexample, verdict.reason)
    assert verdict.certificate["verdict"] == "proved"
    assert len(verdict.derivation.checks) >= SHORT.get(name, 10)
    assert verdict.certificate["axioms"]


@pytest.mark.parametrize("name", THEOREMS)
def test_every_wrong_version_is_refuted(name, derivations):
    found = derivations[name].found
    outcomes = {"refuted": 0}
    for mutant in mutants(THEOREMS[name]):
        comparison = compare(found[mutant.quantity], mutant.expression)
        assert comparison.status == "refuted", f"{mutant.quantity}: {mutant.change}: {mutant.expression}"
        assert comparison.derived != comparison.stated
        assert "derived" in comparison.counterexample()
        outcomes["refuted"] += 1
    assert outcomes["refuted"] >= 50


n, d = sympy.symbols("n d", positive=True, integer=True)
sigma2 = sympy.Symbol("sigma2", nonnegative=True)


@pytest.mark.parametrize(
    ("name", "quantity", "wrong"),
    [
        ("mahankali2023.isotropic", "eta", 1 / (n + d + 2 + sigma2)),
        ("mahankali2023.isotropic", "eta", 1 / (n + d + 1)),
        ("mahankali2023.isotropic", "loss", d * (d + 1 + sigma2) / (n + d + 1 + sigma2)),
        ("mahankali2023.preconditioned", "preconditioner", "Sigma"),
        ("mahankali2023.nonlinear", "relu_eta", 1 / (n + 2 * d + 3 + sigma2)),
    ],
)
def test_named_mistakes_are_refuted_through_the_whole_verdict(name, quantity, wrong):
    theorem = THEOREMS[name]
    if wrong == "Sigma":
        wrong = theorem.symbols["Sigma"] / (n + d + 1 + sigma2)
    verdict = prove(Mutant(quantity, "by hand", wrong).applied(theorem))
    assert verdict.status == "refuted"
    assert verdict.counterexample.startswith(quantity)
    assert "derived" in verdict.counterexample


def test_mutants_leave_out_equivalent_statements():
    theorem = THEOREMS["mahankali2023.isotropic"]
    for mutant in mutants(theorem):
        values = {n: 3, d: 2, sigma2: sympy.Rational(5, 7)}
        others = {n: 2, d: 5, sigma2: sympy.Rational(3, 11)}
        stated = theorem.claims[mutant.quantity]
        assert any(
            stated.subs(v) != mutant.expression.subs(v) for v in (values, others, {n: 1, d: 1, sigma2: 2})
        )


def test_a_theorem_whose_derivation_does_not_find_a_quantity_is_undecided():
    theorem = THEOREMS["mahankali2023.isotropic"]
    verdict = prove(dataclasses.replace(theorem, states={**theorem.states, "extra": sympy.Integer(1)}))
    assert verdict.status == "undecided"
    assert "extra" in verdict.reason


def test_a_theorem_that_states_nothing_is_not_proved():
    verdict = prove(
        dataclasses.replace(THEOREMS["mahankali2023.isotropic"], states={}, corollaries={}, propositions=())
    )
    assert verdict.status == "undecided"


def test_a_failing_check_stops_the_derivation():
    step = Recorder()
    step("one is two")

    with pytest.raises(DerivationError, match="does not hold"):
        step.check("1 = 2", closed_form(1), closed_form(2))
    with pytest.raises(DerivationError):
        step.require("false", False, rule="none")


def test_a_derivation_with_a_wrong_claim_is_undecided_not_proved():
    theorem = dataclasses.replace(THEOREMS["mahankali2023.isotropic"], _derivations=[])

    @theorem.derivation
    def derive(step):
        step("a step")
        step.require("a false claim", False, rule="none")
        return {}

    verdict = prove(theorem)
    assert verdict.status == "undecided"
    assert "a false claim" in verdict.reason


def test_agreement_on_instances_alone_proves_nothing():
    """An irrational statement equal to the derived value everywhere is not 'proved' by sampling."""
    found = THEOREMS["mahankali2023.isotropic"].derive().found["eta"]
    statement = sympy.sqrt((n + d + 1 + sigma2) ** 2, evaluate=False) ** -1
    disguised = sympy.Pow(
        sympy.Pow(n + d + 1 + sigma2, 2, evaluate=False), sympy.Rational(-1, 2), evaluate=False
    )
    for candidate in (statement, disguised):
        assert compare(found, candidate).status in {"proved", "undecided"}
    assert compare(found, disguised).status == "undecided"


def test_irrational_values_that_are_equal_refute_nothing():
    """√(2 + √3) = (√6 + √2)/2 at s = 3, and nothing says so but the digits, which do not tell 0 from 10⁻¹⁰⁰."""
    found = read_form(3 * n)
    nested = sympy.sqrt(2 + sympy.sqrt(3)) - (sympy.sqrt(6) + sympy.sqrt(2)) / 2
    assert compare(found, 3 * n + n * nested).status == "undecided"
    assert compare(found, 3 * n + sympy.sqrt(2)).status == "refuted"
    assert compare(found, 3 * n + sympy.Rational(1, 10**40) * sympy.sqrt(2)).status == "refuted"


def test_points_are_shared_and_counterexamples_name_the_symbols_alone():
    found = read_form(d / (n + sigma2))
    for k in range(2, 5):
        outcome = compare(found, d / (n + k * sigma2))
        assert outcome.status == "refuted"
        assert set(outcome.values) == {n, d, sigma2}
        assert outcome == compare(found, d / (n + k * sigma2))
    outcome.values.clear()
    assert compare(found, d / (n + 4 * sigma2)).values


def test_a_derivation_that_certifies_nothing_is_undecided():
    theorem = dataclasses.replace(
        THEOREMS["mahankali2023.isotropic"],
        states={"eta": sympy.Integer(7)},
        corollaries={},
        propositions=(),
        _derivations=[],
    )

    @theorem.derivation
    def derive(step):
        step("nothing at all")
        return {"eta": read_form(sympy.Integer(7))}

    verdict = prove(theorem)
    assert verdict.status == "undecided"
    assert "does not certify" in verdict.reason


def test_a_theorem_about_another_task_or_model_is_not_proved_by_this_derivation():
    import symicl as si

    theorem = THEOREMS["mahankali2023.isotropic"]
    for change in ({"task": si.LinearRegression(noise=5)}, {"model": si.OneStepGD()}):
        assert prove(dataclasses.replace(theorem, **change)).status == "undecided"


def test_one_name_cannot_state_two_things():
    theorem = THEOREMS["mahankali2023.isotropic"]
    with pytest.raises(InputError, match="states eta twice"):
        dataclasses.replace(theorem, corollaries={"eta": theorem.states["eta"]})


def test_a_model_whose_weights_are_too_small_is_not_proved():
    """With keys and queries of rank one the effective optimum is out of reach of the weights."""
    import symicl as si
    from symicl.models import WeightShape
    from symicl.statements import certify, derive_loss, solution_ratio, solve

    class RankOne(si.LinearSelfAttention):
        def weight_shapes(self):
            small = WeightShape((1,), ("d", 1))
            return {**super().weight_shapes(), "W_K": small, "W_Q": small}

    task, model = si.LinearRegression(), RankOne()
    theorem = dataclasses.replace(
        THEOREMS["mahankali2023.isotropic"], task=task, model=model, _derivations=[]
    )

    @theorem.derivation
    def derive(step):
        optimum = solve(step, derive_loss(step, model, task))
        certify(step, optimum)
        return {"eta": solution_ratio(optimum).scalar_multiple_of_identity()}

    verdict = prove(theorem)
    assert verdict.status == "undecided"
    assert "too small" in verdict.reason


def test_a_stated_form_with_a_vanishing_denominator_gets_a_verdict():
    theorem = THEOREMS["mahankali2023.isotropic"]
    nowhere = sympy.Pow(sympy.Add(n * (d + 1), -n * d, -n, evaluate=False), -1, evaluate=False)
    assert prove(Mutant("eta", "by hand", nowhere).applied(theorem)).status != "proved"
