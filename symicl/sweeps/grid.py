"""Grids: all combinations of the values of several inputs, without a list of them in memory."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

import sympy
from sympy.matrices.expressions import MatrixExpr

from symicl.errors import InputError
from symicl.sweeps.axis import Axis, read_axis

ASK_ABOVE = 10_000
"""Points of a grid beyond which the user has to say that they are meant."""


@dataclass(frozen=True)
class Grid:
    """The points of a sweep, the last axis varying fastest.

    Attributes
    ----------
    axes : tuple of Axis
    """

    axes: tuple[Axis, ...]

    @property
    def count(self) -> int:
        """How many points."""
        return math.prod(axis.count for axis in self.axes)

    def __iter__(self) -> Iterator[dict[str, str]]:
        """Inputs by name, as text."""
        sizes = [axis.count for axis in self.axes]
        digits = [0] * len(sizes)
        while True:
            yield {axis.name: axis[k] for axis, k in zip(self.axes, digits, strict=True)}
            for place in reversed(range(len(digits))):
                digits[place] += 1
                if digits[place] < sizes[place]:
                    break
                digits[place] = 0
            else:
                return

    def edges(self) -> Iterator[dict[str, str]]:
        """Points in which every value of every axis occurs (the first hundred of each), for a first look."""
        first = {axis.name: axis[0] for axis in self.axes}
        yield first
        for axis in self.axes:
            for k in range(1, min(axis.count, 100)):
                yield first | {axis.name: axis[k]}

    @property
    def varied(self) -> list[str]:
        """The inputs with more than one value."""
        return [axis.name for axis in self.axes if axis.count > 1]


def read_grid(
    texts: Iterable[str],
    symbols: Mapping[str, sympy.Basic],
    options: Mapping[str, Collection[str]] | None = None,
) -> Grid:
    """Read ``name=values`` for several inputs.

    Parameters
    ----------
    texts : iterable of str
    symbols : mapping
        The numeric inputs.
    options : mapping, optional
        The inputs that are a choice by name.

    Raises
    ------
    InputError
        For text that cannot be read, an unknown name, a name or value given twice, or no points.
    """
    options = options or {}
    known = [*symbols, *options]
    axes: dict[str, Axis] = {}
    for text in texts:
        name, equals, values = (part.strip() for part in text.partition("="))
        if not (equals and name):
            raise InputError(f"{text!r} is not of the form name=values; the inputs are {', '.join(known)}")
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f" (did you mean {near[0]}?)" if near else ""
            raise InputError(f"{name} is not an input here{hint}; the inputs are {', '.join(known)}")
        if name in axes:
            raise InputError(f"{name} is given twice; join the two lists by a comma")
        axes[name] = read_axis(name, values, name in symbols and not isinstance(symbols[name], MatrixExpr))
        _refuse_twice(axes[name])
    if not axes:
        raise InputError(
            f"the grid has no points; give values of an input, as in n=8:64:x2 (the inputs are {', '.join(known)})"
        )
    return Grid(tuple(axes.values()))


def _refuse_twice(axis: Axis) -> None:
    if len(axis.segments) == 1 or axis.count > ASK_ABOVE:
        return
    seen: set[str] = set()
    for value in axis:
        if value in seen:
            raise InputError(f"{axis.name} has the value {value} twice; leave out one of the two")
        seen.add(value)
