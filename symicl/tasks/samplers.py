"""Draws of declared random matrices, one function a law; nothing of the calculus of `expect` is used."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from symicl.algebra import GaussianMatrix, RandomMatrix, gaussian
from symicl.errors import InputError, UnsupportedError
from symicl.expectation import (
    ComplexGaussian,
    EllipticalMatrix,
    FiniteTokens,
    GOEMatrix,
    HaarMatrix,
    IndependentEntries,
)
from symicl.numeric import evaluate, float_matrix, matrix_entries
from symicl.tasks.arrays import library
from symicl.tasks.draws import Draws, covariance_at, draw_gaussian, number_at, shape_at, square_root
from symicl.tasks.polynomial_draws import draw_goe, draw_polynomials
from symicl.tasks.two_points import draw_points, points, uniform_draws


def draw(z: RandomMatrix, values: Any, batch: int, draws: Draws) -> Any:
    """Draws of a declared random matrix at exact values of the symbols of its law, batch × rows × cols.

    Raises
    ------
    InputError
        If the law is none at these values.
    UnsupportedError
        For a source of polynomials in independent numbers, if the law is not made of such.
    """
    if isinstance(z, GaussianMatrix):
        return draw_gaussian(z, values, batch, draws)
    if hasattr(draws, "gaussian"):
        return draw_polynomials(z, values, batch, draws)
    if isinstance(z, IndependentEntries):
        return _independent_entries(z, values, batch, draws)
    if isinstance(z, EllipticalMatrix):
        return _elliptical(z, values, batch, draws)
    if isinstance(z, ComplexGaussian):
        return _complex_gaussian(z, values, batch, draws)
    if isinstance(z, FiniteTokens):
        return _finite_tokens(z, values, batch, draws)
    if isinstance(z, HaarMatrix):
        return _haar(z, values, batch, draws)
    if isinstance(z, GOEMatrix):
        return draw_goe(z, values, batch, draws)
    raise UnsupportedError(f"the law of {z.name} has no sampler")


def _independent_entries(z: IndependentEntries, values: Any, batch: int, draws: Draws) -> Any:
    shape = (batch, *shape_at(z, values))
    if z.family == "uniform":
        return 12**0.5 * (uniform_draws(draws, *shape) - 0.5)
    sign = _signs(draws.normal(*shape))
    if z.family == "rademacher":
        return sign
    if z.family == "sparse signs":
        density = Fraction(1) / number_at(z.known[1], values)
        if not 0 < density <= 1:
            raise InputError(f"the density of {z.name} is {density}; it lies between 0 and 1")
        return sign * (uniform_draws(draws, *shape) < float(density)) / float(density) ** 0.5
    return sign * draw_points(draws, _points(z.known, z.name, values), *shape) ** 0.5


def _elliptical(z: EllipticalMatrix, values: Any, batch: int, draws: Draws) -> Any:
    rows, cols = shape_at(z, values)
    g = draws.normal(batch, rows, cols)
    axis = 1 if z.is_column else 2
    if z.family == "sphere":
        radius = float(number_at(z.radius2, values)) ** 0.5
        g = g + ((g**2).sum(axis, keepdims=True) == 0)  # zeros have no direction; any one will do
        return radius * g / (g**2).sum(axis, keepdims=True) ** 0.5
    root = draws.array(square_root(covariance_at(z, z.cov, values)))
    g = root @ g if z.is_column else g @ root
    if z.family == "student":
        return _student_scales(z, values, batch, draws) * g
    scales = draw_points(draws, _points(z.known, z.name, values), batch, 1 if z.is_column else rows, 1)
    return scales**0.5 * g


def _complex_gaussian(z: ComplexGaussian, values: Any, batch: int, draws: Draws) -> Any:
    """(A + iB)/√2."""
    part = gaussian(z.name, z.shape, row_cov=z.row_cov, col_cov=z.col_cov)
    a, b = (draw_gaussian(part, values, batch, draws) for _ in range(2))
    return (a + 1j * b) / 2**0.5


def _student_scales(z: EllipticalMatrix, values: Any, batch: int, draws: Draws) -> Any:
    """(ν/χ²)^½ for a χ² of ν degrees of freedom, a sum of ν squares."""
    nu = number_at(z.degrees, values)
    if nu.denominator != 1 or nu < 1:
        raise InputError(f"{z.name} has {nu} degrees of freedom; a whole number of them is drawn")
    rows = 1 if z.is_column else shape_at(z, values)[0]
    return (int(nu) / (draws.normal(batch, rows, int(nu)) ** 2).sum(2))[..., None] ** 0.5


def _finite_tokens(z: FiniteTokens, values: Any, batch: int, draws: Draws) -> Any:
    """One vector for each row, by a number between the sums of the weights."""
    vectors = float_matrix(evaluate(z.vectors, values))
    count = len(vectors)
    weights = [x / count if z.is_uniform else x for (x,) in matrix_entries(evaluate(z.weights, values))]
    if any(w < 0 for w in weights) or sum(weights) != 1:
        raise InputError(
            f"the weights of {z.name} are {', '.join(map(str, weights))}; they are ≥ 0 with the sum 1"
        )
    rows = 1 if z.is_column else shape_at(z, values)[0]
    u, below = uniform_draws(draws, batch, rows, 1), 0.0
    result: Any = 0.0
    for k, row in enumerate(vectors):
        above = 2.0 if k == count - 1 else below + float(weights[k])
        result = result + ((u >= below) & (u < above)) * draws.array(row[None, None, :])
        below = above
    return result.swapaxes(-1, -2) if z.is_column else result


def _haar(z: HaarMatrix, values: Any, batch: int, draws: Draws) -> Any:
    """Q of a Gaussian matrix whose R has a positive diagonal."""
    rows, cols = shape_at(z, values)
    if cols > rows:
        raise InputError(
            f"{z.name} has {cols} columns and {rows} rows; orthonormal columns are as many as rows at most"
        )
    g = draws.normal(batch, rows, cols)
    q, r = library(g).linalg.qr(g)
    diagonal = (r * draws.array(np.eye(cols))).sum(-2)
    return q * _signs(diagonal)[..., None, :]


def _signs(g: Any) -> Any:
    """±1, also where a normal is 0, as about one draw in 15 million is in single precision."""
    arrays = library(g)
    return arrays.copysign(arrays.ones_like(g), g)


def _points(known: Sequence[Any], name: str, values: Any) -> list[tuple[float, float]]:
    """A law of the square with the moments that are known, up to the first that is not."""
    moments = []
    for m in known[:4]:
        if m is None:
            break
        moments.append(number_at(m, values))
    if any(m is not None for m in known[len(moments) :]):
        raise InputError(
            f"{name} has a higher moment and not the one before it; give all up to the highest, to sample"
        )
    return points(moments)
