"""One forward pass serves symbols, SymPy block matrices, NumPy arrays and torch tensors."""

from fractions import Fraction

import numpy as np
import pytest
import sympy

import symicl as si
from symicl.algebra import read_blocks
from symicl.models import GDBeta, LinearTransformerBlock, MultiHeadLinearAttention
from symicl.numeric import compile_scalar, exact_matrix, split_parameters
from symicl.tasks import Prompt

MODELS = {
    "attention": si.LinearSelfAttention(),
    "attention, query in context": si.LinearSelfAttention(query_in_context=True),
    "attention, skip": si.LinearSelfAttention(skip=True),
    "one step": si.OneStepGD(),
    "GD-beta": GDBeta(),
    "block": LinearTransformerBlock(),
    "block without residual": LinearTransformerBlock(residual=False),
    "block without mask": LinearTransformerBlock(mask=False),
    "attention without MLP": MultiHeadLinearAttention(),
    "attention with a guess": si.InitialGuessAttention(),
    "three heads": MultiHeadLinearAttention(heads=3),
}
N, D = 4, 3
TASK = si.LinearRegression()


def numbers(rng, *shape):
    return rng.integers(-4, 5, size=shape).astype(float) / 4


@pytest.fixture
def case(request):
    rng = np.random.default_rng(5)
    model = MODELS[request.param]
    weights = {name: numbers(rng, *shape.sizes(D)) for name, shape in model.weight_shapes().items()}
    return model, weights, Prompt(numbers(rng, N, D), numbers(rng, N, 1), numbers(rng, D, 1))


def symbolic_value(model, weights, prompt):
    """The symbolic forward pass, evaluated exactly."""
    letters = model.symbolic_weights(TASK.d)
    polynomial = model.forward(letters, TASK.prompt()).single().trace()
    values = {TASK.n: N, TASK.d: D, TASK.X: prompt.covariates, TASK.y: prompt.responses, TASK.x: prompt.query}
    values = {
        k: exact_matrix(v) if isinstance(v, np.ndarray) else sympy.Integer(v) for k, v in values.items()
    }
    blocks = split_parameters(letters, values, {name: w.astype(object) for name, w in weights.items()})
    return float(Fraction(str(compile_scalar(polynomial, "exact")({**values, **blocks}))))


@pytest.mark.parametrize("case", MODELS, indirect=True)
def test_symbols_and_numpy_agree(case):
    model, weights, prompt = case
    assert model.forward(weights, prompt).item() == pytest.approx(
        symbolic_value(model, weights, prompt), rel=1e-12
    )


@pytest.mark.parametrize("case", MODELS, indirect=True)
def test_numpy_and_torch_agree_with_and_without_a_batch(case):
    torch = pytest.importorskip("torch")
    model, weights, prompt = case
    tensors = {name: torch.tensor(w) for name, w in weights.items()}
    parts = [torch.tensor(a) for a in (prompt.covariates, prompt.responses, prompt.query)]
    single = model.forward(tensors, Prompt(*parts))
    batch = model.forward(tensors, Prompt(*[torch.stack([a, 2 * a]) for a in parts]))
    expected = model.forward(weights, prompt).item()
    assert single.item() == pytest.approx(expected, rel=1e-12)
    assert batch.shape == (2, 1, 1)
    assert batch[0].item() == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("case", MODELS, indirect=True)
def test_effective_parameters_give_the_same_prediction(case):
    model, weights, prompt = case
    reduced = model.predict(model.effective(weights), prompt).item()
    assert reduced == pytest.approx(model.forward(weights, prompt).item(), rel=1e-12)


def test_sympy_block_matrices_go_through_the_same_function():
    model = si.LinearSelfAttention()
    n, d = TASK.n, TASK.d
    X, y, x = sympy.MatrixSymbol("X", n, d), sympy.MatrixSymbol("y", n, 1), sympy.MatrixSymbol("x", d, 1)
    blocks = {
        name: sympy.BlockMatrix(shape.symbols(name, d)) for name, shape in model.weight_shapes().items()
    }
    tokens = sympy.BlockMatrix([[X.T], [y.T]])
    query = sympy.BlockMatrix([[x], [sympy.ZeroMatrix(1, 1)]])

    class Tokens:
        context, query_token = tokens, query

    result = read_blocks(model.forward(blocks, Tokens())).trace()
    names = {"X": TASK.X, "y": TASK.y, "x": TASK.x}
    from symicl.algebra import closed_form, read_form, symbol_letter

    renamed = closed_form(result).substitute(
        {symbol_letter(s): read_form(names[s.name]) for s in (X, y, x) if names[s.name] != s}
    )
    assert renamed == model.forward(model.symbolic_weights(d), TASK.prompt()).single().trace()
