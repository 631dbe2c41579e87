"""Minima under a bound on the rank at numbers: exact eigenvalues, and a rational coefficient of that rank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import sympy

from symicl.algebra import ClosedForm
from symicl.errors import InputError, UnsupportedError
from symicl.numeric import (
    ExactMatrix,
    Point,
    eigenvalues,
    evaluate,
    exact_matrix,
    float_matrix,
    sympy_rational,
)
from symicl.tasks import Values
from symicl.theory.model_optimum import MARKS, OptimumAtNumbers
from symicl.theory.rank.quadratic import Quadratic, is_definite
from symicl.typeset import Equation


class Optimum(Protocol):
    """The part of `symicl.theory.rank.bounded_rank.BoundedRank` that is evaluated here."""

    @property
    def rank(self) -> sympy.Expr: ...

    @property
    def start(self) -> ClosedForm | None: ...

    @property
    def form(self) -> Quadratic: ...

    @property
    def attained(self) -> str: ...


@dataclass(frozen=True)
class LowRankOptimumAt(OptimumAtNumbers):
    """A minimum under a bound on the rank, at numbers.

    Attributes
    ----------
    values : dict
        From each symbol to its exact value.
    value : SymPy number
        The minimal loss, exactly; ``value.evalf(50)`` has as many digits as one likes.
    gains : tuple of SymPy numbers
        What each rank gains, in decreasing order; the value is that of rank 0 less the first r.
    rank : int
    coefficient : exact matrix
        A rational K = K₀ + D with D of this rank, best but for the rounding of eigenvectors.
    loss_there : sympy.Rational
        Its exact loss, never below ``value``.
    minimisers : str
        The set of optimal K.
    attained : "weights" or "lower bound"
    """

    values: Values
    value: sympy.Expr
    gains: tuple[sympy.Expr, ...]
    rank: int
    coefficient: ExactMatrix
    loss_there: sympy.Rational
    minimisers: str
    attained: str = "weights"

    @property
    def solution_equations(self) -> list[Equation]:
        matrix = self.coefficient
        entries = [
            [sympy_rational(matrix[i, j]) for j in range(matrix.ncols())] for i in range(matrix.nrows())
        ]
        return [
            Equation(rf"K{MARKS.get(self.attained, '^{*}')}\approx", sympy.ImmutableMatrix(entries).evalf(6))
        ]

    def __repr__(self) -> str:
        return (
            f"LowRankOptimumAt(value={_number(self.value)}, rank={self.rank}, "
            f"gains=({', '.join(map(_number, self.gains))}), {self.minimisers}, attained={self.attained!r})"
        )


def _number(value: sympy.Expr) -> str:
    return str(value) if value.is_Rational and len(str(value)) < 20 else str(value.evalf(12))


def optimum_at(optimum: Optimum, values: Values) -> LowRankOptimumAt:
    """Evaluate a minimum.

    Raises
    ------
    InputError
        Where the whitening is not positive definite.
    """
    form = optimum.form
    here = Point(values)
    base = evaluate(form.base.expr, here)
    A, M, L = (_matrix(side, here) for side in (form.A, form.M, form.L))
    for name, matrix in (("L", L), ("M", M)):
        if not is_definite(matrix):
            raise InputError(
                f"the loss is not strictly convex at these values: its factor {name} is not positive definite; "
                "give positive definite covariances"
            )
    best = (L.inv() * A) * M.inv()
    if not isinstance(base, sympy.Rational):
        raise UnsupportedError(f"the loss {base} of the start is not rational at these values")
    gains = eigenvalues(A * best.transpose())[::-1]
    size = A.nrows()
    rank = min(int(evaluate(optimum.rank, values)), size)
    gained = sympy.Add(*gains[:rank]) if rank < size else _trace(A * best.transpose())
    D = _of_rank(L, A * best.transpose() * L, best, rank)
    start = D - D if optimum.start is None else _matrix(optimum.start, here)
    there = base - 2 * _trace(A.transpose() * D) + _trace(L * D * M * D.transpose())
    return LowRankOptimumAt(
        values, base - gained, gains, rank, start + D, there, _minimisers(gains, rank), optimum.attained
    )


def _matrix(form: ClosedForm, values: Mapping[sympy.Basic, Any]) -> ExactMatrix:
    """A closed form at numbers; the zero matrix has no expression that knows its size."""
    matrix = evaluate(form.expr, values)
    if not isinstance(matrix, ExactMatrix):  # a 1×1 matrix
        return exact_matrix([[matrix]])
    return matrix


def _trace(matrix: ExactMatrix) -> sympy.Rational:
    return sympy.Add(*(sympy_rational(matrix[i, i]) for i in range(matrix.nrows())))


def _of_rank(L: ExactMatrix, weighted: ExactMatrix, best: ExactMatrix, rank: int) -> ExactMatrix:
    """Π · best, Π = C⁻ᵀ V Vᵀ Cᵀ with L = C Cᵀ and the leading eigenvectors V of C⁻¹ (S L) C⁻ᵀ, rounded to rationals."""
    size = L.nrows()
    if rank == size:
        return best
    if rank == 0:
        return best - best
    factor = np.linalg.cholesky(float_matrix(L))
    inner = np.linalg.solve(factor, np.linalg.solve(factor, float_matrix(weighted)).T)
    _, vectors = np.linalg.eigh((inner + inner.T) / 2)
    leading = vectors[:, size - rank :]
    left = exact_matrix(np.linalg.solve(factor.T, leading))
    return left * (exact_matrix((factor @ leading).T) * best)


def _minimisers(gains: tuple[sympy.Expr, ...], rank: int) -> str:
    if rank in (0, len(gains)) or gains[rank - 1] != gains[rank] or gains[rank] == 0:
        return "one minimiser"
    multiplicity, taken = gains.count(gains[rank]), gains[:rank].count(gains[rank])
    return (
        f"one minimiser for each {taken}-dimensional subspace of the {multiplicity}-dimensional eigenspace of gain "
        f"number {rank}"
    )
