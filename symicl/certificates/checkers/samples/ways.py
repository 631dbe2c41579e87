"""Ways that are summed over: samples that coincide, legs that are paired, powers of noise."""

from math import comb, prod


def partitions(size):
    """All ways in which things coincide: the block of each, numbered as they appear."""
    if size == 0:
        yield ()
        return
    for rest in partitions(size - 1):
        for block in range(max(rest, default=-1) + 2):
            yield (*rest, block)


def pairings(legs):
    """All ways to pair legs; none if their number is odd."""
    if not legs:
        yield ()
    for i in range(1, len(legs)):
        for rest in pairings(legs[1:i] + legs[i + 1 :]):
            yield ((legs[0], legs[i]), *rest)


def powers_of_noise(power):
    """E over e of (f + e)^power, as [number, half the power of the noise, power of f].

    E e^j = (j-1)!! for the variance 1.
    """
    for j in range(0, power + 1, 2):
        yield comb(power, j) * prod(range(j - 1, 0, -2)), j // 2, power - j
