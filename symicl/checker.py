"""An independent checker of symicl's certificates: standard library only, and no line shared with symicl.

    python checker.py FILE...        exit code 0: all accepted; 1: one rejected; 2: one unreadable
A certificate is a file of JSON objects, one a line (`docs/certificates.md`). After the header each line is an *entry*,
with its line number as ``id`` and one ``rule``. It refers to earlier lines only, and what it says is computed anew from
these and compared. A *letter* is a real matrix; ``7`` is letter 7 and ``-7`` its transpose. A *word* is a product of
letters. A closed word is the least of its rotations and transposed rotations, as tr(AB) = tr(BA) and tr A = tr A'; a
letter cancels against its inverse; a link of size 1 splits a trace into factors; tr I is the size of I. A *value* is a
matrix: a sum of numbers times integer powers of closed words times an open word, over one scalar denominator. Values
are equal if they are so term by term after cross-multiplication, for all sizes.
Nothing is divided by zero. What is divided by is a product of letters with inverses or with positive bounds, or has
only coefficients of one sign in what letters exceed their bounds by; or else that it is not zero is a *condition*,
which is printed. A condition does not fail everywhere: it has no letters between which relations are known (inverses
of sums, and what other checkers know), none of a fixed size where signs differ, and no random ones.
Rules. Those before ``stein`` make a value (``print``: what it is at one point modulo a prime), the others state a fact:
  letter       size, symmetry; inverse of what, or assumed to be what: ``at_least``, ``invertible``, ``law``, a centred
               Gaussian with E Z_ia Z_jb = scale U_ij V_ab, independent of all others, not depending on random ones
  data         as written down, with ``of`` that value in another form; sum, product, transpose, trace, over (a scalar)
  substitute   values for letters, everywhere at once; they keep symmetry and inverses; none is inside of another letter
  expectation  E over one Gaussian letter Z, all others fixed: each monomial is its part without Z times the E of the
               rest, which is 0 if Z occurs an odd number of times and else what one of the ``steps`` says
  cut          the matrix M with tr(M P) = the given scalar, P a letter not in M (M symmetric where P is)
  quotient     N F^-1: a matrix R with R F = N, or R = A B^-1 with F = B Q, N = A Q; K* of what it ``solves``. F, or Q,
               has an inverse, as above
  stein        E of a monomial in Z: the occurrence of Z in the given place is contracted with every other one,
                   tr(Z P Z Q) -> tr(P U Q' V)      tr(Z P) tr(Z Q)  -> tr(P U Q' V)
                   tr(Z P Z' Q) -> tr(V P) tr(U Q)  tr(Z P) tr(Z' Q) -> tr(P U Q V)
               and E is the scale times the sum, with each remaining monomial in Z replaced by its earlier entry
  sign         a polynomial in what letters exceed their bounds by: no coefficient < 0; ``strict``: the constant > 0
  factorised   N(K) = scale L (K F - C) R; if ``invertible``, L and R are products of letters with inverses and scalars
               that are not zero, as the scale is
  minimum      loss - candidate(K) - square = 2 tr(N(K)' direction), the square is the expectation of a square, N is
               factorised, K* = C F^-1, candidate = power - explained + tr(N' K): so loss >= power - explained(K*).
               All are polynomials in K, so that they are defined, and the identity holds, at K*
  equal        two values are equal; ``stated``: a quantity as the theorem states it equals what was derived
  asserted     is believed, counted and printed, perhaps a value; ``step`` is a heading, ``verdict`` the last line
"""

import json
import sys
import zlib
from collections import namedtuple
from fractions import Fraction
from functools import reduce
from itertools import chain, pairwise
from math import gcd, lcm

PRIME, HEADER = 2**61 - 1, "format version theorem statement source assumptions axioms quantities"
COMMON, SCALAR, ONE = {"id", "rule", "print"}, (1, 1), {((), ()): 1}
MAX_LINE, MAX_LINES, MAX_NUMBER, FORMAT = 2**20, 30_000, 10**6, ("symicl-certificate", 2)
MAX_WORK, MAX_TERMS, MAX_BITS, MAX_POWER, MAX_LENGTH = 3_000_000, 100_000, 4_096, 64, 500
MAX_DEGREE, MAX_NAME, GREEK = 1_000, 100, "αβγδεζηθκλμξπρστφχψωΓΔΘΛΞΠΣΦΨΩ"
PLAIN = f"names are {MAX_NAME} characters at most, of ASCII and {GREEK}, with single spaces"
KINDS = """letter=letter id=inverse_of,factorised,solves dict=law,phases,samples bool=symmetric,invertible,strict
    str=name,text,claim,why,title,verdict natural=at_least,entries,version size=rows,cols
    list=parts,terms,letters,steps,words,place,equals,assumptions,axioms,quantities"""
KIND = {n: k for k, names in (i.split("=") for i in KINDS.split()) for n in names.split(",")}  # of fields
# A monomial is a sorted tuple of (closed word, power), terms are {(monomial, open word): number}.
Value = namedtuple("Value", "rows cols terms den", defaults=[ONE])
Letter = namedtuple("Letter", "name size symmetric invertible at_least law inside random")
KEPT = {"rule", "of", "by", "letter", "letters", "parts", "F", "C", "solves"}  # what later lines look up


class Unreadable(Exception):
    """Not a certificate of this version, or beyond the limits: nothing can be said about it."""


