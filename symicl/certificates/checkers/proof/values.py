"""Values: matrices in closed form.

A *value* is a sum of numbers times monomials times an open word, over one scalar denominator.
Its terms are {(monomial, open word): number}; a term with the empty open word is a multiple of
the identity, or of 1 in a scalar. A denominator of a single term goes into the powers, so that
what stays below has two terms at least. Two values are equal if they are so term by term after
cross-multiplication; then they are equal for all sizes and letters for which both are defined.
"""

from collections import namedtuple
from fractions import Fraction
from itertools import chain

from ..reading import MAX_BITS, bits, need, readable
from .words import SCALAR, Words

MAX_TERMS = 100_000
ONE = {((), ()): 1}  # the terms of the number 1

Value = namedtuple("Value", "rows cols terms den", defaults=[ONE])


class Values(Words):
    """Addition, multiplication, transposes, traces and equality."""

    def number(self, c):
        return Value(1, 1, {((), ()): c} if c else {})

    def letter(self, a):
        scalar = self.size(a) == SCALAR
        return Value(*self.size(a), {((((a,), 1),), ()) if scalar else ((), (a,)): 1})

    # --- What there is in a value, and what that costs ------------------------------------

    def weight(self, *values):
        """How long it takes to go through values, and how much memory they take."""
        self.spend(sum(len(a.terms) + len(a.den) for a in values))
        return sum(
            1 + len(m) + (len(w) + sum(len(v) for v, _ in m)) // 8 + bits(c) // 32
            for a in values
            for (m, w), c in chain(a.terms.items(), a.den.items())
        )

    def mentioned(self, *values):
        """The letters that occur in values."""
        self.spend(self.weight(*values))
        keys = chain.from_iterable(chain(a.terms, a.den) for a in values)
        return {abs(x) for m, w in keys for word in (w, *(v for v, _ in m)) for x in word}

    def poles(self, a):
        """The letters in the denominators of a value."""
        below = {w for m, _ in a.terms for w, k in m if k < 0}
        below |= {w for m, _ in a.den for w, _ in m}
        return {abs(x) for w in below for x in w}

    def least(self, keys):
        """The lowest power of each word in some terms; 0 if it is not in all of them."""
        powers = {}
        for m, _ in keys:
            for w, k in m:
                powers.setdefault(w, []).append(k)
        everywhere = len(keys)
        return {
            w: min(ks) if len(ks) == everywhere else min(0, *ks) for w, ks in powers.items()
        }

    # --- Terms ----------------------------------------------------------------------------

    def add(self, items):
        """Terms from keys and numbers."""
        total = {}
        for key, c in items:
            total[key] = c = total.get(key, 0) + c
            small = len(total) <= MAX_TERMS and bits(c) <= MAX_BITS
            readable(small, "a value is larger than the limit")
        return {key: c for key, c in total.items() if c}

    def times(self, one, other):
        """The product of terms; what it costs is known before."""
        left, right = (self.weight(Value(1, 1, a, {})) for a in (one, other))
        self.spend(4 + left * len(other) + right * len(one))
        return self.add(self.products(one, other))

    def products(self, one, other):
        for (m, v), c in one.items():
            for (k, w), e in other.items():
                number, inner, word = self.join(v + w) if v and w else (1, (), v or w)
                yield (self.merge(self.merge(m, k), inner), word), c * e * number

    def over(self, size, terms, den):
        """The value terms / den; a denominator of a single term goes into the powers."""
        if not terms or den == ONE or len(den) > 1:
            return Value(*size, terms, den if terms else ONE)
        (((monomial, _), c),) = den.items()
        reciprocal = tuple((w, -k) for w, k in monomial)
        return Value(*size, self.times(terms, {(reciprocal, ()): Fraction(1) / c}))

    # --- Operations -----------------------------------------------------------------------

    def sum(self, *parts):
        """a/b + c/d = (a d + c b) / (b d), those with one denominator together."""
        need(len({part[:2] for part in parts}) == 1, "it adds matrices of different sizes")
        self.spend(self.weight(*parts))
        groups, top, below = {}, {}, ONE
        for part in parts:
            group = groups.setdefault(frozenset(part.den.items()), [part.den])
            group.append(part.terms)
        for den, *group in groups.values():
            terms = self.add(chain.from_iterable(terms.items() for terms in group))
            old, new = self.times(top, den), self.times(terms, below)
            top = self.add(chain(old.items(), new.items()))
            below = self.times(below, den)
        return self.over(parts[0][:2], top, below)

    def product(self, a, b):
        fits = SCALAR in (a[:2], b[:2]) or a.cols == b.rows
        need(fits, "it multiplies matrices that do not fit together")
        size = b[:2] if a[:2] == SCALAR else (a.rows, a.cols if b[:2] == SCALAR else b.cols)
        return self.over(size, self.times(a.terms, b.terms), self.times(a.den, b.den))

    def transposed(self, of):
        self.spend(self.weight(of))
        terms = {(m, self.turn(w)): c for (m, w), c in of.terms.items()}
        return Value(of.cols, of.rows, terms, of.den)

    def traced(self, of):
        need(of.rows == of.cols, "it takes the trace of a matrix that is not square")
        closed = [(self.close((w, of.rows), start=m), c) for (m, w), c in of.terms.items()]
        terms = self.add(((m, ()), c * factor) for (factor, m), c in closed)
        return self.over(SCALAR, terms, of.den)

    def same(self, a, b):
        """Equality: a/b = c/d if a d = c b, term by term."""
        self.spend(self.weight(a))
        if a == b:
            return True
        return a[:2] == b[:2] and self.times(a.terms, b.den) == self.times(b.terms, a.den)
