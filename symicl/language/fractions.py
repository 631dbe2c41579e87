"""Equality of sums and products of fractions whose expanded closed form is too large to write down.

A formula is kept as a numerator over a product of factors, the denominators as they stand in the text, so that
fractions in another order have the same denominator. Numerators are coefficients of one field, in which every closed
word of the formula, such as s or tr(A), is a generator; equal ones are equal functions.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

from symicl.algebra import ClosedForm, Coefficient, Field, over_field
from symicl.errors import SymiclError, UnsupportedError
from symicl.language import tree as t
from symicl.language.reading import Reader

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
        fractions = _Fractions(leaves)
        one, other = fractions.of(left), fractions.of(right)
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

    num: Coefficient
    factors: dict[str, tuple[Coefficient, int]]

    def common(self, other: _Fraction) -> dict[str, tuple[Coefficient, int]]:
        """The least common multiple of the denominators."""
        result = dict(self.factors)
        for key, (factor, power) in other.factors.items():
            result[key] = (factor, max(power, result[key][1] if key in result else 0))
        return result

    def over(self, common: dict[str, tuple[Coefficient, int]]) -> Coefficient:
        """The numerator over a denominator that has all factors of this one."""
        num = self.num
        for key, (factor, power) in common.items():
            own = self.factors[key][1] if key in self.factors else 0
            for _ in range(power - own):
                num = _times(num, factor)
        return num


class _Fractions:
    """The fractions of one pair of formulas."""

    def __init__(self, leaves: dict[t.Expr, ClosedForm]):
        traces = {w for form in leaves.values() for monomial, _ in form.terms for w in monomial}
        field = Field.of(traces.union(*(form.field.words for form in leaves.values())))
        self.one, self.zero = field.one, field.zero
        self.leaves = {node: over_field(form, field) for node, form in leaves.items()}

    def of(self, node: t.Expr) -> _Fraction:
        if node in self.leaves:
            leaf = self.leaves[node]
            return self._quotient(_Fraction(sum(leaf.terms.values(), self.zero), {}), leaf.denominator)
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

    def _quotient(self, value: _Fraction, divisor: Coefficient) -> _Fraction:
        if not divisor:
            raise ZeroDivisionError
        factors = dict(value.factors)
        content = self.one * gcd(*map(int, divisor.coeffs()))
        sign = -1 if divisor.leading_coefficient() < 0 else 1
        for factor in (content, divisor / content * sign):
            if not factor.is_one():
                key = str(factor)
                factors[key] = (factor, 1 + (factors[key][1] if key in factors else 0))
        return _Fraction(value.num * sign, factors)

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


def _times(a: Coefficient, b: Coefficient) -> Coefficient:
    if len(a) * len(b) > MAX_PRODUCTS:
        raise UnsupportedError("the formula is too large")
    product = a * b
    large = len(product) > MAX_TERMS
    if len(product) == 1:  # powers of powers, which do not get more terms
        bits = abs(int(product.leading_coefficient())).bit_length()
        large = bits > MAX_BITS or sum(product.degrees()) > MAX_DEGREE
    if large:
        raise UnsupportedError("the formula is too large")
    return product
