"""The compiled gradient is that of automatic differentiation, for every block of the parameters."""

from fractions import Fraction

import numpy as np
import pytest

import symicl as si
from symicl.theory.gradient import BlockGradient
from symicl.theory.loss import LossAt

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
    value, slopes = BlockGradient(loss.polynomial, values, loss.parameters)(given)
    assert value == pytest.approx(float(expected.detach()), rel=1e-12)
    for name, tensor in tensors.items():
        slope = np.zeros_like(given[name]) if tensor.grad is None else tensor.grad.numpy()
        assert np.allclose(slopes[name], slope, rtol=1e-10, atol=1e-10)
        assert not np.allclose(slopes[name], 1.01 * slope + 0.01, rtol=1e-10, atol=1e-10)
