"""Kronecker products, stacked columns and diagonals at numbers: exactly, in NumPy, and by what they satisfy."""

import numpy as np
import pytest
import sympy
from sympy import KroneckerProduct
from sympy.matrices.expressions.diagonal import DiagonalMatrix

import symicl as si
from symicl.numeric.exact import evaluate, exact_matrix, float_matrix

n, d = si.dims("n d")
A, B = si.matrix("A", (n, d)), si.matrix("B", (d, n))
NUMBERS = {A: [[1, 2, -3], [4, 0, 5]], B: [[2, 1], [-1, 3], [7, 2]]}


@pytest.mark.parametrize(
    "expression",
    [
        KroneckerProduct(A, B),
        si.vec(A),
        si.commutation(n, d),
        si.commutation(n, d) * si.vec(A) - si.vec(A.T),
        si.vec(A * B) - KroneckerProduct(B.T, A) * si.vec(sympy.Identity(d)),
        DiagonalMatrix(A * B),
    ],
    ids=str,
)
def test_exactly_and_in_arrays(expression):
    exact = evaluate(
        expression,
        {n: sympy.Integer(2), d: sympy.Integer(3)} | {m: exact_matrix(x) for m, x in NUMBERS.items()},
    )
    function = si.compile(expression)
    values = {"A": np.array(NUMBERS[A], float), "B": np.array(NUMBERS[B], float), "n": 2.0, "d": 3.0}
    found = function(**{name: values[name] for name in function.names})
    assert np.allclose(found, float_matrix(exact))
    if isinstance(expression, sympy.MatAdd):
        assert not any(exact.entries())
