"""Values at matrices that satisfy the equations which letters are assumed to satisfy."""

from .substitution import Substitution
from .values import ONE, Value


class Special(Substitution):
    """Special values of letters, at which others are general."""

    def special(self, a, projectors, terms):
        """A numerator where diagonal and orthogonal letters are identities, and projectors
        have these terms; if they are identities, their rank is their size."""
        table = {}
        for x in self.mentioned(a):
            n = self.size(x)[0]
            if x in projectors:
                (rank,) = self.counted[(x,)][1] or [None]
                size, monomial = self.count(n)
                table |= {x: Value(n, n, terms), -x: Value(n, n, terms)}
                if rank and terms:
                    table[rank[0][0]] = Value(1, 1, {(monomial, ()): size})
            elif x in self.diagonal or self.inverse.get(x) == -x:
                table |= {x: Value(n, n, ONE), -x: Value(n, n, ONE)}
        if not table:
            return a
        numerator = self.without_poles(a.terms)
        words = {w for m, _ in numerator for w, _ in m if not table.keys().isdisjoint(w)}
        images = {w: self.traced(self.image(w, table)) for w in words}
        return self.polynomial_in(images, table, a[:2], numerator)
