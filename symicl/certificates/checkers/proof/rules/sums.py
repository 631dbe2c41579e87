"""Sums over coordinates of products of entries: the factors into which they fall.

A product is a list of entries (name, coordinate, ...). A sum is written in one form for all
names of its coordinates.
"""

from itertools import chain, permutations

from ...reading import readable

MAX_BLOCKS = 5  # coordinates of one sum


def canonical(factors):
    """One form of a product of entries for all names of its coordinates."""
    names = sorted({i for _, *at in factors for i in at})
    readable(len(names) <= MAX_BLOCKS, "a sum has more coordinates than the limit")
    renamed = (
        dict(zip(names, order, strict=True)) for order in permutations(range(len(names)))
    )
    return min(
        tuple(sorted((f, *(to[i] for i in at)) for f, *at in factors)) for to in renamed
    )


def summed(factors):
    """The sum of a product over all coordinates, as its factors: sums that are connected."""
    parts = []
    for f in factors:
        met = [p for p in parts if {i for _, *at in p for i in at} & {*f[1:]}]
        parts = [p for p in parts if p not in met] + [[f, *chain(*met)]]
    return tuple(sorted(map(canonical, parts)))


def summed_apart(factors, apart):
    """The same over coordinates of which some are different, as {factors: number}: over i that
    differs from others it is the sum over all i less those where i is one of these."""
    if not apart:
        return {summed(factors): 1}
    last, rest = max(apart), apart - {max(apart)}
    total = dict(summed_apart(factors, rest))
    for other in rest:
        same = [(f, *(other if i == last else i for i in at)) for f, *at in factors]
        for key, c in summed_apart(same, rest).items():
            total[key] = total.get(key, 0) - c
    return total
