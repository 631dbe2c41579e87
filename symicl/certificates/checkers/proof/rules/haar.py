"""Averages over orthogonal matrices of Haar's law, and over their first columns."""

from ...reading import need, readable
from ..values import Value
from ..words import SCALAR
from .averages import averaged, compared
from .links import joined, links_of, pairings, partners
from .squared_scales import size_value

MAX_PAIRS = 4  # of factors O, in a product


def haar_of(log, raw, size, symmetric):
    """The law of a letter O: the first columns of an orthogonal matrix of Haar's law, which
    has so many rows."""
    whole = all(type(n) is int for n in size)
    plain = not symmetric or size == SCALAR
    need(plain and log.read_size(raw["haar"]) == size[0], "it is no matrix of columns")
    need(not whole or size[1] <= size[0], "there are more orthonormal columns than rows")
    log.haar.add(log.id)


def rule_haar(log, of, letter, weights, given, reciprocals=None):
    """E over a letter O of Haar's law, with N rows, of a scalar without O in denominators.

    E of 2k entries O_ij is the sum over pairings p and q of Wg(p, q), where p pairs equal i
    and q equal j: the mean of O x ... x O is the orthogonal projection onto tensors that
    rotations leave alone, which the pairings span, with inner products N^circles(p, q); Wg is
    the inverse of these. It depends on the type of p and q alone, half the lengths of the
    circles that they form, and `weights` says [type, value]. With O also -O has the law, so
    that an odd number of entries has mean 0.
    """
    need(letter in log.haar, "the letter has no law of Haar")
    table = {tuple(kind): log.read_node(value) for kind, value in log.rows_of(weights, 2)}
    need(len(table) == len(weights), "a type has two weights")
    sides, inverted = log.size(letter), set()

    def mean(core):
        links, count = links_of(log, core, letter)
        if count % 2:
            return log.number(0)
        readable(
            count <= 2 * MAX_PAIRS, "a letter stands more often in a product than the limit"
        )
        every = list(pairings(tuple(range(count))))
        if count not in inverted:
            invert(log, size_value(log, sides[0]), every, table)
            inverted.add(count)
        found = {}
        for p in every:
            for q in every:
                number, monomial = joined(log, links, partners(p, 0) | partners(q, 1), sides)
                terms = found.setdefault(circles(p, q), {})
                terms[monomial, ()] = terms.get((monomial, ()), 0) + number
        parts = (log.product(table[kind], Value(1, 1, terms)) for kind, terms in found.items())
        return log.sum(*parts)

    return compared(log, averaged(log, of, letter, mean), given, reciprocals)


def invert(log, size, every, weights):
    """The weights are the inverse of N^circles: sum over q of Wg(p, q) N^circles(q, r) is 1
    for r = p and 0 for others. It is enough to look at one p, and at one r of each type."""
    first, seen = every[0], set()
    powers = [log.number(1)]
    for _ in range(len(first)):
        powers.append(log.product(powers[-1], size))
    for r in every:
        if circles(first, r) in seen:
            continue
        seen.add(circles(first, r))
        counts = {}
        for q in every:
            log.spend(8 * len(q))
            key = circles(first, q), len(circles(q, r))
            counts[key] = counts.get(key, 0) + 1
        parts = []
        for (kind, k), number in counts.items():
            need(kind in weights, "a type has no weight")
            value = log.product(log.number(number), powers[k])
            parts.append(log.product(value, weights[kind]))
        there = log.same(log.sum(*parts), log.number(int(r == first)))
        need(there, "the weights are not the inverse of the powers of the size")


def circles(p, q):
    """The type of two pairings."""
    one, other = ({a: b for x, y in pairs for a, b in ((x, y), (y, x))} for pairs in (p, q))
    left, lengths = set(one), []
    while left:
        at, length = min(left), 0
        while at in left:
            left -= {at, one[at]}
            at, length = other[one[at]], length + 1
        lengths.append(length)
    return tuple(sorted(lengths))
