"""Models composed of parts: one forward pass for symbols and tensors, with the losses of known architectures."""

import math

import numpy as np
import pytest
import sympy

import symicl as si
from symicl.algebra import transpose
from symicl.models import Tokens
from symicl.statements.entrywise_prompts import instances
from symicl.tasks import NumpyDraws
from symicl.theory import broken_link

TASK = si.LinearRegression()
n, d, s = TASK.n, TASK.d, TASK.noise
ONE_STEP = s + d * (d + 1 + s) / (n + d + 1 + s)

MERGED = si.Attention(merged=True)
ONE_LAYER = {
    "attention": [si.Attention()],
    "merged": [MERGED],
    "residual": [si.Residual(si.Attention())],
    "two heads": [si.Residual(si.Heads(si.Attention(), 2))],
    "heads of merged attention without 1/n": [si.Heads(si.Attention(merged=True, scaled=False), 2)],
    "block": [si.Residual(si.Attention()), si.LinearMLP()],
    "block without mask": [si.Residual(si.Attention(mask=False)), si.LinearMLP()],
    "MLP of four units": [si.Residual(si.Attention()), si.LinearMLP(4)],
    "MLP on both sides": [si.LinearMLP(), si.Attention(), si.LinearMLP()],
    "full gates": [si.Attention(merged=True, gates="full")],
    "diagonal gates": [si.Residual(si.Attention(gates="diagonal"))],
    "gated heads": [si.Residual(si.Heads(si.Attention(gates="diagonal"), 2))],
}


@pytest.mark.parametrize("name", ONE_LAYER)
def test_one_layer_attains_one_step_of_descent(name):
    optimum = si.minimise(si.expected_loss(si.Layers(ONE_LAYER[name]), TASK))
    assert optimum.attained == "weights"
    assert sympy.cancel(optimum.value - ONE_STEP) == 0
    optimum.certificate  # noqa: B018


@pytest.mark.parametrize("name", ONE_LAYER)
def test_symbols_and_arrays_are_one_pass(name):
    model = si.Layers(ONE_LAYER[name])
    assert broken_link(model, TASK) == ""
    for _, _, exact, value in list(instances(TASK, model))[:2]:
        assert exact == value


@pytest.mark.parametrize(
    ("parts", "shipped"),
    [
        ("block", si.LinearTransformerBlock()),
        ("block without mask", si.LinearTransformerBlock(mask=False)),
        ("two heads", si.MultiHeadLinearAttention(2)),
        ("residual", si.MultiHeadLinearAttention()),
    ],
)
def test_shipped_models_are_made_of_parts(parts, shipped):
    composed = si.Layers(ONE_LAYER[parts])
    assert composed.weight_sizes(d=3) == shipped.weight_sizes(d=3)
    weights = shipped.symbolic_weights(d)
    assert composed.forward(weights, TASK.prompt()).grid == shipped.forward(weights, TASK.prompt()).grid


def test_a_loss_at_wrong_gates_is_another_one():
    model = si.Layers([si.Attention(merged=True, gates="diagonal")])
    at = si.expected_loss(model, TASK).at(n=2, d=1, sigma2=0)
    given = {"W_PV": [[0, 0], [0, 1]], "W_KQ": [[1, 0], [0, 0]]}
    equal, skewed = (at(omega=[[a, 0], [0, b]], **given) for a, b in ((1, 1), (2, 0)))
    assert equal != skewed


class Weighted(si.Model):
    """f = x'X'Dy."""

    def weight_shapes(self):
        return {"D": si.WeightShape(("n",), ("n",))}

    def forward(self, weights, prompt):
        return transpose(prompt.query) @ (transpose(prompt.covariates) @ (weights["D"] @ prompt.responses))


