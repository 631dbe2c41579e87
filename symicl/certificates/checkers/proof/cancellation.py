"""Equality of values in which inverses of sums occur.

Two values are equal as well if their difference vanishes once words have been replaced by what
they are equal to, as `inverses.py` says. A word in which nothing but exchanges can be made
stands for all that these make of it, in a trace up to rotations and transposition. Others are
replaced by sums of smaller words: of fewer letters, then of fewer inverses of letters,
then earlier ones.
"""

from functools import reduce

from .inverses import Inverses
from .values import ONE, Value

MAX_FAMILY = 300  # words that exchanges make of one


class Cancellation(Inverses):
    """Equality, where inverses of sums are known to cancel."""

    def __init__(self):
        super().__init__()
        self.images = {}  # what words are equal to; it grows with the letters

    def same(self, a, b):
        """Equality as rational functions, or by the equations of the inverses in them."""
        if super().same(a, b):
            return True
        if a[:2] != b[:2] or self.sums.keys().isdisjoint(self.mentioned(a, b)):
            return False
        left, right = self.times(a.terms, b.den), self.times(b.terms, a.den)
        minus = self.product(self.number(-1), Value(*a[:2], right))
        return self.vanishes(self.sum(Value(*a[:2], left), minus))

    def vanishes(self, a):
        """True if a value without a denominator becomes 0; else it may be 0 or not.

        If c word = T then c times the value is the value with T for c word. None of these c is
        zero, so that the value is zero if the result is.
        """
        terms, divisors = self.without_poles(a.terms), []
        while found := self.next_image(terms):
            word, closed, c, image = found
            terms = self.replaced(terms, word, closed, c, image)
            divisors.append(c)
        for c in [] if terms else divisors:
            self.apart(c)
        return not terms

    def next_image(self, terms):
        """A word of some terms that is equal to something smaller, and the equation."""
        for monomial, open_word in terms:
            for word, closed in [(w, True) for w, _ in monomial] + [(open_word, False)]:
                if self.sums.keys().isdisjoint(map(abs, word)):
                    continue
                key = word, closed, len(self.sums)
                if key not in self.images:
                    self.images[key] = self.image_of(word, closed)
                if self.images[key]:
                    return word, closed, *self.images[key]
        return None

    def replaced(self, terms, word, closed, c, image):
        """c times some terms, with an image for c times a word, once in each term."""
        kept, total = {}, {}
        for (m, w), number in terms.items():
            powers = dict(m)
            if (closed and word in powers) or (not closed and w == word):
                rest = self.merge(m, ((word, -1),)) if closed else m
                part = {(rest, w if closed else ()): number}
                new = self.times(part, image)
                total = self.add([*total.items(), *new.items()])
            else:
                kept[m, w] = number
        return self.add([*total.items(), *self.times(kept, c).items()])

    # --- Images of words ------------------------------------------------------------------

    def image_of(self, word, closed):
        """Terms c and T with c word = T, words in T being smaller; None if it stays."""
        if other := self.peeled(word):
            return ONE, self.total([(ONE, other)], other, closed, False)
        family, broken = self.family(word, closed)
        if broken:
            return ONE, self.total([(ONE, broken)], broken, closed, False)
        first = min(family)
        if closed and (turned := self.turned_power(first)):
            return turned
        for found in sorted(family):
            for turned, mirrored in self.turns(found, closed):
                for i in [0] if closed else range(len(turned)):
                    for c, parts in self.equations(turned, i):
                        words = [w for _, w in parts]
                        if all(self.is_below(w, first, closed, mirrored) for w in words):
                            return c, self.total(parts, turned, closed, mirrored)
        if first == word:
            return None
        return ONE, self.total([(ONE, first)], first, closed, False)

    def total(self, parts, like, closed, mirrored):
        """The terms of a sum of scalars times words like another one, or times traces."""
        side, found = self.size(like[0])[0], []
        for scalar, w in parts:
            part = reduce(self.product, map(self.letter, w), Value(side, side, ONE))
            part = self.transposed(part) if mirrored else part
            part = self.traced(part) if closed else part
            found.append(self.product(Value(1, 1, scalar), part))
        return self.sum(*found).terms

    def equations(self, word, i):
        """Sums that a word is equal to, up to a scalar, by what follows on the letter at i."""
        before, r, rest = word[:i], word[i], word[i + 1 :]
        if abs(r) not in self.sums or self.base(r).den != ONE:
            return
        for scalars, right in self.relations(r):
            for leading, c in scalars.items():
                if leading and rest[: len(leading)] == leading:
                    after = rest[len(leading) :]
                    others = [(w, e) for w, e in scalars.items() if w != leading]
                    parts = [(self.minus(e), (*before, r, *w, *after)) for w, e in others]
                    yield c, [(ONE, (*before, *right, *after)), *parts]
        for s in self.inverses():
            u, v, c = self.meeting(r, s) or ({}, {}, ONE)
            if not c:
                yield v, [(u, (*before, s, *rest))]
            elif u and rest[:1] == (s,):
                yield c, [(u, (*before, *rest)), (self.minus(v), (*before, r, *rest[1:]))]

    # --- Families of words ----------------------------------------------------------------

    def family(self, word, closed):
        """The words that exchanges lead to; and one of them in which letters cancel."""
        family = [word]
        for w in family:  # which grows
            for raw in self.neighbours(w, closed) if len(family) < MAX_FAMILY else ():
                self.spend(len(family))
                if closed:
                    monomial = self.close((raw, 0))[1]
                    whole = len(monomial) == 1 and len(monomial[0][0]) == len(word)
                    following = monomial[0][0] if whole else None
                else:
                    number, monomial, short = self.join(raw)
                    following = (
                        None if monomial or number != 1 or len(short) < len(word) else short
                    )
                if following is None:
                    return family, raw
                if following not in family:
                    family.append(following)
        return family, None

    def neighbours(self, word, closed):
        """The words that one exchange makes of a word."""
        for i in range(len(word)):
            turned, k = (word[i:] + word[:i], 0) if closed else (word, i)
            if k + 1 < len(turned) and (pair := self.exchange(turned[k], turned[k + 1])):
                yield turned[:k] + pair + turned[k + 2 :]
            for r in self.alike(turned[k]):
                yield (*turned[:k], r, *turned[k + 1 :])

    def turns(self, word, closed):
        """A word and its transpose, a closed one in all rotations."""
        for w, mirrored in ((word, False), (self.turn(word), True)):
            for i in range(len(w) if closed else 1):
                yield w[i:] + w[:i], mirrored

    def is_below(self, word, first, closed, mirrored):
        """True if a word is smaller than the first one of a family."""
        short = self.reduced(word)
        one, other = self.length(short), self.length(first)
        if one != other or not short:
            return one < other
        if closed:
            monomial = self.close((short, 0))[1]
            return len(monomial) == 1 and min(self.family(monomial[0][0], True)[0]) < first
        short = self.turn(short) if mirrored else short
        return min(self.family(short, False)[0]) < first

    def length(self, word):
        """The number of letters, and of inverses of letters among them."""
        inside = sum(bool(self.letters[abs(x)].inside) for x in word)
        return len(word), inside - sum(abs(x) in self.sums for x in word)
