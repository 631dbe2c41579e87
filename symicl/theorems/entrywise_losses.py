"""The loss of a theorem by both engines: its closed form at numbers, and task and model as defined, in entries."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from fractions import Fraction
from math import prod
from typing import Any, NamedTuple

import numpy as np
import sympy

from symicl.algebra.evaluate import evaluate, exact_matrix
from symicl.algebra.letters import MEANING
from symicl.algebra.symbols import exact_scalar, scalar
from symicl.algebra.writer import write_scalar
from symicl.entrywise import matrices, phases, prompts
from symicl.entrywise.entries import Entry
from symicl.entrywise.gaussian import Gaussians
from symicl.entrywise.matrices import Matrix
from symicl.errors import EnginesDisagreeError
from symicl.expectation.phases.entry_sums import EntrySum
from symicl.expectation.phases.given_moments import GivenMoments
from symicl.expectation.phases.parameters import FullMatrix, ScalarMatrix
from symicl.models.causal_attention import CausalLinearAttention
from symicl.models.gd_beta import GDBeta
from symicl.models.linear_attention import LinearSelfAttention
from symicl.models.linear_transformer_block import LinearTransformerBlock
from symicl.models.model import Model
from symicl.models.multi_head_attention import MultiHeadLinearAttention
from symicl.models.one_step_gd import OneStepGD
from symicl.models.positional_attention import PositionalAttention
from symicl.tasks.autoregressive import AutoregressiveTask
from symicl.tasks.first_vector import LAWS
from symicl.tasks.linear_regression import LinearRegression
from symicl.tasks.neurons import find_neuron
from symicl.tasks.rotation_invariant import RotationInvariantRegression
from symicl.theorems.theorem import Theorem
from symicl.theory.autoregressive_loss import autoregressive_loss, loss_in_time
from symicl.theory.loss import Loss, LossAt, expected_loss

PROMPT_SIZES = ((1, 1), (1, 2), (2, 1), (2, 2))
SEQUENCE_SIZES = ((1, 3), (1, 4), (2, 3), (2, 4), (2, 5))
NEURON_FUNCTIONS: dict[str, Callable[[Entry], Entry]] = {"linear": lambda z: z, "cubic": lambda z: z**3}
NAMED_LAWS = ("gaussian", "rademacher", "uniform", "sparse")
SCALE = Fraction(3, 2)

Weights = dict[str, Matrix]


def compare_losses(theorem: Theorem) -> int:
    """Compute the loss of a theorem's model on its task by both engines, at small sizes.

    Returns
    -------
    int
        The number of instances; 0 if the second engine does not know the task or the model.

    Raises
    ------
    EnginesDisagreeError
        With the smallest instance at which they differ.
    """
    return _compare(theorem.id, _cases(theorem.task, theorem.model))


def _cases(task: Any, model: Any) -> Iterator[Case]:
    """Instances of what the second engine knows; a subclass may mean something else."""
    if type(task) is LinearRegression and _forward(model) is not None:
        return _regression(model, task)
    if type(task) is RotationInvariantRegression and _forward(model) is not None:
        return _neurons(model, task)
    if type(task) is AutoregressiveTask and task.kind != "haar":
        if type(model) is CausalLinearAttention:
            return _sequences(model, task)
        if type(model) is PositionalAttention:
            return _positions(model, task)
    return iter(())


class Case(NamedTuple):
    """One instance.

    Attributes
    ----------
    sizes : dict
    note : str
        What else distinguishes it.
    closed_form, value : exact numbers
        By words, and entry by entry.
    """

    sizes: dict[str, int]
    note: str
    closed_form: Any
    value: Any


def _compare(name: str, cases: Iterator[Case]) -> int:
    count, wrong = 0, []
    for case in cases:
        count += 1
        if exact(case.closed_form) != case.value:
            wrong.append((prod(case.sizes.values()), count, case))
    if wrong:
        _, _, case = min(wrong)
        where = ", ".join(
            [f"{key} = {size}" for key, size in case.sizes.items()] + [case.note] * bool(case.note)
        )
        raise EnginesDisagreeError(
            f"{name}: the two engines disagree on the expected loss at {where}: {exact(case.closed_form)} by words, "
            f"{case.value} entry by entry; this is a defect of symicl, and nothing is proved"
        )
    return count


def exact(value: Any) -> Fraction:
    """An exact number of any kind as a fraction."""
    if isinstance(value, sympy.Basic):
        value = sympy.Rational(value)
    if hasattr(value, "p"):
        return Fraction(int(value.p), int(value.q))
    return Fraction(value)


# --- prompts ---------------------------------------------------------------------------------------------


def _forward(model: Any) -> Callable[[Weights, prompts.Entries], Entry] | None:
    """The forward pass of a model over its weights, in entries."""
    if type(model) is LinearSelfAttention:
        return lambda weights, prompt: prompts.self_attention(weights, prompt, query=model.query_in_context)
    if type(model) is LinearTransformerBlock:
        return lambda weights, prompt: prompts.transformer_block(
            weights, prompt, residual=model.residual, mask=model.mask
        )
    if type(model) is MultiHeadLinearAttention and model.heads == 1:
        return lambda weights, prompt: prompts.transformer_block(_without_mlp(weights), prompt)
    if type(model) is OneStepGD:
        return lambda weights, prompt: prompts.one_step(weights["Gamma"], prompt)
    if type(model) is GDBeta:
        return lambda weights, prompt: prompts.gd_beta(weights["beta"], weights["Gamma"], prompt)
    return None


def _without_mlp(weights: Weights) -> Weights:
    identity = matrices.identity(len(weights["W_K"]))
    return weights | {"W_1": identity, "W_2": identity}


def _weights(model: Model, d: int) -> Weights:
    return {
        name: prompts.numbers(*shape.sizes(d), seed)
        for seed, (name, shape) in enumerate(model.weight_shapes().items(), start=40)
    }


def _at_weights(loss: Loss, weights: Weights, numbers: dict[str, Any]) -> Any:
    arrays = {name: np.array(weight, dtype=object) for name, weight in weights.items()}
    return loss.at(**numbers)(**loss.model.effective(arrays))


def _regression(model: Model, task: LinearRegression) -> Iterator[Case]:
    loss, forward = expected_loss(model, task), _forward(model)
    assert forward is not None
    # A size that is a number is what it is.
    sizes = {
        tuple(
            size if isinstance(side, sympy.Symbol) else int(side)
            for side, size in zip((task.n, task.d), pair, strict=True)
        )
        for pair in PROMPT_SIZES
    }
    for n, d in sorted(sizes):
        numbers: dict[str, Any] = {}
        for seed, (name, symbol) in enumerate(task.symbols().items()):
            if symbol in (task.n, task.d):
                numbers[name] = n if symbol == task.n else d
            elif isinstance(symbol, sympy.MatrixSymbol):
                rows, cols = (d if side == task.d else int(side) for side in symbol.shape)
                lower = prompts.lower(rows, seed)
                numbers[name] = (
                    prompts.numbers(rows, cols, seed)
                    if cols != rows or (rows == 1 and symbol.shape[1] == 1)
                    else matrices.product(lower, matrices.transpose(lower))
                )
            else:
                numbers[name] = Fraction(9 + seed, 4)
        values = task.at(**numbers).values
        setting = prompts.Regression(
            n,
            _matrix(task.covariate_cov, values),
            _matrix(task.task_cov, values),
            _matrix(task.task_mean, values),
            exact(evaluate(task.noise, values)),
        )
        gaussians = Gaussians()
        prompt, weights = setting.draw(gaussians), _weights(model, len(setting.mean))
        value = prompts.loss(forward(weights, prompt), prompt, gaussians)
        yield Case({"n": setting.n, "d": len(setting.mean)}, "", _at_weights(loss, weights, numbers), value)


def _matrix(expression: Any, values: Any) -> Matrix:
    return [[exact(x) for x in row] for row in exact_matrix(evaluate(expression, values)).tolist()]


def _neurons(model: Model, task: RotationInvariantRegression) -> Iterator[Case]:
    """The engine knows the random function by its moments alone, the entries know it as a polynomial."""
    forward = _forward(model)
    assert forward is not None
    loss = expected_loss(model, task)
    for name, activation in NEURON_FUNCTIONS.items():
        moments = RotationInvariantRegression(find_neuron(name)).moments()
        for n, d in PROMPT_SIZES:
            noise = Fraction(7, 4)
            known = task.at(n=n, d=d, sigma2=noise).values
            for symbol, expression in moments.items():
                known[symbol] = evaluate(expression, known)
            gaussians = Gaussians()
            identity, zero = matrices.identity(d), [[0]] * d
            prompt = prompts.Regression(n, identity, identity, zero, noise).draw(gaussians, activation)
            weights = _weights(model, d)
            value = prompts.loss(forward(weights, prompt), prompt, gaussians)
            arrays = {key: np.array(weight, dtype=object) for key, weight in weights.items()}
            found = LossAt(loss, known)(**model.effective(arrays))
            yield Case({"n": n, "d": d}, f"the {name} neuron", found, value)


# --- sequences -------------------------------------------------------------------------------------------


def _numbers(source: random.Random, *shape: int) -> Any:
    if not shape:
        return Fraction(source.choice((-5, -3, -2, 2, 3, 7)), source.choice((1, 2, 3)))
    return [_numbers(source, *shape[1:]) for _ in range(shape[0])]


def _sequences(model: CausalLinearAttention, task: AutoregressiveTask) -> Iterator[Case]:
    """The active pair; T = 3, 4, 5 determine the loss at each t.

    Two full matrices where the law of x_1 has a name. Where it is given by moments, two multiples of the identity,
    which need no other moments than the paper's; and two full matrices for every law that has a name.
    """
    if not isinstance(task.law, GivenMoments):
        yield from _pairs(
            model, task, (next(name for name, kind in LAWS.items() if type(task.law) is kind),), full=True
        )
        return
    yield from _pairs(model, task, NAMED_LAWS, full=False)
    for name in LAWS:
        named = AutoregressiveTask(task.kind, name, scalar("scale", positive=True), task.d, task.T)
        yield from _pairs(model, named, (name,), full=True)


def _pairs(
    model: CausalLinearAttention, task: AutoregressiveTask, laws: tuple[str, ...], *, full: bool
) -> Iterator[Case]:
    a, b = scalar("a"), scalar("b")
    pair = (FullMatrix("A"), FullMatrix("B")) if full else (ScalarMatrix(a), ScalarMatrix(b))
    loss = autoregressive_loss(model, task, model.active(*pair))
    (length_symbol,) = task.T.free_symbols
    for d, length in SEQUENCE_SIZES:
        if (task.paired and d % 2) or (not full and d < 2):
            continue
        source = random.Random(f"{d} {length}")
        given: dict[str, Any] = {"A": _numbers(source, d, d), "B": _numbers(source, d, d)}
        if not full:
            given = {"a": _numbers(source), "b": _numbers(source)}
        A, B = given.values() if full else (matrices.scaled(matrices.identity(d), x) for x in given.values())
        numbers: dict[str, Any] = {str(task.d): d, str(length_symbol): length - int(task.T - length_symbol)}
        for name in laws:
            scale = (
                SCALE if isinstance(task.law, GivenMoments) or task.scale.free_symbols else exact(task.scale)
            )
            moment = phases.law(name, d, scale)
            if isinstance(task.law, GivenMoments):
                numbers |= _moments(task, d, moment)
            elif task.scale.free_symbols:
                numbers[str(task.scale)] = scale
            value = phases.attention_loss(
                *phases.active(A, B), d, length, moment, normalised=model.normalised, paired=task.paired
            )
            kind = "two full matrices" if full else "two numbers"
            yield Case({"d": d, "T": length}, f"the law {name}, {kind}", loss.at(**numbers)(**given), value)


def _moments(task: AutoregressiveTask, d: int, moment: phases.Moment) -> dict[str, Any]:
    """The symbols of a law that is given by its moments, from those of an explicit law."""
    found = {}
    for exponents, stated in task.law.known:  # type: ignore[attr-defined]
        value = moment((*exponents, *[0] * (d - len(exponents))))
        at_size = exact_scalar(stated, "a moment").subs(task.d, d)
        (symbol,) = at_size.free_symbols
        found[symbol.name] = value / exact(at_size / symbol)
    return found


def _positions(model: PositionalAttention, task: AutoregressiveTask) -> Iterator[Case]:
    """Two heads with weights of their own for every position."""
    loss = loss_in_time(model, task)
    weights = loss.parameters["P"]
    polynomial = loss.polynomial
    sums: list[Any] = [MEANING[a] for a in polynomial.letters() if isinstance(MEANING[a], EntrySum)]
    for d in (2, 4) if task.paired else (1, 2, 3):
        for t in (2, 3, 4):
            source = random.Random(f"{d} {t}")
            A, B, p = _numbers(source, 2, d), _numbers(source, 2, d), _numbers(source, t)
            C = [[sum(b[i] * a[j] for a, b in zip(A, B, strict=True)) for j in range(d)] for i in range(d)]
            partner = [i ^ 1 for i in range(d)] if task.paired else None
            values: dict[sympy.Basic, Any] = {
                task.d: sympy.Integer(d),
                weights.last(): p[-1],
                weights.last(1): p[-2],
                weights.earlier(1): sum(p[:-2]),
                weights.earlier(2): sum(x * x for x in p[:-2]),
            }
            values |= {s: s.value(d, {"C": C}, partner) for s in sums}
            values = {key: exact_scalar(value, str(key)) for key, value in values.items()}
            moment = phases.law("ones", d, Fraction(1))
            value = phases.positional_loss(A, B, p, d, moment, paired=task.paired)
            yield Case({"d": d, "t": t}, "", evaluate(write_scalar(polynomial), values), value)
