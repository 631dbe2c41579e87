"""Products and sums of small matrices, recorded once, then run forwards and backwards in NumPy.

The matrices have a few dozen entries, and a call of NumPy on them costs a microsecond; what makes a general automatic
differentiation several times as slow is the work around each call. See docs/training-benchmarks.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np


class Node:
    """A matrix or number of a graph; it takes part in what a map to effective parameters may use.

    Attributes
    ----------
    graph : Graph
    index : int
        Among the values of the graph.
    shape : tuple of int
        Empty for a number.
    """

    __array_ufunc__ = None  # array @ Node comes here
    __slots__ = ("graph", "index", "shape")

    def __init__(self, graph: Graph, index: int, shape: tuple[int, ...]):
        self.graph, self.index, self.shape = graph, index, shape

    def _of(self, other: Any) -> Node:
        return other if isinstance(other, Node) else self.graph.constant(np.asarray(other))

    @property
    def mT(self) -> Node:
        return self.graph.step("transpose", self)

    def __matmul__(self, other: Any) -> Node:
        return self.graph.step("product", self, self._of(other))

    def __rmatmul__(self, other: np.ndarray) -> Node:
        return self.graph.step("product", self._of(other), self)

    def __add__(self, other: Any) -> Node:
        return self.graph.step("sum", self, self._of(other))

    __radd__ = __add__

    def __mul__(self, factor: Any) -> Any:
        if isinstance(factor, Node) or np.ndim(factor):
            return NotImplemented
        return self if factor == 1 else self.graph.step("multiple", self, float(factor))

    __rmul__ = __mul__

    def __sub__(self, other: Any) -> Node:
        return self + other * -1.0

    def __rsub__(self, other: Any) -> Node:
        return self * -1.0 + other

    def __getitem__(self, index: Any) -> Node:
        return self.graph.step("block", self, index)


class Graph:
    """A computation from some variables, step by step.

    Parameters
    ----------
    shapes : iterable of (int, int)
        Of the variables.

    Attributes
    ----------
    variables : list of Node
    """

    def __init__(self, shapes: Iterable[tuple[int, int]]):
        self.variables = [Node(self, k, tuple(shape)) for k, shape in enumerate(shapes)]
        self._values: list[Any] = [None] * len(self.variables)
        self._steps: list[tuple[int, str, int, Any]] = []
        self._moving = set(range(len(self.variables)))

    # --- recording -------------------------------------------------------------------------------------

    def constant(self, value: Any) -> Node:
        """A matrix or number that stays as it is."""
        self._values.append(value)
        return Node(self, len(self._values) - 1, np.shape(value))

    def step(self, kind: str, first: Node, second: Any = None) -> Node:
        """One more step.

        Parameters
        ----------
        kind : "product", "sum", "inner", "multiple", "transpose", "diagonal", "block", "trace" or "entry"
            ``inner`` is tr(a bᵀ), ``entry`` the only one of a 1 × 1 matrix, ``block`` a slice.
        first : Node
        second : Node, factor or index
        """
        i, j = first.index, second.index if isinstance(second, Node) else second
        shape: tuple[int, ...] = ()
        if kind == "product":
            shape = (*first.shape[:-1], second.shape[-1])
        elif kind == "transpose":
            shape = first.shape[::-1]
        elif kind == "block":
            shape = np.empty(first.shape)[j].shape
        elif kind in ("sum", "multiple", "diagonal"):
            shape = first.shape
        if kind in ("product", "sum", "inner"):
            _refuse_sizes(kind, first.shape, second.shape)
        self._values.append(None)
        self._steps.append((len(self._values) - 1, kind, i, j))
        self._moving.add(len(self._values) - 1)
        return Node(self, len(self._values) - 1, shape)

    # --- running ---------------------------------------------------------------------------------------

    def run(self, variables: Sequence[np.ndarray]) -> list[Any]:
        """All values, by index."""
        values = self._values.copy()
        values[: len(variables)] = variables
        for index, kind, i, j in self._steps:
            if kind == "product":
                values[index] = values[i] @ values[j]
            elif kind == "inner":
                values[index] = float(np.vdot(values[i], values[j]))
            elif kind == "transpose":
                values[index] = values[i].T
            elif kind == "diagonal":
                values[index] = np.diag(np.diag(values[i]))
            elif kind == "block":
                values[index] = values[i][j]
            elif kind == "entry":
                values[index] = float(values[i][0, 0])
            elif kind == "trace":
                values[index] = float(values[i].trace())
            elif kind == "sum":
                values[index] = values[i] + values[j]
            else:
                values[index] = values[i] * j
        return values

    def pull_back(self, values: list[Any], slopes: list[Any]) -> list[np.ndarray]:
        """The slopes by the variables.

        Parameters
        ----------
        values : list
            From `run`.
        slopes : list
            By each value, as far as it enters a result directly; None elsewhere. It is used up.
        """
        moving, own = self._moving, set()

        def add(index: int, slope: Any) -> None:
            if index in moving:
                slopes[index] = slope if slopes[index] is None else slopes[index] + slope

        for index, kind, i, j in reversed(self._steps):
            slope = slopes[index]
            if slope is None:
                continue
            if kind == "product":
                if i in moving:
                    add(i, slope @ values[j].T)
                if j in moving:
                    add(j, values[i].T @ slope)
            elif kind == "inner":
                add(i, slope * values[j])
                add(j, slope * values[i])
            elif kind == "transpose":
                add(i, slope.T)
            elif kind == "diagonal":
                add(i, np.diag(np.diag(slope)))
            elif kind in ("block", "entry"):
                if i not in own:  # another step may hold the same array
                    own.add(i)
                    before, slopes[i] = slopes[i], np.zeros(values[i].shape)
                    if before is not None:
                        slopes[i] += before
                slopes[i][j if kind == "block" else (0, 0)] += slope
            elif kind == "trace":
                add(i, slope * np.eye(len(values[i])))
            elif kind == "sum":
                add(i, slope)
                add(j, slope)
            else:
                add(i, slope * j)
        return [
            np.zeros(node.shape) if slopes[node.index] is None else slopes[node.index]
            for node in self.variables
        ]


def _refuse_sizes(kind: str, first: tuple[int, ...], second: tuple[int, ...]) -> None:
    """Refuse operands that do not fit, or that NumPy would repeat to make them fit."""
    fits = first[-1:] == second[:1] if kind == "product" else first == second
    if not fits:
        raise ValueError(f"{kind} of matrices of sizes {first} and {second}")
