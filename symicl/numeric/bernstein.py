"""Two polynomials on many boxes at once, by their Bernstein coefficients, with a bound for all rounding errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import comb

import flint
import numpy as np

UNIT = 2.0**-52


@dataclass(frozen=True)
class Pieces:
    """Numerator and denominator of a quotient on boxes of one chart.

    Attributes
    ----------
    numerator, denominator : ndarray
        (boxes, degree + 1, degree + 1, …): Bernstein coefficients, up to ``error`` and ``error_below``.
    error, error_below : float
    low, high : ndarray
        (boxes, variables).
    """

    numerator: np.ndarray
    denominator: np.ndarray
    error: float
    error_below: float
    low: np.ndarray
    high: np.ndarray

    @classmethod
    def of(
        cls,
        numerator: Mapping[tuple[int, ...], flint.arb],
        denominator: Mapping[tuple[int, ...], flint.arb],
        place: int,
        even: Sequence[bool],
    ) -> Pieces:
        """The chart in which coordinate number ``place`` is 1 and the others are at most 1 in size."""
        others = [k for k in range(len(even)) if k != place]
        low = [0 if even[k] else -1 for k in others]
        top, error = coefficients(numerator, others, low)
        below, error_below = coefficients(denominator, others, low)
        ends = np.array([low], dtype=float), np.ones((1, len(others)))
        return cls(top[None], below[None], error, error_below, *ends)

    @property
    def count(self) -> int:
        """How many boxes there are."""
        return len(self.low)

    def least_seen(self) -> float:
        """An upper bound for the least value at the corners, where coefficients are values."""
        variables = self.low.shape[1]
        corners = np.array(np.meshgrid(*[[0, -1]] * variables, indexing="ij")).reshape(variables, -1)
        at = (slice(None), *corners)
        top, below = self.numerator[at] + self.error, self.denominator[at] - self.error_below
        values = np.where(below > 0, top / np.where(below > 0, below, 1), np.inf)
        return float(np.min(values)) * (1 + 4 * UNIT) + 1e-300

    def above(self, bound: float) -> Pieces:
        """Without the boxes on which the quotient is above a number."""
        axes = tuple(range(1, self.numerator.ndim))
        rest = self.numerator - bound * self.denominator
        scale = np.max(abs(self.numerator), axis=axes) + abs(bound) * np.max(abs(self.denominator), axis=axes)
        margin = self.error + abs(bound) * self.error_below + 4 * UNIT * scale
        stay = np.min(rest, axis=axes) <= margin
        return replace(
            self,
            numerator=self.numerator[stay],
            denominator=self.denominator[stay],
            low=self.low[stay],
            high=self.high[stay],
        )

    def divided(self) -> Pieces:
        """Each box in two halves, across its widest side."""
        if not self.count:
            return self
        widest = np.argmax(self.high - self.low, axis=1)
        parts = []
        for axis in range(self.low.shape[1]):
            chosen = widest == axis
            if not chosen.any():
                continue
            tops = halves(self.numerator[chosen], axis + 1)
            belows = halves(self.denominator[chosen], axis + 1)
            low, high = self.low[chosen], self.high[chosen]
            middle = (low[:, axis] + high[:, axis]) / 2
            below, above = high.copy(), low.copy()
            below[:, axis] = above[:, axis] = middle
            parts += [(tops[0], belows[0], low, below), (tops[1], belows[1], above, high)]
        columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
        levels = self.numerator.shape[1] * UNIT
        return Pieces(
            columns[0],
            columns[1],
            self.error + levels * float(np.max(abs(self.numerator))),
            self.error_below + levels * float(np.max(abs(self.denominator))),
            columns[2],
            columns[3],
        )


def halves(array: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """De Casteljau at ½: each coefficient is a mean of means, each of which is rounded once."""
    moved = np.moveaxis(array, axis, 0)
    left, right = [moved[0]], [moved[-1]]
    while len(moved) > 1:
        moved = (moved[:-1] + moved[1:]) / 2
        left.append(moved[0])
        right.append(moved[-1])
    return np.moveaxis(np.stack(left), 0, axis), np.moveaxis(np.stack(right[::-1]), 0, axis)


def coefficients(
    form: Mapping[tuple[int, ...], flint.arb], others: Sequence[int], low: Sequence[int]
) -> tuple[np.ndarray, float]:
    """The Bernstein coefficients on [low, 1] in each variable, and a bound for their errors."""
    degree = max(map(sum, form))
    dense = np.full((degree + 1,) * len(others), flint.arb(0), dtype=object)
    for exponents, value in form.items():
        at = tuple(exponents[k] for k in others)
        dense[at] = dense[at] + value
    for axis, start in enumerate(low):
        dense = np.moveaxis(np.tensordot(to_bernstein(degree, start), dense, axes=(1, axis)), 0, axis)
    middle = np.vectorize(lambda ball: float(ball.mid()), otypes=[float])(dense)
    radius = max(float(ball.rad()) for ball in dense.flat)
    return middle, 2 * radius + UNIT * float(np.max(abs(middle)))


def to_bernstein(degree: int, start: int) -> np.ndarray:
    """From powers of x in [start, 1] to Bernstein coefficients, exactly but for balls."""
    width = 1 - start
    matrix = np.full((degree + 1, degree + 1), flint.arb(0), dtype=object)
    for k in range(degree + 1):
        for i in range(degree + 1):
            # x^k = (start + width·t)^k, and t^j has the Bernstein coefficient C(i, j)/C(degree, j).
            value = sum(
                (
                    flint.fmpq(comb(k, j) * start ** (k - j) * width**j * comb(i, j), comb(degree, j))
                    for j in range(min(i, k) + 1)
                ),
                flint.fmpq(0),
            )
            matrix[i, k] = flint.arb(value)
    return matrix
