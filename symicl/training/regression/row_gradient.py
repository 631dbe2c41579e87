"""The gradient of a batch loss through the query row f = (vᵀ + Σ uᵀ G M) x, by hand: a few large products."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy

from symicl.algebra.letters import PARTNER
from symicl.models.model import Model
from symicl.tasks.linear_regression import LinearRegression
from symicl.theory.gradient import parameter_places, shape_of
from symicl.theory.query_row import query_row
from symicl.training.runtime.lazy_torch import load_torch


class RowGradient:
    """A model of the form f = (vᵀ + Σ uᵀ G M) x at numbers of n and d.

    Parameters
    ----------
    model : Model
    n, d : int

    Raises
    ------
    UnsupportedError
        If the model is not of this form.
    """

    def __init__(self, model: Model, n: int, d: int):
        row, task = query_row(model), LinearRegression()
        values = {task.n: sympy.Integer(n), task.d: sympy.Integer(d)}
        parameters = model.symbolic_parameters(task.d)
        places = {p.letter: p for p in parameter_places(parameters, values)}
        self._shapes = {name: shape_of(blocks, values) for name, blocks in parameters.items()}
        self.d = d
        block = {"X": slice(0, d), "y": slice(d, d + 1)}

        def parts(items: list, oriented_down: bool) -> list[tuple[slice, float, Any, bool]]:
            out = []
            for factor, (kind, letter) in items:
                place = None if letter is None else places[min(letter, PARTNER[letter])]
                # The parts of u are read as rows, u is kept as a column.
                turned = (
                    letter is not None and place is not None and (letter != place.letter) != oriented_down
                )
                out.append((block[kind], float(factor.subs(values)), place, turned))
            return out

        self._heads = [(parts(head.left, True), parts(head.right, False)) for head in row.heads]
        self._skip = [
            (float(c.subs(values)), places[min(a, PARTNER[a])]) for c, a in row.skip if a is not None
        ]

    # --- u, M and v ------------------------------------------------------------------------------------

    def assemble(self, effective: Mapping[str, np.ndarray]) -> tuple[list[tuple[Any, Any]], Any]:
        """All (u, M), and v (None where there is none), as NumPy arrays; u and v are vectors."""
        some = next(iter(effective.values()))
        heads = []
        for left, right in self._heads:
            u, M = np.zeros((self.d + 1, 1), some.dtype), np.zeros((self.d + 1, self.d), some.dtype)
            for target, items in ((u, left), (M, right)):
                for where, factor, place, turned in items:
                    if place is None:
                        value = np.eye(where.stop - where.start, target.shape[1], dtype=some.dtype)
                    else:
                        value = place.block(effective[place.name])
                        value = value.T if turned else value
                    target[where] += factor * value
            heads.append((u[:, 0], M))
        v = None
        for factor, place in self._skip:
            value = factor * place.block(effective[place.name]).reshape(-1)
            v = value if v is None else v + value
        return heads, v

    def scatter(self, heads: list[tuple[Any, Any]], v: Any) -> dict[str, np.ndarray]:
        """Slopes by u, M and v as slopes by the effective parameters."""
        out = {name: np.zeros(shape) for name, shape in self._shapes.items()}
        for (left, right), (du, dM) in zip(self._heads, heads, strict=True):
            for slope, items in ((du[:, None], left), (dM, right)):
                for where, factor, place, turned in items:
                    if place is not None:
                        part = factor * slope[where]
                        place.add(out[place.name], part.T if turned else part)
        for factor, place in self._skip:
            like = place.block(out[place.name])
            place.add(out[place.name], (factor * v).reshape(like.shape))
        return out

    # --- a batch ---------------------------------------------------------------------------------------

    def tokens(self, effective: Mapping[str, Any], X: Any, y: Any, x: Any, target: Any) -> dict[str, Any]:
        """The slopes of the mean of (f − target)² by the effective parameters.

        Parameters
        ----------
        effective : dict of arrays
        X, y, x, target : tensors, batch × m × d, batch × m × 1, batch × d × 1 and batch × 1 × 1
        """
        query = x[..., 0]

        def back(row: Any) -> Any:
            error = (row * query).sum(-1, keepdim=True) - target[..., 0]
            return error * query

        return self._batch(effective, X, y[..., 0], back)

    def statistic(
        self, effective: Mapping[str, Any], X: Any, y: Any, w: Any, covariance: Any
    ) -> dict[str, Any]:
        """The slopes of the mean of (a − w)ᵀ Σ (a − w), the query integrated out; Σ None for the identity."""
        w = w[..., 0]

        def back(row: Any) -> Any:
            error = row - w
            return error if covariance is None else error @ covariance

        return self._batch(effective, X, y[..., 0], back)

    def _batch(self, effective: Mapping[str, Any], X: Any, y: Any, back: Any) -> dict[str, Any]:
        torch = load_torch()
        given, v = self.assemble(effective)
        flat = X.reshape(-1, self.d)
        kept = []
        row: Any = None if v is None else torch.as_tensor(v).to(X)
        for u_, M_ in given:
            u, M = torch.as_tensor(u_).to(X), torch.as_tensor(M_).to(X)
            h = torch.addcmul((flat @ u[:-1]).view(y.shape), y, u[-1])
            P = torch.cat([torch.bmm(h.unsqueeze(1), X).squeeze(1), (h * y).sum(1, keepdim=True)], 1)
            part = P @ M
            row = part if row is None else row + part
            kept.append((u, M, P))
        D = back(row) * (2.0 / len(X))
        slopes = []
        for _, M, P in kept:
            dP = D @ M.T
            dh = torch.bmm(X, dP[:, :-1].unsqueeze(-1)).squeeze(-1)
            dh = torch.addcmul(dh, y, dP[:, -1:])
            du = torch.cat([flat.T @ dh.reshape(-1), (dh * y).sum().view(1)])
            slopes.append((du.cpu().numpy(), (P.T @ D).cpu().numpy()))
        return self.scatter(slopes, None if v is None else D.sum(0).cpu().numpy())
