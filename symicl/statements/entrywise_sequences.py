"""Sequences in explicit coordinates: a forward pass on polynomials in the phases and the entries of x_1."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from fractions import Fraction
from typing import Any

from symicl.algebra import MEANING, exact_scalar
from symicl.certificates.coordinates import phases
from symicl.errors import InputError, UnsupportedError, brief
from symicl.expectation import EntrySum, GivenMoments, PositionalWeights
from symicl.models import CausalModel
from symicl.numeric import evaluate, np
from symicl.tasks import LAWS, ArraySequence, AutoregressiveTask
from symicl.theory import (
    AutoregressiveLoss,
    at_numbers,
    autoregressive_loss,
    loss_in_time,
    split_arrays,
    unknowns,
)

SEQUENCE_SIZES = ((1, 3), (1, 4), (2, 3), (2, 4), (2, 5))
"""Dimensions and lengths: T = 3, 4, 5 determine the loss at each of t = 2, 3, 4."""
POSITION_SIZES = tuple((d, t) for d in (1, 2, 3, 4) for t in (2, 3, 4))

LENGTH = 4
"""Of the sequences on which floats are compared with exact numbers."""

Instance = tuple[dict[str, int], str, Any, Any]


def instances(task: AutoregressiveTask, model: CausalModel) -> Iterator[Instance]:
    """The loss at random weights and small sizes, by closed form and entry by entry.

    A model that states families of weights is taken at these, the first of which is the largest, any other one at all
    weights. Where the law is given by some moments, each family is taken that needs no others, and then the largest
    one for every law that has a name.
    """
    families: Mapping[str, Any] = model.families() or {"": None}
    largest = next(iter(families.items()))
    if any(isinstance(p, PositionalWeights) for p in model.symbolic_parameters().values()):
        yield from _positions(model, task)
    elif not isinstance(task.law, GivenMoments):
        yield from _summed(model, task, *largest)
    else:
        for note, family in families.items():
            yield from _summed(model, task, note, family)
        for name in LAWS:
            named = AutoregressiveTask(task.kind, name, Fraction(3, 2), task.d, task.T)
            yield from _summed(model, named, f"the law {name}, {largest[0]}", largest[1])


def pass_differs(model: CausalModel, task: AutoregressiveTask) -> str:
    """Why the loss of a model is not that of its forward pass on arrays; empty if it is, as far as it was tried.

    The closed form is held against the forward pass in exact coordinates, and this one against that on floats.
    """
    kind = type(model).__name__
    for sizes, _, closed_form, value in instances(task, model):
        if closed_form != value:
            at = ", ".join(f"{name} = {size}" for name, size in sizes.items())
            return (
                f"at {at} the forward pass of {kind} has the loss {value}, and its closed form {closed_form}"
            )
    sized = _with_length(model, LENGTH)
    for d in (1, 2, 3):
        source = random.Random(d)
        weights = {name: _array(source, *size) for name, size in sized.weight_sizes(d).items()}
        x = _array(source, LENGTH, d)
        exact = sized.predictions(weights, x).astype(float)
        found = sized.predictions({name: a.astype(float) for name, a in weights.items()}, x.astype(float))
        if not np.allclose(found, exact, rtol=1e-9):
            return f"the forward pass of {kind} gives another value on floats than on exact numbers"
    return ""


def _summed(
    model: CausalModel, task: AutoregressiveTask, note: str, family: Mapping[str, Any] | None
) -> Iterator[Instance]:
    loss = autoregressive_loss(model, task, family)
    if isinstance(task.law, GivenMoments) and not _has_moments(loss):
        return
    length = next(iter(task.T.free_symbols), None)
    for d, T in _sizes(task, SEQUENCE_SIZES):
        source = random.Random(f"{d} {T}")
        numbers: dict[str, Any] = {}
        for name, symbol in task.symbols().items():
            if symbol == length:
                numbers[name] = T - int(task.T - length)
            else:
                numbers[name] = d if symbol == task.d else abs(_random(source))
        values = task.at(**numbers).values
        moment = _moment(task, d, values)
        run: Any = model.forward
        if family is None:
            weights = {name: _array(source, *size) for name, size in model.weight_sizes(d).items()}
            parameters = model.effective(weights)
        else:
            weights = parameters = at_numbers(
                family,
                {
                    name: _array(source, d, d) if is_matrix else _random(source)
                    for name, is_matrix in unknowns(family).items()
                },
                d,
            )
            run = model.predict
        value = sum(
            (_error(_predicted(run, model, weights, d, t, task), d, t, moment, task) for t in range(2, T)),
            Fraction(0),
        )
        yield {"d": d, "T": T}, note, loss.at(**numbers)(**parameters), value


def _has_moments(loss: AutoregressiveLoss) -> bool:
    """True if all moments of x_1 that a loss needs are given."""
    try:
        loss.closed_form  # noqa: B018
    except InputError:
        return False
    return True


def _positions(model: CausalModel, task: AutoregressiveTask) -> Iterator[Instance]:
    """A model with positional weights, at a single time t; its row of weights is the same for all times."""
    loss = loss_in_time(model, task)
    form = loss.closed_form
    sums: list[Any] = [MEANING[a] for a in form.letters() if isinstance(MEANING[a], EntrySum)]
    positional = {name: p for name, p in loss.parameters.items() if isinstance(p, PositionalWeights)}
    for d, t in _sizes(task, POSITION_SIZES):
        source = random.Random(f"{d} {t}")
        sized = _with_length(model, t)
        weights = {name: _array(source, *size) for name, size in sized.weight_sizes(d).items()}
        weights |= {
            name: np.array([_array(source, 1, t)[0]] * t, dtype=object)
            for name in positional.keys() & weights
        }
        numbers = {name: d if symbol == task.d else t + 1 for name, symbol in task.symbols().items()}
        values = dict(task.at(**numbers).values)
        effective = sized.effective(weights)
        for name, row in positional.items():
            values |= row.values(effective[name][0])
        entries = split_arrays(
            {name: p for name, p in loss.parameters.items() if name not in positional}, effective, d
        )
        partner = [i ^ 1 for i in range(d)] if task.paired else None
        values |= {s: s.value(d, entries, partner) for s in sums}
        values = {key: exact_scalar(value, str(key)) for key, value in values.items()}
        moment = _moment(task, d, values)
        found = _error(_predicted(sized.forward, sized, weights, d, t, task), d, t, moment, task)
        yield {"d": d, "t": t}, "", evaluate(form.expr, values), found


def _with_length(model: Any, length: int) -> Any:
    """The model for sequences of a length, where it has one."""
    has_length = is_dataclass(model) and any(field.name == "length" for field in fields(model))
    return replace(model, length=length) if has_length else model


def _sizes(task: AutoregressiveTask, sizes: tuple[tuple[int, int], ...]) -> Iterator[tuple[int, int]]:
    """Those that the task can have."""
    for d, length in sizes:
        if (task.paired and d % 2) or (task.d.is_Integer and d != task.d):
            continue
        if isinstance(task.law, GivenMoments) and d < 2:
            continue  # moments may be stated per pair of coordinates
        yield d, length


def _predicted(run: Any, model: CausalModel, weights: Any, d: int, t: int, task: AutoregressiveTask) -> Any:
    x = np.empty((t, d), dtype=object)
    for s in range(t):
        x[s] = phases.vector(d, s + 1, paired=task.paired)
    try:
        return list(run(weights, ArraySequence(x, [t])).predictions.reshape(d))
    except (TypeError, AttributeError, ValueError) as error:
        raise UnsupportedError(
            f"the forward pass of {type(model).__name__} does not run on polynomials in the phases ({brief(error)}), "
            "so the second engine does not see it"
        ) from error


def _error(predicted: list[Any], d: int, t: int, moment: phases.Moment, task: AutoregressiveTask) -> Fraction:
    return phases.squared_error(predicted, d, t, moment, paired=task.paired)


def _moment(task: AutoregressiveTask, d: int, values: Mapping[Any, Any]) -> phases.Moment:
    """The moments of x_1: of a law with a name by the second engine itself, of any other one as it declares them."""
    for name, kind in LAWS.items():
        if type(task.law) is kind:
            scale = evaluate(task.scale, values)
            return phases.law(name, d, Fraction(int(scale.p), int(scale.q)))
    declared = getattr(task.law, "moment", None)
    if declared is None:
        raise UnsupportedError(
            f"{type(task.law).__name__} has moments that differ between coordinates, so the second engine does not "
            "see it"
        )

    def moment(exponents: tuple[int, ...]) -> Fraction:
        ordered = tuple(sorted((k for k in exponents if k), reverse=True))
        if not ordered:
            return Fraction(1)
        value = evaluate(exact_scalar(declared(ordered), "a moment"), values)
        return Fraction(int(value.p), int(value.q))

    return moment


def _random(source: random.Random) -> Fraction:
    return Fraction(source.choice((-5, -3, -2, 2, 3, 7)), source.choice((1, 2, 3)))


def _array(source: random.Random, rows: int, cols: int) -> np.ndarray:
    return np.array([[_random(source) for _ in range(cols)] for _ in range(rows)], dtype=object)
