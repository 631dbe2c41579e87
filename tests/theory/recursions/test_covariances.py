"""Tokens with a covariance of numbers: invariants close by linear dependence; SGD against its second moment."""

import numpy as np
import pytest
import sympy
from sympy import Rational

import symicl as si
from symicl.theory.recursions.constant_matrices import ConstantMatrices, numbers_in

n = si.dims("n")
beta, gamma, sigma2 = si.scalar("beta"), si.scalar("gamma"), si.scalar("sigma2", nonnegative=True)
H = sympy.ImmutableMatrix([[2, 1, 0], [1, 3, 0], [0, 0, 1]])
e, v = si.vector("e", 3), si.vector("v", 3)
x, w = si.gaussian("x", 3, row_cov=H), si.gaussian("w", 3)
epsilon = si.gaussian("epsilon", (1, 1), col_cov=sigma2)
sgd = si.recursion(state={e: w}, step={e: e - beta * x * (x.T * e - epsilon)}, tokens=n)
gradient = x * (x.T * e - epsilon)
momentum = si.recursion(
    state={e: w, v: sympy.ZeroMatrix(3, 1)},
    step={v: gamma * v + gradient, e: e - beta * (gamma * v + gradient)},
    tokens=n,
)
NUMBERS = {"beta": Rational(1, 20), "sigma2": Rational(1, 2)}


def second_moment(tokens, step=0.05, noise=0.5):
    """E eeᵀ by its own recursion, E xxᵀMxxᵀ = 2HMH + tr(HM)H."""
    h, moment = np.array(H, float), np.eye(3)
    for _ in range(tokens):
        moment = (
            moment
            - step * (h @ moment + moment @ h)
            + step**2 * (2 * h @ moment @ h + (np.trace(h @ moment) + noise) * h)
        )
    return moment


@pytest.mark.parametrize("tokens", [1, 2, 7, 40])
def test_sgd(tokens):
    risk, distance = sgd.expect(e.T * H * e), sgd.expect(e.T * e)
    moment = second_moment(tokens)
    assert float(risk.at(n=tokens, **NUMBERS)) == pytest.approx(
        np.trace(np.array(H, float) @ moment), rel=1e-12
    )
    assert float(distance.at(n=tokens, **NUMBERS)) == pytest.approx(np.trace(moment), rel=1e-12)


def test_as_many_invariants_as_eigenvalues():
    assert len(sgd.expect(e.T * H * e).invariants) == 4  # three powers of H, and 1
    assert len(sgd.expect(e.T * sympy.ImmutableMatrix([[0, 1, 2], [0, 0, 0], [0, 0, 5]]) * e).invariants) <= 7


def test_the_stationary_risk():
    limit, conditions = sgd.expect(e.T * H * e).limit(**NUMBERS)
    assert conditions == ()
    assert float(limit) == pytest.approx(np.trace(np.array(H, float) @ second_moment(4000)), rel=1e-12)
    with pytest.raises(si.UnsupportedError, match="not smaller than 1"):
        sgd.expect(e.T * e).limit(beta=1, sigma2=1)


def test_the_stationary_risk_with_momentum():
    found = momentum.expect(e.T * e)
    numbers = {**NUMBERS, "gamma": Rational(1, 3)}
    limit, _ = found.limit(**numbers)
    assert float(found.at(n=3000, **numbers, digits=17)) == pytest.approx(float(limit), rel=1e-12)
    assert float(found.at(n=30, **numbers, digits=17)) != pytest.approx(float(limit), rel=1e-6)


def test_limits_at_numbers_are_those_in_symbols():
    d = si.dims("d")
    state, token, task = si.vector("e", d), si.gaussian("x", d), si.gaussian("w", d)
    rule = si.recursion(
        state={state: task}, step={state: state - beta * token * (token.T * state - epsilon)}, tokens=n
    )
    risk = rule.expect(state.T * state)
    numbers = {"beta": Rational(1, 9), "sigma2": Rational(2, 3), "d": 4}
    symbolic, _ = risk.limit()
    assert risk.limit(**numbers)[0] == symbolic.subs({risk.symbols[k]: value for k, value in numbers.items()})


def test_the_best_step():
    best = sgd.expect(e.T * H * e).best("beta", n=20, sigma2=1)
    around = [
        np.trace(np.array(H, float) @ second_moment(20, best.parameter + shift, 1))
        for shift in (-1e-3, 0, 1e-3)
    ]
    assert around[1] == pytest.approx(float(best.value), rel=1e-12)
    assert around[1] < min(around[0], around[2])


def test_fourth_moments_by_samples():
    draws, runs = np.random.default_rng(2), 60_000
    diagonal = sympy.ImmutableMatrix([[1, 0], [0, 2]])
    state, token, task = si.vector("e", 2), si.gaussian("x", 2, row_cov=diagonal), si.gaussian("w", 2)
    rule = si.recursion(state={state: task}, step={state: state - beta * token * token.T * state}, tokens=n)
    error = draws.normal(size=(runs, 2))
    for _ in range(3):
        tokens = draws.normal(size=(runs, 2)) * np.sqrt([1, 2])
        error = error - 0.1 * tokens * (tokens * error).sum(1, keepdims=True)
    fourth = (error**2).sum(1) ** 2
    exact = float(rule.expect((state.T * state) ** 2).at(n=3, beta=Rational(1, 10)))
    assert abs(fourth.mean() - exact) < 4 * fourth.std() / runs**0.5


def test_combinations_are_exact():
    matrices = ConstantMatrices()
    word = lambda m: sympy.Trace(e.T * sympy.ImmutableMatrix(m) * e)  # noqa: E731
    first, second = matrices.reduced(word(H)), matrices.reduced(word(H**2))
    assert [c for _, c in first + second] == [1, 1]
    combined = matrices.reduced(word(3 * H - H**2 / 7))
    assert combined == [(first[0][0], 3), (second[0][0], Rational(-1, 7))]
    new = matrices.reduced(word(3 * H - H**2 / 7 + sympy.eye(3) / 10**9))
    assert len(new) == 1 and new[0][1] == 1
    skew = sympy.ImmutableMatrix([[0, 1, 0], [-1, 0, 0], [0, 0, 0]])
    assert matrices.reduced(word(H + skew)) == first
    assert numbers_in(sympy.Trace(H) * beta + sympy.Trace(H**2)) == 6 * beta + 16
