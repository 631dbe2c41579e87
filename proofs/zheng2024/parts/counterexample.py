"""Moments with an exponent equal to one may all vanish and the plane (aI, bI) still be left."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

import sympy

from symicl.algebra import closed_form, read_form, scalar
from symicl.expectation import ExchangeableLaw
from symicl.theory import positive
from symicl.typeset import Equation

VALUES = (1, -1, 2, -2)
AT = {"A": Fraction(3, 5), "B": Fraction(4, 5)}
SEQUENCE_LENGTH = 5
DEGREE = 6
RATIONALS = "exact rationals"


def ratio():
    """E x⁴/E x² for x uniform on ±1, ±2."""
    second, fourth = (Fraction(sum(v**k for v in VALUES)) for k in (2, 4))
    return fourth / second


def g(x):
    """x³ − ωx with ω = E x⁴/E x²: uncorrelated with x."""
    return Fraction(x) ** 3 - ratio() * x


@dataclass(frozen=True)
class Dependent(ExchangeableLaw):
    """(x_1, x_2) on {±1, ±2}² with probabilities (1 + g(x_1) g(x_2)/20)/16.

    Attributes
    ----------
    atoms : tuple of (probability, x_1, x_2)
    """

    d: Any = 2

    @property
    def atoms(self):
        """All atoms with their probabilities."""
        size = len(VALUES) ** 2
        return tuple([((1 + g(x) * g(y) / 20) / size, x, y) for x, y in product(VALUES, repeat=2)])

    def moment(self, exponents):
        """E x_1^k x_2^l in exact arithmetic; there is no third coordinate."""
        k, l = (*exponents, 0, 0)[:2]
        return sum((p * x**k * y**l for p, x, y in self.atoms), Fraction(0))

    @property
    def probabilities(self):
        """The different ones, each with its atoms."""
        return {
            p: [(x, y) for q, x, y in self.atoms if q == p] for p in sorted({p for p, _, _ in self.atoms})
        }

    def mean(self, k, l):
        """The same sum, with atoms of the same probability together, step by step."""
        parts = [
            closed_form(p) * sum(x**k * y**l for x, y in atoms) for p, atoms in self.probabilities.items()
        ]
        return sum(parts, closed_form(0))


def odd_moments_are_needed(step, full):
    """E x_1 x_2^r = 0 for all r, but E x_1³x_2³ ≠ 0, and the gradient leaves the plane."""
    law = Dependent()
    moment = law.mean(3, 3)
    gradient = full.slope(
        "B", law, diagonal=False, at=AT, last=sympy.Integer(SEQUENCE_LENGTH - 1)
    ).closed_form
    step(
        "It is not enough that moments with an exponent equal to one vanish",
        r"P(x_1,x_2)=\tfrac1{16}\big(1+\tfrac1{20}g(x_1)g(x_2)\big)\ \text{on }\{\pm1,\pm2\}^{2},\qquad "
        r"g(x)=x^{3}-\omega x",
        Equation(r"\omega=\mathbb{E}x^{4}/\mathbb{E}x^{2}", closed_form(ratio())),
        Equation(r"\mathbb{E}[x_1^{3}x_2^{3}]", moment),
        Equation(r"\partial_{B_{12}}L", gradient),
        note=r"Here $x_1$ and $x_2$ are the two coordinates of the first vector, $d=2$, and the average in $\omega$ is "
        r"uniform on $\{\pm1,\pm2\}$. The gradient is that at $T=5$, $a=\tfrac35$, $b=\tfrac45$.",
    )
    step.require(
        "the probabilities are positive",
        *map(positive, map(closed_form, law.probabilities)),
        rule=RATIONALS,
    )
    step.check("they add up to 1", law.mean(0, 0), closed_form(1), rule=RATIONALS)
    z, w = (read_form(scalar(name)) for name in "zw")
    series = [law.mean(1, r) * z**r + law.mean(r, 1) * w**r for r in range(DEGREE)]
    step.check(
        r"$\mathbb{E}[x_1x_2^{r}]=0$ for $r=0,\dots,5$, whichever coordinate has the exponent one",
        sum(series, closed_form(0)),
        closed_form(0),
        rule="exact rationals, the coefficients of two generating functions, one for each coordinate",
    )
    step.require(
        r"$\mathbb{E}[x_1^{3}x_2^{3}]$ is positive, and so is the gradient off the diagonal",
        positive(moment),
        positive(gradient),
        rule=RATIONALS,
    )
    return moment, gradient
