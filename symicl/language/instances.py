"""Small instances for claims, at which all that is assumed of letters holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sympy
from sympy.matrices.expressions import MatrixExpr

from symicl.algebra import Structured
from symicl.language.bounded_letters import Bound, in_order
from symicl.language.joint_laws import possible
from symicl.language.scope import Scope
from symicl.numeric import AtNumbers, exists, small_instances, sympy_rational
from symicl.tasks import Values


def instances(symbols: Iterable[Any], scope: Scope, *, extreme: bool = False) -> Iterator[Values]:
    """Small instances at which the bounds hold: n is what it is at least, and more by what it would be otherwise.

    Matrices have these sizes, and those that are declared with an equation exist there, also those without a value: a
    projector of rank r on d coordinates says that r ≤ d.
    """
    wanted = set(symbols)
    joint = scope.joint_laws()
    for _ in joint:  # a law that shares a letter with another one that is wanted, is
        for law in joint:
            wanted |= law.symbols if law.symbols & wanted else set()
    used: list[Bound] = []
    for bound in reversed(in_order(scope.bounds)):
        if bound.symbol in wanted:
            wanted |= bound.letters
            used.insert(0, bound)
    declared = [m for m in scope.symbols().values() if isinstance(m, Structured) and _sizes(m) <= wanted]
    matrices = [m for m in wanted if isinstance(m, MatrixExpr)]
    sizes = {s for m in matrices for size in m.shape for s in size.free_symbols}
    sizes |= {s for m in matrices if isinstance(m, Structured) for s in m.parameters}

    def moved(sizes: Values) -> Values:
        for bound in used:
            sizes = sizes | {bound.symbol: sizes[bound.symbol] + _least(bound, sizes) - 1}
        return sizes

    for values in small_instances(wanted, extreme=extreme, moved=moved if used else dict):
        for bound in used:
            least = _least(bound, values)
            if values[bound.symbol] < least:
                if bound.symbol in sizes:
                    break
                values = {**values, bound.symbol: values[bound.symbol] + least - 1}
        else:
            if all(exists(matrix, values) for matrix in declared):
                found = possible(values, joint)
                if found is not None:
                    yield found


def _least(bound: Bound, values: Values) -> sympy.Rational:
    return sympy_rational(AtNumbers(values).of(bound.least))


def _sizes(matrix: Structured) -> set[sympy.Symbol]:
    """All that decides if there is such a matrix."""
    return matrix.parameters | {size for size in matrix.shape if isinstance(size, sympy.Symbol)}
