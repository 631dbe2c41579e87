"""Linear stability of stationary points, from exact second derivatives at numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import flint
import sympy

from symicl.algebra import COLS, ONE, PARTNER, ROWS, ClosedForm, derivative_along, letter, scalar_letter
from symicl.errors import InputError, UnsupportedError
from symicl.numeric import compile_matrix, compile_scalar, exact_matrix, sizes_at
from symicl.tasks import exact_values
from symicl.theory.dynamics.motion import Motion


@dataclass(frozen=True)
class Stability:
    """The signs of the eigenvalues of the linearised flow at a stationary point.

    Attributes
    ----------
    attracting, neutral, repelling : int
        How many eigenvalues of the Jacobian of the flow are < 0, = 0 and > 0; all are real.
    kind : str
        "linearly stable", "strict saddle" (or maximum: an unstable direction exists) or "not decided by the
        linearisation" where an eigenvalue is zero and none is positive, as on a set of minima.
    """

    attracting: int
    neutral: int
    repelling: int

    @property
    def kind(self) -> str:
        if self.repelling:
            return "strict saddle" if self.attracting or self.neutral else "maximum"
        return "not decided by the linearisation" if self.neutral else "linearly stable"


def stability(system: Motion, numbers: Mapping[str, Any]) -> Stability:
    """See `Flow.stability`."""
    values = exact_values(system.symbols, numbers)
    values |= {r: sympy.sqrt(values[s]) for s, r in system.roots.of.items() if s in values}
    point = {scalar_letter(s) if isinstance(s, sympy.Symbol) else s: x for s, x in values.items()} | values
    for name, form in system.velocities.items():
        if any(_entries(form, point)):
            raise InputError(
                f"the point is not stationary: {name} moves there; stability is asked at a point where nothing moves"
            )
    columns = []
    for a in system.letters.values():
        rows, cols = (sizes_at([side], point)[0] for side in (ROWS[a], COLS[a]))
        direction = letter(("direction", a), ROWS[a], COLS[a], symmetric=PARTNER[a] == a)
        moved = [derivative_along(form, {a: ClosedForm.of(direction)}) for form in system.velocities.values()]
        for i in range(rows):
            for j in range(cols):
                if PARTNER[a] == a and j < i:
                    continue
                unit = [[int((r, c) in {(i, j), (j, i) if PARTNER[a] == a else (i, j)}) for c in range(cols)]
                        for r in range(rows)]  # fmt: skip
                value = unit[0][0] if rows == cols == 1 else exact_matrix(unit)
                at = {**point, direction: value}
                columns.append([x for form in moved for x in _entries(form, at)])
    size = len(columns)
    if any(len(column) != size for column in columns):
        raise InputError(
            "stability is not asked of flows with symmetric matrices; write them as general ones"
        )
    jacobian = flint.fmpq_mat(size, size, [x for column in columns for x in column])
    return _signs(jacobian)


def jacobian(system: Motion, point: Mapping[str, ClosedForm]) -> sympy.ImmutableMatrix:
    """See `symicl.theory.System.jacobian`."""
    for name, a in system.letters.items():
        if not (ROWS[a] == COLS[a] == ONE):
            raise UnsupportedError(
                f"{name} is a matrix; reduce the flow to scalars, or ask for stability(…) at numbers"
            )
    missing = [name for name in system.letters if name not in point]
    if missing:
        raise InputError(f"no value is given for {', '.join(missing)}")
    table = {system.letters[name]: value for name, value in point.items()}
    for name, form in system.velocities.items():
        if not system.vanishes(system.roots.put(form.substitute(table))):
            raise InputError(f"the point is not stationary: {name} moves there")
    one = ClosedForm.number(1)
    return sympy.ImmutableMatrix(
        [
            [
                system.written(system.roots.put(derivative_along(form, {a: one}).substitute(table)))
                for a in system.letters.values()
            ]
            for form in system.velocities.values()
        ]
    )


def _entries(form: ClosedForm, point: Mapping[Any, Any]) -> list[flint.fmpq]:
    if form.is_scalar:
        value = compile_scalar(form, "exact")(point)
        return list(exact_matrix([[value]]).entries())
    return list(compile_matrix(form, "exact")(point).entries())


def _signs(matrix: flint.fmpq_mat) -> Stability:
    """By Descartes' rule, which is exact where all roots are real, as those of second derivatives of a loss."""
    coefficients = matrix.charpoly().coeffs()
    neutral = next(i for i, c in enumerate(coefficients) if c != 0)
    signs = [c > 0 for c in coefficients if c != 0]
    repelling = sum(a != b for a, b in pairwise(signs))
    return Stability(matrix.nrows() - neutral - repelling, neutral, repelling)
