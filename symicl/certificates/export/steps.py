"""Fractions of fractions, one level at a time.

`field` asks that no denominator vanishes, and multiplies nested denominators out, so that what it asks for can no
longer be recognised. So each use of a function that divides is first shown to be one fraction of factored polynomials;
what is to be shown nonzero is then one of the factors.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import lcm, prod
from typing import Any

import flint
from sympy import QQ
from sympy.polys.fields import field

from symicl.certificates.export.document import Step
from symicl.certificates.export.formulas import (
    ZERO,
    Formula,
    Fraction_,
    Functions,
    Number,
    Power,
    Product,
    Sum,
    Use,
    Variable,
    add,
    divide,
    multiply,
    parts_of,
    power,
    subformulas,
)

Terms = list[tuple[tuple[int, ...], int]]
"""A polynomial with integer coefficients: exponents and coefficient of each term."""


class Steps:
    """The steps of one lemma.

    Parameters
    ----------
    functions : Functions
    variables : tuple of Variable
        Those of the lemma.
    """

    def __init__(self, functions: Functions, variables: tuple[Variable, ...]):
        self.functions, self.variables = functions, variables
        self.field, *generators = field([x.name for x in variables] or ["unused"], QQ)
        self.generators = dict(zip(variables, generators, strict=False))
        self.done: dict[Formula, Step] = {}
        self.values: dict[Formula, Any] = {}

    def run(self, formulas: list[Formula]) -> tuple[Step, ...]:
        """Everything that has to be shown before the formulas can be compared."""
        if any(self._nested(formula) for formula in formulas):
            for formula in formulas:
                self._inside(formula)
        return tuple(self.done.values())

    def _nested(self, formula: Formula) -> bool:
        """True if `field` might ask for something else than one of the irreducible divisors."""
        bodies = [definition.body for definition in self.functions.reachable(formula)]
        parts = [part for body in (formula, *bodies) for part in subformulas(body)]
        return any(
            (isinstance(part, Fraction_) and not self._simple(part.below))
            or (
                isinstance(part, Use)
                and self._divides(Use(part.name, ()))
                and not all(isinstance(argument, Variable) for argument in part.arguments)
            )
            for part in parts
        )

    def _simple(self, below: Formula) -> bool:
        if isinstance(below, Product):
            return all(map(self._simple, below.parts))
        plain = isinstance(below, Number | Variable | Power) and not isinstance(parts_of(below), Sum)
        return plain or (not self._divides(below) and len(self.functions.factors(below)) <= 1)

    def _divides(self, formula: Formula) -> bool:
        """True if a formula divides, itself or in a definition."""
        own = any(isinstance(part, Fraction_) for part in subformulas(formula))
        return own or any(
            isinstance(part, Fraction_)
            for definition in self.functions.reachable(formula)
            for part in subformulas(definition.body)
        )

    def _inside(self, formula: Formula) -> tuple[str, ...]:
        """Show what is inside of a formula; the names of the steps by which it is then rewritten."""
        if isinstance(formula, Use) and self._divides(formula):
            return (self._use(formula),)
        names = [name for part in parts_of(formula) for name in self._inside(part)]
        if isinstance(formula, Fraction_) and not isinstance(formula.below, Number | Variable):
            lowest = self.lowest(formula.below)
            if lowest != formula.below and formula.below not in self.done:
                self._show(formula.below, lowest, self._inside(formula.below))
            names += [self.done[formula.below].name] if formula.below in self.done else []
        return tuple(dict.fromkeys(names))

    def _use(self, use: Use) -> str:
        if use in self.done:
            return self.done[use].name
        definition, plain, rewrites = self.functions.definitions[use.name], [], list[str]()
        for argument in use.arguments:
            if isinstance(argument, Number | Variable) or not self._divides(argument):
                plain.append(argument)
                continue
            lowest = self.lowest(argument)
            plain.append(lowest)
            if lowest != argument:
                rewrites.append(self._show(argument, lowest, self._inside(argument)))
        if rewrites:
            inner = Use(use.name, tuple(plain))
            # The arguments first: only then is the use recognised.
            ordered = (*self._largest_first(tuple(rewrites)), self._use(inner))
            return self._show(use, self.lowest(inner), ordered, sort=False)
        table = dict(zip(definition.parameters, plain, strict=True))
        body = instantiated(definition.body, table)
        names = self._inside(body)
        self.values[use] = self.value(body)
        return self._show(use, self.lowest(use), names, use.name)

    def _show(
        self,
        left: Formula,
        right: Formula,
        rewrites: tuple[str, ...],
        unfold: str = "",
        *,
        sort: bool = True,
    ) -> str:
        if left not in self.done:
            given = bool(unfold) and self.functions.definitions[unfold].given
            name = f"step_{len(self.done) + 1}"
            ordered = self._largest_first(rewrites) if sort else rewrites
            self.done[left] = Step(name, left, right, unfold, given, ordered)
        return self.done[left].name

    def _largest_first(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The names, largest formula first: once a part is rewritten, the formula around it is not recognised."""
        sizes = {step.name: -sum(1 for _ in subformulas(step.left)) for step in self.done.values()}
        return tuple(sorted(dict.fromkeys(names), key=sizes.__getitem__))

    def value(self, formula: Formula) -> Any:
        """A formula as one rational function, in lowest terms."""
        if formula not in self.values:
            match formula:
                case Number(number):
                    found = self.field(QQ(number.numerator, number.denominator))
                case Variable():
                    found = self.generators[formula]
                case Sum(parts):
                    found = sum(map(self.value, parts), self.field.zero)
                case Product(parts):
                    found = prod(map(self.value, parts), start=self.field.one)
                case Power(base, exponent):
                    found = self.value(base) ** exponent
                case Fraction_(above, below):
                    found = self.value(above) / self.value(below)
                case Use(name, arguments):
                    definition = self.functions.definitions[name]
                    table = dict(zip(definition.parameters, arguments, strict=True))
                    found = self.value(instantiated(definition.body, table))
            self.values[formula] = found
        return self.values[formula]

    def lowest(self, formula: Formula) -> Formula:
        """A formula as a fraction of factored polynomials."""
        value = self.value(formula)
        return divide(self._factored(value.numer), self._factored(value.denom))

    def _factored(self, polynomial: Any) -> Formula:
        if not polynomial:
            return ZERO
        c, found = factor_list(polynomial)
        ordered = sorted(((self._polynomial(f), k) for f, k in found), key=repr)
        return multiply(Number(c), *(power(f, k) for f, k in ordered))

    def _polynomial(self, polynomial: Terms) -> Formula:
        terms = []
        for exponents, c in polynomial:
            powers = [power(x, k) for x, k in zip(self.variables, exponents, strict=False)]
            terms.append(multiply(Number(Fraction(c)), *powers))
        return add(*terms)


