"""Fractions of fractions, one level at a time.

`field` asks that no denominator vanishes, and multiplies nested denominators out, so that what it asks for can no longer
be recognised. So each use of a function that divides is first shown to be one fraction of factored polynomials; what is
to be shown nonzero is then one of the factors.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import sympy

from symicl.export.document import Step
from symicl.export.formulas import (
    Formula,
    Fraction_,
    Functions,
    Number,
    Power,
    Product,
    Sum,
    Use,
    Variable,
    divide,
    formula_of,
    multiply,
    parts_of,
    power,
    subformulas,
)


class Steps:
    """The steps of one lemma."""

    def __init__(self, functions: Functions, variables: Mapping[str, Variable]):
        self.functions, self.variables = functions, variables
        self.done: dict[Formula, Step] = {}
        self.values: dict[Formula, sympy.Expr] = {}

    def run(self, formulas: list[Formula]) -> tuple[Step, ...]:
        """Everything that has to be shown before the formulas can be compared."""
        for formula in formulas:
            self._inside(formula)
        return tuple(self.done.values())

    def _divides(self, formula: Formula) -> bool:
        """Whether a formula divides, itself or in a definition."""
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
        return tuple(dict.fromkeys(name for part in parts_of(formula) for name in self._inside(part)))

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
            rewrites.append(self._use(inner))
            return self._show(use, self.lowest(inner), tuple(rewrites))
        table = dict(zip(definition.parameters, plain, strict=True))
        body = instantiated(definition.body, table)
        names = self._inside(body)
        self.values[use] = self.value(body)
        return self._show(use, self.lowest(use), names, use.name)

    def _show(self, left: Formula, right: Formula, rewrites: tuple[str, ...], unfold: str = "") -> str:
        if left not in self.done:
            given = bool(unfold) and self.functions.definitions[unfold].given
            name = f"step_{len(self.done) + 1}"
            self.done[left] = Step(name, left, right, unfold, given, tuple(dict.fromkeys(rewrites)))
        return self.done[left].name

    def value(self, formula: Formula) -> sympy.Expr:
        """A formula as one rational function."""
        if formula not in self.values:
            match formula:
                case Sum(parts):
                    found = sympy.Add(*map(self.value, parts))
                case Product(parts):
                    found = sympy.Mul(*map(self.value, parts))
                case Power(base, exponent):
                    found = self.value(base) ** exponent
                case Fraction_(above, below):
                    found = self.value(above) / self.value(below)
                case Use(name, arguments):
                    definition = self.functions.definitions[name]
                    table = dict(zip(definition.parameters, arguments, strict=True))
                    found = self.value(instantiated(definition.body, table))
                case _:
                    found = self.functions.value(formula)
            self.values[formula] = sympy.cancel(found)
        return self.values[formula]

    def lowest(self, formula: Formula) -> Formula:
        """A formula as a fraction of factored polynomials."""
        above, below = (self._factored(side) for side in sympy.fraction(self.value(formula)))
        return divide(above, below)

    def _factored(self, polynomial: sympy.Expr) -> Formula:
        c, found = sympy.factor_list(polynomial)
        number = Number(Fraction(int(c.p), int(c.q)))
        ordered = sorted(found, key=lambda pair: sympy.default_sort_key(pair[0]))
        return multiply(number, *(power(formula_of(f, self.variables), k) for f, k in ordered))


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
