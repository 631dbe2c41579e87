"""Weingarten's functions of the orthogonal group: E Π O_{i j} for a Haar matrix O, by pairings of its indices.

With 2k factors E Π O_{i_a j_a} = Σ_{p, q} Wg(type of p and q) over pairings p of the factors that join equal i and
pairings q that join equal j. The type of two pairings is the partition of k into half the lengths of the circles that
they form together. Wg is the inverse of N^(number of circles), as matrices over pairings; that exists for N ≥ k.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import sympy
from sympy.polys.matrices import DomainMatrix

Pairing = tuple[tuple[int, int], ...]
SIZE = sympy.Symbol("N")
"""The size of the group, in what `weingarten` returns."""

MAX_PAIRS = 4
"""There are 105 pairings of eight factors."""


def pairings(items: tuple[int, ...]) -> Iterator[Pairing]:
    """All pairings of an even number of things."""
    if not items:
        yield ()
        return
    first, rest = items[0], items[1:]
    for k, partner in enumerate(rest):
        for others in pairings(rest[:k] + rest[k + 1 :]):
            yield ((first, partner), *others)


def circles(p: Pairing, q: Pairing) -> tuple[int, ...]:
    """The type of two pairings: half the lengths of their circles, in decreasing order."""
    one, other = ({a: b for x, y in pairs for a, b in ((x, y), (y, x))} for pairs in (p, q))
    left, lengths = set(one), []
    while left:
        at = min(left)
        length = 0
        while at in left:
            left -= {at, one[at]}
            at = other[one[at]]
            length += 1
        lengths.append(length)
    return tuple(sorted(lengths, reverse=True))


@cache
def weingarten(pairs: int) -> dict[tuple[int, ...], sympy.Expr]:
    """Wg for so many pairs, from the type to a rational function of `SIZE`."""
    every = list(pairings(tuple(range(2 * pairs))))
    first = every[0]
    types = sorted({circles(first, p) for p in every}, reverse=True)
    of_type = {kind: next(p for p in every if circles(first, p) == kind) for kind in types}
    # Σ_q Wg(first, q) N^circles(q, r) is 1 for r = first and 0 for others; it depends on the type of r alone.
    rows = []
    for kind in types:
        row = dict.fromkeys(types, sympy.Integer(0))
        for q in every:
            row[circles(first, q)] += SIZE ** len(circles(q, of_type[kind]))
        rows.append([row[column] for column in types])
    identity = circles(first, first)
    field = sympy.QQ.frac_field(SIZE)
    matrix = DomainMatrix([[field.from_sympy(x) for x in row] for row in rows], (len(types),) * 2, field)
    right = DomainMatrix(
        [[field.from_sympy(sympy.Integer(int(t == identity)))] for t in types], (len(types), 1), field
    )
    found = matrix.lu_solve(right).to_Matrix()
    return {kind: sympy.factor(found[i, 0]) for i, kind in enumerate(types)}
