"""Causal models: one forward pass for NumPy and torch, all times at once or one by one, against plain loops."""

from __future__ import annotations

import numpy as np
import pytest

from symicl.errors import InputError, ShapeError
from symicl.models import CausalLinearAttention, PositionalAttention, PositionsOnlyAttention
from symicl.tasks import ArraySequence

D, LENGTH, HEADS = 3, 5, 2
MODELS = {
    "attention": CausalLinearAttention(),
    "attention, plain": CausalLinearAttention(normalised=False),
    "positions": PositionalAttention(HEADS, LENGTH),
    "positions only": PositionsOnlyAttention(LENGTH),
}


def attention(model, weights, x, t):
    """First block of e_t + W_PV Σ_s e_s e_s* W_KQ e_t / ρ_t."""
    zero = np.zeros(D)
    tokens = [np.concatenate([zero, x[s], x[s - 1] if s else zero]) for s in range(t)]
    total = sum(np.outer(e, e.conj()) for e in tokens)
    rho = t - 1 if model.normalised else 1
    return (tokens[-1] + weights["W_PV"] @ total @ weights["W_KQ"] @ tokens[-1] / rho)[:D]


def positions(model, weights, x, t):
    query, result = x[t - 2], 0
    for s in range(t):
        for a, b in zip(weights.get("A", [1]), weights.get("B", [1]), strict=True):
            result = result + weights["P"][t - 2, s] * np.vdot(query, a * x[s]) * b * x[s]
    return result


def case(name, *, complex_weights=False):
    rng = np.random.default_rng(11)
    model = MODELS[name]
    shapes = {key: shape.sizes(D) for key, shape in model.weight_shapes().items()}
    weights = {key: rng.normal(size=shape) for key, shape in shapes.items()}
    if complex_weights:
        weights = {key: w + 1j * rng.normal(size=w.shape) for key, w in weights.items()}
    x = rng.normal(size=(2, LENGTH, D)) + 1j * rng.normal(size=(2, LENGTH, D))
    return model, weights, x


@pytest.mark.parametrize("complex_weights", [False, True])
@pytest.mark.parametrize("name", MODELS)
def test_against_plain_loops(name, complex_weights):
    model, weights, x = case(name, complex_weights=complex_weights)
    found = model.predictions(weights, x)
    assert found.shape == (2, LENGTH - 1, D)
    loop = positions if "positions" in name else attention
    for batch in range(2):
        for t in range(2, LENGTH + 1):
            assert np.allclose(found[batch, t - 2], loop(model, weights, x[batch], t))


@pytest.mark.parametrize("name", MODELS)
def test_one_time_or_all(name):
    model, weights, x = case(name)
    found = model.predictions(weights, x)
    assert np.allclose(model.predictions(weights, x, [4]), found[:, 2:3])
    assert np.allclose(model.predictions(weights, x[0]), found[0])
    # What comes after t is not looked at.
    changed = x.copy()
    changed[:, 4:] = 7
    assert np.allclose(model.predictions(weights, changed)[:, :3], found[:, :3])
    assert not np.allclose(model.predictions(weights, changed)[:, 3:], found[:, 3:])


@pytest.mark.parametrize("complex_weights", [False, True])
@pytest.mark.parametrize("name", MODELS)
def test_numpy_and_torch_agree(name, complex_weights):
    torch = pytest.importorskip("torch")
    model, weights, x = case(name, complex_weights=complex_weights)
    tensors = {key: torch.tensor(w, requires_grad=True) for key, w in weights.items()}
    found = model.predictions(tensors, torch.tensor(x))
    assert np.allclose(found.detach().numpy(), model.predictions(weights, x))
    (abs(found) ** 2).sum().backward()
    assert all(w.grad is not None and torch.isfinite(abs(w.grad)).all() for w in tensors.values())
    # Complex weights also act on real sequences.
    real = model.predictions(tensors, torch.tensor(x.real))
    assert np.allclose(real.detach().numpy(), model.predictions(weights, x.real))


def test_gradient_step():
    """With A = aI and B = bI the prediction is one gradient step on the in-context least squares."""
    model, _, x = case("attention")
    weights = model.active(0.5 * np.eye(D), 0.6 * np.eye(D))
    found = model.predictions(weights, x[0], [4])[0]
    step = sum(np.outer(x[0, s + 1], x[0, s].conj()) for s in range(3)) * 0.3 / 3
    assert np.allclose(found, step @ x[0, 3])


@pytest.mark.parametrize("name", MODELS)
def test_effective_parameters(name):
    model, weights, x = case(name)
    assert np.allclose(model.forward(weights, ArraySequence(x)).predictions, model.predictions(weights, x))
    if name == "positions":
        parameters = model.effective(weights)
        assert parameters["C"].shape == (D, D) and np.linalg.matrix_rank(parameters["C"]) == HEADS
        assert np.allclose(
            parameters["C"], sum(np.outer(b, a) for a, b in zip(weights["A"], weights["B"], strict=True))
        )


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: PositionalAttention(heads=0), "heads=0"),
        (lambda: PositionalAttention(2, 1.5), "length=1.5"),
        (lambda: PositionsOnlyAttention(0), "length=0"),
        (lambda: ArraySequence(np.ones((3, 2)), [4]), "between 1 and 3"),
        (lambda: ArraySequence(np.ones((3, 2)), []), "between 1 and 3"),
        (lambda: ArraySequence(np.ones((3, 2)), [1]).inverse_length, "t ≥ 2"),
    ],
)
def test_refused(call, words):
    with pytest.raises(InputError, match=words):
        call()


def test_shapes_are_checked():
    model, weights, x = case("positions")
    with pytest.raises(ShapeError, match="columns"):
        model.predictions({**weights, "A": weights["A"][:, :2], "B": weights["B"][:, :2]}, x)
    with pytest.raises(ShapeError, match="positional"):
        model.predictions({**weights, "P": weights["P"][:2]}, x)
