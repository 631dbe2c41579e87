"""Closed forms of expected losses against exact averages over roots of unity, at small d and T."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest
import sympy

from oracle import causal as oracle
from symicl.expectation import DiagonalMatrix, EntrySum, ExchangeableMatrix, FullMatrix, ScalarMatrix
from symicl.models import CausalLinearAttention, PositionalAttention
from symicl.tasks import AutoregressiveTask
from symicl.theory import autoregressive_loss, loss_in_time

d, T, T_max = sympy.symbols("d T T_max", integer=True, positive=True)
a, b = sympy.symbols("a b", real=True)
alpha, alpha_, beta, beta_ = sympy.symbols("alpha alpha' beta beta'", real=True)
LAWS = ("gaussian", "rademacher", "sparse", "uniform", "ones")
SCALE = Fraction(3, 2)


def exact(value) -> Fraction:
    assert isinstance(value, sympy.Rational)
    return Fraction(int(value.p), int(value.q))


def numbers(rng, rows, cols=None):
    if cols is None:
        return [Fraction(rng.randint(-9, 9), rng.choice((2, 3, 5))) for _ in range(rows)]
    return [numbers(rng, cols) for _ in range(rows)]


def diagonal(entries):
    return [[x if i == j else Fraction(0) for j in range(len(entries))] for i, x in enumerate(entries)]


def exchangeable(same, other, size, partner=None):
    def entry(i, j):
        if i == j:
            return same
        return partner if partner is not None and i == j ^ 1 else other

    return [[Fraction(entry(i, j)) for j in range(size)] for i in range(size)]


# Each loss is derived once, for symbolic d and T.
_losses: dict = {}


def derived(kind: str, law: str, normalised: bool, matrices: str):
    key = kind, law, normalised, matrices
    if key not in _losses:
        model = CausalLinearAttention(normalised)
        pair = {
            "scalar": (ScalarMatrix(a), ScalarMatrix(b)),
            "diagonal": (DiagonalMatrix("A"), DiagonalMatrix("B")),
            "full": (FullMatrix("A"), FullMatrix("B")),
            "exchangeable": (ExchangeableMatrix(alpha, alpha_), ExchangeableMatrix(beta, beta_)),
        }[matrices]
        task = AutoregressiveTask(kind, law, sympy.Symbol("scale", positive=True))
        _losses[key] = autoregressive_loss(model, task, model.active(*pair))
    return _losses[key]


@pytest.mark.parametrize("size", [(1, 3), (2, 4), (3, 5)], ids=str)
@pytest.mark.parametrize("normalised", [True, False], ids=["normalised", "plain"])
@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("matrices", ["scalar", "diagonal", "full"])
def test_active_pair(matrices, law, normalised, size):
    rng = random.Random(str((matrices, law, size)))
    D, length = size
    if matrices == "scalar":
        given = {"a": Fraction(3, 5), "b": Fraction(-7, 4)}
        A, B = (diagonal([x] * D) for x in given.values())
    elif matrices == "diagonal":
        given = {"A": numbers(rng, D), "B": numbers(rng, D)}
        A, B = map(diagonal, given.values())
    else:
        given = {"A": numbers(rng, D, D), "B": numbers(rng, D, D)}
        A, B = given.values()
    loss = derived("unitary", law, normalised, matrices)
    moment = oracle.law(law, D, SCALE)
    expected = oracle.attention_loss(*oracle.active(A, B), D, length, moment, normalised=normalised)
    assert exact(loss.at(d=D, T=length, scale=SCALE)(**given)) == expected


@pytest.mark.parametrize("size", [(1, 4), (2, 3), (2, 5), (3, 4)], ids=str)
def test_exchangeable_matrices_for_all_ones(size):
    D, length = size
    point = {
        "alpha": Fraction(3, 5),
        "alpha'": Fraction(-1, 7),
        "beta": Fraction(5, 4),
        "beta'": Fraction(2, 9),
    }
    found = derived("unitary", "ones", True, "exchangeable").at(d=D, T=length, scale=1)(**point)
    A = exchangeable(point["alpha"], point["alpha'"], D)
    B = exchangeable(point["beta"], point["beta'"], D)
    moment = oracle.law("ones", D, Fraction(1))
    assert exact(found) == oracle.attention_loss(*oracle.active(A, B), D, length, moment, normalised=True)


@pytest.mark.parametrize("size", [(2, 3), (2, 5), (4, 4)], ids=str)
@pytest.mark.parametrize("law", ["ones", "gaussian"])
def test_conjugate_pairs(law, size):
    D, length = size
    moment = oracle.law(law, D, SCALE)
    for matrices in ("scalar", "diagonal"):
        rng = random.Random(7)
        if matrices == "scalar":
            given = {"a": Fraction(3, 5), "b": Fraction(-7, 4)}
            A, B = (diagonal([x] * D) for x in given.values())
        else:
            given = {"A": numbers(rng, D), "B": numbers(rng, D)}
            A, B = map(diagonal, given.values())
        for normalised in (True, False):
            loss = derived("orthogonal", law, normalised, matrices)
            expected = oracle.attention_loss(
                *oracle.active(A, B), D, length, moment, normalised=normalised, paired=True
            )
            assert exact(loss.at(d=D, T=length, scale=SCALE)(**given)) == expected


@pytest.mark.parametrize("law", ["gaussian", "ones"])
def test_all_six_blocks_that_matter(law):
    values = {
        (name, i, j): (Fraction(k + 2, 3), Fraction(1 - 2 * k, 7))
        for k, (name, i, j) in enumerate(
            [("W_PV", 0, 1), ("W_PV", 0, 2), ("W_KQ", 1, 1), ("W_KQ", 1, 2), ("W_KQ", 2, 1), ("W_KQ", 2, 2)]
        )
    }
    grids = {name: [[0] * 3 for _ in range(3)] for name in ("W_PV", "W_KQ")}
    for (name, i, j), (same, other) in values.items():
        grids[name][i][j] = ExchangeableMatrix(same, other)
    loss = autoregressive_loss(CausalLinearAttention(), AutoregressiveTask("unitary", law, SCALE), grids)
    for D, length in ((2, 4), (3, 3)):
        arrays = {name: [[Fraction(0)] * (3 * D) for _ in range(3 * D)] for name in grids}
        for (name, i, j), (same, other) in values.items():
            for r, row in enumerate(exchangeable(same, other, D)):
                arrays[name][i * D + r][j * D : (j + 1) * D] = row
        moment = oracle.law(law, D, SCALE)
        expected = oracle.attention_loss(arrays["W_PV"], arrays["W_KQ"], D, length, moment, normalised=True)
        assert exact(loss.at(d=D, T=length)()) == expected


def test_complex_weights():
    rng = random.Random(2)
    D, length = 2, 4
    task = AutoregressiveTask("unitary", "gaussian", SCALE)
    model, moment = CausalLinearAttention(), oracle.law("gaussian", D, SCALE)
    A, B = ([[complex(rng.gauss(0, 1), rng.gauss(0, 1)) for _ in range(D)] for _ in range(D)] for _ in "AB")
    pair = FullMatrix("A", is_complex=True), FullMatrix("B", is_complex=True)
    loss = autoregressive_loss(model, task, model.active(*pair))
    expected = oracle.attention_loss(*complex_active(A, B), D, length, moment, normalised=True)
    assert complex(loss.at(d=D, T=length)(A=A, B=B)) == pytest.approx(complex(expected), rel=1e-12)
    u, v = sympy.symbols("u v")
    loss = autoregressive_loss(model, task, model.active(ScalarMatrix(u), ScalarMatrix(v)))
    A, B = ([[value * (i == j) for j in range(D)] for i in range(D)] for value in (0.3 - 0.8j, 1.1 + 0.4j))
    expected = oracle.attention_loss(*complex_active(A, B), D, length, moment, normalised=True)
    assert complex(loss.at(d=D, T=length)(u=A[0][0], v=B[0][0])) == pytest.approx(
        complex(expected), rel=1e-12
    )


def complex_active(A, B):
    D = len(A)
    W_PV, W_KQ = ([[0j] * (3 * D) for _ in range(3 * D)] for _ in "AB")
    for i in range(D):
        W_PV[i][D : 2 * D] = B[i]
        W_KQ[2 * D + i][D : 2 * D] = A[i]
    return W_PV, W_KQ


@pytest.mark.parametrize("t", [2, 3, 4, 6])
@pytest.mark.parametrize("kind", ["unitary", "orthogonal"])
def test_positional_heads(kind, t):
    paired, heads = kind == "orthogonal", 3
    for D in (2, 4) if paired else (1, 2, 3):
        rng = random.Random(D * t)
        A, B, p = numbers(rng, heads, D), numbers(rng, heads, D), numbers(rng, t)
        C = [[sum(B[h][i] * A[h][j] for h in range(heads)) for j in range(D)] for i in range(D)]
        expected = oracle.positional_loss(A, B, p, D, oracle.law("ones", D, Fraction(1)), paired=paired)
        assert exact(at_positions(positional(kind), C, p, D)) == expected


def positional(kind: str):
    if kind not in _losses:
        _losses[kind] = loss_in_time(PositionalAttention(), AutoregressiveTask(kind, "ones"))
    return _losses[kind]


def at_positions(loss, C, p, D):
    weights = loss.parameters["P"]
    values = {
        sympy.Symbol("d", integer=True, positive=True): D,
        weights.last(): p[-1],
        weights.last(1): p[-2],
        weights.earlier(1): sum(p[:-2]),
        weights.earlier(2): sum(x * x for x in p[:-2]),
    }
    partner = [i ^ 1 for i in range(D)] if loss.task.paired else None
    values |= {s: s.value(D, {"C": C}, partner) for s in loss.expr.atoms(EntrySum)}
    return loss.expr.subs({s: sympy.sympify(v) for s, v in values.items()})


def test_the_oracle_averages_over_roots_of_unity():
    """The oracle's rule for exponents, against a plain average over 16th roots of unity in floating point."""
    D, t, roots = 2, 3, 16
    A, B = [[0.3, -1.2], [0.7, 0.4]], [[1.1, 0.2], [-0.6, 0.9]]
    phases = np.exp(2j * np.pi * np.arange(roots) / roots)
    total = 0.0
    for first in phases:
        lam = np.array([np.full(roots, first), phases])
        x = np.array([lam**s for s in range(t + 1)])
        M = sum(np.einsum("ik,jk->kij", x[s + 1], x[s].conj()) for s in range(t - 1)) / (t - 1)
        y = np.einsum("ij,kjl,lm,mk->ik", B, M, A, x[t - 1])
        total += (abs(y - x[t]) ** 2).sum() / roots**2
    rational = [[[Fraction(str(x)) for x in row] for row in matrix] for matrix in (A, B)]
    prediction = oracle.attention(*oracle.active(*rational), D, t, normalised=True)
    law = oracle.law("ones", D, Fraction(1))
    assert total == pytest.approx(float(oracle.squared_error(prediction, D, t, law, paired=False)), abs=1e-12)
