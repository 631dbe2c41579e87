"""Equality of sums and products of fractions whose expanded closed form is too large to write down.

A formula is kept as a numerator over a product of factors, the denominators as they stand in the text, so that
fractions in another order have the same denominator. Numerators are FLINT polynomials in the closed words of the
formula, such as s or tr(A); equal polynomials in them are equal functions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import flint

from symicl.algebra.closed_form import ClosedForm
from symicl.algebra.polynomial import Polynomial
from symicl.algebra.words import Word
from symicl.claims import tree as t
from symicl.claims.reading import Reader
from symicl.errors import SymiclError, UnsupportedError

MAX_PRODUCTS = 4_000_000
"""Products of terms in one multiplication; about a second."""

MAX_TERMS, MAX_BITS, MAX_DEGREE = 200_000, 100_000, 100_000


def equal_fractions(left: t.Expr, right: t.Expr, reader: Reader) -> bool:
    """True if two scalar formulas are the same rational function.

    False may mean that they are not, that they are no scalars, or that they are too large even for this.
    """
    leaves: dict[t.Expr, ClosedForm] = {}
    try:
        for node in (left, right):
            _collect(node, reader, leaves)
        words = sorted({w for r in leaves.values() for part in (r.num, r.den) for m in part.terms for w in m})
        field = _Fractions(words, leaves)
        one, other = field.of(left), field.of(right)
        common = one.common(other)
        return bool(one.over(common) == other.over(common))
    except (SymiclError, ZeroDivisionError):
        return False


def _collect(node: t.Expr, reader: Reader, leaves: dict[t.Expr, ClosedForm]) -> None:
    """The values of everything that is no sum, product or power of scalars.

    Raises
    ------
    _NoScalar
        If the formula is a matrix.
    """
    if _is_inner(node, reader):
        inside: dict[t.Expr, ClosedForm] = {}
        try:
            for child in t.children(node):
                _collect(child, reader, inside)
        except _NoScalar:  # v' A v, say, which is a scalar as a whole
            pass
        else:
            leaves |= inside
            return
    value = reader.value(node)
    if not isinstance(value, ClosedForm) or not value.is_scalar:
        raise _NoScalar
    leaves[node] = value


class _NoScalar(UnsupportedError):
    """A matrix stands where a scalar is looked for."""


def _is_inner(node: t.Expr, reader: Reader) -> bool:
    # sigma^2 is one name, the variance, where only sigma2 is declared.
    if isinstance(node, t.Power) and isinstance(node.base, t.Name):
        return node.base.name in reader.scope.entries
    return isinstance(node, t.Sum | t.Product | t.Power)


@dataclass(frozen=True)
class _Fraction:
    """num / Π factor^power; each factor under a key, by which equal ones are found."""

    num: Any
    factors: dict[str, tuple[Any, int]]

    def common(self, other: _Fraction) -> dict[str, tuple[Any, int]]:
        """The least common multiple of the denominators."""
        result = dict(self.factors)
        for key, (factor, power) in other.factors.items():
            result[key] = (factor, max(power, result[key][1] if key in result else 0))
        return result

    def over(self, common: dict[str, tuple[Any, int]]) -> Any:
        """The numerator over a denominator that has all factors of this one."""
        num = self.num
        for key, (factor, power) in common.items():
            own = self.factors[key][1] if key in self.factors else 0
            for _ in range(power - own):
                num = _times(num, factor)
        return num


class _Fractions:
    """The fractions of one pair of formulas."""

    def __init__(self, words: list[Word], leaves: dict[t.Expr, ClosedForm]):
        self.place = {word: i for i, word in enumerate(words)}
        names = [f"x{i}" for i in range(len(words))] or ["x0"]
        self.size, self.context = len(names), flint.fmpq_mpoly_ctx.get(names, "degrevlex")
        self.leaves = leaves
        self.one = self._polynomial(Polynomial.constant(1))

    def of(self, node: t.Expr) -> _Fraction:
        if node in self.leaves:
            leaf = self.leaves[node]
            return self._quotient(_Fraction(self._polynomial(leaf.num), {}), self._polynomial(leaf.den))
        if isinstance(node, t.Power):
            base = self.of(node.base)
            base = self._inverse(base) if node.exponent < 0 else base
            result = _Fraction(self.one, {})
            for _ in range(abs(node.exponent)):
                result = self._product(result, base)
            return result
        assert isinstance(node, t.Sum | t.Product)
        total: _Fraction | None = None
        for sign, item in node.items:
            value = self.of(item)
            if isinstance(node, t.Sum):
                value = _Fraction(-value.num, value.factors) if sign == "-" else value
                total = value if total is None else self._sum(total, value)
            else:
                value = self._inverse(value) if sign == "/" else value
                total = value if total is None else self._product(total, value)
        assert total is not None
        return total

    def _polynomial(self, polynomial: Polynomial) -> Any:
        terms = {}
        for monomial, c in polynomial:
            powers = [0] * self.size
            for word in monomial:
                powers[self.place[word]] += 1
            terms[tuple(powers)] = flint.fmpq(c.numerator, c.denominator)
        return self.context.from_dict(terms)

    def _quotient(self, value: _Fraction, divisor: Any) -> _Fraction:
        if not divisor:
            raise ZeroDivisionError
        leading = divisor.leading_coefficient()
        factor = divisor / leading
        num = value.num / leading
        if factor == self.one:
            return _Fraction(num, value.factors)
        key = str(factor)
        power = value.factors[key][1] if key in value.factors else 0
        return _Fraction(num, {**value.factors, key: (factor, power + 1)})

    def _inverse(self, value: _Fraction) -> _Fraction:
        num = _Fraction(self.one, {}).over(value.factors)
        return self._quotient(_Fraction(num, {}), value.num)

    @staticmethod
    def _sum(a: _Fraction, b: _Fraction) -> _Fraction:
        common = a.common(b)
        return _Fraction(a.over(common) + b.over(common), common)

    @staticmethod
    def _product(a: _Fraction, b: _Fraction) -> _Fraction:
        factors = dict(a.factors)
        for key, (factor, power) in b.factors.items():
            factors[key] = (factor, power + (factors[key][1] if key in factors else 0))
        return _Fraction(_times(a.num, b.num), factors)


def _times(a: Any, b: Any) -> Any:
    if len(a) * len(b) > MAX_PRODUCTS:
        raise UnsupportedError("the formula is too large")
    product = a * b
    large = len(product) > MAX_TERMS
    if len(product) == 1:  # powers of powers, which do not get more terms
        leading = product.leading_coefficient()
        bits = max(abs(int(leading.p)).bit_length(), int(leading.q).bit_length())
        large = bits > MAX_BITS or sum(product.degrees()) > MAX_DEGREE
    if large:
        raise UnsupportedError("the formula is too large")
    return product
