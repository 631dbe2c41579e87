"""Positional weights on parts of the context, and conjugate pairs with matrices and free coordinates."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
import sympy

from oracle import causal as oracle
from symicl.algebra import write_scalar
from symicl.expectation import EntrySum, ExchangeableMatrix, FullMatrix, PositionalWeights, inner
from symicl.models import PositionalAttention
from symicl.tasks import AutoregressiveTask
from symicl.theory import loss_in_time

ONES = {D: oracle.law("ones", D, Fraction(1)) for D in (2, 4)}
d = sympy.Symbol("d", integer=True, positive=True)


def at(expression, weights, p, D, **entries):
    """A closed form at numbers; weights before the first position are zero."""
    t = len(p)
    values = {d: D, weights.earlier(1): sum(p[: t - weights.separate])}
    values[weights.earlier(2)] = sum(x * x for x in p[: t - weights.separate])
    values |= {weights.last(back): p[t - 1 - back] if back < t else 0 for back in range(t + 3)}
    values |= {weights.first(k): p[k - 1] if k <= t else 0 for k in range(1, 6)}
    partner = [i ^ 1 for i in range(D)]
    values |= {s: s.value(D, entries, partner) for s in expression.atoms(EntrySum)}
    found = expression.subs({s: sympy.sympify(v) for s, v in values.items()})
    return Fraction(int(found.p), int(found.q))


@pytest.mark.parametrize("separate", [0, 1, 2, 3])
@pytest.mark.parametrize("window", [(1, 0), (3, 0), (1, 3), (2, 4), (2, 1)], ids=str)
def test_windows(window, separate):
    """E‖Σ_s p_s x_s − x_{t−1}‖² over a window of the context."""
    first, last = window
    task, weights = AutoregressiveTask(law="ones"), PositionalWeights("p", separate=separate)
    sequence = task.sequence()
    s = sequence.context(first, last)
    residual = sequence.sum(s.x() * s.positional(weights), s) - sequence.now.x(1)
    function = task.expectation(residual.norm2())
    rng = random.Random(str(window))
    for t in (6, 7, 9):
        assert t not in function.exceptions
        p = [Fraction(rng.randint(-5, 5), 3) for _ in range(t)]
        total = [oracle.Laurent()] * 2
        for k in range(first, t - last + 1):
            total = [a + b * p[k - 1] for a, b in zip(total, oracle.vector(2, k), strict=True)]
        total = [a - b for a, b in zip(total, oracle.vector(2, t - 1), strict=True)]
        expected = oracle.inner(total, total).mean(ONES[2])
        assert at(write_scalar(function.powers[0]), weights, p, 2) == expected


@pytest.mark.parametrize("D", [2, 4])
def test_exchangeable_pairs(D):
    """A matrix with one value on the diagonal, one between partners and one elsewhere."""
    same, partner, other = Fraction(2, 3), Fraction(-3, 4), Fraction(1, 5)
    parameters = {"C": ExchangeableMatrix(same, other, partner), "P": PositionalWeights("p")}
    loss = loss_in_time(PositionalAttention(), AutoregressiveTask("orthogonal", "ones"), parameters)
    C = [[same if i == j else partner if i == j ^ 1 else other for j in range(D)] for i in range(D)]
    eye = [[Fraction(i == j) for j in range(D)] for i in range(D)]
    for p in (
        [Fraction(1, 2), Fraction(3)],
        [Fraction(1), Fraction(-2, 3), Fraction(1, 4), Fraction(2), Fraction(1, 7)],
    ):
        expected = oracle.positional_loss(C, eye, p, D, ONES[D], paired=True)
        assert at(loss.expr, parameters["P"], p, D) == expected


@pytest.mark.parametrize("kind", ["unitary", "orthogonal"])
def test_free_coordinates_beside_a_matrix(kind):
    """E‖x_t ⟨x_{t−1}, C x_t⟩ − x_{t+1}‖², where the norm of x_t brings a coordinate that C does not touch."""
    task, C, paired = AutoregressiveTask(kind, "ones"), FullMatrix("C"), kind == "orthogonal"
    sequence = task.sequence()
    now = sequence.now
    residual = now.x() * inner(now.x(1), C @ now.x()) - sequence.target()
    function = task.expectation(residual.norm2())
    rng = random.Random(3)
    for D in (2, 4):
        entries = [[Fraction(rng.randint(-5, 5), 3) for _ in range(D)] for _ in range(D)]
        for t in (2, 3, 4, 5):
            x, before = oracle.vector(D, t, paired=paired), oracle.vector(D, t - 1, paired=paired)
            score = oracle.inner(before, oracle.times(entries, x))
            expected = oracle.squared_error([y * score for y in x], D, t, ONES[D], paired=paired)
            value = at(function.at(t).expr, PositionalWeights("p"), [Fraction(0)] * t, D, C=entries)
            assert value == expected, (D, t)


def test_different_windows():
    """E⟨Σ_s p_s x_s, Σ_r p_r x_r⟩ where both must lie in both windows."""
    task, weights = AutoregressiveTask(law="ones"), PositionalWeights("p")
    sequence = task.sequence()
    s, r = sequence.context(1, 0), sequence.context(2, 3)
    one, other = (sequence.sum(slot.x() * slot.positional(weights), slot) for slot in (s, r))
    function = task.expectation(inner(one, other))
    p = [Fraction(k + 1, 3) for k in range(7)]
    found = at(write_scalar(function.powers[0]), weights, p, 2)
    assert found == 2 * sum(x * x for x in p[1:4])


def test_a_weight_opposite_to_a_free_time():
    """s + r = t + 2: the weight stays at s, the time r without weight is eliminated."""
    task, weights = AutoregressiveTask(law="ones"), PositionalWeights("p")
    sequence = task.sequence()
    r, s = sequence.context(), sequence.context()
    vector = sequence.sum(s.x() * s.positional(weights), s) * sequence.sum(r.x(), r)
    function = task.expectation(inner(sequence.target(), vector))
    p = [Fraction(k + 1, 3) for k in range(7)]
    assert at(write_scalar(function.powers[0]), weights, p, 4) == 4 * sum(p[1:])
