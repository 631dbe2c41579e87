"""A vector as a combination of others with coefficients that are not negative, exactly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

MAX_PIVOTS = 400


def combination(columns: Sequence[Mapping[Any, Any]], target: Mapping[Any, Any]) -> list[Fraction] | None:
    """Coefficients c ≥ 0 with Σ c_j column_j = target; None if there are none, or it takes too many steps.

    The first phase of the simplex method, with the rule of Bland, by which it does not go round in circles.

    Parameters
    ----------
    columns : sequence of mappings
        From the name of an entry to the entry; those that are missing are 0.
    target : mapping
    """
    rows = list(dict.fromkeys([*target, *(key for column in columns for key in column)]))
    sign = {key: -1 if target.get(key, 0) < 0 else 1 for key in rows}
    table = [
        {j: sign[key] * Fraction(column[key]) for j, column in enumerate(columns) if column.get(key)}
        for key in rows
    ]
    right = [sign[key] * Fraction(target.get(key, 0)) for key in rows]
    basis: list[int | None] = [None] * len(rows)  # None is an artificial variable, which has to leave
    for _ in range(MAX_PIVOTS):
        left = [i for i, variable in enumerate(basis) if variable is None]
        if not any(right[i] for i in left):
            found = [Fraction(0)] * len(columns)
            for i, variable in enumerate(basis):
                if variable is not None:
                    found[variable] = right[i]
            return found
        gain: dict[int, Fraction] = {}
        for i in left:
            for j, entry in table[i].items():
                gain[j] = gain.get(j, Fraction(0)) + entry
        entering = min((j for j, value in gain.items() if value > 0), default=None)
        if entering is None:
            return None
        _, leaving = min(
            (right[i] / table[i][entering], (-1 if basis[i] is None else basis[i], i))
            for i in range(len(rows))
            if table[i].get(entering, 0) > 0
        )
        _pivot(table, right, leaving[1], entering)
        basis[leaving[1]] = entering
    return None


def _pivot(table: list[dict[int, Fraction]], right: list[Fraction], row: int, column: int) -> None:
    """Make a column a unit vector."""
    scale = table[row][column]
    table[row] = {j: entry / scale for j, entry in table[row].items()}
    right[row] /= scale
    for i, other in enumerate(table):
        factor = other.get(column)
        if i == row or not factor:
            continue
        for j, entry in table[row].items():
            value = other.get(j, Fraction(0)) - factor * entry
            if value:
                other[j] = value
            else:
                other.pop(j, None)
        right[i] -= factor * right[row]
