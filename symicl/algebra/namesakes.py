"""Two different symbols of one name: they print alike, and one may be meant where the other stands."""

from __future__ import annotations

import sympy
from sympy.matrices.expressions import MatrixSymbol

from symicl.algebra.parts import parts_of
from symicl.errors import InputError


def refuse_namesakes(*expressions: sympy.Basic) -> None:
    """Refuse expressions in which one name stands for two things.

    Raises
    ------
    InputError
        That names them, such as ``sympy.Symbol("d")`` beside ``si.dims("d")``.
    """
    seen: dict[str, sympy.Basic] = {}
    for expression in expressions:
        for symbol in parts_of(expression):
            # Dummies are SymPy's own, such as the variable of a function, and print as _d.
            if not isinstance(symbol, sympy.Symbol | MatrixSymbol) or isinstance(symbol, sympy.Dummy):
                continue
            other = seen.setdefault(symbol.name, symbol)
            if other != symbol:
                raise InputError(_sentence(symbol.name, other, symbol))


def _sentence(name: str, one: sympy.Basic, other: sympy.Basic) -> str:
    if isinstance(one, sympy.Symbol) and isinstance(other, sympy.Symbol):
        return (
            f"two different symbols are called {name}, since SymPy tells symbols apart by what is assumed of them "
            f"(sympy.Symbol({name!r}) is not si.dims({name!r})); declare {name} once and use that everywhere"
        )
    if type(one) is type(other) and hasattr(one, "row_cov"):
        return f"two different Gaussian matrices are called {name}; give each its own name"
    kinds = " and ".join(sorted(map(_kind, (one, other))))
    return f"{name} is the name of two things, {kinds}; give each its own name"


def _kind(symbol: sympy.Basic) -> str:
    if isinstance(symbol, sympy.Symbol):
        return "a scalar"
    rows, cols = symbol.shape
    kinds = {"GaussianMatrix": "Gaussian", "SymmetricMatrix": "symmetric", "Covariance": "positive definite"}
    return f"a {kinds.get(type(symbol).__name__, 'general')} matrix of shape {rows}×{cols}"
