"""Losses of sequences over full matrices: stationary multiples of the identity, bounds over all matrices, refusals."""

import random
from fractions import Fraction

import pytest
import sympy

import symicl as si
from symicl.theory import StationaryMatrices
from symicl.theory.stationary_matrices import StationaryMatricesAt


def loss_of(law="gaussian", family="two full matrices"):
    return si.expected_loss(si.CausalLinearAttention(), si.AutoregressiveTask(law=law), family=family)


@pytest.fixture(scope="module")
def found():
    return si.minimise(loss_of())


def test_the_best_multiples_of_the_identity_are_stationary_among_all_matrices(found):
    assert isinstance(found, StationaryMatrices) and found.attained == "stationary"
    assert found.value == si.minimise(loss_of(family="two numbers")).value
    assert str(found).startswith(
        "stationary among all B and A, least over multiples of the identity; no minimum"
    )
    assert "stationary among all matrices" in found.latex()


@pytest.mark.parametrize(("law", "sizes"), [("gaussian", {"d": 2, "T": 4}), ("uniform", {"d": 2, "T": 6})])
def test_no_matrices_are_below_the_bound(law, sizes):
    loss = loss_of(law)
    at, there = loss.at(**sizes), si.minimise(loss).at(**sizes)
    assert 0 <= there.value - sympy.Rational(str(there.lower_bound)) < sympy.Rational(1, 10**7)
    source = random.Random(0)
    for _ in range(5):
        A, B = ([[Fraction(source.randint(-3, 3), 4) for _ in range(2)] for _ in range(2)] for _ in "AB")
        assert at(A=A, B=B) >= there.lower_bound
    a = there.coefficient["a*b"]
    assert at(A=[[a, 0], [0, a]], B=[[1, 0], [0, 1]]) == there.value
    assert at(A=[[a, 0], [0, a + 1]], B=[[1, 0], [0, 1]]) > there.value


def test_a_loss_that_multiples_of_the_identity_do_not_stop_is_refused():
    """From ones without a mask entries off the diagonal move."""
    with pytest.raises(si.UnsupportedError, match="are not stationary among all matrices; restrict it"):
        si.minimise(loss_of("ones"))


def test_another_point_is_not_stationary(found):
    for on, off in found.derivatives.values():
        values = {s: sympy.Integer(3) for s in on.expr.free_symbols}
        assert on.expr.subs(values).doit() != 0 and off.expr == 0


def test_refusals(found):
    with pytest.raises(si.InputError, match="for d up to 3"):
        _ = found.at(d=4, T=5).lower_bound
    assert isinstance(found.at(d=4, T=5), StationaryMatricesAt)
