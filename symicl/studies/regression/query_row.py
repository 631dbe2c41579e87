"""The query row of a model, f = (vᵀ + Σ uᵀ G M) x, in torch: a few large products, which torch differentiates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import sympy

from symicl.algebra import PARTNER
from symicl.models import Model
from symicl.numeric import Place, parameter_places
from symicl.studies.runtime.lazy_torch import load_torch
from symicl.tasks import LinearRegression
from symicl.theory import query_row


class Part(NamedTuple):
    """A multiple of a letter, of its transpose, or of the identity."""

    place: Place | None
    factor: float
    height: int
    width: int

    def value(self, effective: Mapping[str, Any], like: Any) -> Any:
        """The matrix, with the type of another one."""
        if self.place is None:
            value = load_torch().eye(self.height, self.width).to(like)
        else:
            value = self.place.block(effective)
        return value if self.factor == 1 else value * self.factor


class Rows:
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
        self.d = d
        places = parameter_places(model.symbolic_parameters(task.d), values)

        def part(letter: int | None, factor: Any, height: int, width: int, *, is_row: bool = False) -> Part:
            place = None if letter is None else places[min(letter, PARTNER[letter])]
            if place is not None and letter is not None and (letter > PARTNER[letter]) != is_row:
                place = place._replace(is_flipped=not place.is_flipped)
            return Part(place, float(factor.subs(values)), height, width)

        def blocks(items: list, width: int, *, is_row: bool) -> list[list[Part]]:
            """The parts of u or M beside X and beside y; those of u are read as rows, and u is kept as a column."""
            return [
                [
                    part(letter, factor, height, width, is_row=is_row)
                    for factor, (side, letter) in items
                    if side == kind
                ]
                for kind, height in (("X", d), ("y", 1))
            ]

        self._heads = [
            (blocks(head.left, 1, is_row=True), blocks(head.right, d, is_row=False)) for head in row.heads
        ]
        self._skip = [part(a, c, d, 1) for c, a in row.skip if a is not None]

    def __call__(self, effective: Mapping[str, Any], X: Any, y: Any) -> Any:
        """The rows, batch × d.

        Parameters
        ----------
        effective : dict of tensors
        X, y : tensors, batch × m × d and batch × m × 1
        """
        torch = load_torch()
        Z = torch.cat([X, y], -1)
        row: Any = 0.0
        for part in self._skip:
            row = row + part.value(effective, Z).flatten()
        for left, right in self._heads:
            u, M = self._stacked(left, 1, effective, Z), self._stacked(right, self.d, effective, Z)
            scores = (Z.flatten(0, 1) @ u).view(len(Z), 1, -1)
            row = row + torch.bmm(scores, Z)[:, 0] @ M
        return row

    def _stacked(self, blocks: list[list[Part]], width: int, effective: Mapping[str, Any], like: Any) -> Any:
        """The parts beside X over those beside y; one slice where they lie below each other in one parameter."""
        if all(len(parts) == 1 for parts in blocks):
            ((upper,), (lower,)) = blocks
            if (whole := _joined(upper, lower)) is not None:
                return whole.value(effective, like)
        rows = []
        for height, parts in zip((self.d, 1), blocks, strict=True):
            total: Any = like.new_zeros(height, width) if not parts else 0.0
            for part in parts:
                total = total + part.value(effective, like)
            rows.append(total)
        return load_torch().cat(rows)


def _joined(upper: Part, lower: Part) -> Part | None:
    """Both as one slice of a parameter, if they are that."""
    one, two = upper.place, lower.place
    if one is None or two is None or upper.factor != lower.factor:
        return None
    if (one.name, one.columns, one.rows.stop) != (two.name, two.columns, two.rows.start):
        return None
    # The transpose of a 1 × 1 matrix is itself.
    if one.is_flipped or (two.is_flipped and two.columns.stop - two.columns.start > 1):
        return None
    return upper._replace(place=one._replace(rows=slice(one.rows.start, two.rows.stop)))
