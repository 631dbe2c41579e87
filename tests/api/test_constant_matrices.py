"""Matrices of ones are counted, and constant diagonal matrices and entrywise products are letters."""

import pytest
import sympy
from sympy.matrices.expressions import HadamardPower, HadamardProduct, OneMatrix, Trace, ZeroMatrix
from sympy.matrices.expressions.diagonal import DiagMatrix, DiagonalMatrix, DiagonalOf

import symicl as si
from symicl.algebra import read_matrix
from symicl.certificates.letters import LogLetters
from symicl.numeric import evaluate, exact_matrix
from symicl.typeset import formula_text

n, d = si.dims("n d")
S = si.covariance("S", d)
A, B, g = si.matrix("A", (d, d)), si.matrix("B", (d, d)), si.vector("g", d)
X, Y = si.gaussian("X", (n, d), col_cov=S), si.gaussian("Y", (5, d), col_cov=S)
ONE, FIVE = OneMatrix(n, 1), OneMatrix(5, 1)

VALUES = {
    "ones between": (Trace(X.T * ONE * ONE.T * X), n * Trace(S)),
    "a matrix of ones": (Trace(X.T * OneMatrix(n, n) * X), n * Trace(S)),
    "twice": (Trace((X.T * OneMatrix(n, n) * X) ** 2), n**2 * Trace(S) ** 2 + 2 * n**2 * Trace(S**2)),
    "trace": (Trace(OneMatrix(n, n)), n),
    "trace of a square": (Trace(OneMatrix(n, n) ** 2), n**2),
    "trace of a multiple": (Trace(n * sympy.Identity(d)), n * d),
    "inner": (ONE.T * ONE, n),
    "five": (FIVE.T * FIVE, 5),
    "five between": (Trace(Y.T * FIVE * FIVE.T * Y), 5 * Trace(S)),
    "rectangular": (Trace(OneMatrix(n, d) * OneMatrix(d, n)), n * d),
    "row and column": (OneMatrix(1, d) * S * OneMatrix(d, 1), Trace(OneMatrix(1, d) * S * OneMatrix(d, 1))),
    "one by one": (OneMatrix(1, 1) * Trace(X.T * X), n * Trace(S)),
    "diagonal": (DiagMatrix(g) * X.T * X, n * DiagMatrix(g) * S),
    "diagonal part": (DiagonalMatrix(A) * X.T * X, n * DiagonalMatrix(A) * S),
    "diagonal vector": (DiagonalOf(A).T * X.T * X * DiagonalOf(A), n * Trace(DiagonalOf(A).T * S * DiagonalOf(A))),
    "entrywise": (Trace(HadamardProduct(A, B) * X.T * X), n * Trace(HadamardProduct(A, B) * S)),
    "entrywise power": (HadamardPower(A, 2) * X.T * X, n * HadamardPower(A, 2) * S),
    "entrywise products commute": (Trace(X.T * X * HadamardProduct(A, B)) - Trace(X.T * X * HadamardProduct(B, A)), 0),
    "their transposes": (
        Trace(X.T * X * HadamardProduct(A, B)) - Trace(HadamardProduct(A.T, B.T) * X.T * X), 0,
    ),
    "diagonal matrices are symmetric": (Trace(DiagMatrix(g) * A) - Trace(DiagMatrix(g) * A.T), 0),
    "squares": (Trace(HadamardProduct(A, A.T) * B) - Trace(HadamardProduct(A, A.T) * B.T), 0),
}  # fmt: skip


@pytest.mark.parametrize("name", VALUES)
def test_values(name):
    expression, value = VALUES[name]
    found = si.expect(expression)
    assert found == value or sympy.expand(found - value) == 0


def test_ones_stay_one_matrix():
    assert si.expect(OneMatrix(n, n)) == OneMatrix(n, n)
    assert si.expect(X * X.T + OneMatrix(n, n)) == si.expect(X * X.T) + OneMatrix(n, n)


def test_different_constants_are_different():
    difference = Trace(HadamardProduct(A, B) * X.T * X) - Trace(HadamardProduct(A, B.T) * X.T * X)
    assert si.expect(difference) != 0
    assert si.expect(Trace(DiagMatrix(g) * S) - Trace(DiagMatrix(A * g) * S)) != 0


@pytest.mark.parametrize("name", [name for name in VALUES if name not in ("one by one", "row and column")])
def test_values_at_numbers(name):
    """The right side at exact numbers, where its letters are defined by their entries."""
    expression, value = VALUES[name]
    at = {
        n: sympy.Integer(3),
        d: sympy.Integer(2),
        A: exact_matrix([[1, 2], [-3, 5]]),
        B: exact_matrix([[2, 7], [1, -1]]),
        S: exact_matrix([[2, 1], [1, 3]]),
        g: exact_matrix([[1], [-2]]),
    }
    assert evaluate(si.expect(expression), at) == evaluate(sympy.sympify(value), at)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        (DiagMatrix(X.T * ONE), ZeroMatrix(d, d)),
        (HadamardProduct(X, X), ONE * DiagonalOf(S).T),
        (HadamardPower(X, 2), ONE * DiagonalOf(S).T),
        (DiagonalOf(X.T * X), n * DiagonalOf(S)),
    ],
    ids=str,
)
def test_random_ones_have_averages(expression, value):
    assert si.expect(expression) == value


def test_rounded_numbers_inside_are_refused():
    with pytest.raises(si.UnsupportedError, match="exact fraction"):
        si.expect(DiagMatrix(0.5 * g) * X.T * X)


def test_vectors_of_ones_are_no_free_letters_in_certificates():
    """The second engine would find another value."""
    written = []
    letters = LogLetters(lambda rule, **fields: written.append(fields) or len(written), lambda _: 1, {})
    for a in read_matrix(OneMatrix(d, 1)).letters():
        letters.id(a)
    assert [fields.get("satisfies") for fields in written] == [None, "ones"]


PRINTED = {
    "ones": (
        X.T * OneMatrix(n, n) * X + OneMatrix(d, d),
        "n S + 1_d 1_dᵀ",
        r"n S + \mathbf{1}_{d} \mathbf{1}_{d}^{\top}",
    ),
    "form": (
        Trace(OneMatrix(1, d) * X.T * X * OneMatrix(d, 1)),
        "n 1_dᵀ S 1_d",
        r"n \mathbf{1}_{d}^{\top} S \mathbf{1}_{d}",
    ),
    "entrywise": (HadamardProduct(A, B) * X.T * X, "n hadamard(A, B) S", r"n \left(A \circ B\right) S"),
}


@pytest.mark.parametrize("name", PRINTED)
def test_they_are_printed_as_what_they_are(name):
    """A matrix of ones was printed as the number 1, and an entrywise product without its brackets."""
    expression, text, latex = PRINTED[name]
    found = si.expect(expression)
    assert formula_text(found) == text and si.latex(found) == latex
