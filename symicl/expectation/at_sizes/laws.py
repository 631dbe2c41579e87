"""Moments of the entries of declared random matrices at given sizes, one function a law.

E of a monomial in entries: by Isserlis' recursion over covariances of entries for Gaussians, factor by factor for
independent entries, and so on. Nothing here is a word, and no size is a symbol.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import sympy
from sympy.matrices.expressions import MatrixExpr

from symicl.algebra import GaussianMatrix, RandomMatrix
from symicl.errors import InputError, UnsupportedError
from symicl.expectation.at_sizes.explicit import Explicit
from symicl.expectation.at_sizes.quotients import Exponents, Quotient
from symicl.expectation.equal_entries import IndependentEntries
from symicl.expectation.moments import ORDINALS
from symicl.expectation.orthogonal import HaarMatrix
from symicl.expectation.orthogonal_ensemble import GOEMatrix
from symicl.expectation.scaled_rows import EllipticalMatrix
from symicl.expectation.token_sets import FiniteTokens
from symicl.expectation.weingarten import MAX_PAIRS, SIZE, circles, pairings, weingarten

Place = tuple[int, int]
"""Row and column of an entry."""

Moment = Callable[[Exponents], Quotient]
"""E of a monomial in the drawn entries of one matrix, by its exponents in the order of `places`."""


def places(z: RandomMatrix, rows: int, cols: int) -> list[Place]:
    """The entries that are drawn; those below the diagonal of a symmetric matrix are the ones above it."""
    symmetric = isinstance(z, GOEMatrix)
    return [(i, j) for i in range(rows) for j in range(cols) if not (symmetric and i > j)]


def mean_of(z: RandomMatrix) -> MatrixExpr | None:
    """The mean that is added to what is drawn."""
    return z.mean if isinstance(z, GaussianMatrix) and not isinstance(z.mean, sympy.ZeroMatrix) else None


def moment_of(z: RandomMatrix, where: list[Place], explicit: Explicit) -> Moment:
    """The moments of the drawn entries of a matrix, without its mean.

    Raises
    ------
    UnsupportedError
        If its law has none entry by entry.
    """
    if isinstance(z, GaussianMatrix):
        rows, cols = explicit.matrix(z.row_cov), explicit.matrix(z.col_cov)
        return _gaussian(lambda a, b: rows[a[0]][b[0]] * cols[a[1]][b[1]], where, explicit)
    if isinstance(z, GOEMatrix):
        s, number = explicit.scalar(z.variance), explicit.variables.number
        return _gaussian(lambda a, b: s * number(int(a == b) + int(a == (b[1], b[0]))), where, explicit)
    if isinstance(z, IndependentEntries):
        return _independent(z, explicit)
    if isinstance(z, EllipticalMatrix):
        return _elliptical(z, where, explicit)
    if isinstance(z, FiniteTokens):
        return _finite(z, where, explicit)
    if isinstance(z, HaarMatrix):
        return _haar(z, where, explicit)
    raise UnsupportedError(f"the law of {z.name} is not taken entry by entry")


def _gaussian(
    covariance: Callable[[Place, Place], Quotient], where: list[Place], explicit: Explicit
) -> Moment:
    """E[z_i m] = Σ_j C_ij E[∂m/∂z_j]."""
    known = {(i, j): covariance(a, b) for i, a in enumerate(where) for j, b in enumerate(where)}
    zero, one = explicit.variables.number(0), explicit.variables.number(1)

    @cache
    def moment(exponents: Exponents) -> Quotient:
        i = next((k for k, e in enumerate(exponents) if e), None)
        if i is None:
            return one
        if sum(exponents) % 2:
            return zero
        rest = [e - (k == i) for k, e in enumerate(exponents)]
        total = zero
        for j, e in enumerate(rest):
            if e and known[i, j]:
                smaller = tuple(x - (k == j) for k, x in enumerate(rest))
                total = total + explicit.variables.number(e) * known[i, j] * moment(smaller)
        return total

    return moment


def _even(known: tuple[Any, ...], of: str, explicit: Explicit) -> Callable[[int], Quotient]:
    """E z^k, zero for an odd k."""

    @cache
    def moment(order: int) -> Quotient:
        if order == 0:
            return explicit.variables.number(1)
        if order % 2:
            return explicit.variables.number(0)
        value = known[order // 2 - 1] if order // 2 <= len(known) else None
        if value is None:
            name = ORDINALS.get(order, f"{order}-th")
            raise UnsupportedError(f"this needs the {name} moment of {of}, which its law does not have")
        return explicit.scalar(value)

    return moment


def _independent(z: IndependentEntries, explicit: Explicit) -> Moment:
    of_entry = _even(z.known, f"the entries of {z.name}", explicit)

    def moment(exponents: Exponents) -> Quotient:
        result = explicit.variables.number(int(not any(e % 2 for e in exponents)))
        for e in exponents:
            result = result * of_entry(e) if result else result
        return result

    return moment


def _elliptical(z: EllipticalMatrix, where: list[Place], explicit: Explicit) -> Moment:
    """Row by row: E s^k of the scale times a Gaussian moment."""
    of_scale = _even(z.known, f"the scale of {z.name}", explicit)
    cov, zero = explicit.matrix(z.cov), explicit.variables.number(0)
    row_of = [0 if z.is_column else i for i, _ in where]

    def covariance(a: Place, b: Place) -> Quotient:
        if z.is_column:
            return cov[a[0]][b[0]]
        return cov[a[1]][b[1]] if a[0] == b[0] else zero

    gaussian = _gaussian(covariance, where, explicit)

    def moment(exponents: Exponents) -> Quotient:
        totals: dict[int, int] = {}
        for row, e in zip(row_of, exponents, strict=True):
            totals[row] = totals.get(row, 0) + e
        for total in totals.values():
            z.check_order(total)
        result = gaussian(exponents)
        for total in totals.values():
            result = result * of_scale(total) if result else result
        return result

    return moment


def _finite(z: FiniteTokens, where: list[Place], explicit: Explicit) -> Moment:
    """Row by row: Σ_k p_k Π_j V_kj^e_j."""
    V, number = explicit.matrix(z.vectors), explicit.variables.number
    weights = [row[0] for row in explicit.matrix(z.weights)]
    if z.is_uniform:
        weights = [number(1) * number(len(V)).reciprocal("a weight") for _ in V]

    @cache
    def of_row(powers: tuple[tuple[int, int], ...]) -> Quotient:
        total = number(0)
        for p, row in zip(weights, V, strict=True):
            for j, e in powers:
                p = p * row[j] ** e
            total = total + p
        return total

    def moment(exponents: Exponents) -> Quotient:
        rows: dict[int, list[tuple[int, int]]] = {}
        for (i, j), e in zip(where, exponents, strict=True):
            if e:
                rows.setdefault(0 if z.is_column else i, []).append((i if z.is_column else j, e))
        result = number(1)
        for powers in rows.values():
            result = result * of_row(tuple(powers))
        return result

    return moment


def _haar(z: HaarMatrix, where: list[Place], explicit: Explicit) -> Moment:
    """Weingarten's sum over pairings of equal rows and pairings of equal columns."""
    size, number = explicit.size(z.shape[0]), explicit.variables.number
    if explicit.size(z.shape[1]) > size:
        raise InputError(
            f"{z.name} has more columns than rows at these sizes; orthonormal columns are as many as rows at most"
        )

    @cache
    def moment(exponents: Exponents) -> Quotient:
        drawn = [place for place, e in zip(where, exponents, strict=True) for _ in range(e)]
        pairs = len(drawn) // 2
        if len(drawn) % 2:
            return number(0)
        if not drawn:
            return number(1)
        if not 1 <= pairs <= min(size, MAX_PAIRS):
            raise UnsupportedError(
                f"{z.name} is from Haar's law and stands {len(drawn)} times in a product; at the size {size} at most "
                f"{2 * min(size, MAX_PAIRS)} times are taken"
            )
        weights = {kind: value.subs(SIZE, size) for kind, value in weingarten(pairs).items()}
        every = list(pairings(tuple(range(len(drawn)))))
        rows = [p for p in every if all(drawn[a][0] == drawn[b][0] for a, b in p)]
        cols = [p for p in every if all(drawn[a][1] == drawn[b][1] for a, b in p)]
        total = sympy.Add(*(weights[circles(p, q)] for p in rows for q in cols))
        return explicit.variables.rational(total)

    return moment
