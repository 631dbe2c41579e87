"""Losses and optima at numbers: exact, and the same through NumPy and torch."""

from fractions import Fraction

import numpy as np
import pytest

import symicl as si
from symicl.errors import InputError
from symicl.numeric import matrix_entries

LOSS = si.expected_loss(si.LinearSelfAttention(), si.LinearRegression())
OPTIMUM = si.minimise(LOSS)
W = np.array([[0.5], [-1.0], [2.0]])
M = np.array([[0.25, -0.5, 1.0], [0.125, 0.75, -1.0], [1.5, -0.25, 3.0]])


def test_the_optimum_is_exact():
    at = OPTIMUM.at(n=20, d=5, sigma2=Fraction(1, 4))
    assert str(at.value) == "121/84"
    assert matrix_entries(at.coefficient)[0] == [Fraction(4, 105), 0, 0, 0, 0]
    assert str(at.value.evalf(40)) == "1.440476190476190476190476190476190476190"


def test_exact_numpy_and_torch_agree():
    torch = pytest.importorskip("torch")
    at = LOSS.at(n=3, d=2, sigma2=Fraction(1, 4))
    exact = at(w=W, M=M)
    assert float(exact) == pytest.approx(at.compile("numpy")({"w": W, "M": M}), rel=1e-12)
    w = torch.tensor(W, requires_grad=True)
    value = at.compile("torch")({"w": w, "M": torch.tensor(M)})
    assert float(value.detach()) == pytest.approx(float(exact), rel=1e-12)
    value.backward()
    step = 1e-6
    moved = W.copy()
    moved[0, 0] += step
    slope = (float(at(w=moved, M=M)) - float(exact)) / step
    assert float(w.grad[0, 0]) == pytest.approx(slope, rel=1e-4)


def test_the_derived_parameters_attain_the_minimum():
    at, eta = LOSS.at(n=20, d=2, sigma2=1), Fraction(1, 24)
    value = at(w=[[0], [0], [1]], M=[[eta, 0, 0], [0, eta, 0], [0, 0, 0]])
    assert str(value) == str(OPTIMUM.at(n=20, d=2, sigma2=1).value)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"w": W}, "no value is given for the parameter M"),
        ({"w": W, "M": M[:2]}, "M is 2×3"),
        ({"w": W, "M": M, "Q": M}, "Q is not a parameter"),
    ],
)
def test_wrong_parameters(parameters, message):
    with pytest.raises(InputError, match=message):
        LOSS.at(n=3, d=2, sigma2=1)(**parameters)


def test_wrong_numbers():
    with pytest.raises(InputError, match="n=0"):
        LOSS.at(n=0, d=2, sigma2=1)
