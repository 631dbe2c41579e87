"""Sums over the indices of a letter Z in a product of traces, as products of traces again.

Each occurrence of Z has an index of its rows and one of its columns, which are its *ends*
(k, 0) and (k, 1). The word between two occurrences is a *link*: (word, end, end), with None
for an end at a side of size 1, where there is nothing to sum.
"""

from itertools import pairwise


def links_of(log, core, z):
    """The links of a product of traces, in each of which Z occurs, and how often it does."""
    links, count, sides = [], 0, log.size(z)
    for word, power in core:
        places = [i for i, a in enumerate(word) if a in (z, -z)]
        twice, following = word * 2, [*places[1:], places[0] + len(word)]
        for _ in range(power):
            log.spend(4 * len(word))
            for k, (i, j) in enumerate(zip(places, following, strict=True)):
                start = count + k, int(twice[i] == z)
                end = count + (k + 1) % len(places), int(twice[j] != z)
                ends = [x if sides[x[1]] != 1 else None for x in (start, end)]
                links += pieces(log, twice[i + 1 : j], *ends)
            count += len(places)
    return links, count


def pieces(log, word, start, end):
    """A link, cut where it passes through a side of size 1."""
    cuts = [i for i in range(1, len(word)) if log.size(word[i])[0] == 1]
    for i, j in pairwise([0, *cuts, len(word)]):
        yield word[i:j], start if i == 0 else None, end if j == len(word) else None


def joined(log, links, partner, sides):
    """The product of links whose ends are joined two by two: a number and a monomial."""
    at = {link[e]: (i, e) for i, link in enumerate(links) for e in (1, 2)}
    left, words = set(range(len(links))), []
    # Those that begin nowhere first: what is left then are circles.
    loose = [(i, e) for i, link in enumerate(links) for e in (1, 2) if link[e] is None]
    log.spend(8 * len(links))
    for i, e in [*loose, *((i, 1) for i in range(len(links)))]:
        if i not in left:
            continue
        word, end = (), links[i][e]
        while i in left:
            left.remove(i)
            word += links[i][0] if e == 1 else log.turn(links[i][0])
            leaving = links[i][3 - e]
            if leaving is None:
                break
            i, e = at[partner[leaving]]
        words.append((word, sides[end[1]] if end else 1))
    return log.close(*words)


def pairings(items):
    """All ways to join an even number of things two by two, as pairs."""
    if not items:
        yield ()
    for k in range(1, len(items)):
        for others in pairings((*items[1:k], *items[k + 1 :])):
            yield ((items[0], items[k]), *others)


def partners(pairs, side):
    """From each end on one side to the one that it is joined to."""
    return {(a, side): (b, side) for x, y in pairs for a, b in ((x, y), (y, x))}
