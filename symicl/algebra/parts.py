"""The parts of a SymPy expression: found in one walk, and once for all who ask for some kind of them."""

from __future__ import annotations

from functools import lru_cache

import sympy


@lru_cache(maxsize=512)
def parts_of(expression: sympy.Basic) -> frozenset[sympy.Basic]:
    """The expression and everything in it, each once: what `sympy.Basic.atoms` and ``has`` search."""
    seen: set[sympy.Basic] = set()
    waiting: list[sympy.Basic] = [expression]
    while waiting:
        part = waiting.pop()
        if part not in seen:
            seen.add(part)
            waiting += part.args
    return frozenset(seen)


def has_kind(expression: sympy.Basic, *kinds: type[sympy.Basic]) -> bool:
    """True if a part of one of these kinds occurs."""
    return any(isinstance(part, kinds) for part in parts_of(expression))
