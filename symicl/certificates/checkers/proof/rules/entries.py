"""Sums over coordinates of squares of forms in entries of matrices and vectors.

A *form* is a list of [c, entries]: the sum of c times the product of the entries [name, row]
or [name, row, column]. The first of its coordinates, 0, ..., k - 1, are *outer* ones, over
which its square is summed, all of them different if that is said; over the others it is itself
a sum. What holds for all coordinates is said of two, i and j, which are different.
"""

from itertools import product

from ...reading import need, readable
from ..values import Value
from ..words import SCALAR
from .bounds import is_visible
from .entry_letters import LABELS, PARTNER, EntryLetters
from .sums import MAX_BLOCKS, at_place, base, summed_apart
from .vanishing import is_polynomial, is_positive, is_zero, multiplied

MAX_ENTRIES = 8  # of a product
MAX_OUTER = 4  # coordinates over which a square is summed


class Entries(EntryLetters):
    """Sums of squares in these letters, and what vanishes with them."""

    def read(self, row):
        """A row of the squares: [w, k, outer, apart, form] is w >= 0, times the k-th power of
        the sum of the squares of early weights, times the sum of the squares of the form; and
        whether w > 0 is seen."""
        log, (w, k, outer, apart, form) = self.log, row
        w, counts = log.read_node(w), (k, outer, apart)
        plain = all(type(x) is int for x in counts) and k in (0, 1) and apart in (0, 1)
        plain = plain and 0 <= outer <= MAX_OUTER and (not k or self.squares)
        plain = plain and (apart or outer <= len(LABELS))
        need(plain, "it is not known what is squared")
        need(w[:2] == SCALAR and is_visible(log, w), "a factor is not seen to be at least 0")
        terms = []
        for c, entries in log.rows_of(form, 2):
            factors = [(log.read_as("str", f), *at) for f, *at in entries]
            places = [i for _, *at in factors for i in at]
            known = all(type(i) is int and (self.paired or i >= 0) for i in places)
            need(known, "it is not known what a coordinate is")
            few = all(base(i) < MAX_BLOCKS for i in places)
            few = few and len(factors) <= MAX_ENTRIES
            readable(few, "a product has more entries or coordinates than the limit")
            terms.append((log.read_node(c), factors))
        inner = self.log.mentioned(w, *(c for c, _ in terms))
        hidden = self.own - {*self.weights.values()} | {self.squares}
        fits = hidden.isdisjoint(inner) and all(c[:2] == SCALAR for c, _ in terms)
        need(fits, "a coefficient depends on entries")
        plain = is_polynomial(log, self.own, *(c for c, _ in terms))
        need(plain, "a weight is in a denominator")
        return w, k, outer, apart, is_positive(log, w) or self.is_positive_anyway(w), terms

    def is_positive_anyway(self, w):
        """True if what is at least 0 is positive where one of the letters `either` is not 0:
        each of these is in a term with nothing else that may be 0."""
        log = self.log
        terms = log.excess(Value(1, 1, log.without_poles(w.terms)))
        used = [{abs(a) for word, _ in m for a in word} for m, _ in terms]
        letters = ((x, log.letters[x]) for x in log.mentioned(w))
        sure = {x for x, z in letters if z.invertible and not z.at_least}
        return bool(self.either) and all(
            any(u <= sure | {x} for u in used) for x in self.either
        )

    def expanded(self, row, total):
        """Add the row to a total, {sums that no letter stands for: coefficient}."""
        log, (w, k, outer, apart, _, terms) = self.log, row
        w = log.product(w, log.letter(self.squares)) if k else w
        for (c, one), (e, two) in product(terms, repeat=2):
            shifted = [
                (f, *(i if base(i) < outer else at_place(i, base(i) + MAX_BLOCKS) for i in at))
                for f, *at in two
            ]
            factors = [*one, *shifted]
            used = {base(i) for _, *at in factors for i in at if base(i) < outer}
            need(not apart or len(used) == outer, "a coordinate that differs is in no entry")
            scale = multiplied(log, [w, c, e, *[self.size] * (outer - len(used))])
            log.spend(2_000 if self.paired else 100)
            sums = summed_apart(factors, used if apart else set(), self.paired)
            for key, number in sums.items():
                rest = tuple(s for s in key if s not in self.sums)
                known = [log.letter(self.sums[s]) for s in key if s in self.sums]
                part = multiplied(log, [scale, log.number(number), *known])
                total[rest] = log.sum(total.get(rest, log.number(0)), part)

    def places(self, row):
        """All ways to put i and j for the outer coordinates."""
        _, _, outer, apart, *_ = row
        for chosen in product(self.all, repeat=outer):
            if not apart or len({label[-1] for label in chosen}) == outer:
                yield chosen

    def form_at(self, row, chosen, zeros):
        """The form there; None if a sum within it is not known.

        The summand at a coordinate that is none of the chosen ones is a number c plus what
        vanishes, with no entry in c; so the sum over these coordinates is c times how many
        there are.
        """
        log, outer, terms = self.log, row[2], row[-1]
        total, bases = [log.number(0)], {label[-1] for label in chosen}
        taken = [label for label in self.all if label[-1] in bases]
        others = [label for label in self.all if label not in taken]
        for c, factors in terms:
            inner = {base(i) for _, *at in factors for i in at} - {*range(outer)}
            if not inner:
                total.append(log.product(c, self.entries_at(factors, chosen)))
                continue
            if len(inner) > 1 or not others:
                return None
            moved = [
                (f, *(i if base(i) < outer else at_place(i, outer) for i in at))
                for f, *at in factors
            ]
            here = [self.entries_at(moved, (*chosen, label)) for label in taken]
            rest = self.constant(self.entries_at(moved, (*chosen, others[0])), zeros)
            if rest is None:
                return None
            count = log.sum(self.size, log.number(-len(taken)))
            total += [log.product(c, x) for x in (*here, log.product(rest, count))]
        return log.sum(*total)

    def is_gone(self, row, zeros):
        """True if in each product of a form over different coordinates an entry vanishes."""
        _, _, outer, _, _, terms = row
        for _, factors in terms:
            inner = self.paired or any(i >= outer for _, *at in factors for i in at)
            labels = [[LABELS[sorted({*at}).index(i)] for i in at] for _, *at in factors]
            letters = [
                self.at.get((f, *at)) for (f, *_), at in zip(factors, labels, strict=True)
            ]
            known = [x for x in letters if x and is_zero(self.log, self.log.letter(x), zeros)]
            if inner or not known:
                return False
        return True

    def entries_at(self, factors, chosen):
        """A product of entries at labels."""
        keys = [
            (f, *(chosen[i] if i >= 0 else PARTNER[chosen[~i]] for i in at))
            for f, *at in factors
        ]
        need(all(key in self.at for key in keys), "an entry has no letter")
        return multiplied(self.log, [self.log.letter(self.at[key]) for key in keys])

    def with_numbers(self, gap, free):
        """An equation with the numbers that are the same for all coordinates as they are at j:
        at i, at j, and at its partner; as it is, if there are none in it."""
        log = self.log
        if log.mentioned(gap).isdisjoint(free):
            return [gap]
        need(self.labels(gap) <= {"i"}, "an equation with such a number is at i alone")
        need(self.labels(*free.values()) <= {"j"}, "such a number is what a form is at j")
        tables = [self.moved(label) for label in ("i", *self.all[1:]) if label != "~i"]
        return [log.put(log.put(gap, to), free) for to in tables]

    def moved(self, label):
        """The entries at i and its partner, at another coordinate and its partner."""
        to = {"i": label, "~i": PARTNER[label]}
        rows = [(x, at) for at, x in self.at.items() if {*at[1:]} <= to.keys()]
        return {x: self.log.letter(self.at[f, *(to[i] for i in at)]) for x, (f, *at) in rows}

    def constant(self, summand, zeros):
        """A summand as a form without entries, if it is that at all coordinates; or None."""
        log = self.log
        if is_zero(log, summand, zeros):
            return log.number(0)
        minus = log.number(-1)
        rests = (log.sum(summand, log.product(minus, z)) for z in zeros if z[:2] == SCALAR)
        own = {*self.at.values()}
        return next((rest for rest in rests if own.isdisjoint(log.mentioned(rest))), None)

    def closed(self, zeros, known=()):
        """All that vanishes for all i and j, at all of these, beside what is known so; and
        with the sum of the squares of early weights all of them, and their sum."""
        found = [*known]
        for z in zeros:
            for turn in self.turns if z.terms and z not in found else ():
                a = self.log.put(z, turn)
                found += [a] * (a not in found)
        if self.squares and is_zero(self.log, self.log.letter(self.squares), found):
            sums = (x for (kind, _), x in self.weights.items() if kind == "sum")
            found += [a for a in map(self.log.letter, sums) if a not in found]
        return found


def of_square(log, form, squares, w):
    """Forms that vanish with w > 0, times the sum of the squares of early weights, times a
    square."""
    once = log.product(form, log.letter(squares))
    twice = log.product(form, once)
    return [once, twice, log.product(w, twice)]
