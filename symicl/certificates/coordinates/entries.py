"""Polynomials in independent symmetric numbers, most of them normal, with exact rational coefficients.

The exponents of a monomial are packed into one integer, ``BITS`` bits a variable, so that monomials multiply
by integer addition. Variables are numbered by the caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import lcm
from typing import Any

from symicl.certificates.coordinates import signs
from symicl.certificates.coordinates.orthogonal import OrthogonalEntry, haar_moment
from symicl.errors import UnsupportedError

BITS = 6
MASK = (1 << BITS) - 1
ODD = 1

Number = int | Fraction
Law = Number | tuple[Number, ...] | OrthogonalEntry
"""Of a symmetric number: the variance of a normal one, or its second, fourth, … moment; or its place in an orthogonal
matrix, whose entries are not independent."""


class Entry:
    """One polynomial: an entry of a random matrix, or what is computed from such entries.

    Its coefficients are whole numbers over one denominator, since Python multiplies fractions a hundred times slower.

    Attributes
    ----------
    terms : dict
        From each monomial to the numerator of its coefficient, which may be 0.
    denominator : int
        Positive, and not always the least one.
    """

    __slots__ = ("denominator", "terms")

    def __init__(self, terms: dict[int, int], denominator: int = 1):
        self.terms, self.denominator = terms, denominator

    @classmethod
    def constant(cls, value: Number) -> Entry:
        """A number."""
        return cls({0: value.numerator}, value.denominator) if value else cls({})

    @classmethod
    def variable(cls, index: int) -> Entry:
        """One of the standard normals."""
        return cls({1 << (BITS * index): 1})

    def __add__(self, other: Entry | Number) -> Entry:
        other = entry(other)
        if self.denominator == other.denominator:
            terms, added, common = dict(self.terms), other.terms, self.denominator
        else:
            common = lcm(self.denominator, other.denominator)
            mine, theirs = common // self.denominator, common // other.denominator
            terms = {m: c * mine for m, c in self.terms.items()}
            added = {m: c * theirs for m, c in other.terms.items()}
        for m, c in added.items():
            terms[m] = terms.get(m, 0) + c
        return Entry(terms, common)

    __radd__ = __add__

    def __sub__(self, other: Entry | Number) -> Entry:
        return self + entry(other) * -1

    def __mul__(self, other: Entry | Number) -> Entry:
        if not isinstance(other, Entry):
            if not other:
                return Entry({})
            factor = other.numerator
            terms = {m: c * factor for m, c in self.terms.items()} if factor != 1 else self.terms
            return Entry(terms, self.denominator * other.denominator)
        terms = {}
        for m, c in self.terms.items():
            for k, e in other.terms.items():
                terms[m + k] = terms.get(m + k, 0) + c * e
        return Entry(terms, self.denominator * other.denominator)

    __rmul__ = __mul__

    def __abs__(self) -> Entry:
        """|p| = s p, with a variable for the sign s of p; see `symicl.certificates.coordinates.signs`."""
        return sign_of(self) * self

    def __pow__(self, exponent: int) -> Entry:
        result = Entry.constant(1)
        for _ in range(exponent):
            result = result * self
        return result

    def coefficients(self) -> dict[int, Number]:
        """From each monomial that occurs to its coefficient."""
        return {m: Fraction(c, self.denominator) for m, c in self.terms.items() if c}

    def mean(self, variances: Sequence[Law] | None = None) -> Number:
        """E over all numbers, standard normals unless laws are given."""
        total: Number = sum((c * moment(m, variances) for m, c in self.terms.items() if c), 0)
        return Fraction(total) / self.denominator


Scaled = tuple[Any, int, int]
"""A factor, which is None for 1, the numerator and the denominator of a number."""


def total_of(parts: Iterable[Scaled]) -> Any:
    """The sum of polynomials, or of other values, times numbers."""
    numbers: dict[int, int] = {}
    polynomials: list[tuple[Entry, int, int]] = []
    others: Any = 0
    for factor, above, below in parts:
        if factor is None:
            numbers[below] = numbers.get(below, 0) + above
        elif isinstance(factor, Entry):
            polynomials.append((factor, above, below * factor.denominator))
        else:
            others = factor * Fraction(above, below) + others
    common = lcm(*numbers)
    total = sum(above * (common // below) for below, above in numbers.items())
    if polynomials:
        common_of_all = lcm(common, *(below for _, _, below in polynomials))
        terms = {0: total * (common_of_all // common)}
        for factor, above, below in polynomials:
            scale = above * (common_of_all // below)
            for m, c in factor.terms.items():
                terms[m] = terms.get(m, 0) + c * scale
        return others + Entry(terms, common_of_all) if others != 0 else Entry(terms, common_of_all)
    return others + (total if common == 1 else reduced(Fraction(total, common)))


FIRST_SIGN = 1000
"""The number of the first variable that is a sign."""
_signs: dict[frozenset[tuple[int, Number]], int] = {}


def sign_of(p: Entry) -> Entry:
    """The variable for the sign of a polynomial; that of −p is its negative."""
    terms = frozenset(p.coefficients().items())
    if not terms:
        return Entry.constant(0)
    negative = frozenset((m, -c) for m, c in terms)
    if negative in _signs:
        return sign_of(p * -1) * -1
    return Entry.variable(FIRST_SIGN + _signs.setdefault(terms, len(_signs)))


def signs_in(monomial: int) -> list[frozenset[tuple[int, Number]]]:
    """The polynomials whose signs stand in a monomial an odd number of times."""
    rest, index = monomial >> (BITS * FIRST_SIGN), 0
    found = []
    polynomials = list(_signs)
    while rest:
        if rest & 1:
            found.append(polynomials[index])
        rest >>= BITS
        index += 1
    return found


def reduced(value: Number) -> Number:
    """A whole number as an int, with which Python is quick."""
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value


def entry(value: Entry | Number) -> Entry:
    """A number as a polynomial."""
    return value if isinstance(value, Entry) else Entry.constant(value)


def moment(monomial: int, variances: Sequence[Law] | None = None) -> Number:
    """E of a monomial: the product over its exponents k of (k−1)!! v^{k/2} or of given moments; zero if one is odd."""
    value: Number = 1
    index = 0
    orthogonal: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
    if monomial >> (BITS * FIRST_SIGN):
        polynomials = signs_in(monomial)
        monomial &= (1 << (BITS * FIRST_SIGN)) - 1
        if polynomials and signs.vanishes(monomial, polynomials):
            return 0
    while monomial:
        k = monomial & MASK
        if k == MASK:
            raise OverflowError("an exponent does not fit; raise BITS")
        law = variances[index] if variances is not None and k else 1
        if isinstance(law, OrthogonalEntry):
            orthogonal.setdefault((law.matrix, law.size), []).append((law.row, law.col, k))
        elif k % 2:
            return 0
        elif isinstance(law, tuple):
            if k // 2 > len(law):
                raise UnsupportedError(f"a moment of order {k} is needed and not known")
            value *= law[k // 2 - 1]
        else:
            for factor in range(k - 1, 1, -2):
                value *= factor
            value *= law ** (k // 2)
        monomial >>= BITS
        index += 1
    for (_, size), powers in orthogonal.items():
        value *= haar_moment(size, tuple(powers))
    return value


def mean_of_product(a: Entry, b: Entry, variances: Sequence[Law] | None = None) -> Number:
    """E[a·b] without multiplying out: only monomials with equal parities meet."""
    signed = any(m >> (BITS * FIRST_SIGN) for value in (a, b) for m in value.terms)
    if signed or any(isinstance(law, OrthogonalEntry) for law in variances or ()):
        return (a * b).mean(
            variances
        )  # a sign makes up for odd powers, and so does another entry of a matrix
    parity = sum(ODD << (BITS * i) for i in range(64))
    classes: dict[int, list[tuple[int, int]]] = {}
    for m, c in b.terms.items():
        if c:
            classes.setdefault(m & parity, []).append((m, c))
    products: dict[int, int] = {}
    for m, c in a.terms.items():
        for k, e in classes.get(m & parity, ()):
            products[m + k] = products.get(m + k, 0) + c * e
    return Entry(products, a.denominator * b.denominator).mean(variances)
