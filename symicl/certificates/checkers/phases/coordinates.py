"""Sums over coordinates: which of them coincide, and sums of products of entries of matrices.

The coordinates of a summand fall into *blocks* of such that coincide or are partners. In a
way to coincide, a coordinate is (block, sign); the sign -1 is the partner of the coordinate
of a block. Two blocks are different coordinates, and no partners.
"""

from itertools import chain, permutations
from itertools import product as choices_of
from math import factorial

from ..reading import readable
from .meanings import named
from .polynomials import constant
from .times import Times

MAX_BLOCKS = 5  # in one sum of entries
SIGNS = {False: (1,), True: (1, -1)}  # by whether coordinates are paired


def coincidences(size, paired):
    """All ways in which coordinates coincide, or are partners: the block and sign of each."""
    ways = [()]
    for _ in range(size):
        old, ways = ways, []
        for way in old:
            blocks = 1 + max((b for b, _ in way), default=-1)
            at_old = choices_of(range(blocks), SIGNS[paired])
            ways += [(*way, at) for at in (*at_old, (blocks, 1))]
    return ways


def blocks_of(factors):
    """The blocks at which factors (name, coordinate, ...) stand."""
    return {b for _, *at in factors for b, _ in at}


def connected(factors):
    """The parts of a product of entries that have no coordinates in common."""
    parts = []
    for f in factors:
        blocks = blocks_of([f])
        met = [p for p in parts if blocks & blocks_of(p)]
        parts = [p for p in parts if p not in met] + [[f, *chain(*met)]]
    return parts


def canonical(factors, paired):
    """One form of a product of entries for all names of its coordinates, and for exchanging
    partners; its coordinates have the sign 1 where that is possible.
    """
    blocks = sorted(blocks_of(factors))
    readable(len(blocks) <= MAX_BLOCKS, "a sum has more coordinates than the limit")
    number, forms = len(blocks), []
    signs = choices_of(SIGNS[paired], repeat=number)
    for names in choices_of(permutations(range(number)), signs):
        to = dict(zip(blocks, zip(*names, strict=True), strict=True))
        renamed = ((f, *((to[b][0], s * to[b][1]) for b, s in at)) for f, *at in factors)
        forms.append(tuple(sorted(renamed)))
    return max(forms)


def merged(factors, last, other, sign):
    """A product of entries in which the coordinate of a block is another one, or its
    partner."""
    return [
        (f, *((other, s * sign) if b == last else (b, s) for b, s in at)) for f, *at in factors
    ]


class Coordinates(Times):
    """Sums of products of entries."""

    def different(self, factors, blocks, sums, paired):
        """The sum of a product of entries over coordinates, of which those of some blocks are
        different.

        The sum over i that differs from j, ... is that over all i, minus those where i is j,
        ... or a partner of it. Over all coordinates it is a product over connected parts.
        """
        if not blocks:
            parts = connected(factors)
            met = [len(blocks_of(part)) for part in parts]
            prices = (2 * factorial(n) * len(SIGNS[paired]) ** n * len(factors) for n in met)
            self.spend(sum(100 + price for price in prices))
            return self.times(*(named(sums, canonical(part, paired)) for part in parts))
        last, rest = max(blocks), blocks - {max(blocks)}
        total = self.different(factors, rest, sums, paired)
        for other, sign in choices_of(rest, SIGNS[paired]):
            same = merged(factors, last, other, sign)
            total = self.plus(total, self.different(same, rest, sums, paired), -1)
        return total

    def entries(self, way, entries, entry, point, sums):
        """The product of the entries, or its derivatives, and the blocks at which they are.

        The derivatives are those in an entry of one matrix, at multiples of the identity.
        """
        weight, factors = constant(1), []
        for at, what in entries:
            if type(what) is str:
                factors.append((what, *(way[i] for i in at)))
            else:
                row, column = (way[i] for i in at)
                kind = 0 if row == column else 1 if row[0] == column[0] else 2
                weight = self.times(weight, what[kind])
        if not entry:
            blocks = blocks_of(factors)
            return [(self.times(weight, self.different(factors, blocks, *sums)), blocks)]
        name, diagonal, _ = entry
        full = type(diagonal) is bool and all(len(f) == 3 for f in factors)
        readable(full, "it is not known in which entry of a full matrix a derivative is taken")
        found, crossing = [], [f for f in factors if f[1] != f[2]]
        for i, f in enumerate(factors):
            rest = factors[:i] + factors[i + 1 :]
            # Entries off the diagonal vanish at a multiple of the identity, but for the one
            # that is derived.
            left = [f] * (not diagonal)
            if f[0] == name and (f[1] == f[2]) == diagonal and crossing == left:
                value = self.times(weight, *(point[g[0]] for g in rest))
                found.append((value, [b for b, _ in dict.fromkeys(f[1:])]))
        return found
