"""Closed forms that are known by hand or from the literature, and the oracle's word on each.

Every case states an expression and its expectation as a person would write it. The engine's answer must have
the same value as the stated one, and both must agree with explicit coordinates, at several sizes.
"""

from __future__ import annotations

import copy
import pickle
from math import comb, prod

import pytest
import sympy
from sympy import BlockMatrix, Identity, Integer, Rational, ZeroMatrix
from sympy.matrices.expressions import BlockDiagMatrix, Trace, Transpose

import symicl as si
from oracle.gaussian import difference, disagreement

n, d, p = si.dims("n d p")
Sigma, U, Psi = si.covariance("Sigma", d), si.covariance("U", n), si.covariance("Psi", d)
A, B, E, F = (si.matrix(name, (d, d)) for name in "ABEF")
C, G = si.matrix("C", (n, n)), si.matrix("G", (n, n))
M, N = si.matrix("M", (n, d)), si.matrix("N", (d, n))
S = si.symmetric("S", d)
u, v, b = si.vector("u", d), si.vector("v", d), si.vector("b", n)
s, t, c = si.scalar("s", nonnegative=True), si.scalar("t", nonnegative=True), si.scalar("c")

W = si.gaussian("W", (n, d))
X = si.gaussian("X", (n, d), col_cov=Sigma)
Y = si.gaussian("Y", (n, d), row_cov=U, col_cov=Sigma)
Z = si.gaussian("Z", (n, d), row_cov=U, col_cov=Sigma, mean=M)
V = si.gaussian("V", (n, d), col_cov=s)
Q = si.gaussian("Q", (d, d), row_cov=Sigma, col_cov=Psi)
H = si.gaussian("H", (d, d))
w = si.gaussian("w", d, row_cov=Psi)
m = si.gaussian("m", d, row_cov=Psi, mean=v)
e = si.gaussian("e", n, row_cov=s)
r = si.gaussian("r", (1, d), col_cov=Sigma)
z = si.gaussian("z", (1, 1), col_cov=s)
q = si.gaussian("q", (1, 1), col_cov=s, mean=sympy.Matrix([[3]]))
K = si.gaussian("K", (3, d), col_cov=Sigma)
k = si.gaussian("k", (2, 3))

tr, I = Trace, Identity(d)
GRAM = X.T * X

