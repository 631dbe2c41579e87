"""Averages of what is said entry by entry, with symbolic sizes: against known values, the other engines, and draws."""

import pytest
import sympy
from sympy import DiagMatrix, DiagonalOf, HadamardPower, HadamardProduct, Identity, KroneckerProduct, Trace
from sympy.matrices.expressions import OneMatrix
from sympy.matrices.expressions.diagonal import DiagonalMatrix

import symicl as si
from oracle.gaussian import disagreement
from symicl.errors import UnsupportedError

n, d = si.dims("n d")
S, A, v, M = si.covariance("S", d), si.matrix("A", (d, d)), si.vector("v", d), si.matrix("M", (n, n))
C, kappa = si.matrix("C", (n, d)), si.scalar("kappa", positive=True)
X, B = si.gaussian("X", (n, d), col_cov=S), si.gaussian("B", (n, d))
Z, x = si.gaussian("Z", (n, d)), si.gaussian("x", d, row_cov=S)
Y = si.gaussian("Y", (n, d), row_cov=si.covariance("U", n), col_cov=S, mean=C)
R, E = si.independent_entries("R", (n, d), fourth=kappa), si.elliptical("E", (n, d), cov=S, fourth=kappa)
xx, one = KroneckerProduct(x, x), OneMatrix(n, 1)
y = DiagonalOf(Z * B.T)

KNOWN = {
    "one task per token": (y.T * y, n * d),
    "its covariance": (y * y.T, d * Identity(n)),
    "tokens and their labels": (Z.T * DiagMatrix(y) * DiagMatrix(y) * Z, n * (d + 2) * Identity(d)),
    "squares of entries": (HadamardProduct(X, X), one * DiagonalOf(S).T),
    "fourth powers": (HadamardPower(Z, 4), 3 * OneMatrix(n, d)),
    "with a mean": (HadamardProduct(Y, Y), DiagonalOf(Y.row_cov) * DiagonalOf(S).T + HadamardProduct(C, C)),
    "one entry": (X[0, 1] * X[0, 0], S[0, 1]),
    "two entries": (X[0, 1] ** 2 * X[1, 0] ** 2, S[0, 0] * S[1, 1]),
    "entries in two rows": (X[0, 1] * X[1, 1], 0),
    "an entry of a product": ((X.T * X)[0, 1], n * S[0, 1]),
    "diagonal part": (DiagonalMatrix(X * X.T), Trace(S) * Identity(n)),
    "diagonal of a Gram matrix": (DiagonalOf(X.T * X), n * DiagonalOf(S)),
    "a trace": (Trace(HadamardProduct(M, X * X.T)), Trace(S) * Trace(M)),
    "sum of entries": (Trace(X.T * M * X * A) - Trace(one.T * HadamardProduct(M.T, X * A * X.T) * one), 0),
    "kronecker": (KroneckerProduct(X, X), si.vec(Identity(n)) * si.vec(S).T),
    "kronecker of columns": (xx, si.vec(S)),
    "their covariance": (
        xx * xx.T,
        si.commutation(d, d) * KroneckerProduct(S, S) + KroneckerProduct(S, S) + si.vec(S) * si.vec(S).T,
    ),
    "stacked columns": (si.vec(X) * si.vec(X).T, KroneckerProduct(S, Identity(n))),
    "stacked rows": (si.vec(X.T) * si.vec(X).T, si.commutation(n, d) * KroneckerProduct(S, Identity(n))),
    "their norm": (si.vec(X).T * si.vec(X), n * Trace(S)),
    "diagonal entries": (
        Trace(HadamardProduct(R * A * R.T, Identity(n)) ** 2),
        n * (Trace(A) ** 2 + Trace(A * A) + Trace(A * A.T) + (kappa - 3) * Trace(DiagonalOf(A).T * DiagonalOf(A))),
    ),
    "without a word for it": (
        Trace(R * A * R.T) ** 2,
        n**2 * Trace(A) ** 2 + n * Trace(A * A) + n * Trace(A * A.T)
        + n * (kappa - 3) * Trace(DiagonalOf(A).T * DiagonalOf(A)),
    ),
    "lengths of rows": (Trace(E.T * M * E) ** 2, None),
}  # fmt: skip


