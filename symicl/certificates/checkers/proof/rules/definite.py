"""Signs of polynomials between two directions, and symmetric matrices of such that are
positive definite there."""

from itertools import product

from ...reading import need
from ..values import ONE, Value
from .vanishing import difference, is_positive, multiplied


def by_powers(log, a, letters):
    """A polynomial in scalar letters by their powers, {(k, ...): what stands there}."""
    log.spend(log.weight(a))
    need(a[:2] == (1, 1) and a.den == ONE, "it is no polynomial")
    found = {}
    for (m, w), c in a.terms.items():
        powers = {v[0]: k for v, k in m if len(v) == 1 and v[0] in letters}
        need(all(k > 0 for k in powers.values()), "it is no polynomial")
        rest = tuple((v, k) for v, k in m if len(v) > 1 or v[0] not in letters)
        inside = {abs(x) for v, _ in rest for x in v}
        need(inside.isdisjoint(letters), "it is no polynomial")
        found.setdefault(tuple(powers.get(x, 0) for x in letters), {})[rest, w] = c
    return {key: Value(1, 1, terms) for key, terms in found.items()}


def slope(log, a, x):
    """The derivative of a polynomial in a scalar letter."""
    parts = [log.number(0)]
    for (k,), part in by_powers(log, a, (x,)).items():
        parts.append(multiplied(log, [log.number(k), part, *[log.letter(x)] * (k - 1)]))
    return log.sum(*parts) if any(p.terms for p in parts) else parts[0]


class Arc:
    """The directions v + s w of two letters, for s >= 0."""

    def __init__(self, log, letters, s, v, w):
        self.log = log
        self.table = {
            x: log.sum(one, log.product(log.letter(s), other))
            for x, one, other in zip(letters, v, w, strict=True)
        }

    def at(self, a):
        return self.log.put(a, self.table)

    def positive(self, a):
        """That a polynomial is seen to be > 0 there."""
        need(is_positive(self.log, self.at(a)), "a sign is not seen between two directions")


def minors(log, rows):
    """The determinants of the upper left corners."""
    return [determinant(log, [row[:k] for row in rows[:k]]) for k in range(1, len(rows) + 1)]


def determinant(log, rows):
    """By the last row."""
    if not rows:
        return log.number(1)
    *others, last = rows
    parts = [log.number(0)]
    for j, c in enumerate(last):
        if c.terms:
            left = [[*row[:j], *row[j + 1 :]] for row in others]
            sign = log.number((-1) ** (len(others) + j))
            parts.append(multiplied(log, [sign, c, determinant(log, left)]))
    return log.sum(*parts)


def combined(log, rows, moves):
    """The entries of a symmetric form in combinations of what its entries belong to."""
    half = [[dot(log, row, move) for move in moves] for row in rows]
    return [
        [dot(log, [h[k] for h in half], move) for k in range(len(moves))] for move in moves
    ]


def dot(log, one, other):
    """The sum of products."""
    pairs = ((a, b) for a, b in zip(one, other, strict=True) if a.terms and b.terms)
    return log.sum(log.number(0), *(log.product(a, b) for a, b in pairs))


def is_definite(log, rows, count, best, weight, turned, weights, arcs):
    """That a symmetric matrix is positive definite on some arcs.

    Its first `count` rows are B, and C stands beside B: B X = w C for X, the `best`, and the
    `weight` w. B is positive definite, w > 0, and so is what is left, w A - C'X, in the
    combinations that are `turned`, which are independent: by leading minors; or, if there are
    positive `weights` t, as t_i S_ii exceeds the sum of t_j |S_ij| over j that differ from i.
    """
    B, C = [row[:count] for row in rows[:count]], [row[count:] for row in rows[:count]]
    A, size = [row[count:] for row in rows[count:]], range(len(rows) - count)
    fits = len(best) == count and all(len(row) == len(size) for row in best)
    need(fits, "what is best has another size")
    for i, row in enumerate(B):
        for k in size:
            found = dot(log, row, [x[k] for x in best])
            same = log.same(found, log.product(weight, C[i][k]))
            need(same, "the best moves are other ones")
    lost = [[dot(log, [c[i] for c in C], [x[k] for x in best]) for k in size] for i in size]
    rest = [
        [difference(log, log.product(weight, A[i][k]), lost[i][k]) for k in size] for i in size
    ]
    if turned:
        fits = all(len(move) == len(size) for move in turned) and len(turned) == len(size)
        need(fits and is_apart(log, determinant(log, turned)), "the moves are not independent")
        rest = combined(log, rest, turned)
    need(all(is_positive(log, t) for t in weights), "a weight is not seen to be positive")
    need(len(weights) in (0, len(size)), "there are more or fewer weights than rows")
    for arc in arcs:
        arc.positive(weight)
        b, s = ([[arc.at(a) for a in row] for row in part] for part in (B, rest))
        shown = minors(log, b) + (dominant(log, s, weights) if weights else minors(log, s))
        seen = all(is_positive(log, a) for a in shown)
        need(seen, "it is not seen to be positive definite")


def dominant(log, rows, weights):
    """t_i S_ii + or - t_j S_ij + ..., for all signs."""
    found = []
    for i, row in enumerate(rows):
        others = [log.product(a, weights[j]) for j, a in enumerate(row) if j != i]
        own = log.product(row[i], weights[i])
        for signs in product((1, -1), repeat=len(others)):
            turned = (
                log.product(log.number(c), a) for c, a in zip(signs, others, strict=True)
            )
            found.append(log.sum(own, *turned))
    return found


def is_apart(log, a):
    """That a polynomial is seen to be > 0 or < 0."""
    return is_positive(log, a) or is_positive(log, log.product(log.number(-1), a))
