"""What the engine cannot take is refused by name: one sentence, a SymiclError, never a wrong number."""

from __future__ import annotations

import warnings

import pytest
import sympy
from sympy import Determinant, Identity, MatAdd, MatMul, Rational, Symbol
from sympy.matrices.expressions import MatPow, Trace

import symicl as si

n, d = si.dims("n d")
Sigma, A, B = si.covariance("Sigma", d), si.matrix("A", (d, d)), si.matrix("B", (n, d))
s = si.scalar("s", nonnegative=True)
X = si.gaussian("X", (n, d), col_cov=Sigma)
w = si.gaussian("w", d)
k = si.gaussian("k", (2, 2))
GRAM = X.T * X


def unchecked(kind, *args):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return kind(*args, check=False)


EXPRESSIONS = {
    # functions that are not polynomials
    "absolute value": (sympy.Abs(Trace(GRAM)), si.UnsupportedError, "Abs"),
    "maximum": (sympy.Max(0, Trace(GRAM)), si.UnsupportedError, "Max"),
    "sine": (sympy.sin(Trace(GRAM)), si.UnsupportedError, "sin"),
    "root": (sympy.sqrt(Trace(GRAM)), si.UnsupportedError, "exponent"),
    "reciprocal": (1 / Trace(GRAM), si.UnsupportedError, "exponent"),
    "symbolic power": (Trace(GRAM) ** n, si.UnsupportedError, "exponent"),
    "unknown function": (sympy.Function("f")(Trace(GRAM)), si.UnsupportedError, "function f"),
    "inverse": (GRAM.inv(), si.UnsupportedError, r"exists only if n > d \+ 1"),
    "inverse inside": (Trace(A * (GRAM + Identity(d)).inv()), si.UnsupportedError, "inverse of a random matrix"),
    "matrix root": (MatPow(GRAM, Rational(1, 2)), si.UnsupportedError, "integer powers"),
    "symbolic matrix power": (GRAM**n, si.UnsupportedError, "integer powers"),
    "determinant": (Determinant(GRAM), si.UnsupportedError, "expect_at"),
    # of entries
    "slice": (X[:2, :2], si.UnsupportedError, "MatrixSlice"),
    "explicit entries": (k.as_explicit(), si.UnsupportedError, "explicit matrix with random entries.*expect_at"),
    "explicit entries in a product": (
        MatMul(k.T, sympy.ImmutableMatrix([[k[0, 0], 1], [2, 3]])), si.UnsupportedError, "random entries",
    ),
    "random scalar in an explicit matrix": (
        Trace(sympy.ImmutableMatrix([[Trace(k), 2], [3, 4]])), si.UnsupportedError, "random entries",
    ),
    "function of entries": (X.applyfunc(sympy.sin), si.UnsupportedError, "ElementwiseApplyFunction"),
    "adjoint": (X.adjoint() * X, si.UnsupportedError, r"\.T"),
    # numbers
    "float": (0.5 * Trace(GRAM), si.UnsupportedError, "exact fraction"),
    "float matrix": (0.5 * GRAM, si.UnsupportedError, "exact fraction"),
    "float exponent": (s**0.5 * Trace(GRAM), si.UnsupportedError, "exact fraction"),
    "float entry": (k.T * sympy.Matrix([[1.5, 2], [3, 4]]) * k, si.UnsupportedError, "exact fraction"),
    "infinity": (sympy.oo * Trace(GRAM), si.InputError, "finite"),
    "not a number": (sympy.nan * Trace(GRAM), si.InputError, "finite"),
    "noncommuting": (Symbol("q", commutative=False) * Trace(GRAM), si.UnsupportedError, "commute"),
    # shapes
    "product": (unchecked(MatMul, X, X), si.ShapeError, "n×d by n×d"),
    "sum": (unchecked(MatAdd, X, X.T), si.ShapeError, "n×d and d×n"),
    "scalar plus matrix": (sympy.Add(Trace(GRAM), GRAM, evaluate=False), si.ShapeError, "scalar is needed"),
    # not expressions
    "text": ("X.T*X", si.InputError, "str"),
    "number": (3, si.InputError, "int"),
    "nothing": (None, si.InputError, "NoneType"),
    "list": ([X], si.InputError, "list"),
    "equation": (sympy.Eq(Trace(GRAM), 3), si.InputError, "neither a scalar nor a matrix"),
    "two laws of one name": (
        X.T * si.gaussian("X", (n, d)), si.InputError, "two different Gaussian matrices are called X",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_expression(name):
    expression, error, words = EXPRESSIONS[name]
    with pytest.raises(error, match=words) as caught:
        si.expect(expression)
    one_sentence(caught.value)


def test_traces_of_matrices_that_are_not_square():
    """SymPy builds the trace of any matrix."""
    with pytest.raises(si.ShapeError, match="square"):
        si.expect(Trace(X))


LAWS = {
    "asymmetric": (dict(col_cov=A), "not symmetric"),
    "asymmetric numbers": (dict(shape=(n, 2), col_cov=sympy.Matrix([[1, 2], [3, 1]])), "not symmetric"),
    "indefinite": (dict(shape=(n, 2), col_cov=sympy.Matrix([[1, 2], [2, 1]])), "negative eigenvalue"),
    "negative": (dict(col_cov=-1), "cannot be negative"),
    "negative symbol": (dict(row_cov=-s), "cannot be negative"),
    "negative identity": (dict(col_cov=-Identity(d)), "cannot be negative"),
    "negative multiple": (dict(col_cov=-2 * Sigma), "cannot be negative"),
    "imaginary": (dict(col_cov=sympy.I), "not a real number"),
    "infinite": (dict(col_cov=sympy.oo), "not a real number"),
    "float": (dict(col_cov=0.5), "exact number"),
    "float of SymPy": (dict(col_cov=sympy.Float(0.5)), "exact number"),
    "text": (dict(col_cov="Sigma"), "exact number"),
    "list": (dict(col_cov=[[1, 0], [0, 1]]), "exact number"),
    "truth value": (dict(col_cov=True), "exact number"),
    "wrong side": (dict(row_cov=Sigma), "must be n×n"),
    "wrong size": (dict(col_cov=si.covariance("Upsilon", n)), "must be d×d"),
    "random": (dict(col_cov=Trace(GRAM)), "another random matrix"),
    "random matrix": (dict(shape=(d, d), col_cov=X.T * X), "another random matrix"),
    "random mean": (dict(mean=X * A), "another random matrix"),
    "mean of another shape": (dict(mean=A), "n×d"),
    "mean that is a number": (dict(mean=3), "must be a n×d matrix"),
    "mean that is a list": (dict(mean=[[1, 2]]), "must be a n×d matrix"),
    "no rows": (dict(shape=(0, d)), "size 0"),
    "negative size": (dict(shape=(-2, d)), "size -2"),
    "negative symbol size": (dict(shape=(-n, d)), "size -n"),
    "half a row": (dict(shape=(Rational(1, 2), d)), "size 1/2"),
    "float size": (dict(shape=(2.0, d)), "size 2.0"),
    "infinite size": (dict(shape=(sympy.oo, d)), "size oo"),
    "text size": (dict(shape=("n", d)), "size n"),
    "three sizes": (dict(shape=(n, d, 2)), "rows, columns"),
    "one size in a tuple": (dict(shape=(n,)), "rows, columns"),
    "no name": (dict(name=""), "non-empty"),
    "number as a name": (dict(name=3), "non-empty"),
}


@pytest.mark.parametrize("name", LAWS)
def test_law(name):
    law, words = LAWS[name]
    with pytest.raises(si.InputError, match=words) as caught:
        si.gaussian(**{"name": "Z", "shape": (n, d)} | law)
    one_sentence(caught.value)


@pytest.mark.parametrize(
    ("replacement", "words"),
    [(A, "not symmetric"), (-Sigma, "cannot be negative"), (X.T * X, "another random matrix")],
    ids=str,
)
def test_a_law_that_a_substitution_spoils(replacement, words):
    spoilt = (lambda z: z.T * z)(si.gaussian("Z", (n, d), col_cov=si.covariance("Upsilon", d)))
    with pytest.raises(si.InputError, match=words):
        si.expect(spoilt.subs(si.covariance("Upsilon", d), replacement))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: si.matrix("A", 3), "pair"),
        (lambda: si.matrix("A", (n, d, 2)), "pair"),
        (lambda: si.matrix("A", (n, 0)), "size 0"),
        (lambda: si.matrix(A, (n, d)), "non-empty"),
        (lambda: si.vector("v", -1), "size -1"),
        (lambda: si.symmetric("S", 2.5), "size 2.5"),
        (lambda: si.covariance("", d), "non-empty"),
        (lambda: si.dims(""), "non-empty"),
        (lambda: si.dims(3), "non-empty"),
        (lambda: si.scalar(None), "non-empty"),
    ],
)
def test_symbols(make, words):
    with pytest.raises(si.InputError, match=words):
        make()


def one_sentence(error: Exception) -> None:
    text = str(error)
    assert text.strip() and "Traceback" not in text
    assert not text.endswith(".")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        (sympy.sin(s) * Trace(GRAM), n * sympy.sin(s) * Trace(Sigma)),
        (sympy.sqrt(s) * Trace(GRAM), n * sympy.sqrt(s) * Trace(Sigma)),
        (sympy.I * Trace(GRAM) * sympy.I, -n * Trace(Sigma)),
        (A[0, 1] * Trace(GRAM), n * A[0, 1] * Trace(Sigma)),
        (sympy.pi * Trace(A), sympy.pi * Trace(A)),
        (sympy.Symbol("q") * Trace(GRAM), sympy.Symbol("q") * n * Trace(Sigma)),
    ],
    ids=str,
)
def test_constants_may_be_anything_exact(expression, value):
    assert si.expect(expression) == value
