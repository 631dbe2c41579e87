"""Numbers with their first and second derivatives, over anything that has + − · and `inverse` and `square`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def inverse(x: Any) -> Any:
    """1/x."""
    return x.inverse() if hasattr(x, "inverse") else 1 / x


def square(x: Any) -> Any:
    """x², which an interval may know better than x·x."""
    return x.square() if hasattr(x, "square") else x * x


class Jet:
    """A value with its gradient and, unless it is empty, the lower half of its Hessian.

    Attributes
    ----------
    value : number
    slope : list of numbers
    curve : list of lists of numbers
        curve[i][j], j ≤ i.
    """

    def __init__(self, value: Any, slope: Sequence[Any], curve: Sequence[Sequence[Any]] = ()):
        self.value, self.slope, self.curve = value, list(slope), [list(row) for row in curve]

    @classmethod
    def variables(cls, values: Sequence[Any], order: int) -> list[Jet]:
        """One jet a variable, with derivatives up to order 1 or 2."""
        size = len(values)
        return [
            cls(
                value,
                [int(i == k) for i in range(size)],
                [[0] * (i + 1) for i in range(size)] if order == 2 else (),
            )
            for k, value in enumerate(values)
        ]

    def __add__(self, other: Any) -> Jet:
        if not isinstance(other, Jet):
            return Jet(self.value + other, self.slope, self.curve)
        slope = [x + y for x, y in zip(self.slope, other.slope, strict=True)]
        return Jet(self.value + other.value, slope, _rows(lambda x, y: x + y, self.curve, other.curve))

    __radd__ = __add__

    def __neg__(self) -> Jet:
        return self * -1

    def __sub__(self, other: Any) -> Jet:
        return self + -1 * other

    def __rsub__(self, other: Any) -> Jet:
        return -self + other

    def __mul__(self, other: Any) -> Jet:
        if not isinstance(other, Jet):
            return Jet(
                self.value * other,
                [x * other for x in self.slope],
                [[x * other for x in r] for r in self.curve],
            )
        u, v = self.value, other.value
        slope = [x * v + u * y for x, y in zip(self.slope, other.slope, strict=True)]
        curve = [
            [
                x * v + u * y + self.slope[i] * other.slope[j] + self.slope[j] * other.slope[i]
                for j, (x, y) in enumerate(zip(one, two, strict=True))
            ]
            for i, (one, two) in enumerate(zip(self.curve, other.curve, strict=True))
        ]
        return Jet(u * v, slope, curve)

    __rmul__ = __mul__

    def square(self) -> Jet:
        """Its square."""
        product = self * self
        return Jet(square(self.value), product.slope, product.curve)

    def inverse(self) -> Jet:
        """1/f: −f'/f², 2f'f'/f³ − f''/f²."""
        value = inverse(self.value)
        second = square(value)
        third = second * value * 2
        slope = [-1 * (x * second) for x in self.slope]
        curve = [
            [self.slope[i] * self.slope[j] * third - x * second for j, x in enumerate(row)]
            for i, row in enumerate(self.curve)
        ]
        return Jet(value, slope, curve)


def _rows(combine: Any, one: Sequence[Sequence[Any]], two: Sequence[Sequence[Any]]) -> list[list[Any]]:
    return [[combine(x, y) for x, y in zip(r, s, strict=True)] for r, s in zip(one, two, strict=True)]
