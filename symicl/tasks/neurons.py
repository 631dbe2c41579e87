"""Random single neurons f(x) = φ(uᵀx), u ~ N(0, I_d), with an odd-degree homogeneous activation.

φ(z) = p·zᵏ for z > 0 and φ(z) = q·zᵏ for z < 0, k odd, is A·zᵏ + B·|z|ᵏ with A = (p+q)/2, B = (p−q)/2.
Averages over the symmetric law of x keep even functions only, so every moment that the theory needs is the
expectation of a polynomial in (u, x), which the Gaussian engine takes with symbolic d.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import sympy

from symicl.algebra import Dimension, gaussian
from symicl.errors import InputError, brief
from symicl.expectation import expect


@dataclass(frozen=True)
class Neuron:
    """A homogeneous activation of odd degree with slopes ``right`` (z > 0) and ``left`` (z < 0)."""

    name: str
    degree: int
    right: Fraction
    left: Fraction

    def __post_init__(self) -> None:
        if self.degree < 1 or self.degree % 2 == 0:
            raise InputError(f"the neuron {self.name} has degree {self.degree}; the degree must be odd")

    @property
    def odd(self) -> Fraction:
        """A, the coefficient of zᵏ."""
        return (self.right + self.left) / 2

    @property
    def even(self) -> Fraction:
        """B, the coefficient of |z|ᵏ."""
        return (self.right - self.left) / 2

    def _repr_html_(self) -> str:
        from symicl.typeset import described

        return described(self)

    def __call__(self, z: Any) -> Any:
        """φ(z), entrywise, for NumPy arrays and torch tensors."""
        power = z**self.degree
        if not self.even:  # a polynomial, also of exact numbers
            return power if self.odd == 1 else float(self.odd) * power
        return float(self.odd) * power + float(self.even) * abs(power)

    def moments(self, d: Dimension) -> dict[str, sympy.Expr]:
        """The moments of f that the theory needs, exact, as expressions in d.

        Returns
        -------
        dict
            ``g2`` = E g_i² (g = E_x[x f(x)]), ``xf2`` = E x_i² f², ``f2`` = E f², ``f2f2`` = E (E_x f²)²,
            ``f4`` = E f⁴.
        """
        k = self.degree
        square = self.odd**2 + self.even**2
        fourth = square**2 + 4 * self.odd**2 * self.even**2
        u, x, v = (gaussian(name, (d, 1)) for name in ("u", "x", "v"))
        z, zv = sympy.Trace(u.T * x), sympy.Trace(u.T * v)
        raw = {
            "g2": (self.odd**2, z**k * zv**k * sympy.Trace(x.T * v) / d),
            "xf2": (square, z ** (2 * k) * sympy.Trace(x.T * x) / d),
            "f2": (square, z ** (2 * k)),
            "f2f2": (square**2, z ** (2 * k) * zv ** (2 * k)),
            "f4": (fourth, z ** (4 * k)),
        }
        return {
            name: sympy.factor(sympy.Rational(c.numerator, c.denominator) * expect(expression))
            if c
            else sympy.Integer(0)
            for name, (c, expression) in raw.items()
        }

    @cached_property
    def latex(self) -> str:
        """φ(z) in LaTeX."""
        z = "z" if self.degree == 1 else f"z^{{{self.degree}}}"
        return {
            (True, False): z,
            (False, True): f"|{z}|" if self.degree == 1 else f"|z|^{{{self.degree}}}",
        }.get((bool(self.odd), bool(self.even)), rf"\tfrac12({z}+|{z}|)" if self.left == 0 else self.name)


NEURONS = {
    neuron.name: neuron
    for neuron in (
        Neuron("relu", 1, Fraction(1), Fraction(0)),
        Neuron("linear", 1, Fraction(1), Fraction(1)),
        Neuron("cubic", 3, Fraction(1), Fraction(1)),
        Neuron("abs", 1, Fraction(1), Fraction(-1)),
        Neuron("leaky_relu", 1, Fraction(1), Fraction(1, 10)),
    )
}


def find_neuron(name: str) -> Neuron:
    """A neuron by name.

    Raises
    ------
    InputError
        For an unknown name.
    """
    try:
        return NEURONS[name]
    except (KeyError, TypeError):
        raise InputError(f"target={brief(name)} is not known; choose one of {', '.join(NEURONS)}") from None
