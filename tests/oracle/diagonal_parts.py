"""Random products with four or six of a matrix of signs, averaged in closed forms and by going through all signs."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product
from typing import Any

import sympy
from sympy.matrices.expressions import Trace

import symicl as si
from symicl.algebra import read_form
from symicl.expectation import expect_form, law_of
from symicl.numeric import evaluate, exact_matrix

N, D = si.dims("n d")
X = si.rademacher("X", (N, D))
A, B, K = si.matrix("A", (D, D)), si.matrix("B", (D, D)), si.symmetric("K", D)
a, b = si.vector("a", D), si.vector("b", D)


def case(seed: int) -> tuple[Any, Any]:
    """The mean at numbers by the two ways."""
    rng = random.Random(seed)
    middle = [A, B * B.T, K, A * K, A * B, a * b.T, sympy.Identity(D)]
    W = X.T * X
    pick = lambda: rng.choice(middle)  # noqa: E731
    expression = rng.choice([
        lambda: Trace(W * pick() * W * pick()),
        lambda: Trace(a.T * W * pick() * W * b),
        lambda: Trace(W * pick()) * Trace(W * pick()),
        lambda: Trace(a.T * W * b) * Trace(W * pick()),
        lambda: Trace(W * pick() * W * pick() * W),
    ])()  # fmt: skip
    law, _ = law_of(X)
    found = expect_form(read_form(expression), [law]).expr
    n, d = rng.choice([(1, 2), (2, 2), (1, 3), (2, 1)])
    entry = lambda: Fraction(rng.randint(-4, 4), rng.randint(1, 2))  # noqa: E731
    square = [[entry() for _ in range(d)] for _ in range(d)]
    values = {
        N: sympy.Integer(n), D: sympy.Integer(d),
        A: exact_matrix([[entry() for _ in range(d)] for _ in range(d)]),
        B: exact_matrix([[entry() for _ in range(d)] for _ in range(d)]),
        K: exact_matrix([[square[min(i, j)][max(i, j)] for j in range(d)] for i in range(d)]),
        a: exact_matrix([[entry()] for _ in range(d)]), b: exact_matrix([[entry()] for _ in range(d)]),
    }  # fmt: skip
    total = sympy.Integer(0)
    for signs in product([-1, 1], repeat=n * d):
        rows = [signs[i * d : (i + 1) * d] for i in range(n)]
        total += evaluate(expression, {**values, X: exact_matrix(rows)})
    return evaluate(found, values), total / 2 ** (n * d)
