"""Sums over coordinates of products of entries: the factors into which they fall.

A product is a list of entries (name, coordinate, ...). A sum is written in one form for all
names of its coordinates; if these come in pairs, ~i is the partner of i, as ~~i is i, and the
sum over all i is that over all partners of i, too.
"""

from itertools import chain, permutations, product

from ...reading import readable

MAX_BLOCKS = 5  # coordinates of one sum


def base(i):
    """The coordinate, or that of which it is the partner."""
    return max(i, ~i)


def at_place(i, place):
    """`place` for a coordinate, its partner for the partner of one."""
    return place if i >= 0 else ~place


def canonical(factors, paired=False):
    """One form of a product of entries for all names of its coordinates."""
    names = sorted({base(i) for _, *at in factors for i in at})
    readable(len(names) <= MAX_BLOCKS, "a sum has more coordinates than the limit")
    orders = permutations(range(len(names)))
    sides = list(product((1, -1)[: 1 + paired], repeat=len(names)))
    places = (
        {i: k if sign > 0 else ~k for i, k, sign in zip(names, order, signs, strict=True)}
        for order in orders
        for signs in sides
    )
    return min(
        tuple(sorted((f, *(at_place(i, to[base(i)]) for i in at)) for f, *at in factors))
        for to in places
    )


def summed(factors, paired=False):
    """The sum of a product over all coordinates, as its factors: sums that are connected."""
    parts = []
    for f in factors:
        own = {*map(base, f[1:])}
        met = [p for p in parts if {base(i) for _, *at in p for i in at} & own]
        parts = [p for p in parts if p not in met] + [[f, *chain(*met)]]
    return tuple(sorted(canonical(part, paired) for part in parts))


def summed_apart(factors, apart, paired=False):
    """The same over coordinates of which some are different, and no partners of each other, as
    {factors: number}: over i that differs from others it is the sum over all i less those
    where i is one of these, or a partner of one."""
    if not apart:
        return {summed(factors, paired): 1}
    last, rest = max(apart), apart - {max(apart)}
    total = dict(summed_apart(factors, rest, paired))
    for other in (side for i in rest for side in (i, ~i)[: 1 + paired]):
        same = [
            (f, *(at_place(i, other) if base(i) == last else i for i in at))
            for f, *at in factors
        ]
        for key, c in summed_apart(same, rest, paired).items():
            total[key] = total.get(key, 0) - c
    return total
