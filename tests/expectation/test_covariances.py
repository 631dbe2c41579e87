"""Covariances that are sums, products and blocks: against other ways to write the same Gaussian, and against draws."""

from fractions import Fraction

import numpy as np
import pytest
import sympy
from sympy import BlockMatrix, Identity, Trace

import symicl as si
from symicl.algebra import read_form
from symicl.errors import InputError

n, d, k = si.dims("n d k")
S, T = si.covariance("S", d), si.covariance("T", k)
A, C, s = si.matrix("A", (k, d)), si.matrix("C", (d, k)), si.scalar("s", nonnegative=True)
JOINT = BlockMatrix([[S, C], [C.T, T]])
NUMBERS = {"S": [[2, 1], [1, 3]], "T": [[2, 1], [1, 5]], "C": [[1, 0], [1, 1]]}


def square(x):
    return x.T * x


def same(a, b):
    """Equal closed forms of two SymPy scalars."""
    return si.expect(a) == si.expect(b) or not read_form(si.expect(a) - si.expect(b))


def test_a_sum_of_covariances_is_that_of_a_sum_of_independent_gaussians():
    M = si.matrix("M", (d, d))
    x = si.gaussian("x", d, row_cov=S + s * Identity(d))
    sum_ = si.gaussian("u", d, row_cov=S) + si.gaussian("v", d, row_cov=s)
    for power in (1, 2, 3):
        assert same((x.T * M * x) ** power, (sum_.T * M * sum_) ** power)
    assert not same((x.T * M * x) ** 2, 2 * (sum_.T * M * sum_) ** 2)


def test_a_product_is_the_covariance_of_an_image():
    M = si.matrix("M", (k, k))
    y, u = si.gaussian("y", k, row_cov=A * S * A.T), A * si.gaussian("u", d, row_cov=S)
    assert same((y.T * M * y) ** 3, (u.T * M * u) ** 3)


def test_both_sides_of_a_matrix_may_be_sums():
    R, M = si.covariance("R", n), si.matrix("M", (d, d))
    X = si.gaussian("X", (n, d), row_cov=R + s * Identity(n), col_cov=2 * S)
    Y = si.gaussian("Y", (n, d), row_cov=R, col_cov=2 * S) + si.gaussian(
        "Z", (n, d), row_cov=s, col_cov=2 * S
    )
    assert same(Trace(X.T * X * M * X.T * X), Trace(Y.T * Y * M * Y.T * Y))


def test_joint_vectors_have_the_blocks_as_moments():
    x, y = si.joint_gaussian("x y", JOINT)
    assert (si.expect(x * x.T), si.expect(x * y.T), si.expect(y * y.T)) == (S, C, T)
    # Isserlis: E (aᵀx)² (bᵀy)² = aᵀSa bᵀTb + 2 (aᵀCb)²
    a, b = si.vector("a", d), si.vector("b", k)
    assert same(
        Trace(a.T * x) ** 2 * Trace(b.T * y) ** 2,
        Trace(a.T * S * a) * Trace(b.T * T * b) + 2 * Trace(a.T * C * b) ** 2,
    )
    X, Y = si.joint_gaussian("X Y", JOINT, rows=n)
    assert si.expect(X.T * Y) == n * C
    assert si.expect(Y.T * X * X.T * Y) == (n * Trace(S)) * T + (n**2 + n) * C.T * C


def test_joint_numbers_are_those_of_scalars():
    s2, c, t2 = si.scalar("s2", positive=True), si.scalar("c"), si.scalar("t2", positive=True)
    a, b = si.joint_gaussian(
        "a b", BlockMatrix([[sympy.Matrix([[x]]) for x in row] for row in ((s2, c), (c, t2))])
    )
    assert si.expect((a * b) ** 2) == 2 * c**2 + s2 * t2


@pytest.mark.parametrize(
    ("expression", "right", "wrong"),
    [
        (lambda x, y: y.T * y, Trace(T), Trace(T) + Fraction(1, 5)),
        (lambda x, y: x.T * C * y, Trace(C.T * C), Trace(C.T * C) + 1),
    ],
)
def test_draws_agree_with_the_blocks_and_not_with_others(expression, right, wrong):
    x, y = si.joint_gaussian("x y", JOINT)
    mean = si.sample(expression(x, y), draws=100_000, **NUMBERS)
    assert mean.agrees_with(right, false_alarm=1e-6).verdict != "contradicted"
    assert mean.agrees_with(wrong, false_alarm=1e-6).verdict == "contradicted"


def test_draws_are_those_of_the_joint_covariance_at_numbers():
    x, y = si.joint_gaussian("x y", JOINT)
    whole = np.block(
        [[np.array(NUMBERS["S"]), np.array(NUMBERS["C"])], [np.array(NUMBERS["C"]).T, np.array(NUMBERS["T"])]]
    )
    z = np.random.default_rng(1).multivariate_normal(np.zeros(4), whole, 50_000)
    value = np.mean((z[:, :2] ** 2).sum(1) * (z[:, 2:] ** 2).sum(1))
    mean = si.sample((x.T * x) * (y.T * y), draws=50_000, **NUMBERS).mean
    assert mean == pytest.approx(value, rel=0.05)


def test_equicorrelated_entries():
    rho, one = si.scalar("rho", nonnegative=True), sympy.OneMatrix(n, 1)
    x = si.gaussian("x", n, row_cov=si.equicorrelated(n, rho))
    assert si.expect(x.T * x) == n
    assert sympy.expand(si.expect((one.T * x) ** 2) - (n + n * (n - 1) * rho)) == 0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: si.equicorrelated(3, -1), "between -1/2 and 1"),
        (lambda: si.equicorrelated(n, Fraction(3, 2)), "between 0 and 1"),
        (lambda: si.joint_gaussian("x", JOINT), "give two"),
        (lambda: si.joint_gaussian("x y", S), "BlockMatrix"),
        (lambda: si.joint_gaussian("x y", BlockMatrix([[S, C], [A, T]])), "not symmetric"),
        (lambda: si.sample(square(si.joint_gaussian("x y", JOINT)[1]), **NUMBERS | {"C": [[9, 0], [1, 1]]}),
         "negative eigenvalue"),
        (lambda: si.sample(square(si.gaussian("x", d, row_cov=S - s * Identity(d))), S=[[1]], s=2),
         "negative eigenvalue"),
    ],
)  # fmt: skip
def test_what_is_no_covariance_is_refused(call, words):
    with pytest.raises(InputError, match=words):
        call()
