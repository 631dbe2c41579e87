"""Theorems on other tokens: stated values at numbers, and statements that are slightly wrong."""

from dataclasses import replace
from fractions import Fraction

import pytest

from symicl.errors import InputError
from symicl.proofs.tokens import elliptical, sphere
from symicl.statements import EveryMinimiser, Inequality, evaluate_theorem, prove


def exact(theorem, name, **given):
    """A stated value at numbers."""
    return Fraction(evaluate_theorem(theorem, given).values[name]["exact"])


def test_pinned_values():
    assert exact(sphere.theorem, "excess", n=10, d=4, sigma2=0) == Fraction(12, 13)
    assert exact(elliptical.theorem, "excess", n=10, d=4, q=Fraction(5, 4), sigma2=0) == Fraction(52, 33)
    assert exact(elliptical.theorem, "eta", n=10, d=4, q=Fraction(5, 4), sigma2=0) == Fraction(2, 33)


def test_a_sphere_of_one_dimension_is_two_points():
    """x = ±1: E(f − wx)² of f = η Σ xᵢyᵢ x is (1 − nη)² + nη²σ², least at 1/(n + σ²)."""
    n, sigma2 = 3, Fraction(1, 2)
    eta = exact(sphere.theorem, "eta", n=n, d=1, sigma2=sigma2)
    assert eta == 1 / (n + sigma2)
    value = (1 - n * eta) ** 2 + n * eta**2 * sigma2
    assert exact(sphere.theorem, "excess", n=n, d=1, sigma2=sigma2) == value


def test_moments_that_no_factor_has_are_refused():
    with pytest.raises(InputError, match="q = 1/2"):
        evaluate_theorem(elliptical.theorem, {"n": 4, "d": 2, "sigma2": 0, "q": Fraction(1, 2)})


@pytest.mark.parametrize("module", [sphere, elliptical], ids=["sphere", "elliptical"])
def test_slightly_wrong_statements_are_refuted(module):
    theorem, (n, d, s) = module.theorem, (module.n, module.d, module.sigma2)
    step = 1 / (n + d + s)
    for wrong in (
        replace(theorem, states={**theorem.states, "eta": step}),
        replace(
            theorem,
            propositions=(EveryMinimiser(step * theorem.task.x.T * theorem.task.X.T * theorem.task.y),),
        ),
        replace(theorem, propositions=(EveryMinimiser(theorem.propositions[1].prediction, who="not every"),)),
    ):
        assert prove(wrong).status == "refuted"


def test_heavier_tails_do_not_cost_less():
    said = elliptical.theorem.propositions[2]
    other = Inequality(said.larger, said.smaller, given=said.given)
    assert prove(replace(elliptical.theorem, propositions=(other,))).status == "refuted"
    anywhere = replace(elliptical.theorem, propositions=(replace(said, given=()),))
    assert prove(anywhere).status == "refuted"
