"""Declared random matrices as polynomials in independent numbers, of which no more than the moments is used.

The moments of a named law are computed here from what it is, not taken from its declaration.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from symicl.algebra import RandomMatrix
from symicl.errors import UnsupportedError
from symicl.expectation import EllipticalMatrix, GOEMatrix, IndependentEntries
from symicl.tasks.draws import covariance_at, gaussian, number_at, shape_at

HIGHEST = 12
"""Moments of order 2, 4, … that are computed of a law that has all."""


def draw_polynomials(z: RandomMatrix, values: Any, batch: int, draws: Any) -> Any:
    """A matrix whose law is not Gaussian, batch × rows × cols.

    Raises
    ------
    UnsupportedError
        If its entries are no polynomials in independent numbers.
    """
    rows, cols = shape_at(z, values)
    if isinstance(z, IndependentEntries):
        return draws.numbers(batch, rows, cols, tuple(_of_entries(z, values)))
    if isinstance(z, EllipticalMatrix):
        cov = covariance_at(z, z.cov, values)
        if not z.is_column:
            return draws.elliptical(batch, rows, cols, cov, tuple(_of_scale(z, cols, values)))
        return draws.elliptical(batch, 1, rows, cov, tuple(_of_scale(z, rows, values))).swapaxes(-1, -2)
    if isinstance(z, GOEMatrix):
        return draw_goe(z, values, batch, draws)
    raise UnsupportedError(f"the entries of {z.name} are no polynomials in independent numbers")


def draw_goe(z: GOEMatrix, values: Any, batch: int, draws: Any) -> Any:
    """G + Gᵀ."""
    g = gaussian(draws, batch, *shape_at(z, values), variance=number_at(z.variance, values) / 2)
    return g + g.swapaxes(-1, -2)


def _of_entries(z: IndependentEntries, values: Any) -> Iterator[Fraction]:
    """E z², E z⁴, … of an entry, up to the first that is not known."""
    if z.family == "moments":
        yield from _given(z.known, values)
        return
    for k in range(1, HIGHEST + 1):
        if z.family == "rademacher":
            yield Fraction(1)
        elif z.family == "uniform":
            yield Fraction(3**k, 2 * k + 1)  # on [−√3, √3]
        else:
            yield number_at(z.known[1], values) ** (k - 1)  # ±1/√p with probability p, E z⁴ = 1/p


def _of_scale(z: EllipticalMatrix, size: int, values: Any) -> Iterator[Fraction]:
    """E s², E s⁴, … of the scale; s g with g ~ N(0, I) is on the sphere if E s^2k E‖g‖^2k = r^2k."""
    if z.family != "sphere":
        yield from _given(z.known, values)
        return
    moment = Fraction(1)
    for k in range(HIGHEST):
        moment *= number_at(z.radius2, values) / (size + 2 * k)
        yield moment


def _given(known: Any, values: Any) -> Iterator[Fraction]:
    for moment in known:
        if moment is None:
            return
        yield number_at(moment, values)
