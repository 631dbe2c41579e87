"""Rechecks the averages over random phases in a certificate: standard library only, no line shared with symicl.

    python phase_checker.py FILE...      exit code 0: all that is given in full holds; 1: one does not; 2: unreadable
`checker.py` believes entries of the rule ``asserted``. Some of them say in full what they assert, in a field
``phases``; those are computed anew here. Everything else of a certificate is left to `checker.py`.
The letters l_1, ..., l_d are independent and uniform on the unit circle, x_{t,i} = l_i^(t-1) x_{1,i}. A *form*
[c, a, b, e] is the whole number c + a t + b s + e r in the free time t >= 2 and in up to two summed times s, r.
A *polynomial* is a list of [number, closed words, []] as everywhere in a certificate. Fields of ``phases``,
first of the statement of an average, then of a value that is taken from one:
  summands    a list of [polynomial, over, data, entries, region, positions]. Each is polynomial / (t-1)^over times the
              product of the entries, of l_i^form x_{1,i}^k for each [form, k] of the data, i its place in the data, and
              of the weights p_form at the positions, summed over all i = 1..d of each place and over all whole s, r at
              which the forms of the region are >= 0
  entries     [row, column, same, partner, other] is a matrix with these polynomials on the diagonal, between partners
              and elsewhere; [name, row, column] any real matrix, [name, row] a diagonal one
  paired      l_{2k} is the conjugate of l_{2k-1}, its *partner*
  size        d, a polynomial
  law         a number for the law of x_1: averages with the same law have the same d and the same moments
  moments     [[k, ...], polynomial, polynomial]: E x_1^k x_2^... for any distinct coordinates is their quotient
  free        instead of moments, for any law: a letter, [k, ...] and [m, ...], for the sum of E x_i^k ... x_r^m ...
              over different r, ..., which are not the row i of the entry below, nor its column if that is not i
  powers      [m, polynomial]: what (t-1)^m is multiplied by in the average, for all t >= 2
  times       [t, polynomial]: what is added to that at this t, where t is below the time from which the count below is
              a polynomial. No other power or time occurs
  entry       [name, diagonal, [[name, polynomial], ...]]: not the average but its derivative in an entry of a matrix,
              on the diagonal or off it, where each matrix is that polynomial times the identity
  sums        [letter, [[name, [i, sign], ...], ...]]: the letter is the sum over all i, ... = 1..d of the product of
              these entries, where a sign of -1 is the partner of i
  weights     ["last", b, letter], the letter is p_{t-b}, b = 0 or 1, or ["sum", k, letter], the sum of p_s^k over s =
              1..t-2. All p are any real numbers, but p_s = 0 for s < 1. What no letter stands for has to cancel
  reciprocals [letter, polynomial], ...: their product is 1. No letter with a meaning, or with a law, is in a meaning
  of          the line of an average. The value is its ``place``, ["power", m] or ["time", t]; or, with
  places      no value: all places at which the average is not zero are these; or, with
  last        a polynomial, its sum over t = 2..last, where last >= 2 and last >= each t of the ``times``
  harmonic    [letter, k]: the letter is the sum of 1/n^k over n = 1..last-1. It is that in every other sum, too, and
              nothing else is known of it but that it is at least 0
How it is computed: the coordinates of a summand coincide, or are partners, in certain ways (set partitions with signs).
Each way leaves one phase for each block, whose exponent has to vanish (E l^m = 1 if m = 0, else 0), a moment, and
d (d-1) (d-2)... choices, or d (d-2) (d-4)... ones. The number of times at which the exponents vanish is counted.
Lemma. Let rows a_i of whole numbers be such that all their minors are -1, 0 or 1, and let the set of real s with
a_i s + b_i + c_i t >= 0 for all i be bounded, s having k parts. Let t0 be such that no determinant of k + 1 rows
(a_i, b_i + c_i t), which are affine in t, changes its sign or vanishes from t0 on without vanishing identically. Then
the number of whole s in it is a polynomial in t of degree k at most from t0 on (docs/certificates.md has the proof).
So k + 1 values from t0 on give the polynomial; what is below t0 is counted one by one.
Entries with names: the blocks at which they stand are different coordinates. A sum over these is one over all of one
of them, minus those where that one coincides with another one (or its partner); what is left are products of sums over
all coordinates, one for each connected part, equal if they are so after renaming coordinates and exchanging partners.
Weights: with equations eliminated, each stands at t or t-1, or at a time s + c that runs from a number to t - e for
itself. Then it is a letter, or the sum of its powers up to t-2 and perhaps p_{t-1}, p_t.
Sums over t: with n = t-1 and N = last-1 the sum of n^m over n = 1..N is the polynomial F of degree m + 1 at most that
is 0 at 0 and has F(n+1) - F(n) = (n+1)^m, which is checked as an identity; for m < 0 it is a harmonic letter.
"""