def test_the_loss_of_token_weights_and_that_equal_ones_are_best_over_all_matrices():
    loss = si.expected_loss(Weighted(), TASK)
    D = sympy.MatrixSymbol("D", n, n)
    tr = sympy.Trace
    stated = d * tr(D) ** 2 + d**2 * tr(D * D.T) + d * tr(D * D) + s * d * tr(D * D.T) - 2 * d * tr(D) + d + s
    values = {"n": 3, "d": 2, "sigma2": sympy.Rational(1, 3)}
    given = sympy.Matrix([[1, 2, 0], [-1, 3, 1], [0, 1, 2]])
    direct = stated.subs({n: 3, d: 2, s: values["sigma2"]}).subs(sympy.MatrixSymbol("D", 3, 3), given).doit()
    assert loss.at(**values)(D=given.tolist()) == sympy.Rational(direct)
    optimum = si.minimise(loss)
    assert optimum.attained == "weights"
    (D_best,) = optimum.parameters["D"].blocks
    assert sympy.simplify(D_best - sympy.Identity(n) / (n + d + 1 + s)) == sympy.ZeroMatrix(n, n)


def test_decay_costs_as_much_as_fewer_tokens():
    """N = 50, d = 4, half-life N: the best scale of exponentially decaying gates."""
    size = 50
    at = si.expected_loss(Weighted(), TASK).at(n=size, d=4, sigma2=0).compile("numpy")
    decay = np.diag(2.0 ** (-np.arange(size) / size))
    zero, one, two = (float(at({"D": scale * decay})) for scale in (0.0, 1.0, 2.0))
    curvature, slope = (two - 2 * one + zero) / 2, (4 * one - 3 * zero - two) / 2
    assert zero - slope**2 / (4 * curvature) == pytest.approx(0.376714488, abs=5e-10)
    effective = 1 / math.tanh(math.log(2) / (2 * size)) / 3
    assert zero - slope**2 / (4 * curvature) == pytest.approx(20 / (effective + 5), rel=1e-9)


# --- two layers ----------------------------------------------------------------------------------------------


def test_two_layers_of_label_updates_have_a_loss_in_two_matrices():
    model = si.Layers([si.Residual(MERGED)] * 2)
    assert list(model.weight_shapes()) == ["W_KQ_1", "W_PV_1", "W_KQ_2", "W_PV_2"]
    loss = si.expected_loss(model, TASK, family="label updates")
    assert list(loss.parameters) == ["A_1", "A_2"]
    at = loss.at(n=20, d=5, sigma2=0)
    # f = (c₀ − c₁S)w'x with c₀ = a₁ + a₂, c₁ = −a₁a₂: the two steps of si.depth have c₀ = η₁ + η₂, c₁ = η₁η₂.
    first, second = si.depth(si.LinearRegression(noise=0), 2).at(n=20, d=5).steps
    total, product = float(first + second), float(first * second)
    root = math.sqrt(total**2 + 4 * product)
    steps = [(total + root) / 2, (total - root) / 2]
    value = at.compile("numpy")({f"A_{i + 1}": a * np.eye(5) for i, a in enumerate(steps)})
    assert float(value) == pytest.approx(0.361239686054, abs=1e-9)
    bound = si.minimise(loss)
    assert bound.attained == "lower bound" and "of the family 'label updates'" in str(bound)
    assert "of the family" in bound.latex()
    assert float(bound.at(n=20, d=5, sigma2=0).value) < float(value)


def test_the_minimum_of_a_family_is_said_to_be_one():
    optimum = si.minimise(
        si.expected_loss(si.Layers([si.Residual(MERGED)]), TASK, family="scalar label updates")
    )
    assert optimum.attained == "weights" and sympy.cancel(optimum.value - ONE_STEP) == 0
    assert str(optimum).startswith("minimum over the weights of the family 'scalar label updates'")


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([si.Residual(MERGED)] * 2, "restrict the weights with family='label updates'"),
        ([si.Residual(MERGED)] * 3, "take two layers at most, or si.depth"),
        ([MERGED, MERGED], "products of degree up to 18"),
    ],
)
def test_what_would_take_hours_is_refused(parts, words):
    with pytest.raises(si.UnsupportedError, match=words):
        si.expected_loss(si.Layers(parts), TASK)


