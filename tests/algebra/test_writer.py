"""What is printed: the rotation with the fewest transposes, scalar forms from their row vector, powers collected."""

from __future__ import annotations

from math import prod

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy.matrices.expressions import Identity, MatMul, Trace

import symicl as si
from symicl.algebra import (
    MatrixPolynomial,
    Polynomial,
    letter,
    read_matrix,
    read_scalar,
    total,
    write_matrix,
    write_monomial,
    write_scalar,
)

n, d = si.dims("n d")
A, B, S = si.matrix("A", (d, d)), si.matrix("B", (d, d)), si.symmetric("S", d)
M = si.matrix("M", (n, d))
u, v = si.vector("u", d), si.vector("v", d)


@pytest.mark.parametrize(
    ("given", "printed"),
    [
        (Trace(A.T * B.T), "Trace(A*B)"),
        (Trace(B * A), "Trace(A*B)"),
        (Trace(B.T * A), "Trace(A*B.T)"),
        (Trace(A.T), "Trace(A)"),
        (Trace(v.T * A.T * u), "Trace(u.T*A*v)"),
        (Trace(A * v * u.T), "Trace(u.T*A*v)"),
        (Trace(S * S * A.T), "Trace(A*S**2)"),
        (Trace(S * A * S), "Trace(A*S**2)"),
        (Trace(M.T * M) * 2 - n, "-n + 2*Trace(M*M.T)"),
        (Trace(A) ** 2 / 3, "Trace(A)**2/3"),
        (Trace(Identity(d)) + 0 * n, "d"),
        (sympy.Integer(0), "0"),
        (sympy.Rational(-2, 3), "-2/3"),
    ],
    ids=str,
)
def test_scalars(given, printed):
    assert str(write_scalar(read_scalar(given))) == printed


@pytest.mark.parametrize(
    "given",
    [
        n * A + A.T * S * B,
        MatMul(n + 2, A) + Trace(B) * Identity(d),
        A**3,
        A * B * A.T,
        u * v.T,
        M.T * M,
        sympy.ZeroMatrix(n, d),
        Identity(d),
        -A,
        A / n,
        S.inv() * A,
    ],
    ids=str,
)
def test_matrices_come_back_as_typed(given):
    assert write_matrix(read_matrix(given)) == given


def test_equal_words_share_their_coefficient():
    assert write_matrix(read_matrix(n * A + 2 * A + d * B)) == MatMul(n + 2, A) + d * B


def test_internal_letters_are_never_printed():
    with pytest.raises(TypeError, match="internal"):
        write_matrix(MatrixPolynomial.of(letter(("a tag", 1), 0, 0)) @ read_matrix(u.T))
    with pytest.raises(TypeError, match="internal"):
        write_scalar(MatrixPolynomial.of(letter("another tag", 0, 0)).trace())


WRITTEN = [n, d, *sympy.symbols("x y a1:4"), Trace(A), Trace(A * B), Trace(A * B.T * A), 1 / n, 1 / d**2]


@settings(derandomize=True, deadline=None, database=None, max_examples=80)
@given(
    st.lists(
        st.tuples(
            st.fractions(-9, 9, max_denominator=4),
            st.lists(st.sampled_from([read_scalar(x) for x in WRITTEN]), max_size=5),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_sums_are_in_the_order_of_sympy(terms):
    """Products are sorted by ranks of their factors, and n · 1/n is 1; SymPy compares and combines them itself."""
    parts = [prod(factors, start=Polynomial.constant(c)) for c, factors in terms]
    written = write_scalar(total(parts))
    expected = sympy.Add(*[write_monomial(m, c) for part in parts for m, c in part])
    assert written == expected
    assert written.args == expected.args
    assert [part.args for part in written.args] == [part.args for part in expected.args]
    assert sympy.srepr(written) == sympy.srepr(expected)