import json
import sys
from fractions import Fraction
from itertools import chain, combinations, permutations
from itertools import product as choices_of
from math import comb, factorial, gcd

MAX_LINE, MAX_NUMBER, MAX_TIME, MAX_DATA, MAX_WORK = 2**20, 64, 64, 7, 8_000_000
MAX_SIDES, MAX_BITS, GREEK = 20, 4_096, "αβγδεζηθκλμξπρστφχψωΓΔΘΛΞΠΣΦΨΩ"
FORMAT = ("symicl-certificate", 2)
WEIGHTS = {("last", b): (f"the weight p_(t-{b})", None) for b in (0, 1)}
WEIGHTS |= {("sum", k): (f"the sum of p_s^{k} over s = 1, ..., t-2", (0, None)[k % 2]) for k in range(1, 8)}
MAX_BLOCKS, SIGNS = 5, {False: (1,), True: (1, -1)}
OPTIONAL = {"entry", "sums", "weights", "reciprocals"}
FIELDS = {"summands", "paired", "size", "law", "powers", "times"}


class Unreadable(Exception):
    """Not a certificate of this version, or beyond the limits: nothing can be said about it."""


class Rejected(Exception):
    """An average that is not what is asserted."""


def need(holds, sentence, kind=Unreadable):
    """Raise the sentence unless something holds."""
    if not holds:
        raise kind(sentence)


def small(c):
    """A number, unless it is too long."""
    need(
        c.numerator.bit_length() + c.denominator.bit_length() <= MAX_BITS, "a number is longer than the limit"
    )
    return c


def is_plain(name):
    """Whether no other name looks the same."""
    plain = type(name) is str and len(name) <= 100 and name == " ".join(name.split())
    return plain and all(c.isascii() or c in GREEK for c in name)