def test_deep_models_run_on_arrays_and_tensors():
    torch = pytest.importorskip("torch")
    model = si.Layers(
        [si.Residual(si.Heads(si.Attention(keys=2), 2)), si.LinearMLP(3), si.Residual(si.Attention())]
    )
    source = np.random.default_rng(3)
    weights = {k: source.normal(size=size) for k, size in model.weight_sizes(d=3).items()}
    prompt = TASK.at(n=4, d=3, sigma2=1).sample(2, NumpyDraws(0)).prompt
    found = model.forward(weights, prompt)
    tensors = {k: torch.tensor(w) for k, w in weights.items()}
    parts = [torch.tensor(a) for a in (prompt.covariates, prompt.responses, prompt.query)]
    np.testing.assert_allclose(model.forward(tensors, type(prompt)(*parts)).numpy(), found, rtol=1e-10)
    whole = np.concatenate([prompt.context, prompt.query_token], axis=-1)
    np.testing.assert_allclose(found[:, 0, 0], as_written(weights, whole)[:, -1, -1], rtol=1e-10)


def as_written(w, Z):
    """All tokens at once, the query token masked, as papers write it."""
    M = np.diag([1.0] * 4 + [0.0])
    T = np.swapaxes
    first = sum(
        w[f"W_P_{h}_1"].T @ w[f"W_V_{h}_1"] @ Z @ M @ T(Z, 1, 2) @ w[f"W_K_{h}_1"].T @ w[f"W_Q_{h}_1"] @ Z
        if f"W_P_{h}_1" in w
        else w[f"W_P_{h}"].T @ w[f"W_V_{h}"] @ Z @ M @ T(Z, 1, 2) @ w[f"W_K_{h}"].T @ w[f"W_Q_{h}"] @ Z
        for h in (1, 2)
    )
    Z = Z + first / 4
    Z = w["W_2"].T @ w["W_1"] @ Z
    return Z + w["W_P"].T @ w["W_V"] @ Z @ M @ T(Z, 1, 2) @ w["W_K"].T @ w["W_Q"] @ Z / 4


def test_the_tokens_behind_the_last_part_are_not_computed():
    def refused():
        raise AssertionError("computed")

    tokens = Tokens(lambda: np.eye(2), np.ones((2, 1)), 1.0)
    out = tokens.mapped(lambda columns: columns * 2) + Tokens(refused, np.ones((2, 1)), 1.0)
    assert out.query.tolist() == [[3.0], [3.0]]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: si.Layers([]), "one part at least"),
        (lambda: si.Layers(si.Attention()), "takes a list of parts"),
        (lambda: si.Layers([si.LinearSelfAttention()]), "takes parts, such as Attention"),
        (lambda: si.Heads(si.Attention(), 0), "positive integer"),
        (lambda: si.Residual("attention"), "Residual takes parts"),
        (lambda: si.Attention(merged="no"), "must be True or False"),
        (lambda: si.Attention(merged=True, keys=3), "merged matrices have no keys"),
        (lambda: si.Attention(gates="some"), "choose none, diagonal or full"),
        (lambda: si.Attention(gates="full", mask=False), "leave gates or mask=False out"),
        (lambda: si.Attention(keys=0).weight_shapes(), "is no side of a weight"),
        (lambda: si.WeightShape(("n",), ("d",), kind="diagonal"), "is square and one block"),
        (lambda: si.WeightShape(("n",), ("n",), kind="banded"), "choose diagonal or symmetric"),
    ],
)
def test_wrong_parts_are_refused(make, words):
    with pytest.raises(si.InputError, match=words):
        make()


def test_gates_are_trained_on_samples():
    pytest.importorskip("torch")
    model = si.Layers([si.Attention(merged=True, gates="diagonal")])
    at = TASK.at(n=5, d=2, sigma2="1/2")
    with pytest.raises(si.UnsupportedError, match="with minimum=optimum"):
        si.train(model, at, progress=False)
    run = si.train(model, at, seed=0, steps=100, batch=64, progress=False, minimum=ONE_STEP)
    assert run.verdict == "confirmed"