CASES = {
    # --- one Gaussian, rows N(0, Sigma) -------------------------------------------------------------
    "odd": (X, ZeroMatrix(n, d)),
    "odd cube": (X * A * X.T * X, ZeroMatrix(n, d)),
    "gram": (GRAM, n * Sigma),
    "gram of columns": (X * X.T, tr(Sigma) * Identity(n)),
    "gram A gram": (GRAM * A * GRAM, n**2 * Sigma * A * Sigma + n * Sigma * A.T * Sigma + n * tr(A * Sigma) * Sigma),
    "gram S gram": (GRAM * S * GRAM, n * (n + 1) * Sigma * S * Sigma + n * tr(S * Sigma) * Sigma),
    "letters on both sides": (
        X.T * C * X * B * X.T * G * X,
        tr(C) * tr(G) * Sigma * B * Sigma + tr(C * G.T) * Sigma * B.T * Sigma + tr(C * G) * tr(B * Sigma) * Sigma,
    ),
    "X A X'": (X * A * X.T, tr(A * Sigma) * Identity(n)),
    "X N X": (X * N * X, N.T * Sigma),
    "X' C X": (X.T * C * X, tr(C) * Sigma),
    "X ... X' mixed": (X * N * X * A * X.T, ZeroMatrix(n, n)),
    "gram cubed": (
        W.T * W * W.T * W * W.T * W,
        n * (n**2 + d**2 + 3 * n * d + 3 * n + 3 * d + 4) * I,
    ),
    # --- row covariance and means -----------------------------------------------------------------
    "matrix normal": (Y.T * C * Y, tr(C * U) * Sigma),
    "matrix normal, other side": (Y * A * Y.T, tr(A * Sigma) * U),
    "mean": (Z, M),
    "mean, quadratic": (Z.T * C * Z, tr(C * U) * Sigma + M.T * C * M),
    "mean, bilinear": (tr(Z * N), tr(M * N)),
    "variance of a trace": (tr(Z * N) ** 2 - tr(M * N) ** 2, tr(N.T * Sigma * N * U)),
    "scalar covariance": (V.T * V * A * V.T * V, s**2 * (n**2 * A + n * A.T + n * tr(A) * I)),
    "nine times the scale": (
        tr((lambda g: g.T * g * g.T * g)(si.gaussian("g", (n, d), col_cov=9 * s * Sigma))),
        81 * s**2 * (n * (n + 1) * tr(Sigma**2) + n * tr(Sigma) ** 2),
    ),
    "two scales": ((lambda g: g.T * g)(si.gaussian("g", (n, d), row_cov=s, col_cov=t * Sigma)), n * s * t * Sigma),
    "row scale": ((lambda g: g * A * g.T)(si.gaussian("g", (n, d), row_cov=4 * U, col_cov=s)), 4 * s * tr(A) * U),
    "inverse covariance": ((lambda g: g.T * g * Sigma)(si.gaussian("g", (n, d), col_cov=Sigma.inv())), n * I),
    "whitened": (tr(Sigma.inv() * GRAM) ** 2, n**2 * d**2 + 2 * n * d),
    # --- vectors, rows, scalars -------------------------------------------------------------------
    "vector": (w * w.T, Psi),
    "vector form": (w.T * A * w, tr(A * Psi)),
    "vector square": (tr(w.T * A * w) * tr(w.T * B * w), tr(A * Psi) * tr(B * Psi) + tr(A * Psi * (B + B.T) * Psi)),
    "vector mean": (m * m.T, Psi + v * v.T),
    "vector mean form": (m.T * A * m, tr(A * Psi) + tr(v.T * A * v)),
    "cov of a vector by col_cov": ((lambda g: g * g.T)(si.gaussian("g", d, col_cov=Psi)), Psi),
    "row": (r.T * r, Sigma),
    "row form": (r * A * r.T * r * B * r.T, tr(A * Sigma) * tr(B * Sigma) + tr(A * Sigma * (B + B.T) * Sigma)),
    "scalar fourth": (tr(z) ** 4, 3 * s**2),
    "scalar eighth": (tr(z) ** 8, 105 * s**4),
    "scalar with mean": (tr(q * q * q), 27 + 9 * s),
    "noise": (e.T * C * e, s * tr(C)),
    "bilinear": (tr(u.T * GRAM * v) ** 2, n**2 * tr(u.T * Sigma * v) ** 2
                 + n * tr(u.T * Sigma * v) ** 2 + n * tr(u.T * Sigma * u) * tr(v.T * Sigma * v)),
    # --- several Gaussians ------------------------------------------------------------------------
    "independent": (X.T * V, ZeroMatrix(d, d)),
    "two in turn": (X.T * V * V.T * X, n * d * s * Sigma),
    "regression": (X.T * (X * w + e) * (X * w + e).T * X,
                   n * (n + 1) * Sigma * Psi * Sigma + n * tr(Psi * Sigma) * Sigma + n * s * Sigma),
    "covariance between": (w * (X * w + e).T * X, n * Psi * Sigma),
    "with mean": (m * (X * m + e).T * X, n * (Psi + v * v.T) * Sigma),
    "two laws": (tr(X.T * Y * Y.T * X), tr(Sigma) ** 2 * tr(U)),
    # --- square Gaussians: both sides are one symbol ----------------------------------------------
    "square trace": (tr(H * H), d),
    "square trace, fourth": (tr(H**4), d**2 + 2 * d),
    "square moments": (tr(H) ** 4, 3 * d**2),
    "ginibre": (tr(H * H.T * H * H.T), 2 * d**3 + d**2),
    "square with laws": (Q * A * Q, Sigma * A.T * Psi),
    "square with laws, transposed": (Q.T * A * Q, tr(A * Sigma) * Psi),
    # --- integer sizes ------------------------------------------------------------------------------
    "three rows": (K.T * K * A * K.T * K, 9 * Sigma * A * Sigma + 3 * Sigma * A.T * Sigma + 3 * tr(A * Sigma) * Sigma),
    "2 by 3": (tr(k.T * k * k.T * k), Integer(36)),
    "2 by 3, matrix": (k.T * k, 2 * Identity(3)),
    # --- sums, powers, transposes, traces in traces, blocks -----------------------------------------
    "transpose of a sum": (Transpose(X * A + M) * (X * A + M), n * A.T * Sigma * A + M.T * M),
    "power of a sum": ((H + A) ** 2, A**2 + I),
    "power": ((X.T * X) ** 2, n * (n + 1) * Sigma**2 + n * tr(Sigma) * Sigma),
    "trace in a trace": (tr(tr(X * N) * X * N), tr(N.T * Sigma * N)),
    "product of traces": (
        tr(GRAM * A) * tr(GRAM * B),
        n**2 * tr(A * Sigma) * tr(B * Sigma) + n * tr(A * Sigma * (B + B.T) * Sigma),
    ),
    "coefficients": (c * tr(GRAM) / 3 - Rational(2, 7) * tr(GRAM), (c / 3 - Rational(2, 7)) * n * tr(Sigma)),
    "reciprocal": (GRAM / n, Sigma),
    "constant": (A * B + 2 * A, A * B + 2 * A),
    "constant scalar": (c**2 + n, c**2 + n),
    "zero": (X.T * X - X.T * X, ZeroMatrix(d, d)),
    "zero mean": (ZeroMatrix(n, d).T * X, ZeroMatrix(d, d)),
    "vanishing variance": ((lambda g: g * g.T)(si.gaussian("g", d, row_cov=0)), ZeroMatrix(d, d)),
    "block trace": (tr(BlockMatrix([[GRAM, A], [B, X.T * C * X]])), (n + tr(C)) * tr(Sigma)),
    "block diagonal": (tr(BlockDiagMatrix(GRAM, w * w.T)), n * tr(Sigma) + tr(Psi)),
    "block product": (BlockMatrix([[X.T], [e.T]]) * BlockMatrix([[X, e]]),
                      BlockMatrix([[n * Sigma, ZeroMatrix(d, 1)], [ZeroMatrix(1, d), sympy.Matrix([[n * s]])]])),
    "explicit": ((lambda g, a: g.T * a * g)(si.gaussian("g", (2, d), col_cov=Sigma), sympy.Matrix([[1, 2], [5, 7]])),
                 8 * Sigma),
}  # fmt: skip

