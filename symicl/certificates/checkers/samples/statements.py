"""The fields of a statement: which letters are the samples, and which are moments."""

from itertools import chain

from ..reading import need, readable
from .traces import Traces

MAX_POWER = 24  # of f, and number of legs
PLAIN = {"id", "rule", "name", "rows", "cols"}  # of a letter of which nothing is known


def is_square(pattern):
    """True if a moment is at least 0, whatever f is."""
    return all(k % 2 == p % 2 == 0 or pattern.count((k, p)) % 2 == 0 for k, p in pattern)


def in_words(pattern):
    """The meaning of the letter of a moment."""
    legs = any(k for k, _ in pattern)
    x = {0: "", 1: "x_i ", 2: "x_i^2 "}
    factors = [f"E[{x[k]}f(x)^{p} | f]".replace("^1 ", " ") for k, p in pattern]
    return f"E over f of {' '.join(factors)}" + ", the mean over the coordinates i" * legs


class Statements(Traces):
    """Reads the parts of a statement."""

    def __init__(self):
        super().__init__()
        self.samples = None  # the letters X, y, x, y0
        self.noise = None  # the variance of e
        self.symbols = {}  # the letter of a moment, by its pattern
        self.meanings = {}  # the pattern of a letter

    def whole(self, value, least=0):
        fits = type(value) is int and least <= value <= MAX_POWER
        readable(fits, "a number is not whole, or a large one")
        return value

    def read_samples(self, fields):
        """The letters of the samples and the noise, the same in the whole file."""
        samples = [fields[key] for key in ("X", "y", "x", "y0")]
        free = all(type(a) is int and self.letters[a].keys() <= PLAIN for a in samples)
        readable(free, "more is known of a sample")
        (n, d), noise = self.size(samples[0]), self.polynomial(fields["noise"])
        readable(n != d and {n, d} <= self.names.keys(), "the sizes of X are not two names")
        fits = [self.size(a) for a in samples] == [(n, d), (n, 1), (d, 1), (1, 1)]
        readable(fits and len({*samples}) == 4, "the samples have other sizes")
        for a in {self.names[n], self.names[d]}:
            whole = self.size(a) == (1, 1) and self.letters[a].get("at_least", 0) >= 1
            readable(whole, "a size is no number")
        for trace, k in chain.from_iterable(noise):
            least = self.letters[abs(trace[0])].get("at_least", -1)
            positive = k > 0 and len(trace) == 1 and least >= 0
            readable(positive, "a letter of the noise may be negative")
        readable(all(c > 0 for c in noise.values()), "the noise may be negative")
        self.samples = self.samples or samples
        self.noise = noise if self.noise is None else self.noise
        same = (self.samples, self.noise) == (samples, noise)
        need(same, "the samples are not those of other lines")

    def read_moments(self, rows):
        """The patterns of the moments of a statement; each has its letter in the whole
        file."""
        found = set()
        known = {self.names[name] for name in self.size(self.samples[0])} | {*self.samples}
        known |= {a for m in self.noise for (a, *_), _ in m}
        for pattern, x in rows:
            key = tuple((self.whole(legs), self.whole(power, 1)) for legs, power in pattern)
            fits = key and key not in found and list(key) == sorted(key)
            fits = fits and sum(k for k, _ in key) in (0, 2)
            readable(fits, "it is not a pattern, or there twice")
            other = type(x) is int and x not in known
            readable(other, "a moment has a letter of another kind")
            readable(
                self.is_free(x, key), "more is known of a letter than that it is a moment"
            )
            same = self.symbols.setdefault(key, x) == x
            same = same and self.meanings.setdefault(x, key) == key
            need(same, "a letter is two moments, or a moment has two letters")
            found.add(key)
        return found

    def is_free(self, x, key):
        """True if no more is known of a letter than that it is this moment."""
        free = self.letters[x].keys() <= PLAIN | {"at_least"} and self.size(x) == (1, 1)
        least = self.letters[x].get("at_least")
        return free and (
            least is None or (type(least) is int and least == 0 and is_square(key))
        )
