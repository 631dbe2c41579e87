"""Matrices in place of step sizes: gradients by two ways, where they vanish, where they do not, refusals."""

import pytest
import sympy
from sympy.matrices.expressions import Identity

import symicl as si
from symicl.algebra import read_form
from symicl.numeric import evaluate
from symicl.theory.layers.matrix_steps import matrix_steps

n, d = si.dims("n d")
Sigma, Psi = si.covariance("Sigma", d), si.covariance("Psi", d)
MATCHED = si.LinearRegression(covariate_cov=Sigma, task_cov=Sigma.inv(), noise=0)
OTHER = si.LinearRegression(covariate_cov=Sigma, task_cov=Psi, noise=0)
CLEAN = si.LinearRegression(noise=0)
eta = [si.scalar(f"eta_{k}") for k in (1, 2, 3, 4)]


@pytest.mark.parametrize("noise", [0, si.scalar("sigma2", nonnegative=True)])
@pytest.mark.parametrize("layers", [1, 2, 3])
def test_stationary_where_the_prior_is_the_inverse(layers, noise):
    task = si.LinearRegression(covariate_cov=Sigma, task_cov=Sigma.inv(), noise=noise)
    found = si.depth(task, layers, preconditioner=Sigma.inv()).matrix_steps()
    assert found.stationary and found.point[0] == eta[0] * Sigma.inv()
    assert "a minimum is not claimed" in repr(found)
    for along, slope in zip(found.gradients, found.slopes, strict=True):
        assert along == slope / read_form(d) * read_form(Sigma)


def test_the_gradient_is_that_of_the_loss_in_a_matrix():
    """One layer: the loss written down in A, differentiated, at ηΣ⁻¹."""
    A, X, w = si.matrix("A", (d, d)), MATCHED.X, MATCHED.w
    error = w - A * X.T * X * w / n
    loss = si.expect(error.T * Sigma * error)
    there = si.gradient(loss, A).subs(A, eta[0] * Sigma.inv())
    assert read_form(there) == si.depth(MATCHED, 1, preconditioner=Sigma.inv()).matrix_steps().gradients[0]


def test_slopes_are_those_of_the_excess_and_vanish_at_the_best_steps():
    found = si.depth(MATCHED, 2, preconditioner=Sigma.inv()).matrix_steps()
    excess = si.iterate(MATCHED, 2, step=eta[:2], preconditioner=Sigma.inv()).excess
    for slope, size in zip(found.slopes, eta, strict=False):
        assert sympy.cancel(slope.expr - sympy.diff(excess, size)) == 0
    best = si.depth(MATCHED, 2, preconditioner=Sigma.inv()).steps
    values = {n: sympy.Integer(20), d: sympy.Integer(5)}
    at_best = [slope.expr.subs(dict(zip(eta, best, strict=False))).subs(values) for slope in found.slopes]
    assert all(sympy.simplify(value) == 0 for value in at_best)
    moved = [slope.expr.subs({eta[0]: 1, eta[1]: 1}).subs(values) for slope in found.slopes]
    assert all(value != 0 for value in moved)


def test_not_stationary_for_another_prior():
    found = si.depth(OTHER, 1, preconditioner=Sigma.inv()).matrix_steps()
    assert not found.stationary and "not stationary" in repr(found)
    values = {n: sympy.Integer(6), d: sympy.Integer(2), eta[0]: sympy.Rational(1, 2)}
    numbers = values | {
        Sigma: sympy.Matrix([[2, 1], [1, 3]]),
        Psi: sympy.Matrix([[1, 0], [0, 2]]),
    }
    from symicl.numeric import exact_matrix

    exact = {
        s: exact_matrix(v.tolist()) if isinstance(v, sympy.MatrixBase) else v for s, v in numbers.items()
    }
    slope, along = (evaluate(form.expr, exact) for form in (found.slopes[0], found.gradients[0]))
    scaled = evaluate((found.slopes[0] / read_form(d) * read_form(Sigma)).expr, exact)
    assert slope != 0 and along != scaled


def test_without_a_preconditioner():
    assert si.depth(CLEAN, 2).matrix_steps().stationary
    assert si.depth(CLEAN, 2).matrix_steps().point[1] == eta[1] * Identity(d)
    assert not si.depth(MATCHED, 1).matrix_steps().stationary


def test_refusals():
    with pytest.raises(si.UnsupportedError, match="at most 4"):
        matrix_steps(CLEAN, None, 5)
