"""What propositions say of whom, where and in which direction is judged, also where it is wrong or true again."""

import pytest
import sympy

import symicl as si
from statements.test_propositions import ISOTROPIC, lemma
from symicl.errors import InputError
from symicl.statements import (
    ConvexIn,
    EveryMinimiser,
    GlobalMinimum,
    Limit,
    LossAtLeast,
    find,
    judge_propositions,
)
from symicl.statements.mutate import FORMULA, SORTS, WrongProposition, wrong_propositions

TASK = ISOTROPIC.task
OPTIMAL = ISOTROPIC.propositions[1].prediction
STATED = {"states": {"loss": ISOTROPIC.states["loss"]}, "task": TASK, "model": ISOTROPIC.model}


def judged(said, **fields):
    (statement,) = [s for s in judge_propositions(lemma(said, **STATED | fields)) if s.kind != "equality"]
    return statement


@pytest.mark.parametrize(
    ("who", "right", "wrong"),
    [
        ("every", "proved", "refuted"),
        ("not every", "refuted", "proved"),
        ("no", "refuted", "proved"),
        ("only", "proved", "undecided"),
        ("every stationary point", "refuted", "refuted"),
    ],
)
def test_whom_a_prediction_is_said_of(who, right, wrong):
    """Of a prediction that nobody makes "only" would be true; what is wrong for some values may be right for others."""
    assert judged(EveryMinimiser(OPTIMAL, who)).comparison.status == right
    assert judged(EveryMinimiser(2 * OPTIMAL, who)).comparison.status == wrong
    assert judged(EveryMinimiser(2 * OPTIMAL, who)).text.endswith(", almost surely.")


def test_a_difference_for_some_values_is_none_for_all():
    """(n − 5) times something vanishes at n = 5: then every minimiser predicts it."""
    said = EveryMinimiser(OPTIMAL + (TASK.n - 5) * TASK.x.T * TASK.X.T * TASK.y, "no")
    assert judged(said).comparison.status == "undecided"


def test_all_stationary_points_of_a_convex_loss_are_minimisers():
    said = EveryMinimiser(OPTIMAL, "every stationary point")
    assert judged(said, model=si.OneStepGD()).comparison.status == "proved"


def test_nobody_else_is_known():
    with pytest.raises(InputError, match="give one of every, not every"):
        EveryMinimiser(OPTIMAL, "some")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"attained": False}, "there are weights"),
        ({"once": True}, "the prediction does not depend on"),
        ({"greatest": True}, "as the least loss less that of the prediction 0"),
        ({"zero": "W_V"}, "which all of these have"),
    ],
)
def test_a_minimum_of_other_weights_is_refuted(change, words):
    found = judged(GlobalMinimum("loss", **change)).comparison
    assert found.status == "refuted" and words in found.counterexample()
    assert judged(GlobalMinimum("loss")).comparison.status == "proved"


def test_a_minimum_of_blocks_without_the_first_layer_is_refuted():
    ltb = find("zhang2024.ltb")
    changes = {w.change: w for w in wrong_propositions(ltb)}
    zero = changes["all weights → those with W_1 = 0"].applied(ltb)
    assert judge_propositions(zero)[0].comparison.status == "refuted"


def test_a_bound_from_above_and_a_concave_loss():
    found = judged(LossAtLeast("loss", above=True)).comparison
    assert found.status == "refuted" and "the bound less the loss" in found.counterexample()
    Gamma, K = (sympy.MatrixSymbol(name, TASK.d, TASK.d) for name in ("Gamma", "K"))
    assert judged(ConvexIn((Gamma,)), model=si.OneStepGD()).comparison.status == "proved"
    found = judged(ConvexIn((Gamma,), concave=True), model=si.OneStepGD())
    assert found.comparison.status == "refuted" and found.text.startswith("The loss is concave in Γ")
    found = judged(ConvexIn((K,)), model=si.OneStepGD()).comparison
    assert found.status == "undecided" and found.reason == "the effective parameters are Gamma"


def test_a_limit_is_no_value_at_all_sizes():
    n = TASK.n
    assert judged(Limit(n / (n + 1), sympy.Integer(1), (n,))).comparison.status == "proved"
    found = judged(Limit(n / (n + 1), sympy.Integer(1), (n,), always=True))
    assert found.comparison.status == "refuted" and found.text.startswith("For every n,")
    assert judged(Limit(n / n, sympy.Integer(1), (n,), always=True)).comparison.status == "proved"


@pytest.mark.parametrize(
    ("change", "sort"),
    [
        ("every → not every", "every → not every, none, only"),
        ("every → every stationary point", "minimisers → all stationary points"),
        ("≤ → <", "≤ → <, =, ≥"),
        ("without the condition on H", "a condition or an exception dropped"),
        ("without T → ∞", "another limit, or order of limits"),
        ("without 0", "a larger or smaller set of points or values"),
        ("a rate 2 times as large", "a faster rate"),
        ("coefficient + 1 at 2", FORMULA),
        ("twice the bound", FORMULA),
    ],
)
def test_sorts_of_changes(change, sort):
    assert WrongProposition(0, change, GlobalMinimum()).sort == sort
    assert list(SORTS)[-1] == FORMULA