SIZES = [{n: 2, d: 3}, {n: 3, d: 2}, {n: 1, d: 2}, {n: 2, d: 1}]


@pytest.mark.parametrize("name", CASES)
def test_known_formula(name):
    expression, stated = CASES[name]
    found = si.expect(expression)
    for seed, dims in enumerate(SIZES):
        if isinstance(stated, BlockMatrix) and dims[d] == 1:
            continue
        assert difference(found, stated, dims, seed) is None
        assert disagreement(expression, found, dims, seed) is None


@pytest.mark.parametrize(
    ("expression", "printed"),
    [
        (GRAM * A * GRAM, n**2 * Sigma * A * Sigma + n * Sigma * A.T * Sigma + (n * tr(A * Sigma)) * Sigma),
        (tr(W.T * W), n * d),
        (w.T * A * w, tr(A * Psi)),
        (GRAM, n * Sigma),
        (X, ZeroMatrix(n, d)),
        (tr(X * N), Integer(0)),
        (H * H.T, d * I),
    ],
)
def test_the_answer_is_the_sympy_expression_that_one_would_type(expression, printed):
    assert si.expect(expression) == printed


def narayana(k: int, i: int) -> int:
    return comb(k, i) * comb(k, i - 1) // k


@pytest.mark.parametrize("k", range(1, 13))
def test_traces_of_wishart_powers(k):
    """For d = 1 it is a chi-square moment, the top degree is Narayana's, and n and d may be exchanged."""
    found = sympy.Poly(si.expect(tr((W.T * W) ** k)), n, d)
    one = sympy.Poly(prod(n + 2 * j for j in range(k)), n)
    assert sympy.Poly(found.as_expr().subs(d, 1), n) == one
    assert found.as_expr().subs({n: d, d: n}, simultaneous=True).expand() == found.as_expr()
    top = {monomial: c for monomial, c in found.terms() if sum(monomial) == k + 1}
    assert top == {(i, k + 1 - i): narayana(k, i) for i in range(1, k + 1)}
    assert found.as_expr().subs({n: 1, d: 1}) == prod(range(1, 2 * k, 2))


