"""Ring laws, matrix products, substitution, and what may not be substituted."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from hypothesis import HealthCheck, given, settings
from sympy.matrices.expressions import Trace

import symicl as si
from oracle.expressions import alphabet, matrices, scalars
from oracle.gaussian import difference
from symicl.algebra import (
    ONE,
    MatrixPolynomial,
    Polynomial,
    read_blocks,
    read_matrix,
    read_scalar,
    symbol_letter,
    total,
    write_matrix,
    write_scalar,
)

n, d = si.dims("n d")
A, B, S = si.matrix("A", (d, d)), si.matrix("B", (n, d)), si.symmetric("S", d)
C = si.matrix("C", (d, d))
Sigma = si.covariance("Sigma", d)
u, v = si.vector("u", d), si.vector("v", d)
SIZES = [{n: 2, d: 3}, {n: 3, d: 1}]

quick = settings(
    derandomize=True, deadline=None, database=None, max_examples=60, suppress_health_check=list(HealthCheck)
)
LETTERS = alphabet(n, d)


@quick
@given(
    matrices(LETTERS, n, d, 0, 2),
    matrices(LETTERS, n, d, 0, 2),
    matrices(LETTERS, d, d, 0, 2),
    scalars(LETTERS, 0, 2),
)
def test_ring_laws(left, right, square, scalar):
    P, Q, R, c = read_matrix(left), read_matrix(right), read_matrix(square), read_scalar(scalar)
    assert P + Q == Q + P
    assert (P + Q) - Q == P
    assert (P + Q) @ R == P @ R + Q @ R
    assert (P @ R).T == R.T @ P.T
    assert (P.T @ Q).trace() == (Q @ P.T).trace() == (Q.T @ P).trace()
    assert (P * c) @ R == (P @ R) * c == P @ (R * c)
    assert c * (c + 1) - c * c == c
    assert (P - P).terms == {} and not (P - P)
    assert P.T.T == P
    assert (P @ R) @ (P @ R).T == P @ (R @ R.T) @ P.T


@quick
@given(matrices(LETTERS, n, d, 0, 3), scalars(LETTERS, 0, 3))
def test_reading_and_writing_keep_the_value(matrix, scalar):
    for dims in SIZES:
        assert difference(write_matrix(read_matrix(matrix)), matrix, dims) is None
        assert difference(write_scalar(read_scalar(scalar)), scalar, dims) is None
    assert read_matrix(write_matrix(read_matrix(matrix))) == read_matrix(matrix)
    assert read_scalar(write_scalar(read_scalar(scalar))) == read_scalar(scalar)


@quick
@given(matrices(LETTERS, d, d, 0, 3), matrices(LETTERS, d, d, 0, 2))
def test_substitution_commutes_with_evaluation(expression, replacement):
    """Replacing the letter A by a polynomial, against SymPy's own replacement."""
    name = next(x for x in LETTERS.constants[d, d] if str(x) == "A")
    if replacement.has(name):
        replacement = replacement.xreplace({name: Sigma})
    found = read_matrix(expression).substitute({symbol_letter(name): read_matrix(replacement)})
    for dims in SIZES:
        assert difference(write_matrix(found), expression.xreplace({name: replacement}).doit(), dims) is None


def test_the_square_of_a_sum_of_traces():
    a, b = read_scalar(Trace(A)), read_scalar(Trace(A * C))
    assert (a + b) ** 2 == a**2 + a * b * 2 + b**2
    assert (a - a).terms == {} and (a - a) == 0 and a * 0 == 0
    assert total([a, b, a]) == a * 2 + b
    assert a * Fraction(1, 3) * 3 == a


def test_degree_and_letters():
    polynomial = read_scalar(Trace(A * C * A.T) * Trace(A) + n)
    assert polynomial.degree(symbol_letter(A)) == 3
    assert polynomial.degree(symbol_letter(C)) == 1
    assert {symbol_letter(A), symbol_letter(C)} < polynomial.letters()


@pytest.mark.parametrize(
    ("expression", "same"),
    [
        (Trace(u * v.T * A * u * v.T), Trace(v.T * A * u) * Trace(v.T * u)),
        (Trace(A * C.T), Trace(C * A.T)),
        (Trace(S * A), Trace(A.T * S)),
        (Trace(Sigma * A * Sigma.inv()), Trace(A)),
        (Trace(sympy.Identity(d)) * n, n * d),
        (Trace(B * B.T) - Trace(B.T * B), sympy.Integer(0)),
    ],
    ids=str,
)
def test_identities(expression, same):
    assert read_scalar(expression) == read_scalar(same)


