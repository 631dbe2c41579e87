"""Traces of constant matrices and samples, and polynomials in them.

A monomial is a sorted tuple of (trace, power), a polynomial {monomial: number}. A trace is the
least of its rotations and transposed rotations; one that begins with a 0 is a moment that no
letter stands for.
"""

from itertools import pairwise

from ..reading import MAX_BITS, Reader, bits, exact, readable

MAX_WORD = 500  # letters in a word
MAX_WORDS = 64  # in a monomial


def monomial(factors):
    """A product of powers of traces."""
    powers = {}
    for trace, k in factors:
        powers[trace] = powers.get(trace, 0) + k
    return tuple(sorted((trace, k) for trace, k in powers.items() if k))


def total(items):
    """The polynomial with these monomials and numbers."""
    found = {}
    for m, c in items:
        found[m] = c = found.get(m, 0) + c
        readable(bits(c) <= MAX_BITS, "a number is longer than the limit")
    return {m: c for m, c in found.items() if c}


def times(one, other):
    """The product of two polynomials."""
    return total((monomial((*m, *k)), c * e) for m, c in one.items() for k, e in other.items())


def moment(pattern):
    """A placeholder for a moment that has no letter yet."""
    return (0, *pattern)


class Traces(Reader):
    """The letters of a file, and traces of them."""

    MAX_WORK = 1_000_000

    def __init__(self):
        super().__init__()
        self.letters = {}  # their entries, by number
        self.names = {}  # the number of the letter with this name
        self.closed = {}  # words that were closed before: the traces that they are

    def name(self, a):
        return self.letters[a]["name"]

    def size(self, a):
        letter = self.letters[abs(a)]
        return (letter["rows"], letter["cols"])[:: 1 if a > 0 else -1]

    def is_symmetric(self, a):
        return self.letters[abs(a)].get("symmetric") is True or self.size(a) == (1, 1)

    def turned(self, word):
        """The transpose of a word."""
        return tuple([a if self.is_symmetric(a) else -a for a in reversed(word)])

    def least(self, word):
        both = (word, self.turned(word))
        return min(w[i:] + w[:i] for w in both for i in range(len(word)))

    def close(self, word):
        """The trace of a word as a list of traces, cut at links of size 1."""
        if word not in self.closed:
            fits = 0 < len(word) <= MAX_WORD and all(type(a) is int for a in word)
            readable(fits, "it is not a word")
            self.spend(len(word) ** 2)
            for a, b in pairwise((*word, word[0])):
                fits = self.size(a)[1] == self.size(b)[0]
                readable(fits, "the letters of a word do not fit together")
                free = self.letters[abs(a)].keys().isdisjoint({"inverse_of", "law"})
                readable(free, "a letter is random, or an inverse")
            plain = [abs(a) if self.is_symmetric(a) else a for a in word]
            cuts = [i for i, a in enumerate(plain) if self.size(a)[0] == 1] or [0]
            plain = plain[cuts[0] :] + plain[: cuts[0]]
            ends = [*(i - cuts[0] for i in cuts), len(plain)]
            self.closed[word] = [self.least(tuple(plain[i:j])) for i, j in pairwise(ends)]
        return self.closed[word]

    def polynomial(self, terms):
        """A field that is a scalar: [number, closed words, []] for each term.

        A 0 in front of a closed word divides by it.
        """
        items = []
        readable(type(terms) is list, "it is not a list of terms")
        for c, words, rest in terms:
            number = exact(c)
            fits = rest == [] and type(words) is list and len(words) <= MAX_WORDS
            readable(fits, "it is no scalar, or a large one")
            factors = []
            for word in words:
                below = word[0] == 0
                traces = self.close(tuple(word[below:]))
                factors += [(trace, -1 if below else 1) for trace in traces]
            self.spend(1 + len(factors))
            items.append((monomial(factors), number))
        return total(items)

    def text(self, polynomial):
        """A polynomial in scalars, with the names of the letters."""
        terms = []
        for m, c in polynomial.items():
            names = [self.name(*w) for w, k in m for _ in range(k)]
            terms.append(" ".join([str(c)] * (c != 1 or not m) + names))
        return " + ".join(terms) or "0"
