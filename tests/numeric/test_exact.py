"""Exact values of SymPy expressions at numbers, against the oracle's walker; errors in one sentence."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sympy.matrices.expressions import HadamardPower, HadamardProduct, Trace
from sympy.matrices.expressions.diagonal import DiagMatrix, DiagonalMatrix, DiagonalOf
from sympy.matrices.expressions.matexpr import MatrixElement

import symicl as si
from oracle.expressions import alphabet, matrices, scalars
from oracle.gaussian import Coordinates
from symicl.errors import InputError, UnsupportedError
from symicl.numeric import Point, evaluate, exact_matrix, float_matrix, identity_matrix, matrix_entries

n, d = si.dims("n d")
A, B, S = si.matrix("A", (d, d)), si.matrix("B", (n, d)), si.covariance("Sigma", d)
v, s = si.vector("v", d), si.scalar("s", nonnegative=True)
VALUES = {
    n: sympy.Integer(3),
    d: sympy.Integer(2),
    A: exact_matrix([[1, 2], [3, 5]]),
    B: exact_matrix([[1, 2], [3, 4], [5, Fraction(1, 7)]]),
    S: exact_matrix([[2, 1], [1, 3]]),
    v: exact_matrix([[1], [-2]]),
    s: sympy.Rational(1, 4),
}
LETTERS = alphabet(n, d)
quick = settings(
    derandomize=True, deadline=None, database=None, max_examples=60, suppress_health_check=list(HealthCheck)
)


@quick
@given(matrices(LETTERS, n, d, 0, 3), scalars(LETTERS, 0, 3), st.integers(0, 3))
def test_against_the_oracle(matrix, scalar, seed):
    at = Coordinates({n: 2, d: 3}, seed)
    expected = at.value(matrix), at.value(scalar)
    values = {
        symbol: exact_matrix(value) if isinstance(value, list) else sympy.Rational(value)
        for symbol, value in at.values.items()
    }
    assert matrix_entries(evaluate(matrix, values)) == expected[0]
    assert Fraction(str(evaluate(scalar, values))) == expected[1]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        (A[0, 1] * s, sympy.Rational(1, 2)),
        (A**2, [[7, 12], [18, 31]]),
        (A**d, [[7, 12], [18, 31]]),
        (A**0 * 3, [[3, 0], [0, 3]]),
        (A**-2, [[31, -12], [-18, 7]]),
        (Trace(sympy.Identity(d)), sympy.Integer(2)),
        (A * sympy.Matrix([[1, 2], [3, 4]]), [[7, 10], [18, 26]]),
        (v.T * A * v, [[11]]),
        (sympy.sqrt(s), sympy.Rational(1, 2)),
        (2 / sympy.pi * s, 1 / (2 * sympy.pi)),
        (Trace(S.inv() * A), sympy.Rational(8, 5)),
        (sympy.OneMatrix(d, 3), [[1, 1, 1], [1, 1, 1]]),
        (HadamardProduct(A, A.T), [[1, 6], [6, 25]]),
        (HadamardPower(A, 2), [[1, 4], [9, 25]]),
        (DiagMatrix(A * v), [[-3, 0], [0, -7]]),
        (DiagonalMatrix(A), [[1, 0], [0, 5]]),
        (DiagonalOf(A), [[1], [5]]),
    ],
    ids=str,
)
def test_values(expression, value):
    found = evaluate(expression, VALUES)
    assert matrix_entries(found) == value if isinstance(value, list) else found == value


@pytest.mark.parametrize(
    ("expression", "error", "words"),
    [
        (A ** sympy.Rational(1, 2), si.UnsupportedError, "integer powers"),
        (A**s, si.UnsupportedError, "integer powers"),
        (Trace(B), si.ShapeError, "square"),
        (sympy.Determinant(A), si.ShapeError, "scalar is needed"),
        (HadamardPower(A, -1), si.UnsupportedError, "natural powers"),
        (sympy.BlockMatrix([[A, A]]), si.UnsupportedError, "BlockMatrix"),
        (MatrixElement(A, 4, 0), si.InputError, "does not exist"),
        (1 / (s - sympy.Rational(1, 4)), si.InputError, "division by zero"),
        ((A - sympy.Matrix([[1, 2], [3, 5]])).inv(), si.InputError, "singular"),
        (si.matrix("M", (d, d)), si.InputError, "add M="),
        (si.scalar("t") * s, si.InputError, "add t="),
        (sympy.pi * A, si.UnsupportedError, "not rational"),
    ],
    ids=str,
)
def test_errors(expression, error, words):
    """A fractional power used to be rounded down to an integer one."""
    with pytest.raises(error, match=words):
        evaluate(expression, VALUES)


def test_shapes_that_sympy_cannot_see_are_checked():
    """Symbolic sizes agree, the given numbers do not."""
    with pytest.raises(si.ShapeError, match="multiply 2×2 by 3×3"):
        evaluate(A * S, VALUES | {S: identity_matrix(3)})
    with pytest.raises(si.ShapeError, match="add 3×3 and 2×2"):
        evaluate(A + S, VALUES | {S: identity_matrix(3)})
    with pytest.raises(si.ShapeError, match="square"):
        evaluate(Trace(A), VALUES | {A: exact_matrix([[1, 2]])})


def test_floats_are_taken_at_their_binary_value():
    assert matrix_entries(exact_matrix([[0.1]])) == [[Fraction(0.1)]] != [[Fraction(1, 10)]]
    assert float_matrix(exact_matrix([[0.1, Fraction(1, 3)]])).tolist() == [[0.1, 1 / 3]]


@quick
@given(st.lists(st.one_of(matrices(LETTERS, n, d, 0, 2), scalars(LETTERS, 0, 3)), min_size=2, max_size=5))
def test_a_point_that_remembers_gives_the_same_values_and_refusals(expressions):
    at = Coordinates({n: 2, d: 3}, 1)
    for expression in (A * S, *expressions):
        at.value(expression)
    values = {
        symbol: exact_matrix(value) if isinstance(value, list) else sympy.Rational(value)
        for symbol, value in at.values.items()
    }
    point = Point(values)
    refused = [1 / (n - 2), sympy.Inverse(A - A), A[n, 0], si.scalar("t") * n, A ** sympy.Rational(1, 2)]
    for expression in 2 * [*expressions, *refused, sympy.Piecewise((n, n > 1), (d, True))]:
        assert _outcome(expression, point) == _outcome(expression, values)
    assert point.symbols == values


def test_a_point_keeps_a_bounded_number_of_values(monkeypatch):
    monkeypatch.setattr("symicl.numeric.exact.MAX_KEPT", 10)
    point = Point({n: sympy.Integer(3)})
    for k in range(50):
        assert evaluate(n * (n + k), point) == 3 * (3 + k)
        assert len(point) <= 20


def _outcome(expression, values):
    try:
        return evaluate(expression, values)
    except (InputError, UnsupportedError) as error:
        return type(error), str(error)
