"""Random products with max(0, t) and |t|, averaged by words, and by going through all values of a law on few points.

Entries are independent and take the values √3, 0, −√3 with probabilities 1/6, 2/3, 1/6, or ±1 with 1/2 each: the
moments up to the fifth of a normal, or those of a sign. Every value of the matrices is put in, max(0, ·) is taken of
numbers, and nothing is known of half-spaces.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any

import sympy
from sympy.matrices.expressions import Trace

import symicl as si
from symicl.numeric import evaluate, exact_matrix

N, D = si.dims("n d")
POINTS = {
    "normal": [(-1, Fraction(1, 6)), (0, Fraction(2, 3)), (1, Fraction(1, 6))],
    "sign": [(-1, Fraction(1, 2)), (1, Fraction(1, 2))],
}
STRETCH = {"normal": 3, "sign": 1}
"""The square of the largest value."""


def declared(law: str, name: str, shape: Any) -> Any:
    """A random matrix with these entries, as far as words see it."""
    return si.gaussian(name, shape) if law == "normal" else si.rademacher(name, shape)


def random_case(seed: int) -> tuple[str, Any, dict[Any, int]]:
    """A law, a scalar expression that is of degree 2 or 4 in X, sizes, and the constants."""
    rng = random.Random(seed)
    law = rng.choice(["normal", "sign"])
    X = declared(law, "X", (N, D))
    a, b, A, B = si.vector("a", D), si.vector("b", D), si.matrix("A", (D, D)), si.symmetric("B", D)
    z = X * rng.choice([a, A * a, a + b, B * a])
    f = [si.relu(z), si.absolute(z), si.relu(-z), z]

    def of_two() -> Any:
        u, v = rng.choice(f), rng.choice(f)
        return rng.choice([
            u.T * v, b.T * X.T * u, a.T * A * X.T * u, X.T * X * A, u.T * X * B * b, u.T * u, v.T * X * a,
        ])  # fmt: skip

    def of_four() -> Any:
        u, v = rng.choice(f), rng.choice(f)
        return rng.choice([
            u.T * X * A * X.T * v, u.T * X * X.T * u, u * u.T * v * v.T, u.T * X * B * X.T * X * a,
            u.T * X * b * v.T * X * a, X.T * X * Trace(u.T * v),
        ])  # fmt: skip

    expression: Any = Trace(of_two()) if rng.random() < 0.4 else Trace(of_four())
    if rng.random() < 0.3:
        expression = Trace(of_two()) * Trace(of_two())
    sizes = rng.choice([{N: 1, D: 2}, {N: 2, D: 1}, {N: 2, D: 2}, {N: 3, D: 1}])
    return law, expression, sizes


def values_of(sizes: dict[Any, int], seed: int) -> dict[Any, Any]:
    """Numbers for the constants."""
    rng, d = random.Random(seed), sizes[D]

    def entry() -> Fraction:
        return Fraction(rng.randint(-5, 5), rng.choice([1, 2]))

    whole = [[entry() for _ in range(d)] for _ in range(d)]
    even = [[whole[min(i, j)][max(i, j)] + 1 for j in range(d)] for i in range(d)]
    found: dict[Any, Any] = {size: sympy.Integer(k) for size, k in sizes.items()}
    return found | {
        si.vector("a", D): exact_matrix([[entry()] for _ in range(d)]),
        si.vector("b", D): exact_matrix([[entry()] for _ in range(d)]),
        si.matrix("A", (D, D)): exact_matrix(whole),
        si.symmetric("B", D): exact_matrix(even),
    }


def draws(law: str, rows: int, cols: int) -> Iterator[tuple[Any, Fraction]]:
    """Every value of the matrix over the largest entry, with its probability."""
    for entries in product(POINTS[law], repeat=rows * cols):
        weight = Fraction(1)
        for _, p in entries:
            weight *= p
        yield exact_matrix([[entries[i * cols + j][0] for j in range(cols)] for i in range(rows)]), weight


def by_enumeration(law: str, expression: Any, values: dict[Any, Any], degree: int) -> Fraction:
    """E of an expression that is homogeneous in X, of an even degree."""
    X = declared(law, "X", (N, D))
    total = Fraction(0)
    for x, weight in draws(law, int(values[N]), int(values[D])):
        value = evaluate(expression, {**values, X: x})
        total += weight * Fraction(int(value.p), int(value.q))
    return total * STRETCH[law] ** (degree // 2)


def degree_in(expression: Any, values: dict[Any, Any], law: str) -> int:
    """The degree in X, read off at one value of it and twice that; 0 where the expression vanishes at all tried."""
    X = declared(law, "X", (N, D))
    rng = random.Random(0)
    rows, cols = int(values[N]), int(values[D])
    for _ in range(20):
        x = [[rng.randint(-9, 9) for _ in range(cols)] for _ in range(rows)]
        once = evaluate(expression, {**values, X: exact_matrix(x)})
        twice = evaluate(expression, {**values, X: exact_matrix([[2 * e for e in row] for row in x])})
        if once:
            return int(sympy.log(twice / once, 2))
    return 0
