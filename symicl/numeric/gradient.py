"""A closed form at numbers with its gradient, compiled once for many evaluations in NumPy float64.

What does not depend on the variables is evaluated once and goes into the coefficients. The rest, a model's own map from
weights to effective parameters included, is one `Graph`, run forwards for the value and backwards for the gradient.

Who differentiates what: `symicl.algebra.differentiate` derives closed forms of derivatives, for proofs and claims, and
`symicl.algebra.derivatives` hands them to SymPy. This module evaluates the gradient of a closed form at numbers, for
runs on the exact loss and for flows. All else is left to torch, which takes ten times as long for such a gradient: see
docs/training-benchmarks.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from symicl.algebra import COLS, ONE, PARTNER, ROWS, Blocks, ClosedForm, letter_of
from symicl.errors import UnsupportedError
from symicl.numeric.backends import ArrayBackend, Numbers
from symicl.numeric.closed_form_program import compile_scalar, evaluate_step, scalar_program, sizes_at
from symicl.numeric.reverse_mode import Graph, Node

Effective = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""From weights to effective parameters."""


class LossGradient:
    """A scalar closed form as a function of full matrices, with its gradient.

    Parameters
    ----------
    form : ClosedForm
        Whose denominator is free of the variables.
    numbers : mapping
        Values of all letters that are no parameters; see `compile_scalar`.
    parameters : dict of Blocks
        ``loss.parameters``: the letters of each effective parameter.
    effective : callable, optional
        The map from the matrices that are given to these parameters; by default they are given themselves.
    shapes : dict of (int, int), optional
        Of the matrices that are given.

    Raises
    ------
    UnsupportedError
        If the map uses more than ``@``, ``+``, multiples, transposes and slices.
    """

    def __init__(
        self,
        form: ClosedForm,
        numbers: Numbers,
        parameters: Mapping[str, Blocks],
        effective: Effective = dict,
        shapes: Mapping[str, tuple[int, int]] | None = None,
    ):
        if shapes is None:
            shapes = {name: shape_of(blocks, numbers) for name, blocks in parameters.items()}
        self._names = list(shapes)
        self._graph = Graph(shapes.values())
        given = recorded(effective, dict(zip(shapes, self._graph.variables, strict=True)))
        letters = {a: place.block(given) for a, place in parameter_places(parameters, numbers).items()}
        self._constant, self._terms = _record(self._graph, form, numbers, letters)

    def __call__(self, given: Mapping[str, np.ndarray]) -> tuple[float, dict[str, np.ndarray]]:
        """The value, and the gradient by each matrix."""
        values = self._graph.run([given[name] for name in self._names])
        slopes: list[Any] = [None] * len(values)
        total = self._constant
        for weight, key in self._terms:
            for place, f in enumerate(key):
                slope = weight
                for other, g in enumerate(key):
                    if other != place:
                        slope *= values[g]
                slopes[f] = slope if slopes[f] is None else slopes[f] + slope
            total += slope * values[key[-1]]
        return total, dict(zip(self._names, self._graph.pull_back(values, slopes), strict=True))


def recorded(effective: Effective, weights: Mapping[str, Node]) -> dict[str, Node]:
    """The effective parameters of recorded weights.

    Raises
    ------
    UnsupportedError
        If they are made by anything that is not recorded.
    """
    try:
        found = dict(effective(weights))
    except (TypeError, AttributeError, ImportError, ValueError):
        found = {}
    if not found or not all(isinstance(node, Node) for node in found.values()):
        raise UnsupportedError(
            "the map from weights to effective parameters uses more than @, +, multiples, transposes and slices"
        )
    return found


class Place(NamedTuple):
    """Where a letter lies in full matrices: a slice of one of them, or its transpose."""

    name: str
    rows: slice
    columns: slice
    is_flipped: bool

    def block(self, given: Mapping[str, Any]) -> Any:
        """The value of the letter."""
        value = given[self.name][self.rows, self.columns]
        return value.mT if self.is_flipped else value


def parameter_places(parameters: Mapping[str, Blocks], numbers: Numbers) -> dict[int, Place]:
    """The place of each letter of the parameters, by the smaller one of a letter and its transpose."""
    places = {}
    for name, blocks in parameters.items():
        top = 0
        for row, height in zip(blocks.grid, sizes_at(blocks.heights, numbers), strict=True):
            left = 0
            for block, width in zip(row, sizes_at(blocks.widths, numbers), strict=True):
                a = letter_of(block)
                is_flipped = a > PARTNER[a] and not ROWS[a] == COLS[a] == ONE
                where = slice(top, top + height), slice(left, left + width)
                places[min(a, PARTNER[a])] = Place(name, *where, is_flipped)
                left += width
            top += height
    return places


def shape_of(blocks: Blocks, numbers: Numbers) -> tuple[int, int]:
    """The numeric shape of a block matrix."""
    return sum(sizes_at(blocks.heights, numbers)), sum(sizes_at(blocks.widths, numbers))


def _record(
    graph: Graph, form: ClosedForm, numbers: Numbers, letters: Mapping[int, Node]
) -> tuple[float, list[tuple[float, tuple[int, ...]]]]:
    """The program of a closed form in a graph: a constant, and coefficients with the scalars that they multiply."""
    num, den = form.fraction()
    if not den.letters().isdisjoint(letters):
        raise UnsupportedError("a variable stands in the denominator of what is to be differentiated")
    below = float(compile_scalar(den)(numbers))
    program, terms = scalar_program(num)
    backend = ArrayBackend(np.asarray)
    fixed: list[Any] = []
    moving: dict[int, Node] = {}

    def node(index: int) -> Node:
        if index not in moving:
            moving[index] = graph.constant(fixed[index])
        return moving[index]

    depends: set[int] = set()
    for index, (kind, i, j) in enumerate(program.steps):
        is_leaf = kind in ("letter", "scalar")
        parents = () if is_leaf else (i, j) if kind in ("product", "inner") else (i,)
        if not (is_leaf and i in letters) and not any(p in depends for p in parents):
            fixed.append(evaluate_step((kind, i, j), fixed, numbers, backend))
            continue
        fixed.append(None)
        depends.add(index)
        if kind == "letter":
            moving[index] = letters[i]
        elif kind == "scalar":
            moving[index] = graph.step("entry", letters[i])
        else:
            moving[index] = graph.step(kind, *map(node, parents))
    grouped: dict[tuple[int, ...], float] = {}
    for c, factors in terms:
        weight, key = float(c) / below, []
        for f in factors:
            if f in depends:
                key.append(moving[f].index)
            else:
                weight *= float(fixed[f])
        grouped[tuple(sorted(key))] = grouped.get(tuple(sorted(key)), 0.0) + weight
    constant = grouped.pop((), 0.0)
    return constant, [(weight, key) for key, weight in grouped.items()]
