"""Other values in the place of letters, everywhere at once.

What replaces a letter has its size and, where the letter is symmetric, its symmetry; a letter
and its inverse are replaced by what is inverse, too. No letter is replaced that others are
made of and that stay, or that is the number of rows or columns of another one; the inverse of
a sum is replaced by what is the inverse then. The result is the special
case, whatever else is known of the letters.
"""

from functools import reduce
from itertools import chain

from ..reading import need, readable
from .texts import Texts
from .values import ONE, Value
from .words import SCALAR

MAX_POWER = 64  # of a word that is replaced


class Substitution(Texts):
    """Substitution, and what it divides by."""

    def __init__(self):
        super().__init__()
        self.sums = {}  # the value that a letter is the inverse of, if that is no letter
        self.reciprocals = {}  # the scalar that another one is 1 over, beside a sphere
        self.diagonals = {}  # the word of which a letter is the diagonal
        self.positive_parts = {}  # the value g of which a letter is max(0, g)
        self.means = {}  # the value of which a letter is the mean
        self.functions = {}  # the column z of which a letter is a function, and which one
        self.largest = {}  # the product A B of which a letter is the largest eigenvalue

    def table_of(self, a, table):
        """The replacement of each letter and each transpose; that it may be put into this
        value."""
        full, used = dict(table), self.mentioned(a)
        for x, b in table.items():
            name, others, turned = (
                self.letters[x].name,
                used - table.keys(),
                self.transposed(b),
            )
            full |= {} if self.letters[x].symmetric else {-x: turned}
            need(b[:2] == self.size(x), f"what replaces {name} has another size")
            need(not self.letters[x].satisfies, f"{name} satisfies an equation")
            need(-x in full or self.same(b, turned), f"what replaces {name} is not symmetric")
            sizes = chain(a[:2], *map(self.size, used))
            need(name not in sizes, f"{name} is a size of another letter")
            y = self.inverse.get(x)
            alone = x in self.inside(others) or y in others
            bound = x in self.sums or x in self.reciprocals
            alone = alone or (bound and not self.is_inverse_there(x, b, table))
            need(not alone, f"{name} is inside of another letter, or an inverse")
            unit = y not in table or self.same(self.product(b, table[y]), Value(*b[:2], ONE))
            need(unit, f"{name} and its inverse are replaced by what is not inverse")
        return full

    def is_inverse_there(self, x, b, table):
        """True if what replaces the inverse of a sum is that of what the sum becomes."""
        base = self.sums.get(x) or self.reciprocals[x]
        rest = {y: v for y, v in table.items() if y != x}
        moved = self.put(base, rest) if rest else base
        return self.same(self.product(b, moved), Value(*b[:2], ONE))

    def exchanged(self, a, table):
        """A value with others in the place of letters, and the terms that this divides by.

        Before anything is replaced, numerator and denominator are multiplied by powers of
        words, so that in both of them each word that changes has the lowest power 0.
        """
        full = self.table_of(a, table)
        keys = list(chain(a.terms, a.den))
        words = {w for m, _ in keys for w, _ in m if not full.keys().isdisjoint(w)}
        least = {w: k for w, k in self.least(keys).items() if w in words}
        shift = {(tuple(sorted((w, -k) for w, k in least.items() if k)), ()): 1}
        images = {w: self.traced(self.image(w, full)) for w in words}
        top, below = (
            self.polynomial_in(images, full, size, self.times(terms, shift))
            for size, terms in ((a[:2], a.terms), (SCALAR, a.den))
        )
        old = words.isdisjoint(w for m, _ in a.den for w, _ in m)
        # If nothing changes in the denominator, what was divided by is powers of words.
        divisors = (
            [images[w].terms for w, k in least.items() if k < 0] if old else [below.terms]
        )
        return top, below, divisors

    def polynomial_in(self, images, table, size, terms):
        """Terms without negative powers of what changes, with the images of words put in."""
        sums = [Value(*size, {})]
        raised = {v: [Value(*SCALAR, ONE)] for v in images}  # the powers of each
        for (m, w), c in terms.items():
            rest = tuple(f for f in m if f[0] not in images)
            part = Value(*(SCALAR if w else size), {(rest, ()): c})
            for v, k in m:
                if v in images:
                    readable(k <= MAX_POWER, "a power is higher than the limit")
                    while len(raised[v]) <= k:
                        raised[v].append(self.product(raised[v][-1], images[v]))
                    part = self.product(raised[v][k], part)
            sums.append(self.product(part, self.image(w, table)) if w else part)
        return self.sum(*sums)

    def image(self, word, table):
        return reduce(self.product, [table.get(a) or self.letter(a) for a in word])

    def excess(self, a):
        """A polynomial in scalars with lower bounds, in what they exceed these by: x = bound
        + y.

        It divides by nothing.
        """
        bounds = {x: self.letters[x].at_least for x in self.mentioned(a)}
        table = {x: self.sum(self.letter(x), self.number(b)) for x, b in bounds.items() if b}
        moved, _, _ = self.exchanged(a, table)
        return moved.terms
