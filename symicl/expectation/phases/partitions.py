"""Which of the coordinate indices of a term coincide: set partitions, refined by signs for paired phases."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from symicl.expectation.samples import set_partitions

Node = tuple[int, int]
"""A coordinate as (block, sign): within a block, equal signs are one coordinate, opposite signs are partners."""

Labels = tuple[Node, ...]


@cache
def coincidences(size: int, paired: bool) -> tuple[Labels, ...]:
    """All ways in which ``size`` indices can coincide (or be partners, for paired phases).

    The first index of a block has the sign +1. Without pairs all signs are +1 and the number of ways is the
    Bell number; with pairs it is Σ_k S(size, k) 2^{size − k}.
    """
    found: list[Labels] = []
    for partition in set_partitions(size):
        found += _signed(partition) if paired else [tuple([(block, 1) for block in partition])]
    return tuple(found)


def _signed(partition: tuple[int, ...]) -> Iterator[Labels]:
    free = [i for i, block in enumerate(partition) if block in partition[:i]]
    for choice in range(2 ** len(free)):
        signs = [1] * len(partition)
        for bit, i in enumerate(free):
            if choice >> bit & 1:
                signs[i] = -1
        yield tuple(zip(partition, signs, strict=True))
