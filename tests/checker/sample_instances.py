"""Averages over samples of one random function in explicit coordinates, with exact rationals.

Nothing of the calculus of words is used: a closed word is the trace of a product of matrices whose entries are
polynomials in the coordinates of the samples. The function is f(x) = Σ_j c_j (u·x)^j with u ~ N(0, I_d), whose law does
not change under orthogonal maps; the average is first over x and the noise, given u, and then over u.
"""

from fractions import Fraction
from functools import cache
from itertools import product
from math import comb, factorial, prod

ONE, ANSWER = (), -1
"""A polynomial is {monomial: number}, a monomial a sorted tuple of (variable, power). Variables are (k, i) for entry i
of x_k, and (k, -1) for y_k; the query is sample n."""


def times(a, b):
    found = {}
    for (m, c), (k, e) in product(a.items(), b.items()):
        powers = dict(m)
        for v, p in k:
            powers[v] = powers.get(v, 0) + p
        key = tuple(sorted(powers.items()))
        found[key] = found.get(key, 0) + c * e
    return found


def plus(a, b, factor=1):
    found = dict(a)
    for m, c in b.items():
        found[m] = found.get(m, 0) + factor * c
    return {m: c for m, c in found.items() if c}


def gaussian_moment(power):
    return 0 if power % 2 else factorial(power) // (2 ** (power // 2) * factorial(power // 2))


def exponents(size, total):
    """All ways to write a number as a sum of so many."""
    if size == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in exponents(size - 1, total - first):
            yield (first, *rest)


class Instance:
    """Numbers for everything that a statement mentions.

    Parameters
    ----------
    letters : dict
        Entries of the rule ``letter``, by their ids.
    fields : dict
        The field ``samples``.
    n, d : int
        Sizes.
    f : tuple
        The numbers c_j.
    """

    def __init__(self, letters, fields, n, d, f):
        self.letters, self.n, self.d, self.f = letters, n, d, f
        self.samples = tuple(fields[key] for key in ("X", "y", "x", "y0"))
        X = letters[self.samples[0]]
        self.sizes = {X["rows"]: n, X["cols"]: d}
        self.by_id = {x: self.sizes[e["name"]] for x, e in letters.items() if e["name"] in self.sizes}
        self.noise = self.number(fields["noise"])
        moments = {x: self.moment(tuple(map(tuple, pattern))) for pattern, x in fields["moments"]}
        assert not moments.keys() & self.by_id.keys() and len(moments) == len(fields["moments"])
        self.by_id |= moments
        self.traced = {}

    # --- constants and samples as matrices of polynomials --------------------------------------------------------

    def matrix(self, a):
        if a < 0:
            return [list(row) for row in zip(*self.matrix(-a), strict=True)]
        letter = self.letters[a]
        rows, cols = (self.sizes.get(size, size) for size in (letter["rows"], letter["cols"]))
        assert isinstance(rows, int) and isinstance(cols, int)
        if a in self.samples:
            query, answer = self.samples.index(a) > 1, self.samples.index(a) % 2 == 1
            names = [[(self.n if query else i, i if query else j) for j in range(cols)] for i in range(rows)]
            return [[{(((k, ANSWER if answer else i), 1),): 1} for k, i in row] for row in names]
        if a in self.by_id:
            return [[{ONE: self.by_id[a]}]]
        numbers = [
            [(7 * a + 3 * i + 5 * j + i * i * j) % 11 - 4 or 6 for j in range(cols)] for i in range(rows)
        ]
        if rows == cols == 1:
            numbers = [[abs(numbers[0][0]) + 2]]
        if letter.get("symmetric"):
            numbers = [[numbers[min(i, j)][max(i, j)] for j in range(cols)] for i in range(rows)]
        return [[{ONE: Fraction(c)} for c in row] for row in numbers]

    def trace(self, word):
        if word not in self.traced:
            result = self.matrix(word[0])
            for a in word[1:]:
                other = self.matrix(a)
                assert len(result[0]) == len(other)
                result = [[self.dot(row, column) for column in zip(*other, strict=True)] for row in result]
            assert len(result) == len(result[0])
            total = {}
            for i, row in enumerate(result):
                total = plus(total, row[i])
            self.traced[word] = total
        return self.traced[word]

    def dot(self, row, column):
        total = {}
        for a, b in zip(row, column, strict=True):
            total = plus(total, times(a, b))
        return total

    def polynomial(self, terms):
        total = {}
        for c, words, rest in terms:
            assert rest == []
            term = {ONE: Fraction(c)}
            for word in words:
                if word[0] == 0:
                    below = self.trace(tuple(word[1:]))
                    assert below.keys() == {ONE}
                    term = times(term, {ONE: 1 / Fraction(below[ONE])})
                else:
                    term = times(term, self.trace(tuple(word)))
            total = plus(total, term)
        return total

    def number(self, terms):
        self.traced = {}
        value = self.polynomial(terms)
        assert value.keys() <= {ONE}
        return value.get(ONE, Fraction(0))

    # --- the average ---------------------------------------------------------------------------------------------

    def average(self, terms):
        """E of a polynomial in the samples."""
        total = Fraction(0)
        for m, c in self.polynomial(terms).items():
            samples = {}
            for variable, power in m:
                k, i = variable
                samples.setdefault(k, {})[i] = power
            parts = [
                (tuple(powers.get(i, 0) for i in range(self.d)), powers.get(ANSWER, 0))
                for powers in samples.values()
            ]
            total += c * over_functions(tuple(sorted(parts)), self.f, self.noise)
        return total

    def moment(self, pattern):
        """What the letter of a moment stands for."""
        legs = [k for k, _ in pattern]
        if not sum(legs):
            return over_functions(tuple(((0,) * self.d, p) for _, p in pattern), self.f, 0)
        total = Fraction(0)
        for i in range(self.d):
            at = [tuple(k * (i == j) for j in range(self.d)) for k in legs]
            total += over_functions(tuple((a, p) for a, (_, p) in zip(at, pattern, strict=True)), self.f, 0)
        return total / self.d


@cache
def over_functions(parts, f, noise):
    """E over u of the product of E[x^exponents (f(x) + e)^power | u]."""
    total = {ONE: Fraction(1)}
    for at, power in parts:
        total = times(total, given_u(at, power, f, noise))
    return sum(c * prod(gaussian_moment(p) for _, p in m) for m, c in total.items())


@cache
def given_u(at, power, f, noise):
    """E over x and the noise, a polynomial in u."""
    total = {}
    for j in range(power + 1):
        weight = comb(power, j) * gaussian_moment(j) * noise ** (j // 2)
        if weight:
            total = plus(total, without_noise(at, power - j, f), weight)
    return total


@cache
def without_noise(at, power, f):
    """E x^exponents f(x)^power, a polynomial in u."""
    total, d = {}, len(at)
    for degree, c in enumerate(power_of(f, power)):
        for m in exponents(d, degree) if c else ():
            number = c * factorial(degree) // prod(factorial(k) for k in m)
            number *= prod(gaussian_moment(a + k) for a, k in zip(at, m, strict=True))
            key = tuple((i, k) for i, k in enumerate(m) if k)
            total = plus(total, {key: number})
    return total


def power_of(f, power):
    result = [1]
    for _ in range(power):
        grown = [0] * (len(result) + len(f) - 1)
        for i, a in enumerate(result):
            for j, b in enumerate(f):
                grown[i + j] += a * b
        result = grown
    return result