LOW = {
    1: n * d,
    2: n * d * (n + d + 1),
    3: n * d * (n**2 + d**2 + 3 * n * d + 3 * n + 3 * d + 4),
    4: n * d * (n**3 + d**3 + 6 * n * d * (n + d) + 6 * n**2 + 6 * d**2 + 17 * n * d + 21 * n + 21 * d + 20),
}


@pytest.mark.parametrize("k", LOW)
def test_low_wishart_powers(k):
    assert si.expect(tr((W.T * W) ** k)) == LOW[k].expand()


@pytest.mark.parametrize("k", range(1, 8))
def test_the_gram_recursion_and_the_plain_one_agree(k):
    """With a covariance between rows the engine cannot work on XᵀX; at U = I both must agree."""
    plain = si.expect(tr((Y.T * Y) ** k))
    fast = si.expect(tr(GRAM**k))
    collapsed = plain
    for trace in sorted(plain.atoms(Trace), key=str):
        if trace.has(U):
            collapsed = collapsed.xreplace({trace: n})
    assert collapsed.expand() == fast.expand()


def test_a_letter_of_one_name_and_two_kinds_is_two_letters():
    general, symmetric = si.matrix("T", (d, d)), si.symmetric("T", d)
    assert si.expect(tr(general * w * w.T)) != si.expect(tr(symmetric * w * w.T))
    with pytest.raises(
        si.InputError, match=r"T is the name of two things, a general matrix .* a symmetric matrix"
    ):
        si.expect(tr(general * w * w.T) - tr(symmetric * w * w.T))
    assert si.expect(w.T * (general - general.T) * w) == 0


def test_order_of_gaussians_does_not_matter():
    """Names decide the order of integration; renaming changes nothing."""
    names = [("P", "R"), ("R", "P")]
    found = []
    for first, second in names:
        a = si.gaussian(first, (n, d), col_cov=Sigma)
        b = si.gaussian(second, (n, d), col_cov=Psi)
        found.append(si.expect(tr(a.T * b * B * b.T * a * A * a.T * b)))
        found.append(si.expect(tr(a.T * b * b.T * a * A)))
    assert found[0] == found[2]
    assert found[1] == found[3]


@pytest.mark.parametrize(
    "change",
    [
        lambda e: e.subs({n: 2, d: 3}),
        lambda e: e.doit(),
        lambda e: e.expand(),
        lambda e: pickle.loads(pickle.dumps(e)),
        lambda e: copy.deepcopy(e),
        lambda e: e.subs(Sigma, Identity(d)),
        lambda e: e.subs(Sigma, 4 * Sigma),
        lambda e: e.subs(A, Sigma),
        lambda e: e.xreplace({d: n}),
    ],
    ids=["numbers", "doit", "expand", "pickle", "copy", "identity", "scaled", "letter", "square"],
)
def test_rewriting_an_expression_and_averaging_commute(change):
    """The law goes along when SymPy rewrites an expression."""
    expression = tr(GRAM * A * GRAM) + tr(Z.T * C * Z)
    before, after = si.expect(change(expression)), change(si.expect(expression))
    for seed, dims in enumerate(SIZES):
        assert difference(before, after, dims, seed) is None
