"""Sums over the times s, r at which equations hold: numbers of times, and weights of
positions."""

from ..reading import readable
from .meanings import Meanings, named
from .polynomials import MAX_NUMBER, constant, product
from .regions import eliminated, first_time, in_time, points

MAX_TIME = 64  # from which the number of times in a region is a polynomial
MAX_SIDES = 20  # of a region


class Times(Meanings):
    """Counts, as {("power", k): number of (t-1)^k} and {("time", t): what is added at t}."""

    def __init__(self):
        super().__init__()
        self.counts = {}  # that were made before

    def count(self, equations, forms):
        """The number of times at which equations hold and forms are >= 0."""
        key = frozenset(equations), frozenset(forms)
        if key not in self.counts:
            found = eliminated(sorted(key[0]), sorted(key[1]))
            if found is None:
                return {}
            left, _ = found
            live = [i for i in (2, 3) if any(f[i] for f in left)]
            readable(len(left) <= MAX_SIDES, "a region has more sides than the limit")
            self.spend(len(left) ** (2 + len(live)))
            first = first_time(left, live)
            readable(first <= MAX_TIME, "a region changes later than the limit")
            self.spend(len(left) * (first + MAX_NUMBER // 8) ** (1 + len(live)))
            times = range(2, first + len(live) + 1)
            self.counts[key] = in_time({t: points(left, live, t) for t in times}, first)
        return self.counts[key]

    def weighted(self, equations, region, positions, weights):
        """The sum of products of weights over the times: a count, and a polynomial as its
        factor.

        A weight stands at t or t-1; or all at one s + c, c a number, where s has a range of
        its own. Then their product is p_{s+c}^k, and its sum is S_k = sum of p_s^k over s =
        1..t-2, perhaps with p_{t-1}^k and p_t^k.
        """
        if not positions:
            return self.count(equations, region), constant(1)
        found = eliminated(sorted(set(equations)), region, positions)
        if found is None:
            return {}, {}
        (left, places), factor = found, constant(1)
        for f in (f for f in places if not (f[2] or f[3])):
            late = f[1] == 1 and f[0] in (0, -1)
            readable(late, "a weight stands at another time than t or t-1")
            factor = self.times(factor, named(weights, ("last", -f[0])))
        for i in {i for i in (2, 3) for f in places if f[i]}:
            factor = self.times(factor, self.over_range(i, left, places, weights))
            left = [f for f in left if not f[i]]
        return self.count([], left), factor

    def over_range(self, i, left, places, weights):
        """The sum of p_{s+c}^k over the time s at place i, of which it is p_{s+c} k times.

        With a <= s + c <= t - b it is that over 1..t-b if a <= 1, as p_s = 0 for s < 1.
        """
        shifts, bounds = [f for f in places if f[i]], [f for f in left if f[i]]
        alone = all(f[i] == 1 and not f[1] and not f[5 - i] for f in shifts)
        alone = alone and all(f == shifts[0] for f in shifts)
        alone = alone and all(not f[5 - i] for f in bounds)
        alone = alone and all((f[i], f[1]) in ((1, 0), (-1, 1)) for f in bounds)
        shift = shifts[0][0]
        first = max([-f[0] for f in bounds if f[i] == 1]) + shift
        end = min([f[0] for f in bounds if f[i] == -1]) + shift  # b is -end
        fits = alone and first <= 1 and -2 <= end <= 0
        readable(fits, "a weight stands at a time with another range")
        k = len(shifts)
        total = named(weights, ("sum", k))
        for back in range(-end, 2):
            total = self.plus(total, product(*[named(weights, ("last", back))] * k))
        return total
