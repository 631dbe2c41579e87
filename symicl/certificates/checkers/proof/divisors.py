"""Nothing is divided by zero.

Two values that are equal as rational functions need not be equal where a denominator
vanishes. So what is divided by is shown to be different from zero, or that it is becomes a
*condition*, which is printed. The invariant: wherever the assumptions and the conditions
hold, every value is defined and every fact is true.

A scalar is not zero if it is a product of letters that are invertible or at least a positive
number; or if all its letters have lower bounds, it has only coefficients of one sign in what
they exceed these by, and one of its terms is known not to be zero. A matrix has an inverse if
it is such a scalar times a product of letters with inverses.

A condition must not fail everywhere. Between the letters of it no relation is known: none is
the inverse of a sum, none is known to another checker as a reciprocal, and none is random.
Then a scalar that does not look like zero is not zero somewhere, for large enough sizes.
Where sizes are fixed there are identities, like that of Cayley and Hamilton; see
`is_general`.
"""

from fractions import Fraction
from itertools import chain
from math import gcd, lcm

from ..reading import need
from .special import Special
from .values import ONE, Value
from .words import SCALAR


class Divisors(Special):
    """Division, and the conditions under which it is one."""

    def __init__(self):
        super().__init__()
        self.known = set()  # what is not zero, or has an inverse: shown, or a condition
        self.conditions = []  # values, and the sentences that are printed
        self.tied = (
            set()
        )  # reciprocals, as other checkers know them, and other related letters

    def divided(self, of, by):
        """(a/b) / (c/d) = (a d) / (b c), where c is not zero."""
        need(by[:2] == SCALAR, "it divides by a matrix")
        self.apart(by.terms)
        return self.over(of[:2], self.times(of.terms, by.den), self.times(of.den, by.terms))

    def put(self, a, table):
        """A value with others in the place of letters; the new denominator is not zero."""
        top, below, divisors = self.exchanged(a, table)
        for terms in divisors:
            self.apart(terms)
        terms, den = self.times(top.terms, below.den), self.times(top.den, below.terms)
        return self.over(top[:2], terms, den)

    # --- What is shown --------------------------------------------------------------------

    def apart(self, terms):
        """A scalar is not zero: shown, or a condition, for each of its factors by itself."""
        need(terms, "it divides by zero")
        least, numbers = self.least(terms), [Fraction(c) for c in terms.values()]
        common = tuple(sorted((w, -k) for w, k in least.items() if k))
        denominators = (c.denominator for c in numbers)
        scale = Fraction(lcm(*denominators), gcd(*(c.numerator for c in numbers)))
        rest = self.times(terms, {(common, ()): scale})
        majority = sum(c > 0 for c in rest.values()) * 2 - len(rest)
        if (majority, rest[max(rest)]) < (0, 0):
            rest = {key: -c for key, c in rest.items()}
        for part in [*({(((w, 1),), ()): 1} for w, k in least.items() if k), rest]:
            value, key = Value(1, 1, part), frozenset(part.items())
            if key not in self.known and not self.is_apart(value):
                self.condition(value, "is not zero")
            self.known.add(key)

    def is_apart(self, a):
        """True if letters with bounds, or with inverses, show that a scalar is not zero."""
        used = {x: self.letters[x] for x in self.mentioned(a)}
        if len(a.terms) == 1:
            return all(
                x.size == SCALAR and (x.invertible or x.at_least) for x in used.values()
            )
        if any(x.at_least is None for x in used.values()):
            return False
        moved = self.excess(a)
        sure = {i for i, x in used.items() if x.invertible and not x.at_least}
        alone = any(all(w[0] in sure for w, _ in m) for m, _ in moved)
        return alone and len({c > 0 for c in moved.values()}) == 1

    def regular(self, a):
        """A matrix has an inverse: shown, or a condition."""
        key = frozenset(a.terms.items()), a[:2]
        if key not in self.known and not self.is_regular(a):
            self.condition(a, "has an inverse")
        self.known.add(key)

    def is_regular(self, a):
        """True if it is a product of letters with inverses and a scalar that is not zero."""
        if a[:2] == SCALAR:
            self.apart(a.terms)
            return True
        words = {w for _, w in a.terms}
        known = all(self.has_inverse(x) for w in words for x in w)
        if len(words) == 1 and known:
            self.apart({(m, ()): c for (m, _), c in a.terms.items()})
        return len(words) == 1 and known

    def has_inverse(self, x):
        return self.letters[abs(x)].invertible or x in self.inverse or x in self.sums

    # --- What is a condition --------------------------------------------------------------

    def condition(self, a, what):
        text = f"{self.short(a)} {what}"
        self.free(a, f"it is not shown that {text}")
        self.conditions.append((a, text))

    def free(self, a, sentence, random=False):
        """There are letters for which a scalar is not zero, or a matrix has an inverse.

        Diagonal and orthogonal letters may be identities, a projector diag(I, 0), and square
        matrices diag(B, C) beside it. So a scalar is looked at for P = I, where C = 0; and a
        matrix for P = I and for P = 0, if it has no traces of matrices.
        """
        letters = self.mentioned(a)
        projectors = {x for x in letters if (x, x) in self.absorbed}
        plain = a[:2] == SCALAR or all(
            self.size(w[0]) == SCALAR for m, _ in a.terms for w, _ in m
        )
        need(plain or not projectors, f"{sentence}: a trace stands beside a projector")
        values = [self.special(a, projectors, ONE)]
        values += [self.special(a, projectors, {})] if a[:2] != SCALAR and projectors else []
        for value in values:
            self.free_at(value, sentence, random)

    def free_at(self, a, sentence, random):
        """The same where no letter is any more that may be an identity."""
        need(a.terms, f"{sentence}: it is zero where some letters are identities, or 0")
        letters = self.mentioned(a)
        for x in letters | self.inside(letters):
            name = self.letters[x].name
            related = x in self.sums or x in self.tied
            need(not related, f"{sentence}: {name} is related to other letters")
            need(random or not self.letters[x].random, f"{sentence}: {name} is random")
        need(self.is_general(a), f"{sentence}: its sizes are fixed, or too small")

    def is_general(self, a):
        """True if the sizes of its letters do not make it zero, or singular, everywhere.

        Let all sizes that are letters be one large number. Then a scalar that does not look
        like zero is not zero somewhere. A term of a matrix is wide if its open word has no
        link of size 1, as u v' has one and is singular. A matrix of one term has an inverse
        somewhere if that is wide; one of several terms, if a wide term has no vectors in its
        traces: take 0 for all vectors, and what is left is a polynomial in square matrices,
        which has an inverse somewhere unless it is zero. Without such a term it may be
        singular for all letters, as v'u I - u v' is. (docs/certificates.md has the reason.)

        If a letter has a fixed size such as 2 x 2, and no inverse of a letter is there,
        - either all coefficients are positive: take matrices of ones, or, in a matrix, one
          product of any square letters of one size;
        - or one term has no matrix: take 0 for these.
        """
        used, terms = self.mentioned(a), self.without_poles(a.terms)
        scalar = a[:2] == SCALAR
        wide = [m for m, w in terms if 1 not in chain.from_iterable(map(self.size, w))]
        if not (
            scalar or (wide and (len(terms) == 1 or not all(map(self.has_vectors, wide))))
        ):
            return False
        if not any(type(n) is int and n > 1 for x in used for n in self.letters[x].size):
            return True
        positive = len({c > 0 for c in terms.values()}) == 1 and (scalar or len(terms) == 1)
        sizes = {n for _, w in terms for x in w for n in self.size(x)}
        positive = positive and len(sizes) <= 1
        alone = any(not w and all(self.size(v[0]) == SCALAR for v, _ in m) for m, w in terms)
        return (positive or alone) and used.isdisjoint(self.inverse)

    def without_poles(self, terms):
        """Terms times powers of words, so that no power is negative.

        They are zero, or singular, where these are, if the words are not zero.
        """
        lowest = {w: k for w, k in self.least(terms).items() if k < 0}
        return self.times(terms, {(tuple(sorted((w, -k) for w, k in lowest.items())), ()): 1})

    def has_vectors(self, monomial):
        """True if a letter with one row or one column, but no scalar, is in a monomial."""
        sizes = (self.size(x) for w, _ in monomial for x in w)
        return any(1 in size and size != SCALAR for size in sizes)
