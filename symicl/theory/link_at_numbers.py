"""Forward passes at numbers: against letters for prompts, and against effective parameters for sequences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy

from symicl.algebra import COLS, MEANING, ROWS, exact_size
from symicl.errors import SymiclError
from symicl.models import Model
from symicl.numeric import compile_matrix, np, sizes_at, split_parameters
from symicl.tasks import ArraySequence, Prompt

LENGTH, TRIED_DIMENSIONS, RELATIVE_ERROR = 4, (1, 2, 3, 4), 1e-9


def differs_at_numbers(model: Model, task: Any) -> str:
    """Why a forward pass does something else with arrays than with letters; empty if it does the same.

    One that does not run on arrays is left to whoever trains it.
    """
    blocks, prompt = model.symbolic_weights(**model.sizes_on(task)), task.prompt()
    computed = model.forward(blocks, prompt).single()
    named = task.sizes() | model.own_sizes(task)
    tried = {"n": 3, "m": 4}
    sizes: dict[Any, Any] = {
        symbol: sympy.Integer(tried.get(name, 2) + k)
        for name, size in named.items()
        for k, symbol in enumerate(sorted(exact_size(size).free_symbols, key=str))
    }
    numbers = {name: int(exact_size(size).subs(sizes)) for name, size in named.items()}
    source = np.random.default_rng(0)
    weights = {
        name: source.integers(-3, 4, size) + 0.5 for name, size in model.weight_sizes(**numbers).items()
    }
    shapes = model.weight_shapes()
    whole = {name: np.diagflat(w) if shapes[name].kind == "diagonal" else w for name, w in weights.items()}
    values = {**sizes, **split_parameters(blocks, sizes, whole)}
    arrays = []
    for whole in (prompt.covariates, prompt.responses, prompt.query):
        rows = []
        for (block,) in whole.grid:
            (a,) = block.letters()
            rows.append(source.integers(-3, 4, sizes_at([ROWS[a], COLS[a]], sizes)) + 0.5)
            values[MEANING[a]] = rows[-1]
        arrays.append(np.concatenate(rows))
    try:
        expected = np.asarray(compile_matrix(computed, "numpy")(values), dtype=float)
        found = np.asarray(model.forward(weights, Prompt(*arrays)), dtype=float).reshape(expected.shape)
    except (SymiclError, TypeError, ValueError, AttributeError, KeyError):
        return ""
    if _close(found, expected):
        return ""
    kind = type(model).__name__
    most = np.abs(found - expected).argmax()
    with_arrays, with_letters = found.flat[most], expected.flat[most]
    return (
        f"the forward pass of {kind} gives {with_arrays:.6g} with arrays and {with_letters:.6g} with letters"
    )


def sequences_differ(model: Model) -> str:
    """Why predictions of sequences by the forward pass are not those from effective parameters; empty if they are."""
    if type(model).forward is Model.forward:  # it is predict() at effective()
        return ""
    kind, length = type(model).__name__, getattr(model, "length", LENGTH)
    for d in TRIED_DIMENSIONS:
        source = np.random.default_rng(d)
        weights = {
            name: source.integers(-3, 4, shape.sizes(d)) + 0.5
            for name, shape in model.weight_shapes().items()
        }
        x = source.integers(-3, 4, (2, length, d)) + 1j * source.integers(-3, 4, (2, length, d))
        if _agree(model, weights, x):
            continue
        for name in weights:
            others = {**weights, name: weights[name] + 1.0}
            moved = model.forward(others, ArraySequence(x)).predictions
            if not _close(moved, model.forward(weights, ArraySequence(x)).predictions) and _close(
                _reduced(model, others, x), _reduced(model, weights, x)
            ):
                return (
                    f"the forward pass of {kind} depends on the weight {name} beyond its effective parameters: what is "
                    "derived is not the loss of this model"
                )
        return f"the forward pass of {kind} is not predict() at effective(): what is derived is not its loss"
    return ""


def _reduced(model: Model, weights: Mapping[str, Any], x: Any) -> Any:
    return model.predict(model.effective(weights), ArraySequence(x)).predictions


def _agree(model: Model, weights: Mapping[str, Any], x: Any) -> bool:
    return _close(model.forward(weights, ArraySequence(x)).predictions, _reduced(model, weights, x))


def _close(one: Any, other: Any) -> bool:
    return bool(np.allclose(one, other, rtol=RELATIVE_ERROR, atol=RELATIVE_ERROR * (1 + np.abs(other).max())))
