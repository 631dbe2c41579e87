"""Random polynomials in random variables of `sympy.stats`, averaged here and by integrals of SymPy."""

from __future__ import annotations

import random
from functools import cache
from typing import Any

import sympy
from sympy import Rational, stats

VARIABLES = (
    stats.Normal("z", Rational(1, 2), 2),
    stats.Rademacher("r"),
    stats.Uniform("u", -1, 3),
    stats.Laplace("l", Rational(1, 3), 2),
)


@cache
def moment(k: int, power: int) -> sympy.Expr:
    """E x^power of a variable, as SymPy computes it."""
    return sympy.nsimplify(sympy.simplify(stats.E(VARIABLES[k] ** power))) if power else sympy.Integer(1)


def case(seed: int) -> tuple[Any, sympy.Expr]:
    """A polynomial and its mean, as the variables are independent."""
    rng = random.Random(seed)
    expression, mean = sympy.Integer(0), sympy.Integer(0)
    for _ in range(rng.randint(1, 4)):
        powers = [rng.choice([0, 0, 1, 2, 3, 4]) for _ in VARIABLES]
        c = Rational(rng.randint(-5, 5), rng.randint(1, 3))
        term, value = c, c
        for k, power in enumerate(powers):
            term, value = term * VARIABLES[k] ** power, value * moment(k, power)
        expression, mean = expression + term, mean + value
    return expression, mean
