"""Weights that are optimal on one law, under another: other priors, covariances and numbers of examples."""

import pytest
import sympy

import symicl as si

n, d = si.dims("n d")
M = si.dims("M")
H, Psi, Omega = (si.covariance(name, d) for name in ("H", "Psi", "Omega"))
s = si.scalar("sigma2", nonnegative=True)
NUMBERS = {
    "n": 3,
    "d": 2,
    "sigma2": sympy.Rational(1, 3),
    "H": [[2, 1], [1, 3]],
    "Psi": [[1, 0], [0, 4]],
    "Omega": [[3, -1], [-1, 1]],
}


def matrix(name):
    return sympy.Matrix(NUMBERS[name])


def test_another_prior_at_the_test():
    """Exact in n and d, with matrices that do not commute."""
    train = si.LinearRegression(covariate_cov=H, task_cov=Psi, noise=s)
    optimum = si.minimise(si.expected_loss(si.MultiHeadLinearAttention(), train))
    found = optimum.under(si.LinearRegression(covariate_cov=H, task_cov=Omega, noise=s)).at(**NUMBERS)

    def risk(size):
        Hn, Pn, On, sn = matrix("H"), matrix("Psi"), matrix("Omega"), NUMBERS["sigma2"]
        G = (
            Pn
            * (
                sympy.Rational(size + 1, size) * Hn * Pn + ((Hn * Pn).trace() + sn) / size * sympy.eye(2)
            ).inv()
        )
        total = size * (G * Hn * G.T * Hn).trace() * ((Hn * On).trace() + sn)
        total += -2 * size**2 * (G * Hn * On * Hn).trace() + size**2 * (Hn * On).trace()
        total += size * (size + 1) * (G * Hn * On * Hn * G.T * Hn).trace()
        return total / size**2 + sn

    assert found == risk(3)
    assert found != risk(4)
    at_home = optimum.under(train)
    assert at_home.closed_form == optimum.closed_form


def test_another_number_of_examples_at_the_test():
    """Isotropic: M examples after training on n, from the published risk averaged over tasks."""
    train = si.LinearRegression(noise=0)
    optimum = si.minimise(si.expected_loss(si.MultiHeadLinearAttention(), train))
    elsewhere = optimum.under(si.LinearRegression(n=M, noise=0))
    gamma = 1 + 1 / n + d / n
    published = d * (1 + d) / (M * gamma**2) + d * (1 + 2 * d + d**2) / (n**2 * gamma**2)
    assert sympy.cancel(elsewhere.expr - published) == 0
    assert sympy.cancel(elsewhere.expr - published.subs(M, M + 1)) != 0
    assert elsewhere.at(n=4, d=2, M=7) == published.subs({n: 4, d: 2, M: 7})
    assert r"L_{\mathrm{test}}" in elsewhere.latex() and "M" in str(elsewhere)
    assert repr(elsewhere).startswith("LossElsewhere(Optimum(")


def test_a_pass_that_does_not_divide_by_the_length_is_not_at_home_elsewhere():
    optimum = si.minimise(si.expected_loss(si.OneStepGD(), si.LinearRegression()))
    longer = optimum.under(si.LinearRegression(n=M))
    assert (
        longer.at(n=4, d=2, sigma2=1, M=40)
        > longer.at(n=4, d=2, sigma2=1, M=4)
        == optimum.at(n=4, d=2, sigma2=1).value
    )


def test_several_functions_and_gates():
    gated = si.Layers([si.Attention(merged=True, gates="diagonal")])
    optimum = si.minimise(si.expected_loss(gated, si.LinearRegression()))
    louder = optimum.under(si.LinearRegression(noise=si.scalar("tau", nonnegative=True)))
    assert louder.at(n=4, d=2, sigma2=1, tau=1) == optimum.at(n=4, d=2, sigma2=1).value
    assert louder.at(n=4, d=2, sigma2=1, tau=2) > louder.at(n=4, d=2, sigma2=1, tau=1)
    with pytest.raises(si.InputError, match="do not fit prompts of"):
        optimum.under(si.LinearRegression(n=M))


def test_what_does_not_fit_is_refused():
    optimum = si.minimise(si.expected_loss(si.OneStepGD(), si.LinearRegression()))
    with pytest.raises(si.InputError, match="do not fit prompts of"):
        optimum.under(si.LinearRegression(d=3))
    with pytest.raises(si.InputError, match="takes a law of prompts"):
        optimum.under(si.AutoregressiveTask())
    with pytest.raises(si.InputError, match="has a symbol K, as the coefficient"):
        optimum.under(si.LinearRegression(task_cov=si.covariance("K", d)))
    mu = si.matrix("mu", (d, 1))
    bound = si.minimise(si.expected_loss(si.LinearSelfAttention(), si.LinearRegression(task_mean=mu)))
    with pytest.raises(si.UnsupportedError, match="none to try on another law"):
        bound.under(si.LinearRegression())


def test_given_weights_on_another_law():
    loss = si.expected_loss(si.OneStepGD(), si.LinearRegression())
    other = loss.under(si.LinearRegression(n=M, noise=0))
    step = [[sympy.Rational(1, 9), 0], [0, sympy.Rational(1, 9)]]
    assert other.at(M=5, d=2)(Gamma=step) == loss.at(n=5, d=2, sigma2=0)(Gamma=step)
    assert other.at(M=6, d=2)(Gamma=step) != loss.at(n=5, d=2, sigma2=0)(Gamma=step)
    deep = si.Layers([si.Residual(si.Attention(merged=True))] * 2)
    family = si.expected_loss(deep, si.LinearRegression(), family="scalar label updates")
    assert family.under(si.LinearRegression(noise=0)).family == "scalar label updates"
