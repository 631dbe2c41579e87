"""The fields of a statement of an average, each read as `__init__.py` says."""

from itertools import chain

from ..reading import exact, is_plain, need, readable
from .coordinates import SIGNS, Coordinates, blocks_of, canonical, connected
from .meanings import WEIGHTS
from .polynomials import MAX_NUMBER, constant, letters_in
from .times import MAX_SIDES

MAX_DATA = 7  # data, entries or positions of a summand


class Statements(Coordinates):
    """Reads the parts of a statement."""

    def __init__(self):
        super().__init__()
        self.laws = {}  # by their number: the moments that were given, and d under ()
        self.shapes = {}  # of matrices in meanings, by name: the number of their coordinates

    def form(self, value):
        readable(type(value) is list and len(value) == 4, "a form does not have four parts")
        return tuple(self.whole(x, -MAX_NUMBER) for x in value)

    def summand(self, row):
        """Polynomial, power of t - 1 below, data, entries, region and positions."""
        c, over, data, entries, region, *rest = row
        data = [(self.form(f), self.whole(k)) for f, k in data]
        region = [self.form(f) for f in region]
        positions = [self.form(f) for part in rest for f in part]
        readable(len(rest) <= 1, "a summand has other parts")
        short = max(map(len, (data, entries, positions))) <= MAX_DATA
        short = short and len(region) <= MAX_SIDES
        readable(short, "a summand is longer than the limit")
        for i in (2, 3):
            ends = {f[i] for f in region if not f[5 - i]}
            free = any(f[i] for f in chain(region, (f for f, _ in data), positions))
            readable(not free or ends >= {1, -1}, "a summed time has no bounds")
        read = [self.entry_of_a_matrix(e, len(data)) for e in entries]
        return self.polynomial(c), self.whole(over), data, read, region, positions

    def entry_of_a_matrix(self, e, size):
        """The places in the data at which it stands, and its name or its three values."""
        named = is_plain(e[0])
        readable(len(e) in ((2, 3) if named else (5,)), "an entry of a matrix has other parts")
        at = [self.whole(i) for i in (e[1:] if named else e[:2])]
        readable(max(at) < size, "an entry stands at a coordinate that is not there")
        return at, e[0] if named else [self.polynomial(p) for p in e[2:]]

    def stated(self, fields):
        """The stated average, by places: ("power", m) and ("time", t)."""
        stated = {}
        for kind, name, least in (("power", "powers", -MAX_NUMBER), ("time", "times", 2)):
            for at, value in fields[name]:
                place = kind, self.whole(at, least)
                readable(place not in stated, "a power or a time is there twice")
                stated[place] = self.polynomial(value)
        return stated

    def moments(self, size, fields):
        """The moments by exponents, as numerator and denominator.

        Those of one law agree between averages. For any law each is a letter of its own.
        """
        one = constant(1)
        number, moments = self.whole(fields["law"]), {(): (one, one)}
        law = self.laws.setdefault(number, {(): (size, one)})
        need(law[()][0] == size, "one law has two sizes")
        self.made |= letters_in(size)
        for exponents, above, below in fields.get("moments", []):
            key = tuple(self.whole(k, 1) for k in exponents)
            ordered = key not in moments and list(key) == sorted(key, reverse=True)
            readable(ordered, "a moment twice, or not in order")
            moments[key] = top, bottom = self.polynomial(above), self.polynomial(below)
            readable(bottom, "a moment is divided by zero")
            self.made |= letters_in(bottom) - {x for x, _ in fields.get("reciprocals", [])}
            other = law.setdefault(key, moments[key])
            same = self.times(top, other[1]) == self.times(bottom, other[0])
            need(same, "one law has two moments")
        for x, *exponents in fields.get("free", []):
            given, others = key = tuple(tuple(map(self.whole, part)) for part in exponents)
            fresh = key not in moments and any(given + others)
            readable(fresh, "a moment twice, or of nothing")
            sentence = f"E of the powers {given} of given coordinates of law {number}"
            sentence += f" and {others} of different others, summed over these" * bool(others)
            moments[key] = self.meant(x, ("moment", number, key), sentence), one
        return moments

    def reciprocals(self, fields):
        """The polynomials of which letters are the reciprocals."""
        found = {}
        for x, p in fields.get("reciprocals", []):
            found[x] = p = self.polynomial(p)
            self.meant(x, ("reciprocal", p), f"1/({self.text(p)})")
        return found

    def entry_sums(self, fields, size, paired):
        """The letters for sums of products of entries, each in its canonical form.

        A matrix is diagonal, with entries [name, row], in all of these or in none: the sums of
        A_i and of A_ii would be one.
        """
        sums = {}
        for x, factors in fields.get("sums", []):
            read = [(f, *((self.whole(i), sign) for i, sign in at)) for f, *at in factors]
            shapes = ((f, len(at)) for f, *at in read)
            same = all(self.shapes.setdefault(f, number) == number for f, number in shapes)
            readable(same, "a matrix is a diagonal one in one sum and not in another one")
            signs = {sign for _, *at in read for _, sign in at}
            readable(signs <= set(SIGNS[paired]), "there are no partners")
            self.spend(2000)
            read = canonical(read, paired)
            readable(read not in sums, "a sum has two letters")
            single = len(connected(read)) == 1
            readable(single, "a sum is a product of two sums, or one of nothing")
            sentence = f"the sum over all coordinates 0, 1, ... of {list(read)}"
            sums[read] = self.meant(x, ("entries", read, size, -1 in signs), sentence)
        return sums

    def squares(self, fields, size, sums, paired):
        """The letters for sums of squares, each with its sum in sums of products of entries.

        A coordinate that is in no entry of a product is one of d; those that are different
        from each other are in each product.
        """
        found = {}
        for x, unlike, combination in fields.get("squares", []):
            read = [
                (exact(c), [(f, *((self.whole(i), 1) for i in at)) for f, *at in factors])
                for c, factors in combination
            ]
            unlike = frozenset(map(self.whole, unlike))
            every = set().union(*(blocks_of(factors) for _, factors in read))
            known = x not in found and not paired and every
            known = known and all(unlike <= blocks_of(factors) for _, factors in read)
            readable(known, "it is not known what is squared, or a letter is two squares")
            total = {}
            for c, one in read:
                for e, other in read:
                    free = len(every - blocks_of(one + other))
                    part = self.different(one + other, unlike, sums, paired)
                    part = self.times(constant(c * e), part, *[size] * free)
                    total = self.plus(total, part)
            sentence = f"the sum over all coordinates, those in {sorted(unlike)} different, of"
            sentence += f" the square of {[(str(c), factors) for c, factors in read]}"
            self.meant(x, ("squares", unlike, read, size), sentence, 0)
            found[x] = total
        return found

    def multiplied_out(self, value, squares):
        """A polynomial with the sums of squares multiplied out."""
        total = {}
        for m, c in value.items():
            rest = tuple((w, k) for w, k in m if w[0] not in squares)
            factors = [squares[w[0]] for w, k in m if w[0] in squares for _ in range(k)]
            divided = any(k < 0 for w, k in m if w[0] in squares)
            readable(not divided, "it divides by a sum of squares")
            total = self.plus(total, self.times({rest: c}, *factors))
        return total

    def weight_letters(self, fields):
        """The letters for weights of positions, and for sums of their powers."""
        weights = {}
        for kind, k, x in fields.get("weights", []):
            known = (kind, k) in WEIGHTS and (kind, k) not in weights
            readable(known, "it is not known what a weight is")
            weights[kind, k] = self.meant(x, (kind, k), *WEIGHTS[kind, k])
        return weights
