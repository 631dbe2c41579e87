"""Averages over a matrix with independent entries of one symmetric law."""

from itertools import combinations
from math import comb

from ...reading import need, readable
from ..values import Value
from ..words import SCALAR
from .averages import averaged, compared
from .equations import EQUATIONS
from .links import joined, links_of
from .squared_scales import known_moment, moments_of, told

MAX_FACTORS = 10  # of Z, in a product
ONES = EQUATIONS["ones"]


def entries_of(log, raw, size, symmetric):
    """The law of a letter whose entries are independent draws of one number z: the moments
    E z^2, E z^4, ..., each the id of a scalar or 0 if it is not known. The odd ones are 0.

    The letters in them, which are returned, are not random.
    """
    need(not symmetric or size == SCALAR, "a symmetric matrix has equal entries")
    moments, inner = moments_of(log, raw["entries"])
    log.independent[log.id] = moments
    return inner


def entries_text(log, letter):
    """The law in words."""
    moments = told(log, log.independent[letter], "z", 2)
    return f"random, its entries are independent and have the law of one z, -z too; {moments}"


def rule_independent_entries(log, of, letter, given, reciprocals=None):
    """E over a letter Z with independent entries of a scalar without Z in denominators.

    E of a product of entries is the sum over all partitions of its factors: of the product of
    the cumulants of the blocks where the factors of each block are the same entry, and else 0,
    as the joint cumulant of independent numbers is 0. Odd cumulants vanish. So an index of Z
    is summed over once for each block, and the sum is a product of traces if two links meet
    there, or none; a vector of ones does nothing where others meet.
    """
    need(letter in log.independent, "the letter has no independent entries")
    law, sides = log.independent[letter], log.size(letter)

    def mean(core):
        links, count = links_of(log, core, letter)
        readable(
            count <= MAX_FACTORS, "a letter stands more often in a product than the limit"
        )
        kappa = {k: cumulant(log, law, k) for k in range(2, count + 1, 2) if count % 2 == 0}
        found = {}
        for blocks in partitions(tuple(range(count)), [k for k in kappa if kappa[k].terms]):
            number, monomial = summed(log, links, sides, blocks)
            group = found.setdefault(tuple(sorted(map(len, blocks))), {})
            group[monomial, ()] = group.get((monomial, ()), 0) + number
        parts = [log.number(0)]
        for lengths, terms in found.items():
            part = Value(1, 1, terms)
            for k in lengths:
                part = log.product(part, kappa[k])
            parts.append(part)
        return log.sum(*parts)

    return compared(log, averaged(log, of, letter, mean), given, reciprocals)


def cumulant(log, law, order):
    """c_2k = m_2k - sum over 0 < j < k of binom(2k - 1, 2j - 1) c_2j m_(2k - 2j)."""

    def moment(k):
        return known_moment(law, k // 2, f"E z^{k} of an entry")

    parts = [moment(order)]
    for j in range(2, order, 2):
        rest = log.product(cumulant(log, law, j), moment(order - j))
        parts.append(log.product(log.number(-comb(order - 1, j - 1)), rest))
    return log.sum(*parts)


def partitions(items, sizes):
    """All partitions into blocks of these sizes."""
    if not items:
        yield []
    for size in sizes if items else ():
        for chosen in combinations(items[1:], size - 1):
            left = tuple(x for x in items[1:] if x not in chosen)
            for others in partitions(left, sizes):
                yield [(items[0], *chosen), *others]


def summed(log, links, sides, blocks):
    """The sum over entries of the product of links, where those of a block are one entry."""
    index = {(k, s): (b, s) for b, x in enumerate(blocks) for k in x for s in (0, 1)}
    index = {end: x for end, x in index.items() if sides[end[1]] != 1}
    for word, start, end in links:
        if not word and start and end:  # an identity: two indices are one
            one, other = index[start], index[end]
            index = {x: one if y == other else y for x, y in index.items()}
    kept = [link for link in links if link[0]]
    meet = {x: ([], []) for x in index.values()}
    for i, (word, *ends) in enumerate(kept):
        for end in ends:
            if end:
                meet[index[end]][is_ones(log, word)].append((i, end))
    partner, unused, sizes = {}, set(), []
    for (_, side), (found, ones) in meet.items():
        if len(found) == 1:
            found.append(*ones[:1])
            ones = ones[1:]
        unused |= {i for i, _ in ones}
        if len(found) > 2:
            found[:] = with_diagonals(log, kept, found)
        need(len(found) in (0, 2), "an index joins more than two links: it is no trace")
        sizes += [((), sides[side])] * (not found)
        if found:
            (_, a), (_, b) = found
            partner |= {a: b, b: a}
    kept = [link for i, link in enumerate(kept) if i not in unused and link[0]]
    log.spend(8 * (len(index) + len(links)))
    number, monomial = joined(log, kept, partner, sides)
    return log.close(*sizes, start=monomial, factor=number)


def with_diagonals(log, kept, found):
    """Two ends at an index: sum over i of A_ii u_i v_i is u' D v for the diagonal D of A."""
    numbers = [i for i, _ in found]
    diagonal = {i: diagonal_of(log, kept[i][0]) for i in numbers if numbers.count(i) == 2}
    loops = sorted(diagonal, key=lambda i: (bool(diagonal[i]), -len(kept[i][0])))
    left = [x for x in found if x[0] not in loops]
    if not left:
        left, loops = [x for x in found if x[0] == loops[0]], loops[1:]
    if len(left) != 2:
        return found
    need(all(diagonal[k] for k in loops), "no letter is the diagonal of what meets there")
    between = tuple(diagonal[k] for k in loops)
    for k in loops:
        kept[k] = ((), None, None)
    (i, end), _ = left
    word, *ends = kept[i]
    kept[i] = ((*between, *word) if end == ends[0] else (*word, *between), *ends)
    return left


def diagonal_of(log, word):
    """The letter that is the diagonal of a product of letters, or 0."""
    words = word, log.turn(word)
    return next((x for x, w in log.diagonals.items() if w in words), 0)


def is_ones(log, word):
    """True for a vector of ones."""
    return len(word) == 1 and log.letters[abs(word[0])].satisfies == ONES
