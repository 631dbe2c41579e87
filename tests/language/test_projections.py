"""Hat matrices X (X'X)⁻¹ X', and sums of the entries of diagonal matrices, with false neighbours."""

import numpy as np
import pytest
import sympy

import symicl
import symicl as si
from symicl.errors import InputError, UnsupportedError

HAT = """
dims n, d
S : covariance(d)
A : matrix(n, n)
X ~ gaussian(n, d, col_cov = S)
e ~ N(0, I_n)
w ~ N(0, I_d)
assume n > d + 1
"""


@pytest.mark.parametrize(
    ("true", "false"),
    [
        ("E[X inv(X' X) X'] = (d/n) I_n", "E[X inv(X' X) X'] = (d/(n + 1)) I_n"),
        ("E[tr(X inv(X' X) X' A)] = d tr(A)/n", "E[tr(X inv(X' X) X' A)] = tr(A)/n"),
        ("E[||e - X inv(X' X) X' e||^2] = n - d", "E[||e - X inv(X' X) X' e||^2] = n - d - 1"),
        ("E[(e' X inv(X' X) X' e)^2] = d (d + 2)", "E[(e' X inv(X' X) X' e)^2] = d (d + 1)"),
        ("E[||X inv(X' X) X' (X w + e) - X w||^2] = d", "E[||X inv(X' X) X' (X w + e) - X w||^2] = n"),
        ("E[tr(X inv(X' X) X')] = d", "E[tr(X inv(X' X) X')] = n"),
    ],
)
def test_hat_matrices(true, false):
    proved, refuted = symicl.check(f"{HAT}claim {true}\nclaim {false}\n")
    assert (proved.verdict, refuted.verdict) == ("proved", "refuted")


def test_second_moments_of_a_hat_matrix_by_sampling():
    """Mean and spread of 20,000 draws; a right formula is farther off than five deviations once in 10⁶ runs."""
    n, d = si.dims("n d")
    A = np.array([[1.0, 2, 0, 1], [0, -1, 1, 0], [3, 0, 2, 1], [0, 1, 1, -2]])
    X, M = si.gaussian("X", (n, d)), si.matrix("A", (n, n))
    P = X * (X.T * X).inv() * X.T
    with si.assuming(n > d + 1):
        found = si.expect(sympy.Trace(P * M * P * M.T))
    exact = float(found.subs({M: sympy.ImmutableMatrix(A.astype(int)), n: 4, d: 2}).doit())
    draws = np.random.default_rng(5).standard_normal((20_000, 4, 2))
    hat = draws @ np.linalg.inv(draws.swapaxes(1, 2) @ draws) @ draws.swapaxes(1, 2)
    values = np.einsum("kij,jl,klm,im->k", hat, A, hat, A)
    assert abs(values.mean() - exact) < 5 * values.std() / np.sqrt(len(values))


def test_more_rows_than_columns_are_needed():
    n, d = si.dims("n d")
    X = si.gaussian("X", (n, d))
    with pytest.raises(UnsupportedError, match="exists only if n > d - 1"):
        si.expect(X * (X.T * X).inv() * X.T)
    few = si.gaussian("X", (3, 5))
    with pytest.raises(InputError, match="exists only if"):
        si.expect(few * (few.T * few).inv() * few.T)
    text = HAT.replace("n > d + 1", "n >= d")
    assert symicl.check(f"{text}claim E[X inv(X' X) X'] = (d/n) I_n\n").verdict == "proved"


DIAGONAL = """
dims n, d
D, L : diagonal(d)
A : matrix(d, d)
S : covariance(d)
o : ones(d)
x ~ N(0, S)
"""


@pytest.mark.parametrize(
    ("true", "false"),
    [
        ("o' D L o = tr(D L)", "o' D L o = 2 tr(D L)"),
        ("1_d' D o = tr(D)", "1_d' D o = d"),
        ("o' D L D o/(o' D o) = tr(D^2 L)/tr(D)", "o' D L D o/(o' D o) = tr(D L)"),
        ("o' D L o A = tr(D L) A", "o' D A L o = tr(D A L)"),
        ("E[(x' D o)^2] = o' D S D o", "E[(x' D o)^2] = tr(D S D)"),
    ],
)
def test_sums_of_entries_of_diagonal_matrices(true, false):
    proved, refuted = symicl.check(f"{DIAGONAL}claim {true}\nclaim {false}\n")
    assert (proved.verdict, refuted.verdict) == ("proved", "refuted")


def test_what_no_rule_writes_is_asserted_in_a_certificate():
    two = f"{DIAGONAL}claim o' D L o = tr(D L)\nclaim tr(D L) = tr(L D)\n"
    assert "no rule of a certificate makes a trace" in symicl.check(two, certificate=True).certificate
    text = symicl.check(f"{HAT}claim E[X inv(X' X) X'] = (d/n) I_n\n", certificate=True).certificate
    assert "span a uniform subspace" in text
