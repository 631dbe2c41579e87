"""The random parts of an expression: Gaussians declared here, and random variables of `sympy.stats`."""

from __future__ import annotations

from typing import Any

import sympy

from symicl.algebra.parts import has_kind, parts_of
from symicl.algebra.symbols import RandomMatrix, random_kinds
from symicl.errors import UnsupportedError

HOW_TO_DECLARE = 'declare Gaussian matrices with si.gaussian("Z", (n, d), mean=…, row_cov=…, col_cov=…)'


def contains_random(expression: sympy.Basic) -> bool:
    """True if a Gaussian matrix, or a random variable of `sympy.stats`, occurs in the expression."""
    return has_kind(expression, RandomMatrix, *random_kinds())


def refuse_foreign(expression: sympy.Basic) -> None:
    """Refuse random variables of `sympy.stats`, which are never constants.

    Raises
    ------
    UnsupportedError
        That names the variable and its law.
    """
    for variable in sorted(
        (part for part in parts_of(expression) if isinstance(part, random_kinds())), key=str
    ):
        raise UnsupportedError(
            f"{variable} is a random variable of sympy.stats ({law_name(variable)}), which is not read here; "
            f"{HOW_TO_DECLARE}"
        )


def law_name(variable: Any) -> str:
    """The law of a random variable of `sympy.stats`, as SymPy calls it."""
    from sympy.stats.rv import RandomIndexedSymbol

    space = variable.pspace
    if isinstance(variable, RandomIndexedSymbol):
        return "a stochastic process"
    law = getattr(space, "distribution", None) or getattr(space, "model", None) or space
    return type(law).__name__.removesuffix("Distribution").removesuffix("Model").removesuffix("PSpace")
