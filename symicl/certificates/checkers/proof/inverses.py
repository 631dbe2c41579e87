"""The inverse of a sum beside that sum: what is known of the letters.

Words do not show what a letter R = P^-1 has to do with the letters in P, unless P is a letter
itself. These equations do, and their transposes; they hold wherever the inverses exist, which
is assumed where the letters are introduced:

    R P = I, and R P y = y for the inverse y of a letter at the end of P;       (relations)
    R x = S             if P = x Q, for S = Q^-1 and a letter x;
    x S = R x           if P x = x Q, for S = Q^-1 and any letter x;            (exchanges)
    R S = S R           if P Q = Q P, and R = S if P = Q;
    w R S = u S - v R   if u P - v Q = w I, with scalars u, v, w; and           (meetings)
    v R = u S           if w = 0;
    b^m tr(R^m) = b^m tr(S^m) + p - q
                        if P = b I + x Y is p x p, and Q = b I + Y x is q x q;  (turns)
    R = w^-1 w' S v' v^-1
                        if P = v A w and Q = v' A w', where all these have inverses.

The one on traces holds as x Y and Y x have the same eigenvalues other than 0.
"""

from functools import reduce

from .divisors import Divisors
from .values import ONE, Value

MAX_PEELED = 12  # letters that are taken off the ends of a sum


