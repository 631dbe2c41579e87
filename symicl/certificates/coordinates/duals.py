"""Numbers with a slope: a + b ε, ε² = 0, by which derivatives along a line are exact."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from symicl.certificates.coordinates import matrices
from symicl.certificates.coordinates.matrices import Matrix


@dataclass(frozen=True)
class Dual:
    """The number ``value + slope ε``."""

    value: Any
    slope: Any

    def __add__(self, other: Any) -> Dual:
        other = dual(other)
        return Dual(self.value + other.value, self.slope + other.slope)

    __radd__ = __add__

    def __mul__(self, other: Any) -> Dual:
        other = dual(other)
        return Dual(self.value * other.value, self.value * other.slope + self.slope * other.value)

    __rmul__ = __mul__

    def reciprocal(self) -> Dual:
        """1/(a + b ε) = 1/a − b/a² ε.

        Raises
        ------
        ZeroDivisionError
            If a is 0.
        """
        inverse = 1 / Fraction(self.value)
        return Dual(inverse, -self.slope * inverse * inverse)


def dual(value: Any) -> Dual:
    """A number, which has the slope 0."""
    return value if isinstance(value, Dual) else Dual(value, 0)


def moving(value: Matrix, velocity: Matrix) -> Matrix:
    """Entries with a velocity as their slope."""
    return [[Dual(x, v) for x, v in zip(r, s, strict=True)] for r, s in zip(value, velocity, strict=True)]


def slope(value: Matrix) -> Matrix:
    """The derivative of each entry."""
    return matrices.mapped(value, lambda x: dual(x).slope)


def still(value: Matrix) -> Matrix:
    """Each entry where the slope is left out."""
    return matrices.mapped(value, lambda x: dual(x).value)
