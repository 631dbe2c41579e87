"""A model's own map from weights to effective parameters, with its derivative, on plain NumPy arrays.

The map is a few products of small matrices; a general automatic differentiation costs ten times what they do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


class Taped:
    """An array that remembers how it was made; it takes part in what a map to effective parameters may use.

    Parameters
    ----------
    value : array
    parents : tuple of (Taped, callable)
        Each with the map from the slope by this array to that by the parent.
    """

    __array_ufunc__ = None  # array @ Taped comes here
    __slots__ = ("parents", "slope", "value")

    def __init__(self, value: np.ndarray, parents: tuple[tuple[Taped, Callable[[Any], Any]], ...] = ()):
        self.value, self.parents = value, parents
        self.slope: Any = None

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value.shape

    @property
    def mT(self) -> Taped:
        return Taped(self.value.T, ((self, lambda s: s.T),))

    def __matmul__(self, other: Any) -> Taped:
        a = self.value
        if not isinstance(other, Taped):
            return Taped(a @ other, ((self, lambda s: s @ other.T),))
        b = other.value
        return Taped(a @ b, ((self, lambda s: s @ b.T), (other, lambda s: a.T @ s)))

    def __rmatmul__(self, other: np.ndarray) -> Taped:
        return Taped(other @ self.value, ((self, lambda s: other.T @ s),))

    def __add__(self, other: Any) -> Taped:
        if isinstance(other, Taped):
            return Taped(self.value + other.value, ((self, lambda s: s), (other, lambda s: s)))
        return Taped(self.value + other, ((self, lambda s: s),))

    __radd__ = __add__

    def __mul__(self, factor: float) -> Taped:
        return Taped(self.value * factor, ((self, lambda s: s * factor),))

    __rmul__ = __mul__

    def __sub__(self, other: Any) -> Taped:
        return self + other * -1.0

    def __getitem__(self, index: Any) -> Taped:
        def back(slope: Any) -> Any:
            out = np.zeros_like(self.value)
            out[index] = slope
            return out

        return Taped(self.value[index], ((self, back),))

    def receive(self, slope: Any) -> None:
        """Add a slope from outside."""
        self.slope = slope if self.slope is None else self.slope + slope


def pull_back(outputs: list[Taped]) -> None:
    """Carry the slopes of some arrays back to everything that they were made from."""
    order: list[Taped] = []
    seen: set[int] = set()

    def visit(node: Taped) -> None:
        if id(node) not in seen:
            seen.add(id(node))
            for parent, _ in node.parents:
                visit(parent)
            order.append(node)

    for output in outputs:
        visit(output)
    for node in reversed(order):
        if node.slope is not None:
            for parent, back in node.parents:
                parent.receive(back(node.slope))
