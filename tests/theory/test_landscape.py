"""The profile of the loss over the direction of the output weights, derived from the closed form itself."""

from fractions import Fraction

import pytest
import sympy

import symicl as si
from symicl.errors import UnsupportedError
from symicl.theory import profile, recognise

LOSS = si.expected_loss(si.LinearSelfAttention(), si.LinearRegression())


def points(n, d, sigma2):
    return profile(LOSS).at(LOSS.task.at(n=n, d=d, sigma2=sigma2).values).stationary_points


def test_the_derived_profile_is_the_published_one():
    n, d = si.dims("n d")
    s2, s = sympy.Symbol("sigma2", nonnegative=True), sympy.Symbol("s_published", positive=True)
    tau = d + s2
    m4, nu, t, q = tau**2 + 2 * d, (n + 1 + tau) / n, tau + sympy.Integer(2) / n, (n + 2) / n
    kappa = q**2 * m4 - t**2
    published = (
        d * (d + 1 + s2) / (n + d + 1 + s2)
        + (d - 1) * (1 / nu - 1 / (nu + s / n))
        + kappa * s / nu / (nu * q * s**2 + (kappa - 2 * t * nu) * s + nu * q * m4)
    )
    derived = profile(LOSS).expr
    (variable,) = derived.free_symbols - {n, d, s2}
    values = {n: 3, d: 2, s2: sympy.Rational(5, 7)}
    for at in (sympy.Rational(1, 3), 2, 11, sympy.Rational(97, 5)):
        assert derived.subs(values | {variable: at}) - values[s2] == published.subs(values | {s: at})
    values = {n: 7, d: 4, s2: sympy.Rational(2, 11)}
    assert derived.subs(values | {variable: 5}) - values[s2] == published.subs(values | {s: 5})


@pytest.mark.parametrize(
    ("n", "d", "sigma2", "where", "excess"),
    [(1, 2, 4, float("inf"), 0.125), (200, 5, 0, 22.7577543, 0.78914431)],
)
def test_predicted_spurious_minima(n, d, sigma2, where, excess):
    (spurious,) = [p for p in points(n, d, sigma2) if p.kind == "local minimum"]
    assert spurious.s == pytest.approx(where)
    assert spurious.excess == pytest.approx(excess, rel=1e-7)


def test_the_default_setting_has_no_spurious_minimum():
    kinds = [p.kind for p in points(20, 5, Fraction(1, 4))]
    assert kinds == ["global minimum", "saddle"]


def test_the_preconditioned_task_has_the_same_profile():
    Sigma = si.covariance("Sigma", LOSS.task.d)
    loss = si.expected_loss(si.LinearSelfAttention(), si.LinearRegression(Sigma, None, Sigma.inv()))
    assert profile(loss).form == profile(LOSS).form


def test_a_prior_that_does_not_match_the_covariates_has_no_profile():
    task = si.LinearRegression(task_cov=si.covariance("Psi", LOSS.task.d))
    with pytest.raises(UnsupportedError, match="rotations"):
        profile(si.expected_loss(si.LinearSelfAttention(), task))


def test_where_the_profile_is_flat_the_second_branch_is_global():
    kinds = [(p.kind, p.s) for p in points(3, 1, Fraction(1, 2))]
    assert kinds[-1] == ("global minimum", float("inf"))


def test_a_loss_that_is_not_predicted_is_not_recognised():
    predicted = points(1, 2, 4)
    assert recognise(predicted, 0.125).kind == "local minimum"
    assert recognise(predicted, 0.2) is None


def test_a_loss_that_is_too_large_for_a_profile():
    with pytest.raises(si.UnsupportedError, match="157 terms"):
        profile(si.expected_loss(si.LinearSelfAttention(), si.RetrievalRegression()))
