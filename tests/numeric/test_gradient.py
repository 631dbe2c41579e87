"""The compiled gradient is that of automatic differentiation, for every block of the parameters."""

from fractions import Fraction

import numpy as np
import pytest

import symicl as si
from symicl.errors import UnsupportedError
from symicl.numeric import LossGradient
from symicl.numeric.gradient import recorded
from symicl.numeric.reverse_mode import Graph
from symicl.theory import LossAt

torch = pytest.importorskip("torch")

d = si.dims("d")[0] if isinstance(si.dims("d"), tuple) else si.dims("d")
H, Psi, beta = si.covariance("H", d), si.covariance("Psi", d), si.vector("beta_star", d)
NUMBERS = {
    "n": 4,
    "sigma2": Fraction(5, 7),
    "H": [[3, 1, 0], [1, 2, -1], [0, -1, 4]],
    "Psi": [[1, Fraction(1, 3), 0], [Fraction(1, 3), 2, 0], [0, 0, Fraction(3, 5)]],
    "beta_star": [1, -2, 3],
}


@pytest.mark.parametrize(
    "model",
    [si.LinearSelfAttention(), si.LinearSelfAttention(skip=True), si.GDBeta(), si.LinearTransformerBlock()],
)
def test_value_and_gradient(model):
    loss = si.expected_loss(model, si.LinearRegression(H, beta, Psi))
    values = loss.task.at(**NUMBERS).values
    draws = np.random.default_rng(3)
    given = {k: draws.standard_normal(s.sizes(3)) for k, s in model.effective_shapes().items()}
    tensors = {k: torch.tensor(v, requires_grad=True) for k, v in given.items()}
    expected = LossAt(loss, values).compile("torch")(tensors)
    expected.backward()
    agrees(LossGradient(loss.closed_form, values, loss.parameters), given, expected, tensors)


@pytest.mark.parametrize(
    "model",
    [si.LinearSelfAttention(skip=True), si.LinearTransformerBlock(), si.MultiHeadLinearAttention(2)],
)
def test_value_and_gradient_after_the_map_from_weights(model):
    loss = si.expected_loss(model, si.LinearRegression(H, beta, Psi))
    values, shapes = loss.task.at(**NUMBERS).values, model.weight_sizes(3)
    draws = np.random.default_rng(4)
    given = {name: 0.7 * draws.standard_normal(shape) for name, shape in shapes.items()}
    tensors = {k: torch.tensor(v, requires_grad=True) for k, v in given.items()}
    expected = LossAt(loss, values).compile("torch")(model.effective(tensors))
    expected.backward()
    agrees(
        LossGradient(loss.closed_form, values, loss.parameters, model.effective, shapes),
        given,
        expected,
        tensors,
    )


def test_a_map_of_every_recorded_operation():
    """Slices that overlap, sums of the same matrix, products with arrays on either side."""
    graph = Graph([(3, 3), (3, 1)])
    A, b = np.arange(9.0).reshape(3, 3) / 7, np.array([[0.3], [-1.0], [2.0]])
    C = np.random.default_rng(0).standard_normal((3, 3))

    def function(A, b, C):
        whole = A @ b + 2 * (A.mT @ b) - C @ b
        part = (A[:2, :] + A[1:, :]) @ (whole + whole)
        return (part + A[1:, 2:]).mT @ part, (1.5 * (A - C)) @ A.mT

    first, second = function(*graph.variables, C)
    ends = [graph.step("entry", first), graph.step("trace", second), graph.step("inner", second, second)]
    values = graph.run([A, b])
    tensors = [torch.tensor(v, requires_grad=True) for v in (A, b)]
    one, two = function(*tensors, torch.tensor(C))
    expected = [one[0, 0], two.trace(), (two * two).sum()]
    slopes = [None] * len(values)
    for factor, end in zip((1.0, -2.0, 0.5), ends, strict=True):
        slopes[end.index] = factor
    found = graph.pull_back(values, slopes)
    total = expected[0] - 2 * expected[1] + 0.5 * expected[2]
    assert [values[end.index] for end in ends] == pytest.approx([float(e.detach()) for e in expected])
    for slope, want in zip(found, torch.autograd.grad(total, tensors), strict=True):
        assert np.allclose(slope, want.numpy(), rtol=1e-12)


def test_what_is_not_recorded_is_refused():
    graph = Graph([(2, 2)])
    (A,) = graph.variables
    for wrong in (
        lambda w: {"M": np.exp(w["A"])},
        lambda w: {"M": w["A"] * w["A"]},
        lambda w: {"M": w["A"] + 1.0},
        lambda w: {"M": np.eye(2)},
        lambda w: {"M": w["A"] if w["A"] > 0 else w["A"].mT},
    ):
        with pytest.raises(UnsupportedError, match="more than"):
            recorded(wrong, {"A": A})


def agrees(function, given, expected, tensors):
    value, slopes = function(given)
    assert value == pytest.approx(float(expected.detach()), rel=1e-12)
    for name, tensor in tensors.items():
        slope = np.zeros_like(given[name]) if tensor.grad is None else tensor.grad.numpy()
        assert np.allclose(slopes[name], slope, rtol=1e-10, atol=1e-10)
        assert not np.allclose(slopes[name], 1.01 * slope + 0.01, rtol=1e-10, atol=1e-10)
