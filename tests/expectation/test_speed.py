"""Time budgets of the engine: five times what is aimed at, in processor time, best of three, on fresh letters.

The aims are for the first call with its own letters, conversion from and to SymPy included, but not for the
time SymPy takes to build the question; each attempt uses new names, so that nothing is remembered.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from math import prod
from time import process_time

import pytest
import sympy
from sympy.matrices.expressions import Trace

import symicl as si
from symicl.theory import expected_loss

n, d = si.dims("n d")
fresh = count()


def wishart_powers(tag: str) -> Callable[[], int]:
    X = si.gaussian(f"X{tag}", (n, d))
    traces = [Trace((X.T * X) ** k) for k in range(1, 21)]
    return lambda: len([si.expect(trace) for trace in traces])


def letter_between_grams(tag: str) -> Callable[[], int]:
    X, A = si.gaussian(f"X{tag}", (n, d), col_cov=si.covariance(f"S{tag}", d)), si.matrix(f"A{tag}", (d, d))
    expression = X.T * X * A * X.T * X
    return lambda: len(si.expect(expression).args)


def letters_on_both_sides(tag: str) -> Callable[[], int]:
    X = si.gaussian(f"X{tag}", (n, d), col_cov=si.covariance(f"S{tag}", d))
    A, C = (si.matrix(name + tag, (n, n)) for name in "AC")
    B = si.matrix(f"B{tag}", (d, d))
    expression = X.T * A * X * B * X.T * C * X
    return lambda: len(si.expect(expression).args)


def five_letters(tag: str) -> Callable[[], int]:
    X = si.gaussian(f"X{tag}", (n, d), col_cov=si.covariance(f"S{tag}", d))
    product = sympy.MatMul(*[f for i in range(5) for f in (X.T, X, si.matrix(f"A{i}{tag}", (d, d)))])
    return lambda: len(si.expect(Trace(product)).args)


def eighth_power(tag: str) -> Callable[[], int]:
    X = si.gaussian(f"X{tag}", (n, d), col_cov=si.covariance(f"S{tag}", d))
    expression = Trace((X.T * X) ** 8)
    return lambda: len(si.expect(expression).args)


def attention_loss(tag: str) -> Callable[[], int]:
    task = si.LinearRegression(
        si.covariance(f"H{tag}", d), si.vector(f"beta{tag}", d), si.covariance(f"Psi{tag}", d)
    )
    return lambda: len(expected_loss(si.LinearSelfAttention(), task))


def two_steps(tag: str) -> Callable[[], int]:
    H = si.covariance(f"H{tag}", d)
    X, w = si.gaussian(f"X{tag}", (n, d), col_cov=H), si.gaussian(f"w{tag}", d)
    noise = si.gaussian(f"e{tag}", n, row_cov=si.scalar("sigma2", nonnegative=True))
    first, second = (si.matrix(f"Gamma{i}{tag}", (d, d)) for i in (1, 2))
    y = X * w + noise
    start = first * X.T * y
    error = w - start - second * X.T * (y - X * start)
    risk = error.T * H * error
    return lambda: len(si.expect(risk).args)


TASKS = {
    # name: (make, seconds aimed at, terms of the answer)
    "E tr W^k, k = 1…20": (wishart_powers, 0.5, 20),
    "E[X'X A X'X]": (letter_between_grams, 0.02, 3),
    "E[X'AX B X'CX]": (letters_on_both_sides, 0.02, 3),
    "five letters": (five_letters, 0.3, 945),
    "E tr(X'X)^8": (eighth_power, 0.05, None),
    "attention loss": (attention_loss, 0.3, None),
    "two steps": (two_steps, 0.05, 107),  # 66 products of traces, with powers of n
}


@pytest.mark.parametrize("name", TASKS)
def test_budget(name):
    make, aim, terms = TASKS[name]
    seconds = []
    for _ in range(3):
        work = make(f"_{next(fresh)}")
        start = process_time()
        size = work()
        seconds.append(process_time() - start)
        assert terms is None or size == terms
    assert min(seconds) < 5 * aim


def test_coefficients_of_the_highest_power_are_not_cut_off():
    """At n = d = 1 the moment of order 40 is 39!!, the largest number that a packed coefficient must hold."""
    X = si.gaussian("X", (n, d))
    assert si.expect(Trace((X.T * X) ** 20)).subs({n: 1, d: 1}) == prod(range(1, 40, 2))
