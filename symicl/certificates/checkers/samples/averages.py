"""The average of a polynomial in traces over the samples, the noise and f."""

from fractions import Fraction
from itertools import chain
from itertools import product as choices_of
from math import prod

from ..reading import readable
from .chains import QUERY, Chains
from .traces import moment, monomial, times, total
from .ways import pairings, partitions, powers_of_noise

MAX_SUMS = 6  # over samples, in a monomial
MAX_LEGS = 12


class Averages(Chains):
    """Computes averages."""

    def __init__(self):
        super().__init__()
        self.averages = {}  # of products of traces, with the moments that they take
        self.reflections = False  # rotations, and -I or f -> -f, are not enough

    def expectation(self, polynomial):
        """The average, and the patterns of the moments that it takes."""
        items, used = [], set()
        for m, c in polynomial.items():
            drawn = tuple((t, k) for t, k in m if any(abs(a) in self.samples for a in t))
            rest = [f for f in m if f not in drawn]
            readable(all(k > 0 for _, k in drawn), "a sample is in a denominator")
            if drawn not in self.averages:
                traces = [t for t, k in drawn for _ in range(k)]
                self.averages[drawn] = self.average(traces)
            average, patterns = self.averages[drawn]
            self.spend(1 + len(average) * (1 + len(m)))
            items += [(monomial((*rest, *k)), c * e) for k, e in average.items()]
            used |= patterns
        return total(items), used

    def average(self, traces):
        """E of a product of traces with letters of samples in each.

        The sum over k, l, ... = 1..n is that over all ways to coincide, each with b blocks for
        n (n-1) ... (n-b+1) choices.
        """
        sums, chains, answers = 0, [], []
        for trace in traces:
            sums = self.cut(trace, sums, chains, answers)
        sides = [(i, side) for i in range(len(chains)) for side in (0, 1)]
        legs = [(i, side) for i, side in sides if chains[i][1][side] is not None]
        short = sums <= MAX_SUMS and len(legs) <= MAX_LEGS
        readable(short, "a monomial has more sums or legs than the limit")
        found = {}
        for way in partitions(sums):
            blocks = max(way, default=-1) + 1
            block = {QUERY: blocks, **dict(enumerate(way))}
            parts = [([], []) for _ in range(blocks + 1)]  # of each sample: legs, answers
            for i, side in legs:
                parts[block[chains[i][1][side]]][0].append((i, side))
            for k in answers:
                parts[block[k]][1].append(k)
            for key, c in self.over(parts, chains):
                found[blocks, *key] = found.get((blocks, *key), 0) + c
        result, used = [], {pattern for _, _, pattern, _ in found} - {()}
        for (blocks, noise, pattern, m), c in found.items():
            factors = [*m, *[(moment(pattern), 1)] * bool(pattern)]
            factor = self.chosen({monomial(factors): Fraction(c)}, blocks)
            for _ in range(noise):
                self.spend(3 * len(factor) * len(self.noise))
                factor = times(factor, self.noise)
            result += factor.items()
        return total(result), used

    def chosen(self, factor, blocks):
        """A term times n (n-1) ... (n-b+1)."""
        n = self.names[self.size(self.samples[0])[0]]
        self.spend(1 + blocks + sum(map(len, factor)))
        for k in range(blocks):
            factor = times(factor, total([((((n,), 1),), 1), ((), -k)]))
        return factor

    def over(self, parts, chains):
        """Over the noise, the Gaussian samples and f, where it is known which samples are the
        same.

        Each result is [half the power of the noise, pattern of the moment, traces], number.
        """
        for choice in choices_of(*(powers_of_noise(len(answers)) for _, answers in parts)):
            self.spend(1 + len(parts))
            both = zip(parts, choice, strict=True)
            left = [(legs, power) for (legs, _), (_, _, power) in both]
            gaussian = [legs for legs, power in left if not power]
            pattern = tuple(sorted((len(legs), power) for legs, power in left if power))
            open_legs = [leg for legs, power in left if power for leg in legs]
            if any(len(legs) % 2 for legs in gaussian):
                continue
            odd = len(open_legs) % 2 == 1
            skew = len({p for k, p in pattern if k == 1}) > 1
            self.reflections |= skew or (odd and sum(p for _, p in pattern) % 2 == 0)
            if odd:
                continue
            single = len(open_legs) <= 2
            readable(single, "more than two legs are left: there are several invariants")
            number, noise = prod(c for c, _, _ in choice), sum(j for _, j, _ in choice)
            for pairs_of in choices_of(*(pairings(legs) for legs in (*gaussian, open_legs))):
                self.spend(1 + 2 * len(chains))
                traces = self.joined(chains, [*chain.from_iterable(pairs_of)])
                yield (noise, pattern, traces), number
