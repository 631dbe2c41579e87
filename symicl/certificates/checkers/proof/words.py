"""Letters, and words in them.

A *letter* is a real matrix with a number; 7 is letter 7 and -7 its transpose. A letter of
size 1 x 1 is its own transpose, as every symmetric one is. A *word* is a product of letters
that fit together, written as a tuple of their numbers.

A *closed* word stands for its trace. It is written as the least of its rotations and of those
of its transpose, as tr(AB) = tr(BA) and tr(A) = tr(A'). A letter cancels against its inverse,
and a link of size 1 splits a trace into factors: tr(A u v') = v' A u. The trace of an
identity is its size, a number or the letter of that name. A column 1 of ones has 1'1 = n, the
letter of its size.

A *monomial* is a product of powers of closed words, a sorted tuple of (closed word, power).
"""

from collections import namedtuple
from itertools import pairwise

from ..reading import Reader, bits, readable

SCALAR = (1, 1)  # the size of a number
MAX_LENGTH = 500  # letters in a word, and words in a monomial
MAX_DEGREE = 1_000  # of a word in a monomial

Letter = namedtuple("Letter", "name size symmetric invertible at_least law inside random")
"""`at_least` is an assumed lower bound or None; `law` is None or (U, V, scale), U and V
words; `inside` the letters of what it is the inverse of; `random`: it has a law, or one of
those has."""


class Words(Reader):
    """The letters of a file, and the calculus of words in them."""

    MAX_WORK = 8_000_000

    def __init__(self):
        super().__init__()
        self.letters = {}  # by number
        self.names = {}  # the number of the letter with this name
        self.inverse = {}  # of a letter or its transpose, where it is one letter
        self.closed = {}  # words that were closed before: the monomials that they are
        self.ones = {}  # from 1'1, for a column of ones, to the letter of its size

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
        return tuple([a if self.letters[abs(a)].symmetric else -a for a in reversed(word)])

    def reduced(self, word):
        """A word in which no letter stands next to its inverse."""
        self.spend(len(word))
        readable(len(word) <= MAX_LENGTH, "a word is longer than the limit")
        out = []
        for a in word:
            if out and self.inverse.get(a) == out[-1]:
                out.pop()
            else:
                out.append(a)
        return tuple(out)

    def close(self, *words, start=(), factor=1):
        """The number and the monomial that a product of traces of (word, size) is.

        The size is that of an identity, where the word is empty.
        """
        for word, size in words:
            self.spend(1 + len(start) // 4 + bits(factor) // 32)
            if word not in self.closed:
                self.closed[word] = self.cut_up(self.reduced(word))
            monomial = self.closed[word]
            size = self.size(word[0])[0] if word else size
            if monomial or isinstance(size, str):
                start = self.merge(start, monomial or (((self.names[size],), 1),))
            else:
                factor *= size
        return factor, start

    def cut_up(self, word):
        """A closed word as a product of least ones; the empty monomial if it is an
        identity."""
        while len(word) > 1 and self.inverse.get(word[0]) == word[-1]:
            word = word[1:-1]
        cuts = [i for i, a in enumerate(word) if self.size(a)[0] == 1] or [0]
        first = cuts[0]
        word = word[first:] + word[:first]
        ends = [i - first for i in cuts] + [len(word)] * bool(word)
        monomial = ()
        for i, j in pairwise(ends):
            self.spend((j - i) ** 2)
            both = (word[i:j], self.turn(word[i:j]))
            least = min(w[k:] + w[:k] for w in both for k in range(j - i))
            least = self.ones.get(least, least)
            monomial = self.merge(monomial, ((least, 1),))
        return monomial

    def join(self, word):
        """An open word as what closes between links of size 1 inside of it, and the rest."""
        short, monomial = self.reduced(word), ()
        cuts = [i for i, a in enumerate(short) if self.size(a)[0] == 1]
        cuts += [len(short)] if short and self.size(short[-1])[1] == 1 else []
        if len(cuts) > 1:
            monomial = self.close((short[cuts[0] : cuts[-1]], 1))[1]
            short = short[: cuts[0]] + short[cuts[-1] :]
        return monomial, short