def factor_list(polynomial: Any) -> tuple[Fraction, list[tuple[Terms, int]]]:
    """A number and the irreducible factors, primitive with a positive leading coefficient, with their multiplicities.

    By python-flint: SymPy's factorisation does not end for some polynomials in ten variables.
    """
    terms = [
        (exponents, Fraction(int(c.numerator), int(c.denominator))) for exponents, c in polynomial.terms()
    ]
    scale = lcm(*(c.denominator for _, c in terms))
    context = flint.fmpz_mpoly_ctx.get(
        tuple(f"x{i}" for i in range(polynomial.ring.ngens)), flint.Ordering.lex
    )
    c, found = context.from_dict({exponents: int(scale * c) for exponents, c in terms}).factor()
    number, factors = Fraction(int(c), scale), []
    for factor, k in found:
        sign = -1 if factor.leading_coefficient() < 0 else 1
        terms_of = [(tuple(map(int, exponents)), sign * int(c)) for exponents, c in factor.terms()]
        factors.append((terms_of, int(k)))
        number *= sign ** int(k)
    return number, factors


def instantiated(formula: Formula, table: Mapping[Variable, Formula]) -> Formula:
    """A formula with others in the place of variables, and nothing simplified: what unfolding gives."""
    match formula:
        case Variable():
            return table.get(formula, formula)
        case Sum(parts):
            return Sum(tuple(instantiated(part, table) for part in parts))
        case Product(parts):
            return Product(tuple(instantiated(part, table) for part in parts))
        case Power(base, exponent):
            return Power(instantiated(base, table), exponent)
        case Fraction_(above, below):
            return Fraction_(instantiated(above, table), instantiated(below, table))
        case Use(name, arguments):
            return Use(name, tuple(instantiated(part, table) for part in arguments))
    return formula
