"""The fields of an entry, each read as what its name says that it is."""

from itertools import pairwise

from ..reading import exact, need, readable
from .cancellation import Cancellation
from .values import Value

MAX_NUMBER = 10**6  # natural numbers: lines, sizes, bounds

KINDS = {
    "letter": "unit size exponential start letter tokens number above below growing share "
    "balance vector heads more most ratio radius turn eigenvalue inverted s signs",
    "id": "inverse_of positive_part_of mean_of largest_of factorised solves minimum attained "
    "predicted shown motion equation missed error mean sines at_zero integral plain "
    "diagonal_of total reduced relu_of absolute_of signs_of",
    "dict": "law phases samples",
    "bool": "symmetric invertible strict paired saddle",
    "str": "name text claim why title verdict kind satisfies matrix projector",
    "natural": "layers degree of_law at_least entries version",
    "size": "rows cols rank",
    "list": "parts terms products letters steps words place along equals equality "
    "assumptions axioms argued quantities state fresh powers means propositions parameters "
    "weights names facts free given definite squares only there back equations moments "
    "root values shares normals named sums positions point counted velocities pair marks "
    "nonzero roots constants where origins factors room single basis plain_squares "
    "relations inverse either some reciprocals matrices components cases "
    "flipped apart",
}
KIND = {name: kind for kind, names in KINDS.items() for name in names.split()}
"""The kind of each field; all others are the number of a line with a value, a *node*."""


class Fields(Cancellation):
    """Reads fields."""

    def __init__(self):
        super().__init__()
        self.lines = {}  # what later lines look up of earlier ones
        self.values = {}  # by line
        self.origins = {}  # by line: if it rests on an expectation, or on what is asserted

    def read(self, name, value):
        """A field of this name."""
        return self.read_as(KIND.get(name, "node"), value)

    def read_as(self, kind, value):
        if hasattr(self, f"read_{kind}"):
            return getattr(self, f"read_{kind}")(value)
        fits = type(value).__name__ == kind and (kind != "str" or value.isprintable())
        readable(fits, f"it has something else where a {kind} is needed")
        return value

    def rows_of(self, value, length):
        """A list of lists of a certain length."""
        fits = all(
            type(row) is list and len(row) == length for row in self.read_as("list", value)
        )
        readable(fits, f"a list has something else than {length} parts")
        return value

    def read_natural(self, value):
        fits = type(value) is int and 0 <= value <= MAX_NUMBER
        readable(fits, "a natural number is needed")
        return value

    def read_id(self, value):
        """A reference to an earlier line."""
        earlier = self.read_natural(value) in self.lines
        need(earlier, f"it refers to line {value}, which is no earlier entry")
        self.origins[self.id] |= self.origins[value]
        return value

    def read_node(self, value):
        """The value of an earlier line."""
        need(
            self.read_id(value) in self.values,
            f"it refers to line {value}, which has no value",
        )
        return self.values[value]

    def read_letter(self, value):
        """The number of a letter, which is that of its line."""
        need(
            self.read_id(value) in self.letters,
            f"it refers to line {value}, which is not a letter",
        )
        return value

    def read_size(self, value):
        """A positive number, or the name of a letter that is at least 1."""
        known = type(value) is str and value in self.names
        known = known and self.letters[self.names[value]].at_least
        need(value != 0, "a size is zero")
        return value if known else self.read_natural(value)

    def read_word(self, value, *ends):
        """Letters that fit together; a closed word, unless the outer sizes are given."""
        self.spend(len(self.read_as("list", value)))
        ids = [self.read_letter(abs(a) if type(a) is int else a) for a in value]
        both = zip(ids, value, strict=True)
        word = tuple(x if self.letters[x].symmetric else a for x, a in both)
        sizes = [self.size(a) for a in word]
        outer = (sizes[0][0], sizes[-1][1]) if word else ends[:1] * 2 or (0, 1)
        fit = all(a[1] == b[0] for a, b in pairwise(sizes))
        fit = fit and outer == (ends or (outer[1], outer[1]))
        need(fit, "the letters of a word do not fit together, or there are none")
        return word

    def closed_words(self, words):
        """Closed words with a size, which only empty ones would need."""
        return [(self.read_word(w), 1) for w in words]

    def matrix(self, rows, cols, terms):
        """A value as the file has it: [number, closed words, open word] for each term.

        A 0 in front of a closed word divides by it.
        """
        items = []
        for c, words, word in self.rows_of(terms, 3):
            number, monomial, rest = self.join(self.read_word(word, rows, cols))
            above, below = [w for w in words if w[0] != 0], [w[1:] for w in words if w[0] == 0]
            factor, monomial = self.close(*self.closed_words(above), start=monomial)
            divisor, other = self.close(*self.closed_words(below))
            self.apart({(other, ()): 1})
            monomial = self.merge(monomial, tuple((w, -k) for w, k in other))
            items.append(((monomial, rest), number * factor * exact(c) / divisor))
        return Value(rows, cols, self.add(items))
