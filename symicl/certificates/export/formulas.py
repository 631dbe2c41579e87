"""Formulas of real variables as trees, and the rational functions that they are.

SymPy says where denominators vanish and what a limit is; its word is never taken: what it says is stated in the
exported file, and the proof assistant checks it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

import sympy


@dataclass(frozen=True)
class Number:
    """An exact number."""

    value: Fraction


@dataclass(frozen=True)
class Variable:
    """A real variable: a closed word. Variables are ordered by their index."""

    index: int
    name: str


@dataclass(frozen=True)
class Sum:
    """A sum of two or more formulas."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True)
class Product:
    """A product of two or more formulas."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True)
class Power:
    """A formula to a power of at least 2."""

    base: Formula
    exponent: int


@dataclass(frozen=True)
class Fraction_:
    """One formula over another."""

    above: Formula
    below: Formula


@dataclass(frozen=True)
class Use:
    """A defined name at arguments, one for each of its parameters."""

    name: str
    arguments: tuple[Formula, ...]


Formula = Number | Variable | Sum | Product | Power | Fraction_ | Use
PRIME = 2**61 - 1
ZERO, ONE = Number(Fraction(0)), Number(Fraction(1))


def add(*parts: Formula) -> Formula:
    """A sum without zeros."""
    kept = tuple(part for part in parts if part != ZERO)
    return Sum(kept) if len(kept) > 1 else kept[0] if kept else ZERO


def multiply(*parts: Formula) -> Formula:
    """A product without ones; zero if a factor is."""
    kept = tuple(part for part in parts if part != ONE)
    if ZERO in kept:
        return ZERO
    return Product(kept) if len(kept) > 1 else kept[0] if kept else ONE


def power(base: Formula, exponent: int) -> Formula:
    """An integer power, negative ones as fractions."""
    if exponent < 0:
        return Fraction_(ONE, power(base, -exponent))
    return ONE if exponent == 0 else base if exponent == 1 else Power(base, exponent)


def divide(above: Formula, below: Formula) -> Formula:
    """A quotient; zero over anything is zero."""
    return ZERO if above == ZERO else above if below == ONE else Fraction_(above, below)


def parts_of(formula: Formula) -> tuple[Formula, ...]:
    """The formulas that one is directly made of."""
    match formula:
        case Sum(parts) | Product(parts):
            return parts
        case Power(base, _):
            return (base,)
        case Fraction_(above, below):
            return (above, below)
        case Use(_, arguments):
            return arguments
    return ()


def subformulas(formula: Formula) -> Iterator[Formula]:
    """A formula and everything inside of it, outermost first."""
    yield formula
    for part in parts_of(formula):
        yield from subformulas(part)


def variables_of(*formulas: Formula) -> tuple[Variable, ...]:
    """The variables of formulas, in their order."""
    found = {part for formula in formulas for part in subformulas(formula) if isinstance(part, Variable)}
    return tuple(sorted(found, key=lambda variable: variable.index))


def replaced(formula: Formula, table: Mapping[Variable, Formula]) -> Formula:
    """A formula with others in the place of variables, everywhere at once."""
    match formula:
        case Variable():
            return table.get(formula, formula)
        case Sum(parts):
            return add(*(replaced(part, table) for part in parts))
        case Product(parts):
            return multiply(*(replaced(part, table) for part in parts))
        case Power(base, exponent):
            return power(replaced(base, table), exponent)
        case Fraction_(above, below):
            return divide(replaced(above, table), replaced(below, table))
        case Use(name, arguments):
            return Use(name, tuple(replaced(part, table) for part in arguments))
    return formula


@dataclass(frozen=True)
class Definition:
    """A real function of some variables; `given` if an assumption says what it is, rather than a definition."""

    name: str
    parameters: tuple[Variable, ...]
    body: Formula
    remark: str = ""
    given: bool = False


class Functions:
    """The definitions so far, and the rational functions that formulas over them are."""

    def __init__(self) -> None:
        self.definitions: dict[str, Definition] = {}
        self._values: dict[str, sympy.Expr] = {}
        self._factors: dict[Formula, frozenset[sympy.Expr]] = {}
        self._divisors: dict[str, frozenset[sympy.Expr]] = {}

    def define(self, name: str, body: Formula, remark: str = "", *, given: bool = False) -> Use:
        """Define a function of the variables in its body, and use it at them."""
        parameters = variables_of(body)
        self.definitions[name] = Definition(name, parameters, body, remark, given)
        return Use(name, parameters)

    def reachable(self, *formulas: Formula) -> list[Definition]:
        """All definitions that formulas need, in the order in which they were made."""
        found: set[str] = set()
        waiting = list(formulas)
        while waiting:
            for part in subformulas(waiting.pop()):
                if isinstance(part, Use) and part.name not in found:
                    found.add(part.name)
                    waiting.append(self.definitions[part.name].body)
        return [definition for name, definition in self.definitions.items() if name in found]

    def value(self, formula: Formula) -> sympy.Expr:
        """A formula as a SymPy expression in symbols that are named like the variables."""
        match formula:
            case Number(number):
                return sympy.Rational(number.numerator, number.denominator)
            case Variable(_, name):
                return sympy.Symbol(name)
            case Sum(parts):
                return sympy.Add(*map(self.value, parts))
            case Product(parts):
                return sympy.Mul(*map(self.value, parts))
            case Power(base, exponent):
                return self.value(base) ** exponent
            case Fraction_(above, below):
                return self.value(above) / self.value(below)
        definition = self.definitions[formula.name]
        if formula.name not in self._values:
            self._values[formula.name] = self.value(definition.body)
        return self._values[formula.name].xreplace(self._table(definition, formula.arguments))

    def at_point(self, formula: Formula, values: Mapping[str, int] | None = None) -> int:
        """A formula modulo a large prime, where each variable that has no value is a number of its own.

        Raises
        ------
        ZeroDivisionError
            If something is divided by zero there.
        """
        given = values or {}
        match formula:
            case Number(number):
                return number.numerator * _reciprocal(number.denominator) % PRIME
            case Variable(_, name):
                return given.get(name, 1 + zlib.crc32(name.encode()))
            case Sum(parts):
                return sum(self.at_point(part, given) for part in parts) % PRIME
            case Product(parts):
                return reduce(lambda x, part: x * self.at_point(part, given) % PRIME, parts, 1)
            case Power(base, exponent):
                return pow(self.at_point(base, given), exponent, PRIME)
            case Fraction_(above, below):
                return self.at_point(above, given) * _reciprocal(self.at_point(below, given)) % PRIME
        definition = self.definitions[formula.name]
        arguments = (self.at_point(argument, given) for argument in formula.arguments)
        names = (parameter.name for parameter in definition.parameters)
        return self.at_point(definition.body, dict(zip(names, arguments, strict=True)))

    def _table(
        self, definition: Definition, arguments: tuple[Formula, ...]
    ) -> dict[sympy.Symbol, sympy.Expr]:
        pairs = zip(definition.parameters, arguments, strict=True)
        return {sympy.Symbol(x.name): self.value(y) for x, y in pairs if x != y}

    def factors(self, formula: Formula) -> frozenset[sympy.Expr]:
        """The irreducible factors of the numerator of a formula."""
        if formula not in self._factors:
            self._factors[formula] = factors(self.value(formula))
        return self._factors[formula]

    def divisors(self, formula: Formula) -> frozenset[sympy.Expr]:
        """Irreducible polynomials whose product vanishes wherever something in a formula divides by zero.

        Zero itself is among them if something divides by zero everywhere.
        """
        found = frozenset[sympy.Expr]().union(*map(self.divisors, parts_of(formula)))
        if isinstance(formula, Fraction_):
            return found | self.factors(formula.below)
        if isinstance(formula, Use):
            definition = self.definitions[formula.name]
            if formula.name not in self._divisors:
                self._divisors[formula.name] = self.divisors(definition.body)
            inner = self._divisors[formula.name]
            if table := self._table(definition, formula.arguments):
                inner = frozenset[sympy.Expr]().union(*(factors(f.xreplace(table)) for f in inner))
            return found | inner
        return found


def _reciprocal(number: int) -> int:
    if not number % PRIME:
        raise ZeroDivisionError
    return pow(number, -1, PRIME)


def factors(expression: sympy.Expr) -> frozenset[sympy.Expr]:
    """The irreducible factors of the numerator, without those that are numbers; zero if it is zero."""
    top = sympy.numer(sympy.cancel(expression))
    if top == 0:
        return frozenset({sympy.S.Zero})
    return frozenset(factor for factor, _ in sympy.factor_list(top)[1])


def formula_of(expression: sympy.Expr, variables: Mapping[str, Variable]) -> Formula:
    """A SymPy rational function as a formula: one polynomial over another, both expanded."""
    above, below = sympy.fraction(sympy.cancel(expression))
    return divide(_polynomial(above, variables), _polynomial(below, variables))


def _polynomial(expression: sympy.Expr, variables: Mapping[str, Variable]) -> Formula:
    symbols = sorted(expression.free_symbols, key=lambda symbol: variables[symbol.name].index)
    if not symbols:
        return Number(Fraction(int(expression.p), int(expression.q)))
    terms = []
    for exponents, c in sympy.Poly(expression, *symbols).terms():
        powers = [power(variables[x.name], k) for x, k in zip(symbols, exponents, strict=True)]
        terms.append(multiply(Number(Fraction(int(c.p), int(c.q))), *powers))
    return add(*terms)
