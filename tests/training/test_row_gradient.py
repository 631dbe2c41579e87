"""The query row and its gradient are those of the forward pass, for every model of this form."""

from fractions import Fraction

import numpy as np
import pytest

import symicl as si
from symicl.errors import UnsupportedError
from symicl.theory.query_row import query_row, sees_gram_only

torch = pytest.importorskip("torch")

from symicl.training.regression.row_gradient import RowGradient, on_statistic, on_tokens  # noqa: E402
from symicl.training.runtime.draws import TorchDraws  # noqa: E402

TASK = si.LinearRegression().at(n=7, d=3, sigma2=Fraction(1, 4))
MODELS = [
    si.LinearSelfAttention(),
    si.LinearSelfAttention(skip=True),
    si.LinearTransformerBlock(),
    si.MultiHeadLinearAttention(2),
    si.GDBeta(),
    si.OneStepGD(),
]


def weights(model, seed=0):
    draws = np.random.default_rng(seed)
    return {name: draws.standard_normal(shape) for name, shape in model.weight_sizes(3).items()}


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_the_gradient_is_that_of_the_forward_pass(model):
    sample = TASK.sample(11, TorchDraws(0, "float64"))
    given = weights(model)
    tensors = {k: torch.tensor(v, requires_grad=True) for k, v in given.items()}
    (model.forward(tensors, sample.prompt) - sample.target).square().mean().backward()
    p = sample.prompt
    found = RowGradient(model, 7, 3)(given, [on_tokens(p.covariates, p.responses, p.query, sample.target)])
    for name, tensor in tensors.items():
        slope = np.zeros_like(given[name]) if tensor.grad is None else tensor.grad.numpy()
        assert np.allclose(found[name], slope, rtol=1e-9, atol=1e-9 * (1 + abs(slope).max()))
        assert not np.allclose(found[name], 1.001 * slope + 1e-3, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_the_query_is_integrated_out(model):
    # E over x ~ N(0, Σ) of ((a − w)ᵀx)² is exact with the 2d points ±√d Σ^½ eᵢ.
    sample = TASK.sample(5, TorchDraws(1, "float64"))
    p, given = sample.prompt, weights(model, 1)
    covariance = torch.tensor([[2.0, 0.5, 0.0], [0.5, 1.0, -0.3], [0.0, -0.3, 3.0]], dtype=torch.float64)
    w = torch.randn(5, 3, 1, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    root = torch.linalg.cholesky(covariance)
    tensors = {k: torch.tensor(v, requires_grad=True) for k, v in given.items()}
    total = 0
    for i in range(3):
        query = (3**0.5 * root[:, i : i + 1]).expand(5, 3, 1)
        prompt = type(p)(p.covariates, p.responses, query)
        total = total + (model.forward(tensors, prompt) - w.mT @ query).square().mean() / 3
    total.backward()
    cuts = [(slice(0, 2), 0.4), (slice(2, 5), 0.6)]  # a batch that is drawn in two pieces
    halves = [on_statistic(p.covariates[c], p.responses[c], w[c], covariance, share) for c, share in cuts]
    found = RowGradient(model, 7, 3)(given, halves)
    for name, tensor in tensors.items():
        slope = np.zeros_like(given[name]) if tensor.grad is None else tensor.grad.numpy()
        assert np.allclose(found[name], slope, rtol=1e-9, atol=1e-9 * (1 + abs(slope).max()))


def test_models_that_are_not_of_this_form_are_refused():
    for model in (si.LinearSelfAttention(query_in_context=True), si.LinearTransformerBlock(mask=False)):
        with pytest.raises(UnsupportedError, match="not linear in the query"):
            query_row(model)


def test_a_model_that_looks_at_positions_does_not_see_the_gram_matrix_alone():
    from symicl.algebra.assembly import transpose
    from symicl.models.model import WeightShape

    class Weighted(si.OneStepGD):
        """One weight for each example, an n × n matrix."""

        def weight_shapes(self):
            return {"Gamma": WeightShape(("d",), ("d",)), "P": WeightShape((TASK.task.n,), (TASK.task.n,))}

        def forward(self, weights, prompt):
            moved = weights["P"] @ prompt.responses
            return transpose(prompt.query) @ (weights["Gamma"] @ (transpose(prompt.covariates) @ moved))

    assert sees_gram_only(si.OneStepGD())
    assert not sees_gram_only(Weighted())
    with pytest.raises(UnsupportedError, match="more of its context"):
        query_row(Weighted())
