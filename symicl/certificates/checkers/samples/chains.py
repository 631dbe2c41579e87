"""Traces cut at the samples into chains, and chains joined to traces.

A *chain* is a word of constants with two ends. An end is *outer*, None, where the chain
stops, or a *leg*, the vector of a sample: that of the query, or x_k of the summed index k. An
*answer* is the number y_k, or y0.
"""

from itertools import pairwise

from ..reading import readable
from .statements import Statements
from .traces import monomial

QUERY = "query"


class Chains(Statements):
    """Cuts and joins."""

    def cut(self, trace, sums, chains, answers):
        """Cut a trace at its links of size n; the number of sums over k, which was `sums`
        before.

        The chains [constants, ends] and the samples of which it has the answer are added to
        the two lists.
        """
        X, _, _, y0 = self.samples
        n = self.size(X)[0]
        if trace == (y0,):
            answers.append(QUERY)
            return sums
        sizes = [self.size(a)[0] for a in trace]
        # A trace has at most one link of size 1. It is turned to that, or to one of size n.
        whole = 1 not in sizes
        start = sizes.index(n if whole else 1)
        trace, sizes = trace[start:] + trace[:start], sizes[start:] + sizes[:start]
        cuts = [i for i, size in enumerate(sizes) if size == n]
        bounds = [*cuts, len(trace)] if whole else [0, *cuts, len(trace)]
        last = len(bounds) - 2
        for j, (start, end) in enumerate(pairwise(bounds)):
            if whole:
                ends = [sums + j, sums + (j + 1) % len(cuts)]
            else:
                ends = [sums + j - 1 if j else None, sums + j if j < last else None]
            word = self.bare(trace[start:end], ends, answers)
            mixed = any(abs(a) in self.samples or n in self.size(a) for a in word)
            readable(not mixed, "samples are in between")
            if word or ends != [None, None]:
                chains.append((word, ends))
        return sums + len(cuts)

    def bare(self, word, ends, answers):
        """A part of a trace without the samples at its ends.

        At a link of size n it ends with X or y: x_k is a leg, and y_k an answer, which leaves
        an outer end. At an outer end it may end with x, the leg of the query.
        """
        X, y, x, _ = self.samples
        for side, letter in ((0, 1), (-1, -1)):
            k = ends[side]
            if k is None and not (word and word[side] == -letter * x):
                continue
            if k is None:
                ends[side] = QUERY
            else:
                sample = word and word[side] in (letter * X, letter * y)
                readable(sample, "a matrix mixes the samples")
                if word[side] == letter * y:
                    answers.append(k)
                    ends[side] = None
            word = word[1:] if side == 0 else word[:-1]
        return word

    def joined(self, chains, pairs_of_legs):
        """The product of the traces that chains become when pairs of legs are joined."""
        other = dict(pairs_of_legs) | {b: a for a, b in pairs_of_legs}
        left, factors = set(range(len(chains))), []
        identity = self.names[self.size(self.samples[0])[1]]
        sides = [(i, side) for i in range(len(chains)) for side in (0, 1)]
        outer = [(i, side) for i, side in sides if chains[i][1][side] is None]
        for start in [*outer, *((i, 0) for i in range(len(chains)))]:
            if start[0] not in left:
                continue
            word, at = (), start
            while at:
                i, side = at
                left.discard(i)
                word += self.turned(chains[i][0]) if side else chains[i][0]
                at = other.get((i, 1 - side))
                at = None if at == start else at
            traces = self.close(word) if word else [(identity,)]
            factors += [(trace, 1) for trace in traces]
        return monomial(factors)
