"""Theorems on other tokens: stated values at numbers, and statements that are slightly wrong."""

from dataclasses import replace
from fractions import Fraction

import pytest

from symicl.errors import InputError
from symicl.proofs.attention import centred
from symicl.proofs.tokens import correlated, elliptical, kurtosis, sphere
from symicl.statements import EveryMinimiser, Inequality, evaluate_theorem, prove


def exact(theorem, name, **given):
    """A stated value at numbers."""
    return Fraction(evaluate_theorem(theorem, given).values[name]["exact"])


def test_pinned_values():
    assert exact(sphere.theorem, "excess", n=10, d=4, sigma2=0) == Fraction(12, 13)
    assert exact(elliptical.theorem, "excess", n=10, d=4, q=Fraction(5, 4), sigma2=0) == Fraction(52, 33)
    assert exact(elliptical.theorem, "eta", n=10, d=4, q=Fraction(5, 4), sigma2=0) == Fraction(2, 33)


@pytest.mark.parametrize(
    ("n", "d", "kappa", "excess"), [(2, 2, 1, "2/3"), (4, 3, 1, "1"), (3, 4, 1, "2"), (2, 3, 5, "9/4")]
)
def test_the_fourth_moment_as_by_enumeration(n, d, kappa, excess):
    assert exact(kurtosis.theorem, "excess", n=n, d=d, kappa=kappa, sigma2=0) == Fraction(excess)


def test_autoregressive_rows():
    R = [[Fraction(3, 5) ** abs(i - j) for j in range(20)] for i in range(20)]
    for sigma2, excess in ((0, 1.896594), (Fraction(1, 2), 1.944013)):
        assert float(exact(correlated.theorem, "excess", d=5, sigma2=sigma2, R=R)) == pytest.approx(
            excess, abs=1e-6
        )
    assert float(exact(correlated.theorem, "n_eff", d=5, sigma2=0, R=R)) == pytest.approx(9.817833, abs=1e-6)


def test_centring_costs_one_example():
    value = exact(centred.theorem, "excess", n=10, d=5, sigma2=Fraction(1, 4))
    assert float(value) == pytest.approx(2.049180, abs=1e-6)


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


@pytest.mark.parametrize(
    "module", [sphere, elliptical, correlated, kurtosis, centred], ids=lambda module: module.theorem.id
)
def test_slightly_wrong_statements_are_refuted(module):
    theorem, (n, d, s) = module.theorem, (module.n, module.d, module.sigma2)
    step = 1 / (n + d + 2 + s)
    for wrong in (
        replace(theorem, states={**theorem.states, "excess": d * (1 - n * step)}),
        replace(
            theorem,
            propositions=(EveryMinimiser(step * theorem.task.x.T * theorem.task.X.T * theorem.task.y),),
        ),
        replace(theorem, propositions=(EveryMinimiser(theorem.propositions[1].prediction, who="not every"),)),
    ):
        assert prove(wrong).status == "refuted"


def test_heavier_tails_do_not_cost_less():
    said = elliptical.theorem.propositions[2]
    other = Inequality(said.larger, said.smaller)
    assert prove(replace(elliptical.theorem, propositions=(other,))).status == "refuted"
    anywhere = replace(elliptical.theorem, propositions=(Inequality(elliptical.of_gaussian, "excess"),))
    assert prove(anywhere).status == "refuted"
