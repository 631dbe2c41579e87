"""One forward pass, four kinds of arguments: NumPy, torch, symbolic blocks and SymPy's block matrices.

All numbers are small integers and n is a power of two, so floating point is exact and equality means equality.
"""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import sympy

import symicl as si
from oracle.substitution import value_at
from symicl.algebra import read_blocks
from symicl.models import GDBeta, LinearTransformerBlock
from symicl.tasks import Prompt

n, d = si.dims("n d")
TASK = si.LinearRegression()
MODELS = {
    "attention": si.LinearSelfAttention(),
    "attention, query in context": si.LinearSelfAttention(query_in_context=True),
    "attention, skip": si.LinearSelfAttention(skip=True),
    "attention, both": si.LinearSelfAttention(query_in_context=True, skip=True),
    "one step": si.OneStepGD(),
    "GD beta": GDBeta(),
    "transformer block": LinearTransformerBlock(),
    "transformer block, no mask": LinearTransformerBlock(mask=False),
    "transformer block, no residual": LinearTransformerBlock(residual=False),
}
ROWS, COLS = 4, 3


def integers(rows: int, cols: int, seed: int) -> np.ndarray:
    source = random.Random(seed)
    return np.array(
        [[source.choice([-3, -2, 2, 3, 5]) for _ in range(cols)] for _ in range(rows)], dtype=float
    )


def prompt(seed: int) -> Prompt:
    return Prompt(integers(ROWS, COLS, seed), integers(ROWS, 1, seed + 1), integers(COLS, 1, seed + 2))


def weights(model, seed: int = 50) -> dict[str, np.ndarray]:
    shapes = model.weight_shapes()
    return {name: integers(*shape.sizes(COLS), seed + i) for i, (name, shape) in enumerate(shapes.items())}


def cut(shape, matrix: np.ndarray) -> list[list[np.ndarray]]:
    """The blocks of a weight matrix."""
    rows, cols = (
        np.cumsum([0, *({"d": COLS, "m": 1}.get(s, s) for s in side)]) for side in (shape.rows, shape.cols)
    )
    return [[matrix[a:b, c:e] for c, e in pairwise(cols)] for a, b in pairwise(rows)]


def symbol_values(model, arrays: dict[str, np.ndarray], given: Prompt) -> dict:
    values: dict = {n: ROWS, d: COLS}
    for name, shape in model.weight_shapes().items():
        symbols = shape.symbols(name, d)
        for row, parts in zip(symbols, cut(shape, arrays[name]), strict=True):
            for symbol, part in zip(row, parts, strict=True):
                values[symbol] = [[int(x) for x in line] for line in part]
    for symbol, array in ((TASK.X, given.covariates), (TASK.y, given.responses), (TASK.x, given.query)):
        values[symbol] = [[int(x) for x in line] for line in array]
    return values


@pytest.mark.parametrize("name", MODELS)
def test_symbolic_blocks_and_numpy(name):
    model, given = MODELS[name], prompt(1)
    arrays = weights(model)
    symbolic = model.forward(model.symbolic_weights(d), TASK.prompt()).single().trace()
    exact = value_at(symbolic.expr, symbol_values(model, arrays, given))
    number = model.forward(arrays, given)
    assert number.shape == (1, 1)
    assert Fraction(float(number[0, 0])) == exact


@pytest.mark.parametrize("name", MODELS)
def test_sympy_block_matrices_as_weights(name):
    model = MODELS[name]
    blocks = {}
    for key, shape in model.weight_shapes().items():
        symbols = shape.symbols(key, d)
        single = len(symbols) == len(symbols[0]) == 1
        blocks[key] = read_blocks(symbols[0][0] if single else sympy.BlockMatrix(symbols))
    expected = model.forward(model.symbolic_weights(d), TASK.prompt()).single().trace()
    assert model.forward(blocks, TASK.prompt()).single().trace() == expected


@pytest.mark.parametrize("name", MODELS)
def test_sympy_matrices_all_the_way(name):
    """The forward pass on SymPy's own expressions, read once at the end."""
    model = MODELS[name]
    arguments = {}
    for key, shape in model.weight_shapes().items():
        symbols = shape.symbols(key, d)
        single = len(symbols) == len(symbols[0]) == 1
        arguments[key] = symbols[0][0] if single else sympy.BlockMatrix(symbols)
    found = model.forward(arguments, Prompt(TASK.X, TASK.y, TASK.x))
    expected = model.forward(model.symbolic_weights(d), TASK.prompt()).single().trace()
    assert read_blocks(found).single().trace() == expected


