"""Quotients of polynomials in the entries of matrices, of which the random ones stand in numerators alone."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

import flint
import sympy

from symicl.errors import InputError, UnsupportedError

MAX_TERMS = 30_000
"""Of one polynomial; a product of two has at most ten times as many before equal ones are added."""

Exponents = tuple[int, ...]


class Variables:
    """The variables of one computation: scalars, entries of constant matrices, and numbers that are drawn.

    Parameters
    ----------
    fixed : mapping
        From the key of each constant to how SymPy writes it.
    drawn : list
        Keys of what is averaged over.
    """

    def __init__(self, fixed: Mapping[Hashable, sympy.Expr], drawn: list[Hashable]):
        self.fixed, self.drawn = dict(fixed), list(drawn)
        keys = [*self.drawn, *self.fixed]
        self.context = flint.fmpq_mpoly_ctx.get([f"x{i}" for i in range(len(keys))] or ["x0"], "lex")
        self._generators = dict(zip(keys, self.context.gens(), strict=False))
        self.one = self.context.constant(1)

    def of(self, key: Hashable) -> Quotient:
        """A variable."""
        return Quotient(self, self._generators[key], self.one)

    def number(self, value: Any) -> Quotient:
        """A rational number."""
        return Quotient(self, self.context.constant(value), self.one)

    def rational(self, value: sympy.Rational) -> Quotient:
        """A rational number of SymPy."""
        return self.number(flint.fmpq(int(value.p), int(value.q)))


class Quotient:
    """A quotient of polynomials; nothing drawn stands below.

    Parameters
    ----------
    variables : Variables
    num, den : flint polynomials
    """

    __slots__ = ("den", "num", "variables")

    def __init__(self, variables: Variables, num: Any, den: Any):
        self.variables, self.num, self.den = variables, num, den

    def __bool__(self) -> bool:
        return not self.num.is_zero()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Quotient) and bool(self.num * other.den == other.num * self.den)

    __hash__ = None  # type: ignore[assignment]

    def __add__(self, other: Quotient) -> Quotient:
        if self.den == other.den:
            return Quotient(self.variables, self.num + other.num, self.den)
        return Quotient(self.variables, self.num * other.den + other.num * self.den, self.den * other.den)

    def __neg__(self) -> Quotient:
        return Quotient(self.variables, -self.num, self.den)

    def __mul__(self, other: Quotient) -> Quotient:
        if len(self.num) * len(other.num) > 10 * MAX_TERMS:
            raise UnsupportedError(
                f"entry by entry this multiplies {len(self.num)} terms with {len(other.num)}, more than is taken; "
                "smaller sizes have fewer"
            )
        return Quotient(self.variables, self.num * other.num, self.den * other.den)

    def __pow__(self, exponent: int) -> Quotient:
        result = self.variables.number(1)
        for _ in range(exponent):
            result = result * self
        return result

    def reciprocal(self, what: str) -> Quotient:
        """1 over a constant.

        Raises
        ------
        UnsupportedError
            If it is random.
        InputError
            If it is zero.
        """
        if self.degrees_drawn():
            raise UnsupportedError(
                f"{what} divides by something random, which is no polynomial in its entries; sample() takes it"
            )
        if not self:
            raise InputError(f"{what} divides by zero at these sizes")
        return Quotient(self.variables, self.den, self.num)

    def degrees_drawn(self) -> bool:
        """True if something drawn occurs."""
        count = len(self.variables.drawn)
        return any(int(k) > 0 for k in self.num.degrees()[:count])

    def mean(self, moment: Callable[[Exponents], Quotient]) -> Quotient:
        """E over all that is drawn, given E of each monomial in that."""
        variables, count = self.variables, len(self.variables.drawn)
        parts: dict[Exponents, dict[Exponents, Any]] = {}
        for exponents, c in self.num.terms():
            key = tuple(int(k) for k in exponents)
            rest = (0,) * count + key[count:]
            parts.setdefault(key[:count], {})[rest[: variables.context.nvars()]] = c
        total = variables.number(0)
        for drawn, part in parts.items():
            factor = moment(drawn)
            if factor:
                total = total + Quotient(variables, variables.context.from_dict(part), variables.one) * factor
        return Quotient(variables, total.num, total.den * self.den).reduced()

    def reduced(self) -> Quotient:
        """The same in lowest terms."""
        common = self.num.gcd(self.den)
        if common.is_one():
            return self
        return Quotient(self.variables, self.num / common, self.den / common)

    def written(self) -> sympy.Expr:
        """As SymPy writes it."""
        reduced = self.reduced()
        above, below = self._sum(reduced.num), self._sum(reduced.den)
        return above / below

    def _sum(self, polynomial: Any) -> sympy.Expr:
        symbols = [None] * len(self.variables.drawn) + list(self.variables.fixed.values())
        terms = []
        for exponents, c in polynomial.terms():
            factors = [symbols[i] ** int(k) for i, k in enumerate(exponents) if k]
            terms.append(sympy.Mul(sympy.Rational(int(c.p), int(c.q)), *factors))
        return sympy.Add(*terms)
