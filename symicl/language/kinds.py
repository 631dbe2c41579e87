"""The kinds of symbols that a file declares with their sizes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symicl import algebra

STRUCTURED = {
    "projector": 2,
    "orthogonal": 1,
    "semi_orthogonal": 2,
    "diagonal": 1,
    "unit_vector": 1,
    "ones": 1,
}
"""Those that satisfy an equation, see `symicl.algebra.structured`, with the number of sizes that they take."""

SYMBOL_KINDS = {
    "matrix": 2,
    "vector": 1,
    "symmetric": 1,
    "covariance": 1,
    **STRUCTURED,
    "scalar": 0,
    "positive": 0,
    "nonnegative": 0,
}
"""All kinds, with the number of sizes that they take."""

EXAMPLES = {"matrix": "d, k", "projector": "d, r", "semi_orthogonal": "d, r", "ones": "n"}
"""The sizes in a message, where they are not just d."""

OPTIONS = {("vector", "norm")}
"""Arguments that have a name, by the kind that takes them."""


def structured_symbol(
    name: str, kind: str, sizes: Sequence[Any], *, positive: bool = False, norm: Any = None
) -> tuple[str, Any]:
    """The name of a kind in a sentence, and the symbol.

    Raises
    ------
    InputError
        If there is no such matrix, as no projector of a rank above its size.
    """
    if kind == "projector":
        return "projector", algebra.projector(name, *sizes)
    if kind == "orthogonal":
        return "orthogonal matrix", algebra.orthogonal(name, *sizes)
    if kind == "semi_orthogonal":
        return "matrix with orthonormal columns", algebra.semi_orthogonal(name, (sizes[0], sizes[1]))
    if kind == "diagonal":
        return "diagonal matrix", algebra.diagonal_matrix(name, *sizes, positive=positive)
    if kind == "ones":
        return "vector of ones", algebra.OnesVector(name, *sizes, 1)
    if kind == "unit_vector":
        return "unit vector", algebra.unit_vector(name, *sizes)
    return "vector of given norm", algebra.vector(name, *sizes, norm=norm)
