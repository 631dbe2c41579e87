"""Is what a derivation minimises the loss of the model that is trained?

A loss is derived from `predict` over free effective parameters, and a network is trained through `forward` over its
weights. Whether the two are one function is checked here for a theorem's own model and task, with every block of every
weight a letter, whatever the derivation did.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy

from symicl.algebra import (
    COLS,
    ENTRYWISE,
    MEANING,
    NO_LETTER,
    ONE,
    PARTNER,
    ROWS,
    Blocks,
    ClosedForm,
    RandomMatrix,
    dimension_index,
    seen_through,
)
from symicl.errors import InputError, SymiclError
from symicl.models import Model, WeightShape
from symicl.tasks import PromptTask, Task
from symicl.theory.link_at_numbers import sequences_differ

LAW = (
    "expectation",
    "over_phases",
    "laws",
    "random",
    "definitions",
    "space",
    "target",
    "centred",
    "data",
    "prompt",
    "prompt_letters",
    "sequence",
    "paired",
    "last",
    "symbols",
)
"""The attributes that a task derives from its law."""

MOMENT_LAW = ("summed", "marked", "single")
"""The attributes that a law of x_1 derives from its moments."""


def unchecked_law(task: Any) -> str:
    """Why expectations of a task need not be those of its law: they are computed by code of its own; empty if not."""
    parts = [(task, name) for name in LAW]
    parts += [(law, name) for law in [getattr(task, "law", None)] for name in MOMENT_LAW if law is not None]
    for part, name in parts:
        if not _is_ours(type(part), name):
            return (
                f"{type(part).__name__} has {name}() in code of its own, which prove cannot check against the law; "
                "give the law to a task of symicl"
            )
    return ""


def _is_ours(kind: type, name: str) -> bool:
    """True if a class has no attribute of this name, or has it from symicl."""
    owner = next((c for c in kind.__mro__ if name in vars(c)), None)
    return owner is None or owner.__module__.startswith("symicl.")


def broken_link(model: Any, task: Any) -> str:
    """Why the loss of a model on a task, as it is derived, is not that of its forward pass; empty if it is.

    Parameters
    ----------
    model : Model
    task : Task

    Returns
    -------
    str
        One sentence. For prompts the check is exact, for all sizes; for sequences the forward pass is compared at
        numbers, if a model has one of its own.
    """
    try:
        if fit(model, task):
            return sequences_differ(model) if model.reads == "sequence" else _of_prompts(model, task)
    except SymiclError as error:
        return f"the forward pass of {type(model).__name__} cannot be compared with its loss: {error}"
    return f"{type(model).__name__} does not go with {type(task).__name__}"


def fit(model: object, task: object) -> bool:
    """True if the model reads what the task shows."""
    return isinstance(model, Model) and isinstance(task, Task) and model.reads == task.shows


def _of_prompts(model: Model, task: PromptTask) -> str:
    kind, prompt, fixed = type(model).__name__, task.prompt(), fixed_symbols(task)
    given = {a for b in (prompt.covariates, prompt.responses, prompt.query) for a in block_letters(b)}
    sizes = model.sizes_on(task)
    weights, parameters = model.symbolic_weights(**sizes), model.symbolic_parameters(**sizes)
    for of, shapes, what in (
        (weights, model.weight_shapes(), "weight"),
        (parameters, model.effective_shapes(), "effective parameter"),
    ):
        restricted = _not_free(model, of, shapes, task, given, fixed)
        if restricted:
            return (
                f"the {what} {restricted} of {kind} is not a free matrix of the shape that is declared for it"
            )
    computed = task.component(model.forward(weights, prompt).single())
    reduced = task.component(model.predict(model.effective(weights), prompt).single())
    if computed != reduced:
        missing = [
            name for name, of in weights.items() if block_letters(of) & computed.letters() - reduced.letters()
        ]
        if missing:
            return (
                f"the forward pass of {kind} depends on the weight {' and '.join(missing)} beyond its effective "
                "parameters: effective() and predict() leave it out, so what is derived is not the loss of this model"
            )
        return (
            f"the forward pass of {kind} is not predict() at effective(): the prediction depends on "
            f"{_named(computed - reduced, weights)} in another way, so what is derived is not the loss of this model"
        )
    known = given | {a for of in weights.values() for a in block_letters(of)}
    seen = block_letters(model.forward(weights, prompt))
    for a in sorted((seen_through(seen) if seen & ENTRYWISE else seen) - known):
        if not is_fixed(MEANING[a], fixed):
            return (
                f"the forward pass of {kind} contains {_name(a)}, which is neither a weight nor a part of the prompt: "
                "no model can see it"
            )
    return ""


def unattainable(optimum: Any, weights: Mapping[str, Blocks]) -> str:
    """Why weights that compute the optimal predictor are no weights: they depend on the prompt; empty if they are."""
    fixed, K = fixed_symbols(optimum.loss.task), optimum.problem.unknown
    own = {K, PARTNER[K]} if K != NO_LETTER else set()
    for name, blocks in weights.items():
        for a in sorted(block_letters(blocks)):
            if a not in own and not is_fixed(MEANING[a], fixed):
                return f"the weight {name} that is to attain the minimum depends on {_name(a)}: it is not one matrix"
    return ""


def block_letters(blocks: Blocks) -> set[int]:
    """The letters of all blocks, untransposed."""
    return {a for row in blocks.grid for block in row for a in block.letters()}


def _not_free(
    model: Model,
    of: Mapping[str, Blocks],
    shapes: Mapping[str, WeightShape],
    task: PromptTask,
    given: set[int],
    fixed: frozenset[sympy.Basic],
) -> str:
    """The first matrix that is not a grid of different letters of the declared sizes; empty if all are."""
    taken = set(given) | task.target().letters()

    if of.keys() != shapes.keys():
        return ", ".join(sorted(of.keys() ^ shapes.keys()))
    for name, shape in shapes.items():
        blocks = of[name]
        sides = ([*map(dimension_index, side)] for side in model.block_sizes(shape, task))
        if (blocks.heights, blocks.widths) != tuple(sides):
            return name
        for row in blocks.grid:
            for block in row:
                (a,) = block.letters() if len(block.letters()) == 1 else (None,)
                free = a is not None and (shape.kind or _is_letter(block, a))
                if a is None or not free or a in taken or is_fixed(MEANING[a], fixed):
                    return name
                taken.add(a)
    return ""


def _is_letter(block: ClosedForm, a: int) -> bool:
    plain = block in (ClosedForm.of(a), ClosedForm.of(PARTNER[a]))
    return plain and (PARTNER[a] != a or ROWS[a] == COLS[a] == ONE)


def fixed_symbols(task: PromptTask) -> frozenset[sympy.Basic]:
    """The symbols of the law of a task, and the sizes of its matrices, that are not random."""
    law = set(task.symbols().values())
    sizes = {
        size for symbol in law for size in getattr(symbol, "shape", ()) if isinstance(size, sympy.Symbol)
    }
    drawn = {MEANING[a] for a in task.prompt_letters() | task.target().letters()}
    drawn |= {symbol for symbol in law if isinstance(symbol, RandomMatrix)}
    return frozenset((law | sizes) - drawn)


def is_fixed(meaning: Any, fixed: frozenset[sympy.Basic]) -> bool:
    """True if it is made from these symbols, such as 1/n or an inverse covariance."""
    if isinstance(meaning, tuple):
        return meaning[:1] == ("inverse",) and is_fixed(meaning[1], fixed)
    return isinstance(meaning, sympy.Basic) and meaning.free_symbols <= fixed


def _name(a: int) -> str:
    meaning = MEANING[a]
    return str(meaning[-1] if isinstance(meaning, tuple) else meaning)


def _named(difference: ClosedForm, weights: Mapping[str, Blocks]) -> str:
    """The weights that occur in a difference."""
    found = [name for name, of in weights.items() if block_letters(of) & difference.letters()]
    return "the weight " + " and ".join(found) if found else "the prompt"


def refuse_taken_names(model: Model, task: PromptTask, blocks: set[int], prediction: ClosedForm) -> None:
    """Refuse one name for two things: a task mean called a would silently be the parameter a.

    Parameters
    ----------
    model, task
    blocks : set of letters
        The parameters of the model.
    prediction : ClosedForm

    Raises
    ------
    InputError
        With the names that are taken.
    """
    law = task.symbols()
    used = prediction.letters() | {a for a in blocks if MEANING[a] in law.values()}
    lengths = {name for name, symbol in law.items() if symbol.is_Symbol and symbol.is_integer}
    own = lengths - {str(MEANING[a]) for a in blocks} | {"n", "d"}  # such as in 1/n
    for name in sorted({str(MEANING[a]) for a in used} & (law.keys() - own)):
        taken = sorted({str(MEANING[a]) for a in used | blocks})
        raise InputError(
            f"the law of the task contains {name}, which the model or the prompt uses; rename it to {name}_1 or "
            f"another name than {', '.join(taken)}"
        )
    direction = getattr(task, "direction", None)
    if direction is not None and any(str(MEANING[a]) == direction.name for a in blocks):
        raise InputError(
            f"the model has a parameter {direction.name}, which is the direction along which several responses are "
            "compared; rename it"
        )
