"""The bounds of dimensions that a file assumes, and those that its declarations say."""

from __future__ import annotations

import sympy

from symicl.algebra import Projector, SemiOrthogonal, read_form
from symicl.language.bounded_letters import Bound
from symicl.language.scope import Scope


def bounds_of(scope: Scope) -> list[Bound]:
    """The bounds that are assumed, and r ≤ d where a projector of rank r, or r orthonormal columns, are declared.

    A dimension has one bound; an assumed one goes first.
    """
    found = list(scope.bounds)
    for symbol in scope.symbols().values():
        if not isinstance(symbol, Projector | SemiOrthogonal):
            continue
        size, rank = symbol.shape[0], symbol.args[-1] if isinstance(symbol, Projector) else symbol.shape[1]
        below, reached = read_form(rank), {size}
        for bound in found:
            reached |= {bound.symbol} if reached & bound.letters else set()
        bounded = any(bound.symbol == size for bound in found)
        if isinstance(size, sympy.Symbol) and not bounded and not reached & rank.free_symbols:
            found.append(Bound(size, read_form(size), below))
    return found
