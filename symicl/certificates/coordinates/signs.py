"""Averages with the sign of a polynomial in independent symmetric numbers, by parity.

If turning the signs of some numbers turns that of p, then s = sign(p) times a monomial that is even in these numbers
has mean zero: both turn with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

from symicl.errors import UnsupportedError

BITS = 6
MASK = (1 << BITS) - 1
MAX_CHOICES = 1 << 12

Polynomial = Iterable[tuple[int, Any]]
"""Monomials, packed as in `symicl.certificates.coordinates.entries`, with their coefficients."""


def exponents(monomial: int) -> dict[int, int]:
    """The numbers that occur, with their powers."""
    found, index = {}, 0
    while monomial:
        if monomial & MASK:
            found[index] = monomial & MASK
        monomial >>= BITS
        index += 1
    return found


def vanishes(monomial: int, polynomials: Sequence[frozenset[tuple[int, Any]]]) -> bool:
    """True if the mean of the monomial times the signs of these polynomials is zero.

    Raises
    ------
    UnsupportedError
        If parity does not say.
    """
    powers = exponents(monomial)
    used = [set().union(*(exponents(m) for m, _ in p)) for p in polynomials]
    if any(k % 2 for i, k in powers.items() if i not in set().union(*used)):
        return True
    for k, p in enumerate(polynomials):
        others = set().union(*(u for j, u in enumerate(used) if j != k))
        for turned in _turning(p):
            if turned.isdisjoint(others) and sum(powers.get(i, 0) for i in turned) % 2 == 0:
                return True
    raise UnsupportedError(
        "the mean of a product with signs that is odd in what turns them is not known in explicit coordinates"
    )


def _turning(p: Polynomial) -> Iterable[set[int]]:
    """Sets of numbers of which each monomial has an odd power in all: one side of each connected part."""
    monomials = [exponents(m) for m, _ in p]
    parts: list[tuple[set[int], set[int]]] = []
    for powers in monomials:
        odd = [i for i, k in powers.items() if k % 2]
        if len(odd) == 1:
            sides = ({odd[0]}, {odd[0]})
        elif len(odd) == 2:
            sides = ({odd[0]}, {odd[1]})
        else:
            return
        joined = [part for part in parts if not (part[0] | part[1]).isdisjoint(sides[0] | sides[1])]
        for part in joined:
            parts.remove(part)
            aligned = not part[0].isdisjoint(sides[0]) or not part[1].isdisjoint(sides[1])
            first, second = part if aligned else (part[1], part[0])
            sides = (sides[0] | first, sides[1] | second)
        parts.append(sides)
    if 2 ** len(parts) > MAX_CHOICES:
        return
    for chosen in product(*parts):
        turned = set().union(*chosen)
        if all(sum(k for i, k in powers.items() if i in turned) % 2 for powers in monomials):
            yield turned
