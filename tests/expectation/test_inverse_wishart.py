"""Inverses of Gram matrices: one dimension exactly, identities, tables of the inverse Wishart law, draws."""

from fractions import Fraction

import pytest
import sympy
from sympy.matrices.expressions import Trace

import symicl as si
from symicl.algebra import read_form
from symicl.errors import InputError, UnsupportedError

n, d, m = si.dims("n d m")
S, A, B = si.covariance("S", d), si.matrix("A", (d, d)), si.matrix("B", (d, d))
X = si.gaussian("X", (n, d), col_cov=S)
V = (X.T * X).inv()


def gram(Z):
    return Z.T * Z


def equal(a, b):
    return not read_form(Trace(B * (a - b)) if getattr(a, "is_Matrix", False) else a - b)


@pytest.mark.parametrize("power", [1, 2, 3, 4])
def test_one_dimension_is_the_inverse_chi_square(power):
    """E (χ²_n)^−k = 1/((n − 2)(n − 4) … (n − 2k))."""
    with si.assuming(n > d + 7):
        found = si.expect(Trace(V * S) ** power).subs(d, 1)
    assert sympy.cancel(found - 1 / sympy.prod(n - 2 * j for j in range(1, power + 1))) == 0


def test_the_table_of_second_moments():
    """c₂ = 1/((n−d)(n−d−1)(n−d−3)), c₁ = (n−d−2) c₂: E V A V = c₁ S⁻¹AS⁻¹ + c₂ (S⁻¹AᵀS⁻¹ + tr(A S⁻¹) S⁻¹)."""
    R, c = S.I, 1 / ((n - d) * (n - d - 1) * (n - d - 3))
    with si.assuming(n > d + 3):
        assert equal(si.expect(V), R / (n - d - 1))
        right = (n - d - 2) * c * R * A * R + c * (R * A.T * R + Trace(A * R) * R)
        assert equal(si.expect(V * A * V), right)
        assert not equal(si.expect(V * A * V), right + c * R)
        traces = (n - d - 2) * c * Trace(A * R) * Trace(B * R) + c * (
            Trace(A * R * B * R) + Trace(A * R * B.T * R)
        )
        assert equal(si.expect(Trace(A * V) * Trace(B * V)), traces)


def test_the_inverse_cancels():
    with si.assuming(n > d + 3):
        assert si.expect(Trace(V * X.T * X)) == d
        assert si.expect(X.T * X * V * X.T * X) == n * S
        assert equal(si.expect(Trace(V * X.T * X * V * A)), Trace(A * S.I) / (n - d - 1))
        assert si.expect(Trace(X * V * X.T)) == d


def test_the_risk_of_least_squares():
    """σ² d/(n − d − 1), whatever the covariance of the covariates is."""
    s = si.scalar("sigma2", nonnegative=True)
    w, e = si.gaussian("w", d, mean=si.vector("beta", d)), si.gaussian("e", n, row_cov=s)
    x = si.gaussian("x", d, row_cov=S)
    error = x.T * V * X.T * (X * w + e) - x.T * w
    with si.assuming(n > d + 1):
        assert equal(si.expect(error**2), s * d / (n - d - 1))
        assert not equal(si.expect(error**2), s * d / (n - d))
    with pytest.raises(UnsupportedError, match="only if n > d \\+ 1"):
        si.expect(error**2)


def test_scales_and_sums_in_the_covariance():
    Z = si.gaussian("Z", (d + 1 + m, d), col_cov=2 * S)
    assert equal(si.expect((Z.T * Z).inv()), S.I / (2 * m))
    Z = si.gaussian("Z", (d + 1 + m, d), col_cov=S + 2 * sympy.Identity(d))
    assert equal(si.expect((Z.T * Z / 3).inv()), 3 * (S + 2 * sympy.Identity(d)).I / m)


@pytest.mark.parametrize("quantity", [Trace(V), Trace(V * A * V), Trace(V) ** 2])
def test_draws(quantity):
    with si.assuming(n > d + 3):
        right = si.expect(quantity)
    numbers = {"n": 20, "S": [[2, 1], [1, 3]]} | ({"A": [[1, 2], [3, 4]]} if quantity.has(A) else {})
    mean = si.sample(quantity, draws=50_000, **numbers)
    assert mean.agrees_with(right, false_alarm=1e-6).verdict != "contradicted"
    assert mean.agrees_with(right * Fraction(106, 100), false_alarm=1e-6).verdict == "contradicted"


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: si.expect(gram(si.gaussian("Z", (3, 2))).inv()), InputError, "only if 3 > 3, which is"),
        (lambda: si.expect(gram(si.gaussian("Z", (d, d + m))).inv()), InputError, "which is not so"),
        (lambda: si.expect(V), UnsupportedError, r"only if n > d \+ 1; assume that with si.assuming\(n > d \+ 1\)"),
        (lambda: si.expect(V * A * X.T * X), UnsupportedError, "do not meet|only if"),
        (lambda: si.expect((X.T * X + S).inv()), UnsupportedError, "inverse of a random matrix"),
        (lambda: si.expect(gram(si.gaussian("Z", (5, 2), row_cov=si.covariance("R", 5))).inv()), UnsupportedError,
         "rows are independent"),
    ],
)  # fmt: skip
def test_what_does_not_exist_or_is_not_known(call, error, words):
    with pytest.raises(error, match=words):
        call()


@pytest.mark.parametrize(
    ("law", "claim"),
    [
        ("X ~ rademacher(n, d)", "E[inv(X' X)] = inv(X' X)"),
        ("X ~ gaussian(n, d, mean = M)", "E[inv(X' X)] = inv(X' X)"),
        ("X ~ gaussian(n, d)", "E[inv(X X')] = inv(X X')"),
        ("X ~ gaussian(d)", "E[inv(X X')] = inv(X X')"),
        ("X ~ gaussian(n, 1)", "E[inv(X' X)] = inv(X' X)"),
        ("X ~ haar(n, d)", "E[inv(X' X)] = inv(X' X)"),
    ],
)
def test_no_inverse_of_something_random_passes_for_a_constant(law, claim):
    (result,) = si.check(f"dims n, d\nM : matrix(n, d)\n{law}\nclaim {claim}")
    assert result.verdict == "undecided"


@pytest.mark.parametrize("condition", [n > 2 * si.scalar("s"), 3, n, "n > d"])
def test_what_is_no_condition(condition):
    with pytest.raises(InputError, match="condition"), si.assuming(condition):
        pass


def test_a_condition_that_does_not_suffice():
    with si.assuming(n > d), pytest.raises(UnsupportedError, match=r"n > d \+ 1"):
        si.expect(V)
    with si.assuming(n >= d + 2):
        assert equal(si.expect(V), S.I / (n - d - 1))


def test_inverses_of_two_matrices_are_apart():
    """Each is averaged over its own rows, and one that has vanished is no longer there."""
    Y = si.gaussian("Y", (m, d))
    with si.assuming(n > d + 1, m > d + 1):
        found = si.expect(Trace(V * (Y.T * Y).inv()))
        assert equal(found, Trace(S.I) / ((n - d - 1) * (m - d - 1)))
        odd = Trace(V * A) * Trace(si.gaussian("w", d).T * A * si.vector("v", d))
        assert si.expect(odd) == 0
