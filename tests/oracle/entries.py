"""Polynomials in independent standard normals with exact rational coefficients.

The exponents of a monomial are packed into one integer, ``BITS`` bits a variable, so that monomials multiply
by integer addition. Variables are numbered by the caller.
"""

from __future__ import annotations

from fractions import Fraction

BITS = 6
MASK = (1 << BITS) - 1
ODD = 1

Number = int | Fraction


class Entry:
    """One polynomial; the entries of the oracle's matrices."""

    __slots__ = ("terms",)

    def __init__(self, terms: dict[int, Number]):
        self.terms = terms

    @classmethod
    def constant(cls, value: Number) -> Entry:
        return cls({0: value} if value else {})

    @classmethod
    def variable(cls, index: int) -> Entry:
        return cls({1 << (BITS * index): 1})

    def __add__(self, other: Entry | Number) -> Entry:
        other = entry(other)
        terms = dict(self.terms)
        for m, c in other.terms.items():
            terms[m] = terms.get(m, 0) + c
        return Entry(terms)

    __radd__ = __add__

    def __sub__(self, other: Entry | Number) -> Entry:
        return self + entry(other) * -1

    def __mul__(self, other: Entry | Number) -> Entry:
        if not isinstance(other, Entry):
            return Entry({m: c * other for m, c in self.terms.items()} if other else {})
        terms: dict[int, Number] = {}
        for m, c in self.terms.items():
            for k, e in other.terms.items():
                terms[m + k] = terms.get(m + k, 0) + c * e
        return Entry(terms)

    __rmul__ = __mul__

    def __pow__(self, exponent: int) -> Entry:
        result = Entry.constant(1)
        for _ in range(exponent):
            result = result * self
        return result

    def mean(self) -> Number:
        """E over all standard normals."""
        return sum((c * moment(m) for m, c in self.terms.items() if c), 0)


def entry(value: Entry | Number) -> Entry:
    return value if isinstance(value, Entry) else Entry.constant(value)


def moment(monomial: int) -> int:
    """E of a monomial: the product of (k−1)!! over its exponents k, zero if one is odd."""
    value = 1
    while monomial:
        k = monomial & MASK
        if k == MASK:
            raise OverflowError("an exponent does not fit; raise BITS")
        if k % 2:
            return 0
        for factor in range(k - 1, 1, -2):
            value *= factor
        monomial >>= BITS
    return value


def mean_of_product(a: Entry, b: Entry) -> Number:
    """E[a·b] without multiplying out: only monomials with equal parities meet."""
    parity = sum(ODD << (BITS * i) for i in range(64))
    classes: dict[int, list[tuple[int, Number]]] = {}
    for m, c in b.terms.items():
        if c:
            classes.setdefault(m & parity, []).append((m, c))
    known: dict[int, int] = {}
    total: Number = 0
    for m, c in a.terms.items():
        for k, e in classes.get(m & parity, ()):
            value = known.get(m + k)
            if value is None:
                value = known[m + k] = moment(m + k)
            total += c * e * value
    return total
