"""Arrays of intervals of floats, rounded outwards: each operation holds every value that its arguments allow."""

from __future__ import annotations

from typing import Any

import flint
import numpy as np


class Intervals:
    """Closed intervals, elementwise; numbers beside them are exact floats.

    Attributes
    ----------
    low, high : ndarray
    """

    __array_ufunc__ = None

    def __init__(self, low: Any, high: Any):
        self.low, self.high = low, high

    @classmethod
    def around(cls, ball: flint.arb) -> Intervals:
        """The floats around a ball."""
        low, high = float(ball.lower()), float(ball.upper())
        return cls(np.nextafter(low, -np.inf), np.nextafter(high, np.inf))

    def __add__(self, other: Any) -> Intervals:
        if not _is_known(other):
            return NotImplemented
        low, high = _ends(other)
        return _outward(self.low + low, self.high + high)

    __radd__ = __add__

    def __neg__(self) -> Intervals:
        return Intervals(-self.high, -self.low)

    def __sub__(self, other: Any) -> Intervals:
        if not _is_known(other):
            return NotImplemented
        low, high = _ends(other)
        return _outward(self.low - high, self.high - low)

    def __rsub__(self, other: Any) -> Intervals:
        return -self + other

    def __mul__(self, other: Any) -> Intervals:
        if not _is_known(other):
            return NotImplemented
        low, high = _ends(other)
        with np.errstate(invalid="ignore", over="ignore"):
            products = self.low * low, self.low * high, self.high * low, self.high * high
        return _outward(np.minimum.reduce(products), np.maximum.reduce(products))

    __rmul__ = __mul__

    def square(self) -> Intervals:
        """The squares, which are not negative."""
        ends = self.low * self.low, self.high * self.high
        inside = (self.low <= 0) & (self.high >= 0)
        found = _outward(np.where(inside, 0.0, np.minimum(*ends)), np.maximum(*ends))
        return Intervals(np.maximum(found.low, 0.0), found.high)

    def inverse(self) -> Intervals:
        """1/x; the whole line where x may be zero."""
        safe = (self.low > 0) | (self.high < 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            found = _outward(1.0 / self.high, 1.0 / self.low)
        return Intervals(np.where(safe, found.low, -np.inf), np.where(safe, found.high, np.inf))


def _is_known(other: Any) -> bool:
    """True for intervals and numbers; anything else has operations of its own."""
    return isinstance(other, Intervals | int | float | np.ndarray)


def _ends(other: Any) -> tuple[Any, Any]:
    return (other.low, other.high) if isinstance(other, Intervals) else (other, other)


def _outward(low: Any, high: Any) -> Intervals:
    """One float further on both sides; what is no number, as 0·∞, is the whole line."""
    low, high = np.nextafter(low, -np.inf), np.nextafter(high, np.inf)
    return Intervals(np.where(np.isnan(low), -np.inf, low), np.where(np.isnan(high), np.inf, high))