def is_zero(value):
    return value == 0 or isinstance(value, sympy.ZeroMatrix)


def sizes(expression, **numbers):
    names = {
        s.name for m in expression.free_symbols for size in getattr(m, "shape", ()) for s in size.free_symbols
    }
    return {name: size for name, size in numbers.items() if name in names}


@pytest.mark.parametrize("name", KNOWN)
def test_known_values(name):
    expression, known = KNOWN[name]
    found = si.expect(expression)
    at = si.expect_at(expression, **sizes(expression, n=2, d=3))
    assert at.judge(found).verdict.startswith("proved at")
    if known is not None:
        assert at.judge(known).verdict.startswith("proved at")
    if not is_zero(found):
        assert at.judge(2 * found).verdict == "refuted"


@pytest.mark.parametrize("name", [name for name in KNOWN if name != "an entry of a product"])
def test_by_coordinates(name):
    """The second engine has numbers for all letters, and entries in their explicit coordinates."""
    expression, _ = KNOWN[name]
    found = si.expect(expression)
    for at in ({n: 2, d: 3}, {n: 3, d: 2}):
        assert disagreement(expression, found, at) is None
    if not is_zero(found):
        assert disagreement(expression, 2 * found, {n: 2, d: 3})


def test_values_read_the_same_as_words():
    """What words can say as well is the same closed form."""
    left = si.expect(Trace(HadamardProduct(OneMatrix(n, n), X * A * X.T)))
    assert left == si.expect(Trace(one.T * X * A.T * X.T * one))
    assert si.expect(HadamardProduct(X.T * X, OneMatrix(d, d))) == si.expect(X.T * X)


@pytest.mark.parametrize("wrong", [n * d + 1, n * (d + 1), n**2 * d, n, d])
def test_a_wrong_value_is_refuted(wrong):
    assert si.expect_at(y.T * y, n=3, d=2).judge(wrong).verdict == "refuted"


@pytest.mark.parametrize(
    ("expression", "kind", "words"),
    [
        (HadamardPower(Z, 10), UnsupportedError, "10 times in a product of entries; at most 8"),
        (KroneckerProduct(x, x, x, x), UnsupportedError, "expect_at"),
        (X[0, 0] * X, UnsupportedError, "expect_at"),
        (HadamardProduct(X, X)[n - 1, 0], UnsupportedError, "is no number"),
        (HadamardProduct(si.haar("O", d), A), UnsupportedError, "expect_at"),
        (sympy.cosh(X[0, 0]), UnsupportedError, "no polynomial in the entries"),
        (HadamardProduct(X, C).T * sympy.Determinant(Z.T * Z), UnsupportedError, "sample"),
    ],
)
def test_what_is_outside_names_the_lane(expression, kind, words):
    with pytest.raises(kind, match=words):
        si.expect(expression)


def test_blocks_are_taken_one_by_one():
    found = si.expect(sympy.BlockMatrix([[HadamardProduct(X, X), X]]))
    assert found.blocks[0, 0] == one * DiagonalOf(S).T and found.blocks[0, 1] == sympy.ZeroMatrix(n, d)


def test_against_draws():
    """A right value is contradicted once in a million runs."""
    numbers = {"n": 3, "d": 2, "S": [[2, 1], [1, 3]], "A": [[1, 2], [3, -4]], "draws": 40_000}
    expression = Trace(A * HadamardProduct(X.T * X, A))
    mean = si.sample(expression, **numbers)
    assert mean.agrees_with(si.expect(expression)).verdict == "confirmed"
    assert mean.agrees_with(2 * si.expect(expression)).verdict == "contradicted"
    mean = si.sample(y.T * y, n=3, d=2, draws=40_000)
    assert mean.agrees_with(n * d).verdict == "confirmed"


def test_latex():
    assert (
        si.latex(si.expect(HadamardProduct(X, X)))
        == r"\mathbf{1}_{n} \left(\operatorname{diag}(S)\right)^{\top}"
    )
    assert r"\mathbb{K}_{d,d}" in si.latex(si.expect(xx * xx.T))
    assert r"\operatorname{vec}(S)" in si.latex(si.expect(xx))
