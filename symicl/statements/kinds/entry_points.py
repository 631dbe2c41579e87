"""Weights in numbers at which a statement on the entries of minimisers is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any, TypeAlias

import sympy

from symicl.algebra import MEANING, ClosedForm, exact_scalar
from symicl.expectation import EntrySum
from symicl.numeric import evaluate
from symicl.statements.comparison import show
from symicl.statements.kinds.entry_equations import EntryEquations
from symicl.statements.ties import Ties
from symicl.theory import entry_symbol

Weights: TypeAlias = Mapping[str, Any]
"""Vectors and matrices as nested tuples of numbers, and sizes, by name."""
MOVES = (sympy.Rational(1, 2), sympy.Integer(-1))


def around(examples: Sequence[Weights]) -> Iterator[Weights]:
    """Each example, and then each with one number of it moved."""
    yield from examples
    for weights in examples:
        for name, numbers in weights.items():
            if not isinstance(numbers, tuple):
                continue
            for place in _places(numbers):
                for move in MOVES:
                    yield {**weights, name: _moved(numbers, place, move)}


def _places(numbers: tuple[Any, ...]) -> Iterator[tuple[int, ...]]:
    for k, part in enumerate(numbers):
        if isinstance(part, tuple):
            yield from ((k, *rest) for rest in _places(part))
        else:
            yield (k,)


def _moved(numbers: tuple[Any, ...], place: tuple[int, ...], by: sympy.Rational) -> tuple[Any, ...]:
    k, *rest = place
    new = _moved(numbers[k], tuple(rest), by) if rest else numbers[k] + by
    return (*numbers[:k], new, *numbers[k + 1 :])


def differs(said: EntryEquations, weights: Weights, loss: ClosedForm, value: sympy.Basic, ties: Ties) -> str:
    """Why a statement is false at these weights, in words; empty if it is not, or says nothing of them.

    Parameters
    ----------
    said : EntryEquations
    weights : dict
    loss : ClosedForm
        Of the theorem's own model and task.
    value : SymPy scalar
        What is said to be the least loss.
    ties : Ties
    """
    values = numbers_at(said, weights, loss, ties)
    if values is None:
        return ""
    found, least = evaluate(loss.expr, values), evaluate(value, values)
    failing = failing_equation(said, weights, values, ties)
    where = ", ".join(f"{name} = {_text(numbers)}" for name, numbers in weights.items())
    if found < least:
        return f"is false at {where}: the loss is {show(found)}, and not at least {show(least)}"
    if not failing and found != least:
        return f"is false at {where}: the equations hold, and the loss is {show(found)}, not {show(least)}"
    if failing and found == least:
        return f"is false at {where}: the loss is {show(found)}, and {failing} does not hold"
    return ""


def numbers_at(
    said: EntryEquations, weights: Weights, loss: ClosedForm, ties: Ties
) -> dict[sympy.Basic, Any] | None:
    """Values of all symbols of the loss; None if the sizes are smaller than it is said for."""
    task = ties.task
    sizes = {name: len(numbers) for name, numbers in weights.items() if _is_entries(said, numbers, name)}
    d = int(next(iter(sizes.values()), None) or weights[str(task.d)])
    values: dict[sympy.Basic, Any] = {task.d: sympy.Integer(d)}
    for symbol, number in said.least:
        values[symbol] = sympy.Integer(weights.get(str(symbol), number))
        if said.positions is not None and symbol == said.positions.t:
            values[symbol] = sympy.Integer(len(weights[said.positions.name]))
        if values[symbol] < number:
            return None
    if said.positions is not None:
        row = said.positions.values(weights[said.positions.name])
        values |= {symbol: exact_scalar(value, str(symbol)) for symbol, value in row.items()}
    partner = [i ^ 1 for i in range(d)] if task.paired else None
    for a in loss.letters():
        meaning: Any = MEANING[a]
        if isinstance(meaning, EntrySum):
            values[meaning] = exact_scalar(meaning.value(d, weights, partner), str(meaning))
    return values


def failing_equation(
    said: EntryEquations, weights: Weights, values: Mapping[sympy.Basic, Any], ties: Ties
) -> str:
    """An equation that does not hold at some coordinates, as text; empty if all hold."""
    d, paired = int(values[ties.task.d]), ties.task.paired
    same = {
        symbol: evaluate(expression, {**values, **_entries_at(weights, d, {"j": 0}, paired)})
        for symbol, expression in said.some
    }
    for i, j in product(range(d), range(-1, d)):
        if j == i or (paired and j == i ^ 1):
            continue  # −1 stands for no other coordinate, where there is none
        at = {"i": i} if j < 0 else {"i": i, "j": j}
        table = {**values, **same, **_entries_at(weights, d, at, paired)}
        for one, other in said.equations:
            needed = one.free_symbols | other.free_symbols
            if needed <= table.keys() and evaluate(one, table) != evaluate(other, table):
                return f"{one} = {other}"
    return ""


def _entries_at(
    weights: Weights, d: int, at: Mapping[str, int], paired: bool
) -> dict[sympy.Symbol, sympy.Expr]:
    """The entries at coordinates."""
    labels = dict(at) | ({f"~{name}": k ^ 1 for name, k in at.items()} if paired else {})
    found = {}
    for name, numbers in weights.items():
        if not isinstance(numbers, tuple) or len(numbers) != d:
            continue
        if isinstance(numbers[0], tuple):
            for one, other in product(labels, repeat=2):
                found[entry_symbol(name, one, other)] = exact_scalar(
                    numbers[labels[one]][labels[other]], "an entry"
                )
        else:
            found |= {
                entry_symbol(name, one): exact_scalar(numbers[k], "an entry") for one, k in labels.items()
            }
    return found


def _is_entries(said: EntryEquations, numbers: Any, name: str) -> bool:
    return isinstance(numbers, tuple) and (said.positions is None or name != said.positions.name)


def _text(numbers: Any) -> str:
    if isinstance(numbers, tuple):
        return "(" + ", ".join(map(_text, numbers)) + ")"
    return str(numbers)
