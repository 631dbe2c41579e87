"""Letters, and words in them.

A *letter* is a real matrix with a number; 7 is letter 7 and -7 its transpose. A letter of
size 1 x 1 is its own transpose, as every symmetric one is. A *word* is a product of letters
that fit together, written as a tuple of their numbers.

A *closed* word stands for its trace. It is written as the least of its rotations and of those
of its transpose, as tr(AB) = tr(BA) and tr(A) = tr(A'). A letter cancels against its inverse,
and a link of size 1 splits a trace into factors: tr(A u v') = v' A u. The trace of an
identity is its size, a number or the letter of that name. What else is assumed of letters
shortens words as well: P P = P, U'U = I, the trace of P is its rank, and a product of vectors
with known norms; diagonal letters that stand side by side are sorted. No order of these steps
leads to another word.

A *monomial* is a product of powers of closed words, a sorted tuple of (closed word, power).
"""

from collections import namedtuple
from itertools import pairwise

from ..reading import Reader, bits, readable

SCALAR = (1, 1)  # the size of a number
MAX_LENGTH = 500  # letters in a word, and words in a monomial
MAX_DEGREE = 1_000  # of a word in a monomial

Letter = namedtuple(
    "Letter",
    "name size symmetric invertible at_least law inside random satisfies",
    defaults=[""],
)
"""`at_least` is an assumed lower bound or None; `law` is None or (U, V, scale), U and V
words; `inside` the letters of what it is the inverse of, or of its equation; `random`: it has
a law, or one of those has; `satisfies` the equation that is assumed of it, in words."""


class Words(Reader):
    """The letters of a file, and the calculus of words in them."""

    MAX_WORK = 8_000_000

    def __init__(self):
        super().__init__()
        self.letters = {}  # by number
        self.names = {}  # the number of the letter with this name
        self.inverse = {}  # of a letter or its transpose, where it is one letter
        self.closed = {}  # words that were closed before: the numbers and monomials they are
        self.absorbed = set()  # pairs of neighbours that are equal to the first of them
        self.dropped = set()  # pairs of neighbours that are the identity, beside inverses
        self.diagonal = set()  # letters that commute
        self.counted = {}  # from closed words to the numbers and monomials that they are

    def size(self, a):
        return self.letters[a].size if a > 0 else self.letters[-a].size[::-1]

    def inside(self, letters):
        """The letters that inverses among the given ones are made of."""
        parts = [self.letters[x].inside for x in letters]
        self.spend(sum(1 + len(part) for part in parts))
        return set().union(*parts)

    def merge(self, one, other):
        """The product of two monomials."""
        powers = dict(one)
        for word, k in other:
            powers[word] = k = powers.get(word, 0) + k
            readable(abs(k) <= MAX_DEGREE, "a power is higher than the limit")
        readable(len(powers) <= MAX_LENGTH, "a monomial is longer than the limit")
        return tuple(sorted((word, k) for word, k in powers.items() if k))

    def split(self, monomial, z):
        """The factors of a monomial without a letter, with it, and how often it occurs."""
        core = tuple([f for f in monomial if z in f[0] or -z in f[0]])
        rest = tuple([f for f in monomial if z not in f[0] and -z not in f[0]])
        times = sum(k * (w.count(z) + w.count(-z)) for w, k in core)
        return rest, core, times

    def turn(self, word):
        """The transpose of a word: (A B)' = B' A'."""
        turned = [a if self.letters[abs(a)].symmetric else -a for a in reversed(word)]
        return tuple(turned) if self.diagonal.isdisjoint(turned) else self.reduced(turned)

    def reduced(self, word):
        """A word in which no two neighbours have a shorter product."""
        self.spend(len(word))
        readable(len(word) <= MAX_LENGTH, "a word is longer than the limit")
        out = []
        for a in word:
            if out and (self.inverse.get(a) == out[-1] or (out[-1], a) in self.dropped):
                out.pop()
            elif out and a in self.diagonal and out[-1] in self.diagonal:
                self.sort_in(out, a)
            elif not out or (out[-1], a) not in self.absorbed:
                out.append(a)
        return tuple(out)

    def sort_in(self, out, a):
        """Put a diagonal letter among those at the end of a word, or cancel it there."""
        first = len(out)
        while first and out[first - 1] in self.diagonal:
            first -= 1
        self.spend(len(out) - first)
        run = out[first:]
        if self.inverse.get(a) in run:
            run.remove(self.inverse[a])
        else:
            run.append(a)
        out[first:] = sorted(run)

    def close(self, *words, start=(), factor=1):
        """The number and the monomial that a product of traces of (word, size) is.

        The size is that of an identity, where the word is empty.
        """
        for word, size in words:
            self.spend(1 + len(start) // 4 + bits(factor) // 32)
            if word not in self.closed:
                side = self.size(word[0])[0] if word else size
                self.closed[word] = self.cut_up(self.reduced(word), side)
            number, monomial = self.closed[word] if word else self.count(size)
            factor, start = factor * number, self.merge(start, monomial)
        return factor, start

    def count(self, size):
        """A size as a number and a monomial."""
        return (1, (((self.names[size],), 1),)) if isinstance(size, str) else (size, ())

    def cut_up(self, word, side):
        """A closed word as a number and a product of least ones; the size, if it is an
        identity."""
        word, side = self.around(word, side)
        if not word:
            return self.count(side)
        cuts = [i for i, a in enumerate(word) if self.size(a)[0] == 1] or [0]
        first = cuts[0]
        word = word[first:] + word[:first]
        ends = [i - first for i in cuts] + [len(word)]
        factor, monomial = 1, ()
        for i, j in pairwise(ends):
            self.spend((j - i) ** 2)
            both = (word[i:j], self.turn(word[i:j]))
            least = min(w[k:] + w[:k] for w in both for k in range(j - i))
            number, part = self.counted.get(least, (1, ((least, 1),)))
            factor, monomial = factor * number, self.merge(monomial, part)
        return factor, monomial

    def around(self, word, side):
        """A reduced word, reduced across its ends; and the size of the identity that is left
        where it vanishes."""
        while len(word) > 1:
            self.spend(len(word))
            first, last = word[0], word[-1]
            if self.inverse.get(first) == last or (last, first) in self.dropped:
                word, side = self.reduced(word[1:-1]), self.size(last)[0]
            elif (last, first) in self.absorbed:
                word = word[:-1]
            elif {first, last} <= self.diagonal and not self.diagonal.issuperset(word):
                inner = next(i for i, a in enumerate(word) if a not in self.diagonal)
                word = self.reduced(word[inner:] + word[:inner])
            else:
                break
        return word, side

    def join(self, word):
        """An open word as what closes between links of size 1 inside of it, a number and a
        monomial, and the rest."""
        short, closed = self.reduced(word), (1, ())
        cuts = [i for i, a in enumerate(short) if self.size(a)[0] == 1]
        cuts += [len(short)] if short and self.size(short[-1])[1] == 1 else []
        if len(cuts) > 1:
            closed = self.close((short[cuts[0] : cuts[-1]], 1))
            short = short[: cuts[0]] + short[cuts[-1] :]
        return *closed, short
