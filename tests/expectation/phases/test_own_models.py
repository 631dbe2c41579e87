"""Models of a user's own, written in the same operations."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from oracle import causal as oracle
from symicl.errors import ShapeError, UnsupportedError
from symicl.expectation import DiagonalMatrix, ExchangeableMatrix, FullMatrix, PhaseVector, ScalarMatrix
from symicl.expectation.phases.terms import Term
from symicl.models import CausalModel, WeightShape
from symicl.tasks import AutoregressiveTask
from symicl.theory import autoregressive_loss, loss_in_time

SQUARE = WeightShape(("d",), ("d",))


class TwoLags(CausalModel):
    """(1/n) (B Σ_s x_s ⟨x_{s−1}, A x_t⟩ + C Σ_s x_s ⟨x_{s−2}, A x_{t−1}⟩)."""

    def weight_shapes(self):
        return {"A": SQUARE, "B": SQUARE, "C": SQUARE}

    def predict(self, parameters, sequence):
        s, now = sequence.context(), sequence.now
        one = sequence.attend(s.x(), s.x(1), parameters["A"] @ now.x(), s)
        two = sequence.attend(s.x(), s.x(2), parameters["A"] @ now.x(1), s)
        return (parameters["B"] @ one + parameters["C"] @ two) * sequence.inverse_length


class Late(CausalModel):
    """D x_{t−2} + B Σ_{s=2}^{t−1} x_{s+1} ∘ x̄_s ∘ x_t."""

    def weight_shapes(self):
        return {"D": SQUARE, "B": SQUARE}

    def predict(self, parameters, sequence):
        s, now = sequence.context(first=2, last=1), sequence.now
        ratio = s.x(-1) * s.x().conj() * now.x()
        return parameters["D"] @ now.x(2) + parameters["B"] @ sequence.sum(ratio, s)


class TwoSums(CausalModel):
    """A Σ_s x_s ∘ Σ_r x̄_r: products of two sums over the context."""

    def weight_shapes(self):
        return {"A": SQUARE}

    def predict(self, parameters, sequence):
        s, r = sequence.context(last=1), sequence.context()
        return parameters["A"] @ (sequence.sum(s.x(), s) * sequence.sum(r.x().conj(), r) * sequence.now.x())


def two_lags(A, B, C, D, t):
    now, before = oracle.vector(D, t), oracle.vector(D, t - 1)
    total = [oracle.Laurent()] * D
    for s in range(1, t + 1):
        for matrix, lag, query in ((B, 1, now), (C, 2, before)):
            score = oracle.inner(oracle.vector(D, s - lag), oracle.times(A, query))
            values = oracle.times(matrix, oracle.vector(D, s))
            total = [x + y * score for x, y in zip(total, values, strict=True)]
    return [x * Fraction(1, t - 1) for x in total]


def late(D_, B, D, t):
    total = [oracle.Laurent()] * D
    for s in range(2, t):
        parts = zip(oracle.vector(D, s + 1), oracle.vector(D, s), oracle.vector(D, t), strict=True)
        values = oracle.times(B, [x * y.conj() * z for x, y, z in parts])
        total = [x + y for x, y in zip(total, values, strict=True)]
    return [x + y for x, y in zip(total, oracle.times(D_, oracle.vector(D, t - 2)), strict=True)]


def two_sums(A, D, t):
    first = [sum((oracle.entry(D, s, i) for s in range(1, t)), oracle.Laurent()) for i in range(D)]
    second = [
        sum((oracle.entry(D, s, i) for s in range(1, t + 1)), oracle.Laurent()).conj() for i in range(D)
    ]
    return oracle.times(A, [x * y * z for x, y, z in zip(first, second, oracle.vector(D, t), strict=True)])


MODELS = {"two lags": (TwoLags(), two_lags), "late": (Late(), late), "two sums": (TwoSums(), two_sums)}


@pytest.mark.parametrize("law", ["gaussian", "ones"])
@pytest.mark.parametrize("name", MODELS)
def test_losses(name, law):
    model, direct = MODELS[name]
    loss = autoregressive_loss(model, AutoregressiveTask("unitary", law))
    for D, length in ((1, 5), (2, 3), (2, 4), (2, 6)):
        rng = random.Random(length)
        given = {
            key: [[Fraction(rng.randint(-5, 5), 3) for _ in range(D)] for _ in range(D)]
            for key in model.weight_shapes()
        }
        moment = oracle.law(law, D, Fraction(1))
        expected = sum(
            oracle.squared_error(direct(*given.values(), D, t), D, t, moment, paired=False)
            for t in range(2, length)
        )
        value = loss.at(d=D, T=length)(**given)
        assert Fraction(int(value.p), int(value.q)) == expected


def test_later_exceptional_times_bound_the_length():
    """x_{t−2} is zero at t = 2; equations such as s = 2 add exceptions at t = 3."""
    loss = autoregressive_loss(MODELS["two lags"][0], AutoregressiveTask("unitary", "ones", d=2))
    assert max(loss.exceptions) > 2
    assert loss.valid_from == max(loss.exceptions) + 1
    late_time = loss.at(T=loss.valid_from).closed_form
    early = loss.at(T=loss.valid_from - 1).closed_form
    assert late_time != early and loss.valid_from > 3


def test_a_later_query_is_zero_before_the_first_time():
    model = Late()
    parameters = {"D": ScalarMatrix(2), "B": ScalarMatrix(0)}
    function = loss_in_time(model, AutoregressiveTask("unitary", "ones", d=3), parameters).function
    # ‖2 x_{t−2} − x_{t+1}‖² has mean 3 · (4 + 1), but 3 at t = 2.
    assert [function.at(t).expr for t in (2, 3, 7)] == [3, 15, 15]


def forward_value(vector: PhaseVector, lam, x1, t, parameters) -> np.ndarray:
    """A symbolic vector at numbers, by summing every term over its indices and times."""
    return sum(
        (term_value(term, lam, x1, t, parameters) for term in vector.terms), np.zeros(len(lam), complex)
    )


def term_value(term: Term, lam, x1, t, parameters) -> np.ndarray:
    d, times = len(lam), sorted(term.bound)
    result = np.zeros(d, complex)
    factor = complex(Fraction(term.factor.terms.get((), 0)))
    for numbers in product(range(1, t + 1), repeat=len(times)):
        at = {0: t, **dict(zip(times, numbers, strict=True))}

        def value(form, at=at):
            return form.constant + sum(c * at[v] for v, c in form.terms)

        if any(value(form) < 0 for form in term.region):
            continue
        for indices in product(range(d), repeat=len(term.data)):
            total = factor * (t - 1) ** -term.over
            for x, i in zip(term.data, indices, strict=True):
                total *= lam[i] ** value(x.exponent) * x1[i] ** x.degree
            for parameter, places in term.entries:
                entry = parameters[parameter.name]
                for place in places:
                    entry = entry[indices[place]]
                total *= np.conj(entry) if parameter.is_conjugate else entry
            result[indices[0]] += total
    return result


@pytest.mark.parametrize("name", ["two lags", "late"])
def test_symbols_and_arrays_run_the_same_forward_pass(name):
    model, _ = MODELS[name]
    rng = np.random.default_rng(3)
    d, length = 2, 4
    lam, x1 = np.exp(1j * rng.uniform(0, 6, d)), rng.normal(size=d)
    x = np.array([lam**s * x1 for s in range(length)])
    weights = {key: rng.normal(size=(d, d)) for key in model.weight_shapes()}
    symbolic = model.predict(model.symbolic_parameters(), AutoregressiveTask().sequence())
    numeric = model.predictions(weights, x)
    for row, t in enumerate(range(2, length + 1)):
        assert np.allclose(forward_value(symbolic, lam, x1, t, weights), numeric[row], atol=1e-12)


def test_other_kinds_of_parameters():
    """Diagonal and exchangeable matrices are special full ones."""
    task = AutoregressiveTask("unitary", "gaussian", d=2, T=5)
    full = autoregressive_loss(TwoLags(), task)
    p, q = [Fraction(2, 3), Fraction(-1, 2)], [[3, Fraction(1, 4)], [Fraction(1, 4), 3]]
    mixed = {"A": DiagonalMatrix("A"), "B": ExchangeableMatrix(3, Fraction(1, 4)), "C": FullMatrix("C").T}
    C = [[1, 2], [Fraction(-1, 3), 5]]
    transposed = [list(row) for row in zip(*C, strict=True)]
    found = autoregressive_loss(TwoLags(), task, mixed).at()(A=p, C=C)
    assert found == full.at()(A=[[p[0], 0], [0, p[1]]], B=q, C=transposed)


class Squares(CausalModel):
    """Σ_s x_s ∘ x_s: two steps of s against one of t."""

    def weight_shapes(self):
        return {}

    def predict(self, parameters, sequence):
        s = sequence.context()
        return sequence.sum(s.x() * s.x(), s)


class Open(CausalModel):
    def weight_shapes(self):
        return {}

    def predict(self, parameters, sequence):
        return sequence.context().x()


def test_refused():
    task = AutoregressiveTask()
    with pytest.raises(UnsupportedError, match="remainder of t"):
        autoregressive_loss(Squares(), task).closed_form  # noqa: B018
    with pytest.raises(UnsupportedError, match="left open"):
        autoregressive_loss(Open(), task).closed_form  # noqa: B018
    with pytest.raises(ShapeError, match="left open"):
        Open().predictions({}, np.ones((4, 2)))
