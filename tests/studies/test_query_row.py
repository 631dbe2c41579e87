"""The query row and the gradient of its loss are those of the forward pass, for every model of this form."""

from fractions import Fraction

import numpy as np
import pytest

import symicl as si
from symicl.errors import UnsupportedError
from symicl.theory import query_row
from symicl.theory.query_rows import sees_gram_only

torch = pytest.importorskip("torch")

from symicl.studies.regression.engines import ThroughRows, start_network  # noqa: E402
from symicl.studies.regression.query_row import Rows  # noqa: E402
from symicl.studies.runtime.draws import TorchDraws  # noqa: E402

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
def test_the_row_is_that_of_the_forward_pass(model):
    p = TASK.sample(11, TorchDraws(0, "float64")).prompt
    given = {name: torch.tensor(value) for name, value in weights(model).items()}
    row = Rows(model, 7, 3)(model.effective(given), p.covariates, p.responses)
    found, expected = (row * p.query[..., 0]).sum(-1), model.forward(given, p)[:, 0, 0]
    assert torch.allclose(found, expected, rtol=1e-9)
    assert not torch.allclose(found, 1.001 * expected, rtol=1e-9)


@pytest.mark.parametrize(
    "covariance", [[[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[3, 1, 0], [1, 2, -1], [0, -1, 4]]]
)
@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_the_query_is_integrated_out(model, covariance):
    # E over x ~ N(0, Σ) of ((a − w)ᵀx)² is exact with the 2d points ±√d Σ^½ eᵢ.
    Sigma = si.covariance("Sigma", si.LinearRegression().d)
    task = si.LinearRegression(Sigma).at(n=7, sigma2=Fraction(1, 4), Sigma=covariance)
    draws = TorchDraws(1, "float64")
    engine = ThroughRows(start_network(model, task, 3, draws, weights(model, 1)), task, draws, statistic=True)
    state = draws.generator.get_state()
    found = engine.gradient(5)
    draws.generator.set_state(state)
    c = engine.sampler.draw(5)
    root = torch.linalg.cholesky(torch.tensor(covariance, dtype=torch.float64))
    tensors = {k: torch.tensor(v, requires_grad=True) for k, v in weights(model, 1).items()}
    total = 0
    for i in range(3):
        query = (3**0.5 * root[:, i : i + 1]).expand(5, 3, 1)
        prompt = type(TASK.sample(1, draws).prompt)(c.covariates, c.responses, query)
        total = total + (model.forward(tensors, prompt) - c.w.mT @ query).square().mean() / 3
    total.backward()
    for name, tensor in tensors.items():
        slope = np.zeros_like(found[name]) if tensor.grad is None else tensor.grad.numpy()
        assert np.allclose(found[name], slope, rtol=1e-9, atol=1e-9 * (1 + abs(slope).max()))
        assert not np.allclose(found[name], 1.001 * slope + 1e-3, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("statistic", [False, True])
def test_a_batch_that_is_drawn_in_pieces_has_the_mean_gradient(statistic, monkeypatch):
    def engine():
        draws = TorchDraws(2, "float64")
        model = si.LinearSelfAttention()
        return ThroughRows(start_network(model, TASK, 3, draws), TASK, draws, statistic=statistic)

    one, two = engine(), engine()
    monkeypatch.setattr(two, "_piece", lambda: 2)
    parts = [(size, one.gradient(size)) for size in (2, 2, 1)]
    for name, slope in two.gradient(5).items():
        assert np.allclose(slope, sum(size * part[name] for size, part in parts) / 5, rtol=1e-9)


def test_models_that_are_not_of_this_form_are_refused():
    for model in (si.LinearSelfAttention(query_in_context=True), si.LinearTransformerBlock(mask=False)):
        with pytest.raises(UnsupportedError, match="not linear in the query"):
            query_row(model)


def test_a_model_that_looks_at_positions_does_not_see_the_gram_matrix_alone():
    from symicl.algebra import transpose
    from symicl.models import WeightShape

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
