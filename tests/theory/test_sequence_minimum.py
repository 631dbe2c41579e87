"""Global minima of losses of sequences over scalar weights, and refusals for all others."""

from dataclasses import dataclass

import pytest
import sympy

import symicl as si
from symicl.errors import DerivationError, InputError, UnsupportedError
from symicl.models import CausalModel, WeightShape
from symicl.theory import sequence_optimum

ONE = WeightShape((1,), (1,))
T, d = si.AutoregressiveTask().T, si.AutoregressiveTask().d


@dataclass(frozen=True)
class TwoTerms(CausalModel):
    """b x_t + (a/(t−1)) Σ_s x_s ⟨x_{s−1}, x_t⟩."""

    def weight_shapes(self):
        return {"a": ONE, "b": ONE}

    def forward(self, weights, sequence):
        s, now = sequence.context(), sequence.now
        attended = sequence.attend(s.x(), s.x(1), now.x(), s) * sequence.inverse_length
        return attended * weights["a"] + now.x() * weights["b"]


class Tied(TwoTerms):
    """The square of a in front of one part and a b in front of the other: a lower bound only."""

    def forward(self, weights, sequence):
        s, now = sequence.context(), sequence.now
        attended = sequence.attend(s.x(), s.x(1), now.x(), s) * sequence.inverse_length
        return attended * weights["a"] * weights["a"] + now.x() * weights["b"] * weights["b"]


class Twice(TwoTerms):
    """The same part with two weights, which the loss cannot tell apart."""

    def forward(self, weights, sequence):
        now = sequence.now
        return now.x() * weights["a"] + now.x() * weights["b"]


def test_the_published_scale_is_found():
    loss = si.expected_loss(si.CausalLinearAttention(), si.AutoregressiveTask(), family="two numbers")
    optimum = si.minimise(loss)
    scale = (T - 2) / ((d - 1) * sympy.harmonic(T - 2) + 5 * (T - 2))
    assert sympy.simplify(optimum.coefficient["a*b"] - scale) == 0
    at = optimum.at(d=3, T=5)
    assert at.coefficient["a*b"] == scale.subs({T: 5, d: 3}) and at.attained == "weights"
    assert optimum.value.subs({T: 5, d: 3}) == at.value == loss.at(d=3, T=5)(a=at.coefficient["a*b"], b=1)
    assert "L^{*}" in optimum.latex() and len(str(optimum).splitlines()) == 2
    assert len(repr(optimum)) < 200


@pytest.mark.parametrize("sizes", [{"d": 1, "T": 3}, {"d": 3, "T": 4}, {"d": 2, "T": 9}])
def test_no_weights_nearby_are_better(sizes):
    loss = si.expected_loss(TwoTerms(), si.AutoregressiveTask("unitary", "uniform"))
    optimum = si.minimise(loss).at(**sizes)
    best = dict(optimum.coefficient)
    at = loss.at(**sizes)
    assert at(**best) == optimum.value
    for name in best:
        for change in (sympy.Rational(1, 50), -sympy.Rational(1, 50)):
            assert at(**{**best, name: best[name] + change}) > optimum.value


def test_whole_matrices_and_numbers_are_the_same_weights():
    loss = si.expected_loss(TwoTerms(), si.AutoregressiveTask())
    assert loss.at(d=2, T=4)(a=[[3]], b=[[sympy.Rational(1, 2)]]) == loss.at(d=2, T=4)(
        a=3, b=sympy.Rational(1, 2)
    )


def test_products_that_weights_cannot_have_are_a_lower_bound():
    optimum = si.minimise(si.expected_loss(Tied(), si.AutoregressiveTask()))
    assert optimum.attained == "lower bound" and str(optimum).startswith("lower bound")


def test_what_is_not_determined_is_refused():
    with pytest.raises(UnsupportedError, match="linearly dependent; leave one of the weights out"):
        si.minimise(si.expected_loss(Twice(), si.AutoregressiveTask()))


def test_matrices_are_refused_with_the_family_that_works():
    loss = si.expected_loss(si.CausalLinearAttention(), si.AutoregressiveTask())
    with pytest.raises(UnsupportedError, match="family='two full matrices' or family='two numbers'"):
        si.minimise(loss)
    with pytest.raises(InputError, match="choose one of 'two full matrices', 'two numbers'"):
        si.expected_loss(si.CausalLinearAttention(), si.AutoregressiveTask(), family="three")
    with pytest.raises(InputError, match="which states none"):
        si.expected_loss(si.OneStepGD(), si.LinearRegression(), family="three")


def test_a_wrong_distance_is_refused(monkeypatch):
    right = sequence_optimum.TimeSum
    monkeypatch.setattr(sequence_optimum, "TimeSum", lambda mean, last: right(mean * 2, last))
    with pytest.raises(DerivationError, match="not a sum of mean squares"):
        si.minimise(si.expected_loss(TwoTerms(), si.AutoregressiveTask()))