class Inverses(Divisors):
    """The equations of inverses of sums, P without a denominator."""

    def __init__(self):
        super().__init__()
        self.cores, self.pairs = {}, {}  # what was computed before, by letters

    def minus(self, terms):
        return {key: -c for key, c in terms.items()}

    def base(self, r):
        """P, for R = P^-1."""
        return self.sums[r] if r > 0 else self.transposed(self.sums[-r])

    def coefficients(self, a):
        """The scalar in front of each open word."""
        found = {}
        for (m, w), c in a.terms.items():
            found.setdefault(w, {})[m, ()] = c
        return found

    def relations(self, r):
        """Scalars in front of words w, and a word q, with sum(scalar R w) = q."""
        scalars = self.coefficients(self.base(r))
        yield scalars, ()
        for y in {self.inverse[w[-1]] for w in scalars if w and w[-1] in self.inverse}:
            yield {self.reduced((*w, y)): c for w, c in scalars.items()}, (y,)
        for x in {w[0] for w in scalars if w}:
            for s in self.inverses():
                fits = self.size(s)[0] == self.size(x)[1] and self.far(s) <= self.far(r)
                if fits and self.product(self.letter(x), self.base(s)) == self.base(r):
                    yield {(x,): ONE}, (s,)

    def meeting(self, r, s):
        """Scalars u, v, w with u P - v Q = w I; or None."""
        p, q = self.base(r), self.base(s)
        longest = max((w for _, w in p.terms), key=lambda w: (len(w), w))
        u, v = (self.coefficients(x).get(longest) for x in (q, p))
        if not longest or not u or p[:2] != q[:2] or q.den != ONE:
            return None
        left = self.product(Value(1, 1, u), p)
        gap = self.sum(left, self.product(Value(1, 1, self.minus(v)), q))
        return None if any(w for _, w in gap.terms) else (u, v, gap.terms)

    def turned_power(self, word):
        """The equation for tr(R^m) by that of an earlier S^m; None for other words."""
        r, m, p = word[0], len(word), self.base(word[0]) if abs(word[0]) in self.sums else None
        scalars = self.coefficients(p) if p and set(word) == {r} and p.den == ONE else {}
        first = {w[0] for w in scalars if w}
        if () not in scalars or len(first) != 1:
            return None
        (x,) = first
        other = {(*w[1:], *[x] * bool(w)): c for w, c in scalars.items()}
        powers = [
            (self.close(((s,) * m, 0))[1], s)
            for s in self.inverses()
            if self.size(s)[0] == self.size(x)[1] and self.coefficients(self.base(s)) == other
        ]
        least, s = min(powers, default=((), 0))
        if not powers or least >= self.close((word, 0))[1] or self.base(s).den != ONE:
            return None
        units = [Value(v.rows, v.rows, ONE) for v in (p, self.base(s))]
        p_size, q_size = map(self.traced, units)
        c = reduce(self.times, [scalars[()]] * m)
        power = self.traced(reduce(self.product, [self.letter(s)] * m))
        other = self.product(Value(1, 1, c), power)
        minus = self.product(self.number(-1), q_size)
        return c, self.sum(other, p_size, minus).terms

    def alike(self, a):
        """The other inverses of the same value, such as the transpose of that of H' for H."""
        for r in self.inverses() if abs(a) in self.sums else ():
            if r != a and self.size(r) == self.size(a) and self.base(r) == self.base(a):
                yield r

    def inverses(self):
        """The inverses of sums, and their transposes."""
        for r in self.sums:
            yield from [r] if self.letters[r].symmetric else [r, -r]

    def exchange(self, a, b):
        """The pair of letters that a pair is equal to, or None."""
        key = a, b, len(self.sums)
        if key not in self.pairs:
            self.pairs[key] = self.exchanged_pair(a, b)
        return self.pairs[key]

    def exchanged_pair(self, a, b):
        """The same, computed."""
        left, right = abs(a) in self.sums, abs(b) in self.sums
        if left and right:
            p, q = self.base(a), self.base(b)
            return (b, a) if a != b and self.product(p, q) == self.product(q, p) else None
        for other in self.inverses() if left or right else ():
            r, x, s = (other, a, b) if right else (a, b, other)
            if (self.size(r)[1], self.size(s)[0]) == self.size(x):
                p, middle, q = self.base(r), self.letter(x), self.base(s)
                if self.product(p, middle) == self.product(middle, q):
                    return (r, x) if right else (x, s)
        return None

    def core(self, r):
        """Words v, w and a value Q with P = v Q w: what P has at its ends is taken off.

        That are a letter of all words, and an inverse; they are letters with an inverse.
        """
        key = r, len(self.inverse)
        if key not in self.cores:
            self.cores[key] = self.peel(self.base(r))
        return self.cores[key]

    def peel(self, a):
        """The same for a value."""
        v, w = (), ()
        for _ in range(MAX_PEELED):
            words = [word for _, word in a.terms]
            if x := self.outer([word[-1:] for word in words]):
                a, w = self.product(a, self.letter(self.inverse[x])), (x, *w)
            elif x := self.outer([word[:1] for word in words]):
                a, v = self.product(self.letter(self.inverse[x]), a), (*v, x)
        return v, a, w

    def outer(self, ends):
        """A letter that may be taken off, or None."""
        common = {x for end in ends for x in end if len(set(ends)) == 1}
        inverses = {x for end in ends for x in end if self.letters[abs(x)].inside}
        found = [x for x in (common if len(ends) > 1 else ()) or inverses if x in self.inverse]
        return min(found, default=None)

    def far(self, r):
        """The number of letters between a sum and its core."""
        v, _, w = self.core(r)
        return len(v) + len(w)

    def peeled(self, word):
        """The word with one inverse by another one that is closer to their core; or None.

        If P = v Q w and P' = v' Q w', then P^-1 = w^-1 w' P'^-1 v' v^-1.
        """
        for i, r in enumerate(word):
            for s in self.inverses() if abs(r) in self.sums else ():
                if self.size(s) == self.size(r):
                    (v, a, w), (v2, b, w2) = self.core(r), self.core(s)
                    closer = (self.far(s), abs(s)) < (self.far(r), abs(r))
                    if closer and a == b and (v, w) != (v2, w2):
                        left = self.reduced((*self.undone(w), *w2))
                        right = self.reduced((*v2, *self.undone(v)))
                        return (*word[:i], *left, s, *right, *word[i + 1 :])
        return None

    def undone(self, word):
        """The inverse of a word of letters that have one."""
        return tuple([self.inverse[x] for x in reversed(word)])