@pytest.mark.parametrize("name", MODELS)
def test_torch_and_numpy(name):
    torch = pytest.importorskip("torch")
    model, given = MODELS[name], prompt(1)
    arrays = weights(model)
    tensors = {key: torch.tensor(array, requires_grad=True) for key, array in arrays.items()}
    found = model.forward(
        tensors, Prompt(*(torch.tensor(x) for x in (given.covariates, given.responses, given.query)))
    )
    assert found.shape == (1, 1)
    assert found.item() == model.forward(arrays, given).item()
    found.sum().backward()
    assert all(tensor.grad is not None for tensor in tensors.values())


@pytest.mark.parametrize("library", ["numpy", "torch"])
@pytest.mark.parametrize("name", MODELS)
def test_a_batch_is_a_loop(name, library):
    model = MODELS[name]
    arrays = weights(model)
    prompts = [prompt(10 * k) for k in range(3)]
    alone = [model.forward(arrays, one).item() for one in prompts]
    batch = [np.stack([getattr(p, part) for p in prompts]) for part in ("covariates", "responses", "query")]
    if library == "torch":
        torch = pytest.importorskip("torch")
        batch, arrays = [torch.tensor(x) for x in batch], {k: torch.tensor(v) for k, v in arrays.items()}
    found = model.forward(arrays, Prompt(*batch))
    assert tuple(found.shape) == (3, 1, 1)
    assert found[:, 0, 0].tolist() == alone


@pytest.mark.parametrize("name", MODELS)
def test_the_effective_parameters_predict_what_the_weights_do(name):
    model, given = MODELS[name], prompt(1)
    arrays = weights(model)
    effective = model.effective(arrays)
    assert {key: value.shape for key, value in effective.items()} == {
        key: shape.sizes(COLS) for key, shape in model.effective_shapes().items()
    }
    assert model.predict(effective, given).item() == model.forward(arrays, given).item()
    symbols = model.symbolic_weights(d)
    assert (
        model.predict(model.effective(symbols), TASK.prompt()).single().trace()
        == model.forward(symbols, TASK.prompt()).single().trace()
    )


@pytest.mark.parametrize("name", MODELS)
def test_weights_for_effective_parameters_predict_the_same(name):
    """For all parameters, every block a symbol."""
    model = MODELS[name]
    parameters = model.symbolic_parameters(d)
    weights_of = model.weights_for(parameters, d)
    for key, shape in model.weight_shapes().items():
        reference = shape.blocks(f"{key}_reference", d)
        assert (weights_of[key].heights, weights_of[key].widths) == (reference.heights, reference.widths)
    assert (
        model.forward(weights_of, TASK.prompt()).single().trace()
        == model.predict(parameters, TASK.prompt()).single().trace()
    )


@pytest.mark.parametrize("name", MODELS)
def test_symbolic_parameters_have_the_declared_shapes(name):
    model = MODELS[name]
    made = model.symbolic_parameters(d)
    assert made.keys() == model.effective_shapes().keys()
    for key, shape in model.effective_shapes().items():
        reference = shape.blocks(f"{key}_reference", d)
        assert (made[key].heights, made[key].widths) == (reference.heights, reference.widths)


def test_weights_of_the_wrong_shape_are_refused():
    model = si.LinearSelfAttention()
    wrong = model.symbolic_weights(d) | {"W_Q": model.symbolic_weights(n)["W_Q"]}
    with pytest.raises(si.ShapeError, match="inner dimensions"):
        model.forward(wrong, TASK.prompt())


def test_attention_as_the_paper_writes_it():
    """f = hᵀ Σᵢ (W_V vᵢ)(vᵢᵀ W_Kᵀ W_Q v), token by token; the query token attends on request."""
    for query in (False, True):
        model, given = si.LinearSelfAttention(query_in_context=query), prompt(7)
        W = weights(model)
        last = np.append(given.query[:, 0], 0.0)
        tokens = [np.append(x, y) for x, y in zip(given.covariates, given.responses[:, 0], strict=True)]
        total = np.zeros(COLS + 1)
        for v in tokens + [last] * query:
            total += (W["W_V"] @ v) * (v @ W["W_K"].T @ W["W_Q"] @ last)
        assert model.forward(W, given).item() == W["h"][:, 0] @ total


def test_one_step_is_a_gradient_step():
    """From zero, on ½ Σ (uᵀxᵢ − yᵢ)², with finite differences of the quadratic, which are exact."""
    given, gamma = prompt(3), integers(COLS, COLS, 9)

    def objective(u):
        return 0.5 * np.sum((given.covariates @ u - given.responses) ** 2)

    unit = np.eye(COLS)
    gradient = np.array([[(objective(unit[:, [k]]) - objective(-unit[:, [k]])) / 2] for k in range(COLS)])
    expected = (-(gamma @ gradient)).T @ given.query
    assert si.OneStepGD().forward({"Gamma": gamma}, given).item() == expected.item()
