"""The mean of a product of traces over the signs in it."""

from ...reading import need, readable
from ..values import Value
from .independent_entries import partitions
from .squared_scales import size_value

MAX_SIGNS = 8  # S in a product
BESIDE = "the signs stand beside something else than Z"


def degree(monomial, a):
    """How often a letter or its transpose stands in a monomial."""
    return sum(k * (w.count(a) + w.count(-a)) for w, k in monomial)


class Number:
    """The mean of products with the sign S of a number."""

    def __init__(self, log, signs, rows):
        self.log, self.signs, self.rows = log, signs, rows

    def mean(self, core):
        """The mean of a monomial with S, in which the letters that are flipped may stand."""
        alone = (self.signs,)
        rest = tuple(f for f in core if f[0] != alone)
        apart = all(self.signs not in word for word, _ in rest)
        need(apart, BESIDE)
        if dict(core)[alone] % 2 == 0:
            return Value(1, 1, {(rest, ()): 1})
        if any(degree(rest, abs(a)) % 2 == 0 for a in self.rows):
            return self.log.number(0)
        return Value(1, 1, {(self.log.merge(rest, ((alone, 1),)), ()): 1})


class Rows:
    """The mean of products of Z'S Z, and of Z'Z where no S is."""

    def __init__(self, log, signs, r, copies):
        self.log, self.signs, self.r, self.copies = log, signs, r, copies
        self.known = {}

    def mean(self, core):
        """The mean of a monomial, in each word of which Z or S stands."""
        log, words, links, plain = self.log, [], 0, 0
        for word, power in core:
            for _ in range(power):
                taken, odd, even = self.taken_apart(word, links)
                links, plain = links + odd, plain + even
                words.append(taken)
        if links % 2:
            return log.number(0)
        if not links:
            return self.closed([[(a,) for a in word] for word in words], 0)
        readable(links <= MAX_SIGNS, "a letter stands more often in a product than the limit")
        readable(not plain, "the signs stand beside other products of the rows")
        total = [log.number(0)]
        for blocks in partitions(tuple(range(links)), range(2, links + 1, 2)):
            need(len(blocks) <= len(self.copies), "too few rows are set apart")
            at = {k: self.copies[b] for b, block in enumerate(blocks) for k in block}
            placed = [
                [(at[a[0]], -at[a[0]]) if type(a) is tuple else (a,) for a in word]
                for word in words
            ]
            total.append(self.closed(placed, len(blocks)))
        return log.sum(*total)

    def closed(self, words, blocks):
        """The product of traces of words, n (n - 1) ... times for so many blocks."""
        log, flat = self.log, [sum(word, ()) for word in words]
        flat = [
            tuple(a if not log.letters[abs(a)].symmetric else abs(a) for a in w) for w in flat
        ]
        number, monomial = log.close(*((w, 1) for w in flat))
        value = Value(1, 1, {(monomial, ()): number})
        n = size_value(log, log.size(abs(self.r))[int(self.r < 0)])
        for k in range(blocks):
            value = log.product(value, log.sum(n, log.number(-k)))
        return value

    def taken_apart(self, word, first):
        """A word from Z' on, with (k,) for each Z'S Z, Z' Z for each without S, and their
        numbers."""
        log, turned, out, odd, even = self.log, -self.r, [], 0, 0
        log.spend(4 * len(word))
        need(turned in word, BESIDE)
        start = word.index(turned)
        word, i = word[start:] + word[:start], 0
        while i < len(word):
            if word[i] != turned:
                need(abs(word[i]) not in (abs(self.r), self.signs), BESIDE)
                out.append(word[i])
                i += 1
                continue
            j = i + 1
            while j < len(word) and word[j] == self.signs:
                j += 1
            need(j < len(word) and word[j] == self.r, BESIDE)
            if (j - i - 1) % 2:
                out.append((first + odd,))
                odd += 1
            else:
                out += [turned, self.r]
                even += 1
            i = j + 1
        return out, odd, even