class Rejected(Exception):
    """A certificate with an entry that does not hold."""


def need(holds, sentence, kind=Rejected):
    """Raise the sentence unless something holds."""
    if not holds:
        raise kind(sentence)


def bits(c):
    """The length of a number."""
    return c.numerator.bit_length() + c.denominator.bit_length()


def is_plain(name):
    """Whether no other name looks the same: ASCII, and those Greek letters that look like no Latin ones."""
    plain = len(name) <= MAX_NAME and name == " ".join(name.split())
    return plain and all(c.isascii() or c in GREEK for c in name)


class Checker:
    """Reads one certificate: first the calculus of words and values, then how fields are read, then the rules."""

    def __init__(self):
        self.letters, self.names, self.inverse, self.closed, self.work = {}, {}, {}, {}, 0
        self.lines, self.values, self.sums, self.steps, self.stated, self.origins = {}, {}, {}, {}, {}, {}
        self.header, self.asserted, self.fixed, self.id, self.rule = {}, [], set(), 1, "header"
        self.known, self.conditions, self.tied, self.averages = set(), [], set(), []

    def spend(self, amount):
        self.work += amount
        need(self.work <= MAX_WORK, "it takes more work than the limit allows", Unreadable)

    def size(self, a):
        return self.letters[a].size if a > 0 else self.letters[-a].size[::-1]

    def number(self, c):
        return Value(1, 1, {((), ()): c} if c else {})

    def weight(self, *values):  # how long it takes to go through them, and how much memory they take
        self.spend(sum(len(a.terms) + len(a.den) for a in values))
        return sum(
            1 + len(m) + (len(w) + sum(len(v) for v, _ in m)) // 8 + bits(c) // 32
            for a in values
            for (m, w), c in chain(a.terms.items(), a.den.items())
        )

    def mentioned(self, *values):  # the letters that occur in them
        self.spend(self.weight(*values))
        keys = chain.from_iterable(chain(a.terms, a.den) for a in values)
        return {abs(x) for m, w in keys for word in (w, *(v for v, _ in m)) for x in word}

    def merge(self, one, other):  # the product of two monomials
        powers = dict(one)
        for word, k in other:
            powers[word] = k = powers.get(word, 0) + k
            need(abs(k) <= MAX_DEGREE, "a power is higher than the limit", Unreadable)
        need(len(powers) <= MAX_LENGTH, "a monomial is longer than the limit", Unreadable)
        return tuple(sorted((word, k) for word, k in powers.items() if k))

    def split(self, monomial, z):  # what of it is without a letter, what contains it, and how often that is
        core = tuple([f for f in monomial if z in f[0] or -z in f[0]])
        times = sum(k * (w.count(z) + w.count(-z)) for w, k in core)
        return tuple([f for f in monomial if z not in f[0] and -z not in f[0]]), core, times

    def turn(self, word):  # the transpose of a word
        return tuple([a if self.letters[abs(a)].symmetric else -a for a in reversed(word)])

    def reduced(self, word):  # a word in which no letter stands next to its inverse
        self.spend(len(word))
        need(len(word) <= MAX_LENGTH, "a word is longer than the limit", Unreadable)
        out = []
        for a in word:
            if out and self.inverse.get(a) == out[-1]:
                out.pop()
            else:
                out.append(a)
        return tuple(out)

    def close(self, *words, start=(), factor=1):  # a product of traces, with the sizes of identities
        for word, size in words:
            self.spend(1 + len(start) // 4 + bits(factor) // 32)
            if word not in self.closed:
                self.closed[word] = self.cut_up(self.reduced(word))
            size = self.size(word[0])[0] if word else size
            if self.closed[word] or isinstance(size, str):
                start = self.merge(start, self.closed[word] or (((self.names[size],), 1),))
            else:
                factor *= size
        return factor, start

    def cut_up(self, word):  # a closed word as a product of least ones; nothing if it is an identity
        while len(word) > 1 and self.inverse.get(word[0]) == word[-1]:
            word = word[1:-1]
        cuts = [i for i, a in enumerate(word) if self.size(a)[0] == 1] or [0]
        word, monomial = word[cuts[0] :] + word[: cuts[0]], ()
        for i, j in pairwise([i - cuts[0] for i in cuts] + [len(word)] * bool(word)):
            self.spend((j - i) ** 2)
            both = (word[i:j], self.turn(word[i:j]))
            monomial = self.merge(monomial, ((min(w[k:] + w[:k] for w in both for k in range(j - i)), 1),))
        return monomial

    def join(self, word):  # an open word as what closes inside of it, between links of size 1, and the rest
        short, monomial = self.reduced(word), ()
        cuts = [i for i, a in enumerate(short) if self.size(a)[0] == 1]
        cuts += [len(short)] if short and self.size(short[-1])[1] == 1 else []
        if len(cuts) > 1:
            monomial = self.close((short[cuts[0] : cuts[-1]], 1))[1]
            short = short[: cuts[0]] + short[cuts[-1] :]
        return monomial, short

    def add(self, items):  # terms from keys and numbers
        total = {}
        for key, c in items:
            total[key] = c = total.get(key, 0) + c
            small = len(total) <= MAX_TERMS and bits(c) <= MAX_BITS
            need(small, "a value is larger than the limit", Unreadable)
        return {key: c for key, c in total.items() if c}

    def times(self, one, other):  # the product of terms; what it costs is known before
        left, right = (self.weight(Value(1, 1, a, {})) for a in (one, other))
        self.spend(4 + left * len(other) + right * len(one))
        return self.add(self.products(one, other))

    def products(self, one, other):
        for (m, v), c in one.items():
            for (k, w), e in other.items():
                inner, word = self.join(v + w) if v and w else ((), v or w)
                yield (self.merge(self.merge(m, k), inner), word), c * e

    def over(self, size, terms, den):  # a value; a denominator of a single term goes into the powers
        if not terms or den == ONE or len(den) > 1:
            return Value(*size, terms, den if terms else ONE)
        (((monomial, _), c),) = den.items()
        return Value(*size, self.times(terms, {(tuple((w, -k) for w, k in monomial), ()): Fraction(1) / c}))

    def letter(self, a):
        return Value(*self.size(a), {((((a,), 1),), ()) if self.size(a) == SCALAR else ((), (a,)): 1})

    def sum(self, *parts):
        need(len({part[:2] for part in parts}) == 1, "it adds matrices of different sizes")
        self.spend(self.weight(*parts))
        groups, top, below = {}, {}, ONE
        for part in parts:
            groups.setdefault(frozenset(part.den.items()), [part.den]).append(part.terms)
        for den, *group in groups.values():
            terms = self.add(chain.from_iterable(terms.items() for terms in group))
            top = self.add(chain(self.times(top, den).items(), self.times(terms, below).items()))
            below = self.times(below, den)
        return self.over(parts[0][:2], top, below)

    def product(self, a, b):
        need(SCALAR in (a[:2], b[:2]) or a.cols == b.rows, "it multiplies matrices that do not fit together")
        size = b[:2] if a[:2] == SCALAR else (a.rows, a.cols if b[:2] == SCALAR else b.cols)
        return self.over(size, self.times(a.terms, b.terms), self.times(a.den, b.den))

    def divided(self, of, by):
        need(by[:2] == SCALAR, "it divides by a matrix")
        self.apart(by.terms)
        return self.over(of[:2], self.times(of.terms, by.den), self.times(of.den, by.terms))

    # What is divided by is not zero: that is shown, or it is a condition, and printed. A condition must not fail
    # everywhere, so that it has none of the letters between which there are relations.

    def apart(self, terms):  # a scalar, each of its factors by itself
        need(terms, "it divides by zero")
        least, numbers = self.least(terms), [Fraction(c) for c in terms.values()]
        scale = Fraction(lcm(*(c.denominator for c in numbers)), gcd(*(c.numerator for c in numbers)))
        rest = self.times(terms, {(tuple(sorted((w, -k) for w, k in least.items() if k)), ()): scale})
        if (sum(c > 0 for c in rest.values()) * 2 - len(rest), rest[max(rest)]) < (0, 0):
            rest = {key: -c for key, c in rest.items()}
        for part in [*({(((w, 1),), ()): 1} for w, k in least.items() if k), rest]:
            value, key = Value(1, 1, part), frozenset(part.items())
            if key not in self.known and not self.is_apart(value):
                self.condition(value, "is not zero")
            self.known.add(key)

    def is_apart(self, a):  # whether letters with bounds, or with inverses, show that it is not zero
        used = {x: self.letters[x] for x in self.mentioned(a)}
        if len(a.terms) == 1:
            return all(x.size == SCALAR and (x.invertible or x.at_least) for x in used.values())
        if any(x.at_least is None for x in used.values()):
            return False
        low = {i: self.sum(self.letter(i), self.number(x.at_least)) for i, x in used.items() if x.at_least}
        moved = self.put(a, low).terms
        sure = {i for i, x in used.items() if x.invertible and not x.at_least}
        alone = any(all(w[0] in sure for w, _ in m) for m, _ in moved)
        return alone and len({c > 0 for c in moved.values()}) == 1

    def regular(self, a):  # a matrix
        key = frozenset(a.terms.items()), a[:2]
        if key not in self.known and not self.is_regular(a):
            self.condition(a, "has an inverse")
        self.known.add(key)

    def is_regular(self, a):  # whether it is a product of letters with inverses and a scalar that is not zero
        if a[:2] == SCALAR:
            self.apart(a.terms)
            return True
        words = {w for _, w in a.terms}
        known = [
            self.letters[abs(x)].invertible or x in self.inverse or x in self.sums for w in words for x in w
        ]
        if len(words) == 1 and all(known):
            self.apart({(m, ()): c for (m, _), c in a.terms.items()})
        return len(words) == 1 and all(known)

    def is_general(self, a):  # whether the sizes of its letters do not make it zero, or singular, everywhere
        used, words = self.mentioned(a), {w for _, w in a.terms}
        wide = a[:2] == SCALAR or any(1 not in chain.from_iterable(map(self.size, w)) for w in words)
        positive = len({c > 0 for c in a.terms.values()}) == 1 and (a[:2] == SCALAR or len(a.terms) == 1)
        positive = positive and len({n for w in words for x in w for n in self.size(x)}) <= 1
        scalar = any(not w and all(self.size(v[0]) == SCALAR for v, _ in m) for m, w in a.terms)
        fixed = any(type(n) is int and n > 1 for x in used for n in self.letters[x].size)
        return wide and (not fixed or ((positive or scalar) and used.isdisjoint(self.inverse)))

    def condition(self, a, what):
        text = f"{self.short(a)} {what}"
        self.free(a, f"it is not shown that {text}")
        self.conditions.append((a, text))

    def free(self, a, sentence, random=False):
        letters = self.mentioned(a)
        for x in letters | self.inside(letters):
            name = self.letters[x].name
            need(x not in self.sums and x not in self.tied, f"{sentence}: {name} is related to other letters")
            need(random or not self.letters[x].random, f"{sentence}: {name} is random")
        need(self.is_general(a), f"{sentence}: its sizes are fixed, or too small")

    def poles(self, a):  # the letters in its denominators
        below = {w for m, _ in a.terms for w, k in m if k < 0} | {w for m, _ in a.den for w, _ in m}
        return {abs(x) for w in below for x in w}

    def least(self, terms):  # the lowest power of each word
        powers = {}
        for m, _ in terms:
            for w, k in m:
                powers.setdefault(w, []).append(k)
        return {w: min(ks) if len(ks) == len(terms) else min(0, *ks) for w, ks in powers.items()}

    def transposed(self, of):
        self.spend(self.weight(of))
        return Value(of.cols, of.rows, {(m, self.turn(w)): c for (m, w), c in of.terms.items()}, of.den)

    def traced(self, of):
        need(of.rows == of.cols, "it takes the trace of a matrix that is not square")
        closed = [(self.close((w, of.rows), start=m), c) for (m, w), c in of.terms.items()]
        return self.over(SCALAR, self.add(((m, ()), c * factor) for (factor, m), c in closed), of.den)

    def same(self, a, b):  # equality by cross-multiplication
        self.spend(self.weight(a))
        return a == b or (a[:2] == b[:2] and self.times(a.terms, b.den) == self.times(b.terms, a.den))

    def inside(self, letters):  # the letters that given ones are made of
        parts = [self.letters[x].inside for x in letters]
        self.spend(sum(1 + len(part) for part in parts))
        return set().union(*parts)

    def put(self, a, table):  # a value with others in the place of letters
        full, used = dict(table), self.mentioned(a)
        for x, b in table.items():
            name, others, turned = self.letters[x].name, used - table.keys(), self.transposed(b)
            full |= {} if self.letters[x].symmetric else {-x: turned}
            need(b[:2] == self.size(x), f"what replaces {name} has another size")
            need(-x in full or self.same(b, turned), f"what replaces {name} is not symmetric")
            need(name not in chain(a[:2], *map(self.size, used)), f"{name} is a size of another letter")
            y = self.inverse.get(x)
            alone = x in self.inside(others) or y in others or x in self.sums
            need(not alone, f"{name} is inside of another letter, or an inverse")
            unit = y not in table or self.same(self.product(b, table[y]), Value(*b[:2], ONE))
            need(unit, f"{name} and its inverse are replaced by what is not inverse")
        keys = list(chain(a.terms, a.den))
        words = {w for m, _ in keys for w, _ in m if not full.keys().isdisjoint(w)}
        least = {w: k for w, k in self.least(keys).items() if w in words}  # the power to be cleared
        shift = {(tuple(sorted((w, -k) for w, k in least.items() if k)), ()): 1}
        images = {w: self.traced(self.image(w, full)) for w in words}
        parts = []
        for size, terms in ((a[:2], a.terms), (SCALAR, a.den)):
            sums = [Value(*size, {})]
            for (m, w), c in self.times(terms, shift).items():
                part = Value(*(SCALAR if w else size), {(tuple(f for f in m if f[0] not in words), ()): c})
                for v, k in m:
                    need(v not in words or k <= MAX_POWER, "a power is higher than the limit", Unreadable)
                    part = reduce(self.product, [images[v]] * k, part) if v in words else part
                sums.append(self.product(part, self.image(w, full)) if w else part)
            parts.append(self.sum(*sums))
        top, below = parts
        old = words.isdisjoint(w for m, _ in a.den for w, _ in m)  # what was divided by before
        for terms in [images[w].terms for w, k in least.items() if k < 0] if old else [below.terms]:
            self.apart(terms)
        return self.over(top[:2], self.times(top.terms, below.den), self.times(top.den, below.terms))

    def image(self, word, table):
        return reduce(self.product, [table.get(a) or self.letter(a) for a in word])

    def contractions(self, z, rest, others):  # Z in tr(Z rest) with the others, in it and in other words
        (u, v, _), (rows, cols), more = self.letters[z].law, self.size(z), [(w, 1) for w in others]
        for k in [k for k, a in enumerate(rest) if a in (z, -z)]:
            p, q = rest[:k], rest[k + 1 :]
            pair = [(p + u + self.turn(q) + v, cols)] if rest[k] == z else [(v + p, cols), (u + q, rows)]
            yield self.close(*pair, *more)
        for n, other in enumerate(others):
            for k in [k for k, a in enumerate(other) if a in (z, -z)]:
                q = other[k + 1 :] + other[:k]
                q = self.turn(q) if other[k] == z else q
                yield self.close((rest + u + q + v, cols), *more[:n], *more[n + 1 :])

    def pairs(self, items):
        need(len(dict(items)) == len(items), "a key occurs twice", Unreadable)
        return dict(items)

    def parse(self, raw):  # one line of the file
        self.spend(len(raw) // 8)
        need(len(raw) <= MAX_LINE and self.id <= MAX_LINES, "the line or the file is too long", Unreadable)
        try:
            line = json.loads(raw, object_pairs_hook=self.pairs)
        except (ValueError, RecursionError) as error:
            raise Unreadable(f"it is not a line of JSON ({type(error).__name__})") from None
        need(isinstance(line, dict), "it is not a JSON object", Unreadable)
        return line

    def read(self, kind, value):  # a field of a certain kind
        if hasattr(self, f"read_{kind}"):
            return getattr(self, f"read_{kind}")(value)
        fits = type(value).__name__ == kind and (kind != "str" or value.isprintable())
        need(fits, f"it has something else where a {kind} is needed", Unreadable)
        return value

    def rows_of(self, value, length):  # a list of lists of a certain length
        fits = all(type(row) is list and len(row) == length for row in self.read("list", value))
        need(fits, f"a list has something else than {length} parts", Unreadable)
        return value

    def read_natural(self, value):
        need(type(value) is int and 0 <= value <= MAX_NUMBER, "a natural number is needed", Unreadable)
        return value

    def read_id(self, value):  # a reference to an earlier line
        need(self.read_natural(value) in self.lines, f"it refers to line {value}, which is no earlier entry")
        self.origins[self.id] |= self.origins[value]
        return value

    def read_node(self, value):
        need(self.read_id(value) in self.values, f"it refers to line {value}, which has no value")
        return self.values[value]

    def read_letter(self, value):
        need(self.read_id(value) in self.letters, f"it refers to line {value}, which is not a letter")
        return value

    def read_size(self, value):  # a positive number, or the name of a letter that is at least 1
        known = type(value) is str and value in self.names and self.letters[self.names[value]].at_least
        need(value != 0, "a size is zero")
        return value if known else self.read_natural(value)

    def read_number(self, value):  # a whole number, or a fraction as text
        fits = type(value) is int or (type(value) is str and "/" in value and value.isascii())
        need(fits, "it has something else where an exact number is needed", Unreadable)
        return Fraction(value)

    def read_word(self, value, *ends):  # letters that fit together; closed, unless outer sizes are given
        self.spend(len(self.read("list", value)))
        ids = [self.read_letter(abs(a) if type(a) is int else a) for a in value]
        word = tuple(x if self.letters[x].symmetric else a for x, a in zip(ids, value, strict=True))
        sizes = [self.size(a) for a in word]
        outer = (sizes[0][0], sizes[-1][1]) if word else ends[:1] * 2 or (0, 1)
        fit = all(a[1] == b[0] for a, b in pairwise(sizes)) and outer == (ends or (outer[1], outer[1]))
        need(fit, "the letters of a word do not fit together, or there are none")
        return word

    def matrix(self, rows, cols, terms):  # a value as the file has it; 0 before a word divides by it
        items = []
        for c, words, word in self.rows_of(terms, 3):
            monomial, rest = self.join(self.read_word(word, rows, cols))
            above, below = [w for w in words if w[0] != 0], [w[1:] for w in words if w[0] == 0]
            factor, monomial = self.close(*((self.read_word(w), 1) for w in above), start=monomial)
            divisor, other = self.close(*((self.read_word(w), 1) for w in below))
            self.apart({(other, ()): 1})
            monomial = self.merge(monomial, tuple((w, -k) for w, k in other))
            items.append(((monomial, rest), factor * self.read_number(c) / Fraction(divisor)))
        return Value(rows, cols, self.add(items))

    def rule_letter(self, name, rows, cols, symmetric=False, invertible=False, at_least=None, **v):
        size, base, law, used, inner = (rows, cols), v.get("inverse_of"), None, set(), set()
        symmetric = symmetric or size == SCALAR
        need(name and name not in self.names, f"a letter before it is called {name}, too")
        need(is_plain(name), f"the name {name!a} can be taken for another one: {PLAIN}")
        meanings = len(v) + (at_least is not None) + ("law" in v and invertible)
        need(meanings <= 1, "the letter has two meanings")
        fit = size == SCALAR or (at_least is None and (rows == cols or not (symmetric or invertible or base)))
        need(fit, "the letter has to be square, or a scalar")
        if base:
            value = self.read_node(base)
            fit = value[:2] == size != SCALAR and symmetric == self.same(value, self.transposed(value))
            need(fit and value.terms and base not in self.inverse, "it is no inverse, or a second one")
            used = self.mentioned(value) | self.inside(self.mentioned(value))
            if base in self.letters:
                self.inverse |= {base: self.id, self.id: base, -base: -self.id, -self.id: -base}
            else:
                self.sums[self.id] = value
                self.spend(9 * self.weight(value))
                self.free(value, "what it is the inverse of may never have one", random=True)
        if "law" in v:
            raw = v["law"]
            law = [(self.read_letter(raw[key]),) if raw[key] != 0 else () for key in ("row_cov", "col_cov")]
            fit = all(self.turn(w) == w and self.size(w[0])[0] == size[i] for i, w in enumerate(law) if w)
            fit = fit and self.sums.keys().isdisjoint((*law[0], *law[1]))
            law.append(self.read_node(raw["scale"]))
            self.spend(9 * self.weight(law[2]))
            fit = fit and len(raw) == 3 and law[2][:2] == SCALAR and (size == SCALAR or not symmetric)
            inner = {*law[0], *law[1], *self.mentioned(law[2])}
            fit = fit and not any(self.letters[x].random for x in inner) and law[2].den == ONE
            fit = fit and law[2].terms and all(c > 0 for c in law[2].terms.values())
            need(fit, "a covariance or the scale is random, not positive, of another size, or not symmetric")
        self.spend(len(used))
        self.fixed |= inner | self.inside(inner) if at_least is None else {self.id}
        random = bool(law) or any(self.letters[x].random for x in used)
        self.letters[self.id] = Letter(name, size, symmetric, invertible, at_least, law, used, random)
        self.names[name] = self.id
        return self.letter(self.id)

    def rule_data(self, given, of=None):
        need(not of or self.same(given, of), "the value that it gives is not the right one")
        return given

    def rule_sum(self, parts):
        return self.sum(*map(self.read_node, parts))

    def rule_product(self, parts):
        return reduce(self.product, map(self.read_node, parts))

    rule_transpose, rule_trace, rule_over = transposed, traced, divided

    def rule_substitute(self, of, letters):
        table = {self.read_letter(x): self.read_node(y) for x, y in self.rows_of(letters, 2)}
        need(0 < len(letters) == len(table), "a letter is replaced twice, or none is")
        return self.put(of, table)

    def rule_expectation(self, of, letter, steps, given):
        used = self.mentioned(of)
        hidden = letter in self.inside(used) | self.mentioned(Value(1, 1, of.den))
        if letter not in used:  # it is no average of anything
            self.origins[self.id] = set(self.origins[self.line["of"]])
        need(self.letters[letter].law and not hidden, "the letter is not random, or part of an inverse")
        known = [self.steps.get(self.read_id(x), (0, (), of)) for x in steps]
        table, parts, met = {core: value for z, core, value in known if z == letter}, [self.number(0)], set()
        for (m, w), c in of.terms.items():
            constant, core, times = self.split(m, letter)
            need(not w and all(k > 0 for _, k in core), "the letter is in a denominator, or it is no scalar")
            if times % 2 == 0:
                need(not core or core in table, "no entry gives the expectation of one of the monomials")
                met |= {core} - {()}
                rest = table.get(core) or self.number(1)
                parts.append(self.product(Value(1, 1, {(constant, ()): c}), rest))
        need(met == table.keys() and len(steps) == len(table), "it names an entry that it does not use")
        mean = self.sum(*parts)
        mean = self.over(SCALAR, mean.terms, self.times(mean.den, of.den))
        return self.rule_data(given, mean)

    def rule_cut(self, of, letter, given):
        used = self.mentioned(given)
        gone = letter not in used | self.inside(used) and used.isdisjoint(self.letters[letter].inside)
        need(gone and given[:2] == self.size(-letter), "the letter is still there, or the sizes differ")
        unique = not self.letters[letter].symmetric or self.same(given, self.transposed(given))
        need(unique, "what is cut out at a symmetric letter is symmetric")
        self.rule_data(self.traced(self.product(given, self.letter(letter))), of)
        return given

    def rule_quotient(self, of, by, result, common=None, solves=None):
        form = self.lines.get(solves, {"C": self.line["of"], "F": self.line["by"]})
        need((form.get("C"), form.get("F")) == (self.line["of"], self.line["by"]), "it does not solve it")
        fit = by.rows == by.cols and result[:2] == (of.rows, by.rows)
        need(by.terms and fit, "it divides by zero, or the size is another one")
        self.regular(common or by)
        if common:
            last = {w[-1] if w else 0 for _, w in result.terms}
            need(len(last) == 1 and last <= self.sums.keys(), "it does not end with the inverse of a sum")
            base, terms = self.sums[last.pop()], {(m, w[:-1]): c for (m, w), c in result.terms.items()}
            self.rule_data(self.product(base, common), by)
        rest = Value(result.rows, base.rows, terms, result.den) if common else result
        self.rule_data(self.product(rest, common or by), of)
        return result

    def rule_stein(self, letter, words, place, equals):
        words, law = [self.read_word(w) for w in words], self.letters[letter].law
        hidden = letter in self.inside(abs(a) for w in words for a in w)
        random = law and words and all(letter in w or -letter in w for w in words) and not hidden
        need(random, "the letter is not random, or not in every word, or part of an inverse")
        i, j = map(self.read_natural, self.rows_of([place], 2)[0])
        there = i < len(words) and j < len(words[i]) and words[i][j] in (letter, -letter)
        need(there, "the letter is not in this place")
        rest, found, said, parts = words[i][j + 1 :] + words[i][:j], {}, {}, [self.number(0)]
        rest = rest if words[i][j] == letter else self.turn(rest)
        for factor, monomial in self.contractions(letter, rest, words[:i] + words[i + 1 :]):
            key = self.split(monomial, letter)[:2]
            found[key] = found.get(key, 0) + factor
        for c, constant, below in self.rows_of(equals, 3):
            need(below == 0 or self.read_id(below) in self.steps, "it goes on with a line of another rule")
            z, smaller, value = self.steps[below] if below else (letter, (), self.number(1))
            one, monomial = self.close(*((self.read_word(w), 1) for w in self.read("list", constant)))
            need(z == letter and (monomial, smaller) not in said, "another letter, or one monomial twice")
            said[monomial, smaller] = factor = one * self.read_number(c)
            parts.append(self.product(Value(1, 1, {(monomial, ()): factor}), value))
        need(said == found, "Stein's identity gives another combination")
        core = self.close(*((w, 1) for w in words))[1]
        self.steps[self.id] = letter, core, self.product(self.sum(*parts), law[2])

    def rule_equal(self, claim, left, right):
        need(self.same(left, right), "the two sides differ")

    def rule_sign(self, claim, of, strict):
        low = {x: self.letters[x].at_least for x in self.mentioned(of)}
        plain = of[:2] == SCALAR and of.den == ONE and all(k > 0 for m, _ in of.terms for _, k in m)
        need(plain and None not in low.values(), "it is not a polynomial in letters with lower bounds")
        moved = self.put(of, {x: self.sum(self.letter(x), self.number(b)) for x, b in low.items()}).terms
        need(all(c > 0 for c in moved.values()), "a coefficient is negative")
        need(not strict or ((), ()) in moved, "the constant is not positive")

    def rule_factorised(self, of, letter, scale, F, C, L=None, R=None, invertible=False, claim=""):
        sides, minus = [side for side in (L, R) if side], self.product(self.number(-1), C)
        used = self.mentioned(scale, F, C, *sides)
        need(letter not in used | self.inside(used), "the unknown is in its own solution")
        inner = self.sum(self.product(self.letter(letter), F), minus)
        inner = reduce(self.product, [scale, *filter(None, (L, inner, R))])
        need(self.same(inner, of), "the factors multiply out to something else")
        if invertible:
            self.apart(scale.terms)
            need(all(map(self.is_regular, sides)), "a cancelled letter is not known to have an inverse")

    def rule_minimum(self, claim, letter, factorised, loss, candidate, square, normal, direction, **v):
        form, solver, at = self.lines[factorised], self.lines[self.line["at"]], v["at"]
        found = form["rule"], solver["rule"], form["of"], form["letter"], solver.get("solves")
        known = found == ("factorised", "quotient", self.line["normal"], letter, factorised)
        need(known, "what it refers to does not solve its normal equation")
        need(self.is_square(self.line["square"]), "the distance is not the expectation of a square")
        need(not any(self.letters[x].random for x in self.mentioned(at)), "the solution is random")
        parts = loss, candidate, square, normal, direction, v["power"], v["explained"]
        gone = self.fixed | self.mentioned(loss, v["power"], at) | self.inside(self.mentioned(*parts))
        alone = letter not in self.inverse and letter not in self.sums  # it is replaced without another one
        need(alone and letter not in gone, "the unknown is misplaced")
        poles = set().union(*map(self.poles, parts))
        need(letter not in poles, "the unknown is in a denominator")
        turned = self.transposed(normal)
        twice = self.product(self.number(2), self.traced(self.product(turned, direction)))
        need(self.same(loss, self.sum(candidate, square, twice)), "the remainder is another one")
        rest = self.sum(v["power"], self.traced(self.product(turned, self.letter(letter))))
        need(self.same(self.sum(candidate, v["explained"]), rest), "the candidate has another loss")
        least = self.sum(v["value"], self.put(v["explained"], {letter: at}))
        need(self.same(v["power"], least), "the minimal value is another one")

    def is_square(self, id):  # whether it is an expectation, perhaps of another one, of a scalar times itself
        averaged, line = False, self.lines[id]
        while line["rule"] in ("expectation", "substitute", "asserted") and "of" in line:
            self.spend(1)
            gone = {y for x, _ in line.get("letters", []) for y in (x, self.inverse.get(x))}
            need(self.fixed.isdisjoint(gone), "its law is replaced")
            averaged, line = averaged or line["rule"] != "substitute", self.lines[line["of"]]
        parts = line["parts"] if line["rule"] == "product" else [0, 1]
        return averaged and parts[0] == parts[1] and self.values[parts[0]][:2] == SCALAR and len(parts) == 2

    def rule_asserted(self, claim, why, given=None, of=None, phases=None, samples=None):
        text = f"line {self.id}: {claim} ({why})"
        (self.asserted if phases is None and samples is None else self.averages).append(text)
        self.fixed |= {x for _, x in (samples or {}).get("moments", [])}
        self.tied |= {x for x, _ in (phases or {}).get("reciprocals", [])}
        return given

    def rule_stated(self, name, text, stated, derived):
        need(self.same(stated, derived), f"{name} is not what was derived")
        need(name in self.header["quantities"] and name not in self.stated, f"{name} is not announced once")
        mark = "asserted in part" if "asserted" in self.origins[self.id] else "entered by the derivation"
        mark = f"   [{mark}]" * (self.origins[self.id] != {"expectation"})
        self.spend(8 * self.weight(stated))
        self.stated[name] = f"{name!r} = {self.text(stated)}{mark}\n    in the words of the file: {text}"

    def rule_step(self, title):
        """Nothing to check."""

    def rule_verdict(self, verdict, entries):
        for a, text in self.conditions:
            self.free(a, f"it is not shown that {text}")
        complete = self.stated.keys() == set(self.header["quantities"]) != set() and verdict == "proved"
        need(complete and entries == self.id, "it does not prove all that is stated, or lines are missing")

    def check(self, lines):  # check all lines; what is wrong is raised with the line and the rule in front
        try:
            for self.id, raw in enumerate(lines, 1):
                need(self.rule != "verdict", "there are lines after the verdict")
                (self.read_header if self.id == 1 else self.read_entry)(self.parse(raw))
            need(self.rule == "verdict", "the certificate ends without a verdict")
        except (Rejected, Unreadable) as error:
            raise type(error)(f"line {self.id}, {self.rule}: {error}") from None

    def read_header(self, line):
        known = (line.get("format"), line.get("version")) == FORMAT and line.keys() == set(HEADER.split())
        need(known, f"it is not a {FORMAT} with its fields", Unreadable)
        for key in line:
            self.read(KIND.get(key, "str"), line[key])
        for text in chain(line["assumptions"], line["axioms"], line["quantities"]):
            self.read("str", text)
        self.header = line

    def read_entry(self, line):
        self.line, self.rule = line, str(line.get("rule"))[:20]
        need(type(line.get("id")) is int and line["id"] == self.id, "its id is not the number of its line")
        need(hasattr(self, f"rule_{self.rule}"), "its rule is unknown", Unreadable)
        self.origins[self.id] = {self.rule} & {"expectation", "asserted"}
        try:
            fields = {k: self.read(KIND.get(k, "node"), line[k]) for k in line.keys() - COMMON}
            if "terms" in fields:
                fields["given"] = self.matrix(*(fields.pop(name) for name in ("rows", "cols", "terms")))
            value = getattr(self, f"rule_{self.rule}")(**fields)
            printed = value if self.rule != "letter" else None
            self.spend(self.weight(*[value] * bool(value)))
            printed = printed and self.point(value.terms) * pow(self.point(value.den), -1, PRIME) % PRIME
        except (TypeError, KeyError, ValueError, IndexError, AttributeError, ZeroDivisionError):
            raise Unreadable("its fields are not those of its rule") from None
        need(printed == line.get("print"), "its value is not the one that was printed")
        if value is not None:
            self.values[self.id] = value
        self.lines[self.id] = {k: line[k] for k in line.keys() & KEPT}

    def point(self, terms):  # each word stands for its checksum; an open word has a 0 at its end
        total = 0
        for (monomial, word), c in terms.items():
            term = c.numerator * pow(c.denominator, -1, PRIME)
            for w, k in (*monomial, ((*word, 0), 1)) if word else monomial:
                term = term * pow(1 + zlib.crc32(repr(w).encode()), k, PRIME) % PRIME
            total += term
        return total % PRIME

    def named(self, word):  # a word in the names of its letters; those that are no words are quoted
        names = [(self.letters[abs(x)].name, "^T" * (x < 0)) for x in word]
        return "*".join((x if x.isidentifier() and x != "I" else repr(x)) + t for x, t in names) or "I"

    def short(self, a):  # a value in the names of its letters, or the beginning of it
        text = self.text(Value(a.rows, a.cols, dict(list(a.terms.items())[:9]), a.den))
        return text + f" + ..., {len(a.terms)} terms, first in line {self.id}" * (len(a.terms) > 9)

    def text(self, a):  # a value in the names of its letters
        found = []
        for (m, w), c in a.terms.items():
            traces = [
                (self.named(v) if self.size(v[0]) == SCALAR else f"tr({self.named(v)})", k) for v, k in m
            ]
            factors = [v + f"^{k}" * (k != 1) for v, k in traces] + [self.named(w)] * (a[:2] != SCALAR)
            found.append("*".join([str(c)] * (c != 1 or not factors) + factors))
        top = " + ".join(found) or "0"
        return top if a.den == ONE else f"({top}) / ({self.text(Value(1, 1, a.den))})"

    def report(self):  # what was proved, from which axioms, and what is only asserted
        yield f"{self.header['theorem']}: proved, in the words of the file:\n  {self.header['statement']}"
        yield from (f"  {text}" for text in self.stated.values())
        yield from (f"  {key[:-1]}: {text}" for key in ("assumptions", "axioms") for text in self.header[key])
        for x, a in self.letters.items():
            what = ["symmetric"] * (a.symmetric and a.size != SCALAR) + ["invertible"] * a.invertible
            what += [f"at least {a.at_least}"] * (a.at_least is not None)
            base = self.sums.get(x) or self.letter(self.inverse.get(x, x))
            what += [f"inverse of {self.text(base)}"] * (bool(a.inside) or x in self.sums)
            if a.law:
                u, v, scale = self.named(a.law[0]), self.named(a.law[1]), self.text(a.law[2])
                what.append(f"Gaussian, E Z_ia Z_jb = ({scale}) {u}_ij {v}_ab")
            yield from [f"  letter {a.name}: {', '.join(what)}"] * bool(what)
        yield from (f"  where {text}" for _, text in self.conditions)
        yield f"  {self.id} lines, {len(self.steps)} Stein steps among them, recomputed"
        yield "\n    ".join([f"  {len(self.asserted)} steps are asserted, not rechecked", *self.asserted])
        left = f"  {len(self.averages)} averages are left to phase_checker.py and sample_checker.py"
        yield from ["\n    ".join([left, *self.averages])] * bool(self.averages)


def main(paths):
    """Check files and print what they prove."""
    code = 0
    for path in paths:
        checker = Checker()
        try:
            with open(path, "rb") as file:
                checker.check(iter(lambda read=file.readline: read(MAX_LINE + 1), b""))
            print("\n".join(checker.report()))
        except (Unreadable, Rejected, OSError) as error:
            kind = "rejected" if isinstance(error, Rejected) else "unreadable"
            code = max(code, 1 + (kind == "unreadable"))
            print(f"{path}: {kind}: {error}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