def eliminated(equations, forms, kept=()):
    """Forms that are >= 0 where equations hold, and others, in the times that are left; None if they never hold."""
    while equations:
        common = [gcd(*e[1:]) for e in equations]
        if any(e[0] % g if g else e[0] for e, g in zip(equations, common, strict=True)):
            return None
        equations = [tuple(x // (g or 1) for x in e) for e, g in zip(equations, common, strict=True)]
        e, i = next(((e, i) for e in equations for i in (2, 3) if abs(e[i]) == 1), (None, 0))
        if not e:
            need(not any(f[2] or f[3] for f in equations), "a time would be a fraction")
            return [*forms, *equations, *(tuple(-x for x in f) for f in equations)], kept
        forms, kept = ([without(f, e, i) for f in part] for part in (forms, kept))
        equations = [without(f, e, i) for f in equations if f is not e]
    return forms, kept


def without(form, equation, i):
    """A form in which a time is replaced by what an equation with the coefficient 1 or -1 says of it."""
    return tuple(x - form[i] * equation[i] * y for x, y in zip(form, equation, strict=True))


def first_time(forms, live):
    """The t0 of the lemma; forms without summed times are combined from all of them, one time after the other."""
    minors = [f[2] * g[3] - f[3] * g[2] for f, g in combinations(forms, 2)]
    whole = all(abs(x) <= 1 for x in chain(minors, *(f[2:] for f in forms)))
    need(whole, "a region has corners that are fractions")
    for i in live:
        pairs = list(combinations(forms, 2))
        forms = {tuple(f[i] * y - g[i] * x for x, y in zip(f, g, strict=True)) for f, g in pairs}
    return max([2, *(-f[0] // f[1] + 1 for f in forms if f[1])])


def points(forms, live, t):
    """The number of whole points at which forms are >= 0; each time that is live has bounds of its own."""
    forms, ranges = [(f[0] + f[1] * t, f[2], f[3]) for f in forms], []
    for i in (1, 2):
        alone = [(f[0], f[i]) for f in forms if not f[3 - i]]
        low, high = (min((c for c, a in alone if a == sign), default=0) for sign in (1, -1))
        ranges.append(range(-low, high + 1) if i + 1 in live else (0,))
    return sum(all(c + a * s + b * r >= 0 for c, a, b in forms) for s in ranges[0] for r in ranges[1])


def in_time(values, first):
    """The polynomial in t - 1 through the values from a time on, by powers, and what single times before it add."""
    times = range(first, max(values) + 1)
    powers = [Fraction(0)] * len(times)
    for t in times:
        basis = [Fraction(values[t])]
        for u in set(times) - {t}:
            basis = [(x - (u - 1) * y) / (t - u) for x, y in zip([0, *basis], [*basis, 0], strict=True)]
        powers = [x + y for x, y in zip(powers, basis, strict=True)]
    found = {("power", k): c for k, c in enumerate(powers)}
    for t in range(2, first):
        found["time", t] = values[t] - sum(c * (t - 1) ** k for k, c in enumerate(powers))
    return {place: c for place, c in found.items() if c}


def power_sum(m):
    """The sum of n^m over n = 1..N as a polynomial in N, by powers, for m >= 0."""
    values = {n + 1: sum(k**m for k in range(1, n + 1)) for n in range(1, m + 3)}
    found = [in_time(values, 2).get(("power", k), Fraction(0)) for k in range(m + 2)]
    step = [sum(comb(k, i) * c for k, c in enumerate(found)) - found[i] for i in range(m + 2)]
    right = [*(comb(m, i) for i in range(m + 1)), 0]
    need(not found[0] and step == right, "a sum of powers is wrong", Rejected)
    return found


def coincidences(size, paired):
    """All ways in which coordinates coincide, or are partners: for each one its block and a sign."""
    ways = [()]
    for _ in range(size):
        old, ways = ways, []
        for way in old:
            blocks = 1 + max((b for b, _ in way), default=-1)
            ways += [(*way, at) for at in (*choices_of(range(blocks), SIGNS[paired]), (blocks, 1))]
    return ways


def connected(factors):
    """The parts of a product of entries that have no coordinates in common."""
    parts = []
    for f in factors:
        blocks = {b for b, _ in f[1:]}
        met = [p for p in parts if blocks & {b for g in p for b, _ in g[1:]}]
        parts = [p for p in parts if p not in met] + [[f, *chain(*met)]]
    return parts


def canonical(factors, paired):
    """One form of a product of entries for all names of its coordinates, and for exchanging partners."""
    blocks = sorted({b for _, *at in factors for b, _ in at})
    need(len(blocks) <= MAX_BLOCKS, "a sum has more coordinates than the limit")
    forms = []
    for names in choices_of(permutations(range(len(blocks))), choices_of(SIGNS[paired], repeat=len(blocks))):
        to = dict(zip(blocks, zip(*names, strict=True), strict=True))
        forms.append(tuple(sorted((f, *((to[b][0], s * to[b][1]) for b, s in at)) for f, *at in factors)))
    return max(forms)  # with the sign 1 where that is possible


def moment_of(degrees, given, free):
    """The exponents of a moment, and how many of its coordinates are not to be counted any more."""
    if not free:
        return tuple(sorted((k for k in degrees.values() if k), reverse=True)), len(given)
    others = sorted((k for (b, _), k in degrees.items() if k and b not in given), reverse=True)
    marked = tuple(degrees[b, 1] for b in given)
    return (marked, tuple(others)) if others or any(marked) else (), len(given) + len(others)


def product(*factors):
    """The product of polynomials {monomial: number}, a monomial a sorted tuple of (closed word, power)."""
    result = {(): Fraction(1)}
    for factor in factors:
        total = {}
        for m, c in result.items():
            for k, e in factor.items():
                powers = dict(m)
                for word, power in k:
                    powers[word] = powers.get(word, 0) + power
                key = tuple(sorted((word, power) for word, power in powers.items() if power))
                total[key] = small(total.get(key, 0) + c * e)
        result = {key: c for key, c in total.items() if c}
    return result


def weight(polynomial):
    """How much there is to multiply."""
    return sum(
        1 + len(m) + (c.numerator.bit_length() + c.denominator.bit_length()) // 32
        for m, c in polynomial.items()
    )


def plus(a, b, times=1):
    """a + times b."""
    total = dict(a)
    for key, c in b.items():
        total[key] = small(total.get(key, 0) + times * c)
    return {key: c for key, c in total.items() if c}


def named(letters, what):
    """The letter for something, or what no letter stands for."""
    return letters.get(what, {(((0, what), 1),): Fraction(1)})


def constant(c):
    """A number as a polynomial."""
    return {(): Fraction(c)} if c else {}


class Reader:
    """Reads one certificate, line by line."""

    def __init__(self):
        self.letters, self.counts, self.averages, self.laws, self.meanings = {}, {}, {}, {}, {}
        self.work, self.checked, self.asserted, self.sums, self.id = 0, 0, 0, [], 0
        self.made, self.summed = set(), set()

    def spend(self, amount):
        self.work += amount
        need(self.work <= MAX_WORK, "it takes more work than the limit allows")

    def check(self, lines):
        """Check all lines; what is wrong is raised with the line in front."""
        try:
            for self.id, raw in enumerate(lines, 1):
                need(len(raw) <= MAX_LINE, "the line is too long")
                self.spend(len(raw) // 4)
                self.line(raw)
            need(self.id, "the file is empty")
            moving = {x for x, (what, _) in self.meanings.items() if what[0] in ("last", "sum")}
            need(self.summed.isdisjoint(moving), "a sum over t is one of weights, which depend on t")
            law = {x for x, letter in self.letters.items() if "law" in letter}
            need(self.made.isdisjoint(law | self.meanings.keys()), "a letter is made of one with a meaning")
        except (Unreadable, Rejected) as error:
            raise type(error)(f"line {self.id}, phases: {error}") from None

    def line(self, raw):
        try:
            entry = json.loads(raw, object_pairs_hook=pairs)
            need(type(entry) is dict, "it is not a JSON object")
            if self.id == 1:
                need((entry.get("format"), entry.get("version")) == FORMAT, f"it is not a {FORMAT}")
            elif entry["rule"] == "letter":
                need(is_plain(entry["name"]), f"the name {entry['name']!a} can be taken for another one")
                # Lists and objects are not looked at, only whether they are there.
                self.letters[self.id] = {k: v if type(v) in (int, str) else None for k, v in entry.items()}
            elif entry["rule"] == "asserted":
                self.asserted += 1
                if "phases" in entry:
                    self.statement(entry, entry["phases"])
                    self.checked += 1
        except (TypeError, LookupError, ValueError, AttributeError, ArithmeticError, RecursionError):
            raise Unreadable("its fields are not those of an average over phases") from None

    def report(self):
        """What was recomputed, and what it rests on."""
        yield f"{self.checked} of {self.asserted} asserted steps were recomputed, as averages over phases"
        yield f"  {len(self.averages)} averages over phases, complete in t, and {len(self.sums)} sums over t"
        yield from dict.fromkeys(f"  up to {self.text(last)}, which is at least {t}" for last, t in self.sums)
        for number, law in sorted(self.laws.items()):
            for exponents, (above, below) in sorted(law.items()):
                powers = " ".join(f"x_{i}^{k}" for i, k in enumerate(exponents, 1))
                under = f" / ({self.text(below)})" * (below != constant(1))
                yield f"  law {number}: {f'E[{powers}]' if exponents else 'd'} = ({self.text(above)}){under}"
        for x, (_, sentence) in sorted(self.meanings.items()):
            yield f"  {self.letters[x]['name']} is {sentence}"

    def text(self, polynomial):  # with the names of the letters
        names = {m: [self.letters[w[0]]["name"] + f"^{k}" * (k != 1) for w, k in m] for m in polynomial}
        return " + ".join(" ".join([str(c), *names[m]]) for m, c in polynomial.items()) or "0"

    def whole(self, value, least=0):
        need(type(value) is int and least <= value <= MAX_NUMBER, "a number is not whole, or a large one")
        return value

    def form(self, value):
        need(type(value) is list and len(value) == 4, "a form does not have four parts")
        return tuple(self.whole(x, -MAX_NUMBER) for x in value)

    def polynomial(self, terms):
        total = {}
        for c, words, rest in terms:
            need(type(c) is int or (type(c) is str and "/" in c), "a number is not exact")
            need(rest == [] and len(words) <= MAX_NUMBER, "it is not a polynomial in scalars, or a large one")
            factors = []
            for word in words:
                below = word[0] == 0
                (x,) = word[below:]
                need(self.letters[x]["rows"] == self.letters[x]["cols"] == 1, "a letter is no scalar")
                factors.append({(((x,), -1 if below else 1),): Fraction(1)})
            self.spend(1 + len(factors))
            total = self.plus(total, product(constant(Fraction(c)), *factors))
        return total

    def inside(self, *polynomials):  # their letters
        return {w[0] for p in polynomials for m in p for w, _ in m}

    def times(self, *factors):  # a product, with its price
        result = constant(1)
        for factor in factors:
            self.spend(2 * (1 + weight(result) * len(factor) + len(result) * weight(factor)))
            result = product(result, factor)
        return result

    def plus(self, a, b, times=1):  # a sum, with its price
        self.spend(1 + (len(a) + len(b)) // 4)
        return plus(a, b, times)

    def count(self, equations, forms):  # the number of times, by powers of t - 1 and at single t
        key = frozenset(equations), frozenset(forms)
        if key not in self.counts:
            found = eliminated(sorted(key[0]), sorted(key[1]))
            if found is None:
                return {}
            left, _ = found
            live = [i for i in (2, 3) if any(f[i] for f in left)]
            need(len(left) <= MAX_SIDES, "a region has more sides than the limit")
            self.spend(len(left) ** (2 + len(live)))
            first = first_time(left, live)
            need(first <= MAX_TIME, "a region changes later than the limit")
            self.spend(len(left) * (first + MAX_NUMBER // 8) ** (1 + len(live)))
            times = range(2, first + len(live) + 1)
            self.counts[key] = in_time({t: points(left, live, t) for t in times}, first)
        return self.counts[key]

    def weighted(self, equations, region, positions, weights):
        """The sum of products of weights over the times: numbers by places, and what all of them are multiplied by."""
        if not positions:
            return self.count(equations, region), constant(1)
        found = eliminated(sorted(set(equations)), region, positions)
        if found is None:
            return {}, {}
        (left, places), factor = found, constant(1)
        for f in (f for f in places if not (f[2] or f[3])):
            need(f[1] == 1 and f[0] in (0, -1), "a weight stands at another time than t or t-1")
            factor = self.times(factor, named(weights, ("last", -f[0])))
        for i in {i for i in (2, 3) for f in places if f[i]}:
            shifts, bounds = [f for f in places if f[i]], [f for f in left if f[i]]
            alone = all(f[i] == 1 and not f[1] and not f[5 - i] and f == shifts[0] for f in shifts)
            alone &= all(not f[5 - i] and (f[i], f[1]) in ((1, 0), (-1, 1)) for f in bounds)
            first = max([-f[0] for f in bounds if f[i] == 1]) + shifts[0][0]
            end = min([f[0] for f in bounds if f[i] == -1]) + shifts[0][0]
            need(alone and first <= 1 and -2 <= end <= 0, "a weight stands at a time with another range")
            total = named(weights, ("sum", len(shifts)))
            for back in range(-end, 2):
                total = self.plus(total, product(*[named(weights, ("last", back))] * len(shifts)))
            factor = self.times(factor, total)
            left = [f for f in left if not f[i]]
        return self.count([], left), factor

    def summand(self, row):  # its parts, read
        c, over, data, entries, region, *rest = row
        data = [(self.form(f), self.whole(k)) for f, k in data]
        region = [self.form(f) for f in region]
        positions = [self.form(f) for part in rest for f in part]
        need(len(rest) <= 1, "a summand has other parts")
        short = max(map(len, (data, entries, positions))) <= MAX_DATA and len(region) <= MAX_SIDES
        need(short, "a summand is longer than the limit")
        for i in (2, 3):
            ends = {f[i] for f in region if not f[5 - i]}
            free = any(f[i] for f in chain(region, (f for f, _ in data), positions))
            need(not free or ends >= {1, -1}, "a summed time has no bounds")
        read = []
        for e in entries:
            named = is_plain(e[0])
            need(len(e) in ((2, 3) if named else (5,)), "an entry of a matrix has other parts")
            at = [self.whole(i) for i in (e[1:] if named else e[:2])]
            need(max(at) < len(data), "an entry stands at a coordinate that is not there")
            read.append((at, e[0] if named else [self.polynomial(p) for p in e[2:]]))
        return self.polynomial(c), self.whole(over), data, read, region, positions

    def statement(self, entry, fields):
        """An average, a value that is taken from one, or where one is not zero."""
        need("of" not in entry, "an average over phases is not that of another line")
        if "of" not in fields:
            need("terms" not in entry, "an average in all t is not one value")
            self.averages[self.id] = self.average(fields)
            return
        stated = self.averages[fields["of"]]
        if fields.keys() == {"of", "places"}:
            same = stated.keys() == {(kind, at) for kind, at in fields["places"]}
            need(same and "terms" not in entry, "the average has other powers or times", Rejected)
            return
        need(entry["rows"] == entry["cols"] == 1, "an average is a scalar")
        value = self.polynomial(entry["terms"])
        if fields.keys() == {"of", "last", "harmonic"}:
            reach = max((at for kind, at in stated if kind == "time"), default=2)
            self.sums.append((self.polynomial(fields["last"]), reach))
            need(value == self.sum(stated, fields), "the sum over t is another one", Rejected)
        else:
            need(fields.keys() == {"of", "place"}, "a field is missing, or there is one too many")
            kind, at = fields["place"]
            need(kind in ("power", "time"), "the place is neither a power nor a time")
            need(value == stated.get((kind, at), {}), "the value is another one", Rejected)

    def meant(self, x, meaning, sentence, least=None):
        """A letter as a polynomial that means one thing in the whole file, and of which nothing else is known."""
        letter = self.letters[x]
        free = letter.keys() <= {"id", "rule", "name", "rows", "cols", "at_least"}
        free &= letter.get("at_least") in (None, least) and letter["rows"] == letter["cols"] == 1
        need(free, "more is known of a letter than that it is a sum")
        self.made |= self.inside(*(part for part in meaning if type(part) is dict))
        known, _ = self.meanings.setdefault(x, (meaning, sentence))
        need(known == meaning, "a letter is two different sums", Rejected)
        self.spend(len(self.meanings))
        alone = all(x == y or other != meaning for y, (other, _) in self.meanings.items())
        need(alone, "two letters are one sum, between which there is a relation", Rejected)
        return {(((x,), 1),): Fraction(1)}

    def sum(self, stated, fields):  # over t = 2..last
        upper = self.plus(self.polynomial(fields["last"]), constant(1), -1)
        need(upper.keys() - {()}, "the last time of a sum is a number")
        self.summed |= self.inside(upper, *stated.values())
        letters, total = {}, {}
        for x, order in fields["harmonic"]:
            order = self.whole(order, 1)
            need(order not in letters, "a sum has two letters")
            sentence = f"the sum of 1/n^{order} over n = 1, ..., {self.text(upper)}"
            letters[order] = self.meant(x, ("harmonic", order, upper), sentence, 0)
        orders = {-m for kind, m in stated if kind == "power" and m < 0}
        need(orders == letters.keys(), "another sum of powers", Rejected)
        for (kind, m), value in stated.items():
            factor = constant(1) if kind == "time" else letters.get(-m, {})
            for c in reversed(power_sum(m)) if kind == "power" and m >= 0 else ():
                factor = self.plus(self.times(factor, upper), constant(c))
            total = self.plus(total, self.times(value, factor))
        return total

    def average(self, fields):
        entry, paired, free = fields.get("entry"), fields["paired"], "free" in fields
        need(fields.keys() - OPTIONAL == FIELDS | {"free" if free else "moments"}, "it has other fields")
        need(type(paired) is bool and not (paired and (entry or free)), "it is not known what is paired")
        stated = {}
        for kind, name, least in (("power", "powers", -MAX_NUMBER), ("time", "times", 2)):
            for at, value in fields[name]:
                place = kind, self.whole(at, least)
                need(place not in stated, "a power or a time is there twice")
                stated[place] = self.polynomial(value)
        size, step = self.polynomial(fields["size"]), 2 if paired else 1
        moments = self.moments(size, fields)
        sums, weights, reciprocals = {}, {}, {}
        for x, p in fields.get("reciprocals", []):
            reciprocals[x] = p = self.polynomial(p)
            self.meant(x, ("reciprocal", p), f"1/({self.text(p)})")
        for x, factors in fields.get("sums", []):
            read = [(f, *((self.whole(i), sign) for i, sign in at)) for f, *at in factors]
            signs = {sign for _, *at in read for _, sign in at}
            need(signs <= set(SIGNS[paired]), "there are no partners")
            self.spend(2000)
            read = canonical(read, paired)
            need(read not in sums, "a sum has two letters")
            need(len(connected(read)) == 1, "a sum is a product of two sums, or one of nothing")
            sentence = f"the sum over all coordinates 0, 1, ... of {list(read)}"
            sums[read] = self.meant(x, ("entries", read, size, -1 in signs), sentence)
        for kind, k, x in fields.get("weights", []):
            need((kind, k) in WEIGHTS and (kind, k) not in weights, "it is not known what a weight is")
            weights[kind, k] = self.meant(x, (kind, k), *WEIGHTS[kind, k])
        below = all(self.cleared(bottom, reciprocals) for _, bottom in moments.values())
        need(all(reciprocals.values()) and below, "a letter is no reciprocal, or a moment is divided by zero")
        summands = [self.summand(row) for row in fields["summands"]]
        found = self.by_degrees(summands, paired, free, entry, sums, weights)
        used = {degrees for sums in found.values() for _, degrees, _ in sums} - {()}
        need(used == moments.keys() - {()}, "a moment is missing, or one is not used", Rejected)
        for place in found.keys() | stated.keys():
            total, den = {}, constant(1)
            for (blocks, degrees, taken), weight in found.get(place, {}).items():
                choices = [self.plus(size, constant(step * k), -1) for k in range(taken, blocks)]
                above, below = moments[degrees]
                part = self.times(weight, *choices, above)
                total, den = (
                    self.plus(self.times(total, below), self.times(part, den)),
                    self.times(den, below),
                )
            rest = self.cleared(self.plus(total, self.times(stated.get(place, {}), den), -1), reciprocals)
            need(not rest, f"the average is another one, at the {place[0]} {place[1]}", Rejected)
        return {place: value for place, value in stated.items() if self.cleared(value, reciprocals)}

    def cleared(self, value, reciprocals):
        """A polynomial without letters that are reciprocals, times powers of what they are reciprocals of."""
        for x, p in reciprocals.items():
            total, most = {}, max((dict(m).get((x,), 0) for m in value), default=0)
            for m, c in value.items():
                rest = {tuple(f for f in m if f[0] != (x,)): c}
                total = self.plus(total, self.times(rest, *[p] * (most - dict(m).get((x,), 0))))
            value = total
        return value

    def moments(self, size, fields):  # those of one law agree between averages
        number, moments = self.whole(fields["law"]), {(): (constant(1), constant(1))}
        law = self.laws.setdefault(number, {(): (size, constant(1))})
        need(law[()][0] == size, "one law has two sizes", Rejected)
        for exponents, above, below in fields.get("moments", []):
            key = tuple(self.whole(k, 1) for k in exponents)
            ordered = key not in moments and list(key) == sorted(key, reverse=True)
            need(ordered, "a moment twice, or not in order")
            moments[key] = top, bottom = self.polynomial(above), self.polynomial(below)
            need(bottom, "a moment is divided by zero")
            self.made |= self.inside(bottom) - {x for x, _ in fields.get("reciprocals", [])}
            other = law.setdefault(key, moments[key])
            same = self.times(top, other[1]) == self.times(bottom, other[0])
            need(same, "one law has two moments", Rejected)
        for x, *exponents in fields.get("free", []):
            given, others = key = tuple(tuple(map(self.whole, part)) for part in exponents)
            need(key not in moments and any(given + others), "a moment twice, or of nothing")
            sentence = f"E of the powers {given} of given coordinates of law {number}"
            sentence += f" and {others} of different others, summed over these" * bool(others)
            moments[key] = self.meant(x, ("moment", number, key), sentence), constant(1)
        return moments

    def by_degrees(self, summands, paired, free, entry, sums_of, weights):
        """What stands before each moment, by place, the number of blocks, the degrees, and how many are given."""
        found = {}
        point = {name: self.polynomial(p) for name, p in entry[2]} if entry else {}
        for c, over, data, entries, region, positions in summands:
            names = {what for _, what in entries if type(what) is str}
            for way in coincidences(len(data), paired):
                self.spend(4 + 2 * (len(way) + len(region)))
                exponents, degrees = {}, {}
                for (form, k), (block, sign) in zip(data, way, strict=True):
                    old = exponents.get(block, (0, 0, 0, 0))
                    exponents[block] = tuple(x + sign * y for x, y in zip(old, form, strict=True))
                    degrees[block, sign] = degrees.get((block, sign), 0) + k
                counted, factor = self.weighted(exponents.values(), region, positions, weights)
                if not counted:
                    continue
                need(names <= point.keys() or not (entry or free), "no value is given for a matrix")
                for weight, given in self.entries(way, entries, entry, point, (sums_of, paired)):
                    key = len(exponents), *moment_of(degrees, given, free)
                    weight = self.times(weight, factor)
                    for (kind, at), number in counted.items():
                        place = (kind, at - over * (kind == "power"))
                        number = number / Fraction(at - 1) ** over if kind == "time" else number
                        sums = found.setdefault(place, {})
                        sums[key] = self.plus(sums.get(key, {}), self.times(constant(number), c, weight))
        return {place: {key: w for key, w in sums.items() if w} for place, sums in found.items()}

    def entries(self, way, entries, entry, point, sums):
        """The product of the entries, or its derivatives at multiples of the identity, and the blocks they are at."""
        weight, named = constant(1), []
        for at, what in entries:
            if type(what) is str:
                named.append((what, *(way[i] for i in at)))
            else:
                row, column = at
                kind = 0 if way[row] == way[column] else 1 if way[row][0] == way[column][0] else 2
                weight = self.times(weight, what[kind])
        if not entry:
            blocks = {b for _, *at in named for b, _ in at}
            return [(self.times(weight, self.different(named, blocks, *sums)), blocks)]
        name, diagonal, _ = entry
        full = type(diagonal) is bool and all(len(f) == 3 for f in named)
        need(full, "it is not known in which entry of a full matrix a derivative is taken")
        found, crossing = [], [f for f in named if f[1] != f[2]]
        for i, f in enumerate(named):
            rest = named[:i] + named[i + 1 :]
            # Entries off the diagonal vanish at a multiple of the identity, but for the one that is derived.
            if f[0] == name and (f[1] == f[2]) == diagonal and crossing == [f] * (not diagonal):
                value = self.times(weight, *(point[g[0]] for g in rest))
                found.append((value, [b for b, _ in dict.fromkeys(f[1:])]))
        return found

    def different(self, factors, blocks, sums, paired):
        """The sum of a product of entries over coordinates, of which those of some blocks are different."""
        if not blocks:
            met = [len({b for _, *at in part for b, _ in at}) for part in connected(factors)]
            self.spend(sum(100 + 2 * factorial(n) * len(SIGNS[paired]) ** n * len(factors) for n in met))
            return self.times(*(named(sums, canonical(part, paired)) for part in connected(factors)))
        last, rest = max(blocks), blocks - {max(blocks)}
        total = self.different(factors, rest, sums, paired)
        for other, sign in choices_of(rest, SIGNS[paired]):
            merged = [(f, *((other, s * sign) if b == last else (b, s) for b, s in at)) for f, *at in factors]
            total = self.plus(total, self.different(merged, rest, sums, paired), -1)
        return total


def pairs(items):
    """An object of JSON, in which no key occurs twice."""
    need(len(dict(items)) == len(items), "a key occurs twice")
    return dict(items)


def main(paths):
    """Check files and print how much of what they assert was rechecked."""
    code = 0
    for path in paths:
        reader = Reader()
        try:
            with open(path, "rb") as file:
                reader.check(iter(lambda read=file.readline: read(MAX_LINE + 1), b""))
            print("\n".join(f"{path}: {text}" for text in reader.report()))
        except (Unreadable, Rejected, OSError) as error:
            kind = "rejected" if isinstance(error, Rejected) else "unreadable"
            code = max(code, 1 + (kind == "unreadable"))
            print(f"{path}: {kind}: {error}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
