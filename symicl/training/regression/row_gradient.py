"""The gradient of a batch loss through the query row f = (vᵀ + Σ uᵀ G M) x, by hand: a few large products.

How much faster than torch's derivatives of the same row it is: see docs/training-benchmarks.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy

from symicl.algebra.letters import PARTNER
from symicl.models.model import Model
from symicl.tasks.linear_regression import LinearRegression
from symicl.theory.gradient import letters_in, recorded
from symicl.theory.query_row import query_row
from symicl.theory.reverse_mode import Graph, Node
from symicl.training.runtime.lazy_torch import load_torch


@dataclass(frozen=True)
class Batch:
    """Contexts, and the loss of the rows that a model gives for them.

    Attributes
    ----------
    X, y : tensors, batch × m × d and batch × m × 1
    back : callable
        From the rows, batch × d, to half of the slopes of their losses.
    share : float
        Of this batch in the mean.
    """

    X: Any
    y: Any
    back: Callable[[Any], Any]
    share: float = 1.0


def on_tokens(X: Any, y: Any, x: Any, target: Any, share: float = 1.0) -> Batch:
    """The loss (f − target)², for queries batch × d × 1 and targets batch × 1 × 1."""
    query = x[..., 0]
    return Batch(X, y, lambda row: ((row * query).sum(-1, keepdim=True) - target[..., 0]) * query, share)


def on_statistic(X: Any, y: Any, w: Any, covariance: Any = None, share: float = 1.0) -> Batch:
    """The loss (a − w)ᵀ Σ (a − w), the query integrated out; Σ None for the identity, w batch × d × 1."""
    w = w[..., 0]
    return Batch(X, y, lambda row: row - w if covariance is None else (row - w) @ covariance, share)


class RowGradient:
    """A model of the form f = (vᵀ + Σ uᵀ G M) x at numbers of n and d, as a function of its weights.

    Parameters
    ----------
    model : Model
    n, d : int

    Raises
    ------
    UnsupportedError
        If the model is not of this form, or its effective parameters are not made of products and sums.
    """

    def __init__(self, model: Model, n: int, d: int):
        row, task = query_row(model), LinearRegression()
        values = {task.n: sympy.Integer(n), task.d: sympy.Integer(d)}
        self.d, sizes = d, model.weight_sizes(d)
        self._names, self._graph = list(sizes), Graph(sizes.values())
        effective = recorded(model.effective, dict(zip(sizes, self._graph.variables, strict=True)))
        letters = letters_in(effective, model.symbolic_parameters(task.d), values)
        block = {"X": slice(0, d), "y": slice(d, d + 1)}

        def assembled(items: list, width: int, *, is_row: bool) -> int:
            """u or M; the parts of u are read as rows, and u is kept as a column."""
            parts: list[tuple[slice, Node]] = []
            for factor, (kind, letter) in items:
                where = block[kind]
                if letter is None:
                    part = self._graph.constant(np.eye(where.stop - where.start, width))
                else:
                    part = letters[min(letter, PARTNER[letter])]
                    part = part.mT if (letter > PARTNER[letter]) != is_row else part
                parts.append((where, part * float(factor.subs(values))))
            return self._graph.stacked((d + 1, width), parts).index

        self._heads = [
            (assembled(head.left, 1, is_row=True), assembled(head.right, d, is_row=False))
            for head in row.heads
        ]
        self._skip = [
            (letters[min(a, PARTNER[a])] * float(c.subs(values))).index for c, a in row.skip if a is not None
        ]

    def __call__(self, weights: Mapping[str, np.ndarray], batches: Iterable[Batch]) -> dict[str, np.ndarray]:
        """The slopes of the mean loss by all weights."""
        values = self._graph.run([weights[name] for name in self._names])
        slopes: list[Any] = [None] * len(values)
        for batch in batches:
            for index, slope in self._slopes(values, batch):
                slopes[index] = slope if slopes[index] is None else slopes[index] + slope
        return dict(zip(self._names, self._graph.pull_back(values, slopes), strict=True))

    def _slopes(self, values: list[Any], batch: Batch) -> list[tuple[int, np.ndarray]]:
        """The slopes of one batch by each u, M and part of v."""
        torch = load_torch()
        X, y = batch.X, batch.y[..., 0]
        flat = X.reshape(-1, self.d)
        kept = []
        row: Any = sum((torch.as_tensor(values[k]).to(X).flatten() for k in self._skip), start=0.0)
        for left, right in self._heads:
            u, M = (torch.as_tensor(values[k]).to(X) for k in (left, right))
            h = torch.addcmul((flat @ u[:-1, 0]).view(y.shape), y, u[-1])
            P = torch.cat([torch.bmm(h.unsqueeze(1), X).squeeze(1), (h * y).sum(1, keepdim=True)], 1)
            row = row + P @ M
            kept.append((M, P))
        D = batch.back(row) * (2.0 * batch.share / len(X))
        found = []
        for (left, right), (M, P) in zip(self._heads, kept, strict=True):
            dP = D @ M.T
            dh = torch.bmm(X, dP[:, :-1].unsqueeze(-1)).squeeze(-1)
            dh = torch.addcmul(dh, y, dP[:, -1:])
            du = torch.cat([flat.T @ dh.reshape(-1), (dh * y).sum().view(1)])
            found += [(left, du.unsqueeze(-1).cpu().numpy()), (right, (P.T @ D).cpu().numpy())]
        if self._skip:
            dv = D.sum(0).cpu().numpy()
            found += [(k, dv.reshape(values[k].shape)) for k in self._skip]
        return found