@pytest.mark.parametrize(
    ("expression", "other"),
    [
        (Trace(A * C), Trace(A * C.T)),
        (Trace(A * A), Trace(A * A.T)),
        (Trace(A) ** 2, Trace(A * A)),
        (Trace(u.T * A * v), Trace(v.T * A * u)),
        (Trace(sympy.Identity(n)), Trace(sympy.Identity(d))),
        (n * Trace(A), d * Trace(A)),
    ],
    ids=str,
)
def test_different_things_stay_different(expression, other):
    assert read_scalar(expression) != read_scalar(other)


class TestSubstitution:
    """A replaced letter must not survive in disguise."""

    def test_in_a_transpose(self):
        found = read_matrix(B * A.T).substitute({symbol_letter(A): read_matrix(u * v.T)})
        assert found == read_matrix(B * v * u.T)

    def test_in_an_inverse_of_a_product(self):
        P, Q = si.covariance("P", d), si.covariance("Q", d)
        inverses = read_matrix(P.inv() * Q.inv())
        assert inverses
        found = read_matrix(Sigma.inv() * A).substitute({symbol_letter(Sigma): read_matrix(2 * P * Q * P)})
        assert found == read_matrix(sympy.Rational(1, 2) * P.inv() * Q.inv() * P.inv() * A)

    def test_a_symmetric_letter_by_an_asymmetric_matrix_is_refused(self):
        """tr(S A) and tr(S Aᵀ) are one word; with A for S they would differ."""
        assert read_scalar(Trace(S * A)) == read_scalar(Trace(S * A.T))
        with pytest.raises(si.UnsupportedError, match="symmetric"):
            read_scalar(Trace(S * A)).substitute({symbol_letter(S): read_matrix(A)})

    def test_in_an_inverse_of_a_sum_is_refused(self):
        """Before, the inverse of the old letter stayed in the result."""
        with pytest.raises(si.UnsupportedError, match="inverse"):
            read_matrix(Sigma.inv() * A).substitute({symbol_letter(Sigma): read_matrix(Sigma + S)})

    @pytest.mark.parametrize(
        "scalar", [1 / n, sympy.sqrt(n), Trace((A + Sigma).inv() * C), 2 * Trace(A) / n], ids=str
    )
    def test_inside_another_letter_is_refused(self, scalar):
        """1/n and (A + Σ)⁻¹ are letters; replacing n or A inside them would be forgotten."""
        polynomial = read_scalar(scalar)
        replaced = n if scalar.has(n) and not scalar.has(Sigma) else A
        value = MatrixPolynomial.identity(ONE, 3) if replaced is n else read_matrix(C)
        a = symbol_letter(A) if replaced is A else next(iter(read_scalar(n).letters()))
        with pytest.raises(si.UnsupportedError, match="one letter"):
            polynomial.substitute({a: value})

    def test_shapes_must_agree(self):
        with pytest.raises(si.ShapeError):
            read_scalar(Trace(A)).substitute({symbol_letter(A): read_matrix(B)})


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        (lambda: read_matrix(A) @ read_matrix(B), "d×d by n×d"),
        (lambda: read_matrix(A) + read_matrix(B), "d×d and n×d"),
        (lambda: read_matrix(B).trace(), "square"),
        (lambda: read_blocks(sympy.BlockMatrix([[A, u]])).single(), "not a single matrix"),
        (lambda: read_blocks(sympy.BlockMatrix([[A, u]])) @ read_blocks(A), "inner dimensions"),
        (lambda: read_blocks(sympy.BlockMatrix([[A, u]])) + read_blocks(A), "shapes must be equal"),
    ],
)
def test_shapes(operation, words):
    with pytest.raises(si.ShapeError, match=words):
        operation()


def test_blocks_multiply_like_matrices():
    left = sympy.BlockMatrix([[A, u], [v.T, sympy.ImmutableMatrix([[3]])]])
    found = read_blocks(left) @ read_blocks(left).T
    rows = [[A * A.T + u * u.T, A * v + 3 * u], [v.T * A.T + 3 * u.T, None]]
    for i, row in enumerate(rows):
        for j, expression in enumerate(row):
            if expression is not None:
                assert found.grid[i][j] == read_matrix(expression)
    assert found.grid[1][1].trace() == read_scalar(Trace(v.T * v) + 9)
    assert (found - found).trace() == Polynomial()


def test_block_matrices_may_be_nested():
    inner = sympy.BlockMatrix([[A, u], [v.T, sympy.ImmutableMatrix([[3]])]])
    nested = sympy.BlockMatrix([[inner, sympy.BlockMatrix([[C], [u.T]])]])
    flat = sympy.BlockMatrix([[A, u, C], [v.T, sympy.ImmutableMatrix([[3]]), u.T]])
    assert read_blocks(nested).shape_text == "(d+1)×(d+1+d)"
    for row, line in zip(read_blocks(nested).grid, read_blocks(flat).grid, strict=True):
        assert row == line
    with pytest.raises(si.ShapeError, match="different numbers of rows"):
        read_blocks(sympy.BlockMatrix([[inner, si.matrix("tall", (d + 1, d))]]))
