"""Statements with everything they need: variables, bounds, divisors that do not vanish, definitions."""

from __future__ import annotations

import sympy

from symicl.certificates.export.document import (
    Bound,
    Conclusion,
    Document,
    Equation,
    Lemma,
    Minimum,
    Nonzero,
    Sign,
    formulas_of,
)
from symicl.certificates.export.formulas import (
    ZERO,
    Formula,
    Functions,
    Number,
    Sum,
    Use,
    Variable,
    formula_of,
    replaced,
    subformulas,
    variables_of,
)
from symicl.certificates.export.steps import Steps
from symicl.certificates.export.words import Matrix, Words
from symicl.errors import InputError

MAX_DIGITS = 60
"""Of a number, numerator and denominator, in a fact that is written; Coq takes hours for longer ones."""
MAX_PARTS = 10_000
"""Of a fact that is written, its names written out."""


class Lemmas:
    """Writes lemmas into a document."""

    def __init__(self, words: Words, functions: Functions, document: Document):
        self.words, self.functions, self.document = words, functions, document

    def equations(self, left: Matrix, right: Matrix) -> tuple[Equation, ...]:
        """An equality of matrices, coefficient by coefficient of their open words."""
        words = dict.fromkeys([*left.terms, *right.terms])
        if not words:
            return (Equation(ZERO, ZERO),)
        return tuple(Equation(left.terms.get(w, ZERO), right.terms.get(w, ZERO)) for w in words)

    def equal(
        self, name: str, remark: str, *sides: tuple[Matrix, Matrix], quantity: str | None = None
    ) -> None:
        """State that matrices are equal; what is the same formula on both sides says nothing and is left out."""
        found = [equation for left, right in sides for equation in self.equations(left, right)]
        if not all(map(self._holds, found)):
            if quantity is None:
                self.document.asserted.append(f"{name}: {remark} (it needs how the inverse of a sum cancels)")
                return
            self.document.beyond.append(quantity)
        kept = tuple(dict.fromkeys(e for e in found if e.left != e.right))
        if kept or quantity:
            self.state(name, remark, kept or tuple(found[:1]), quantity)

    def sign(self, name: str, remark: str, formula: Formula, strict: bool) -> None:
        """State that a polynomial is ≥ 0, or > 0, where the bounds of its variables hold."""
        shifted = self._shifted(sympy.expand(self.functions.value(formula)))
        self.state(name, remark, Sign(formula, strict, shifted))

    def minimum(self, name: str, remark: str, minimum: Minimum) -> None:
        """State that a loss is its value and the expectation of a square."""
        self.state(name, remark, minimum)

    def state(
        self,
        name: str,
        remark: str,
        conclusion: Conclusion,
        quantity: str | None = None,
    ) -> None:
        """Add a lemma; a fact that is too large for proof assistants is named as one that is not in the file."""
        formulas = formulas_of(conclusion)
        if quantity is None and (why := self._too_large(formulas)):
            self.document.asserted.append(f"{name}: {remark} ({why})")
            return
        divisors = frozenset[sympy.Expr]().union(*map(self.functions.divisors, formulas))
        if sympy.S.Zero in divisors:
            raise InputError(f"{name} of {self.document.theorem} divides by zero, so that it states nothing")
        table = self._variables()
        nonzero = tuple(self._nonzero(f) for f in sorted(divisors, key=sympy.default_sort_key))
        names = {symbol.name for f in divisors for symbol in f.free_symbols}
        variables = {*variables_of(*formulas), *(table[n] for n in names)}
        ordered = tuple(sorted(variables, key=lambda variable: variable.index))
        bounds = tuple(Bound(x, low) for x in ordered if (low := self.least(x)) is not None)
        used = tuple(self.functions.reachable(*formulas))
        steps = Steps(self.functions, ordered).run(formulas) if divisors else ()
        lemma = Lemma(name, remark, ordered, bounds, nonzero, conclusion, used, steps, quantity)
        self.document.items.append(lemma)

    def _holds(self, equation: Equation) -> bool:
        """True if an equation holds at one point modulo a large prime, where each variable is a number of its own.

        An equation that holds only by what is known of an inverse, such as B B⁻¹ = I, does not.
        """
        try:
            return self.functions.at_point(equation.left) == self.functions.at_point(equation.right)
        except ZeroDivisionError:
            return True

    def _too_large(self, formulas: list[Formula]) -> str:
        """Why a fact is left to the checkers of certificates; empty if it is not."""
        bodies = {definition.name: definition.body for definition in self.functions.reachable(*formulas)}
        parts = [part for formula in (*formulas, *bodies.values()) for part in subformulas(formula)]
        if any(len(str(part.value)) > MAX_DIGITS for part in parts if isinstance(part, Number)):
            return f"a number has more than {MAX_DIGITS} digits"
        sizes: dict[str, int] = {}

        def size(formula: Formula) -> int:
            total = 0
            for part in subformulas(formula):
                total += 1
                if isinstance(part, Use) and part.name in bodies:
                    if part.name not in sizes:
                        sizes[part.name] = size(bodies[part.name])
                    total += sizes[part.name]
            return total

        return "it has many parts" if sum(map(size, formulas)) > MAX_PARTS else ""

    def least(self, variable: Variable) -> int | None:
        """The assumed lower bound of a variable."""
        return self._least().get(variable.name)

    def _least(self) -> dict[str, int]:
        words = ((word, v) for word, v in self.words.variables.items() if len(word) == 1)
        pairs = ((v.name, self.words.letters[word[0]].at_least) for word, v in words if word[0] > 0)
        return {name: low for name, low in pairs if low is not None}

    def _variables(self) -> dict[str, Variable]:
        return {variable.name: variable for variable in self.words.variables.values()}

    def _shifted(self, polynomial: sympy.Expr) -> Formula:
        """A polynomial in what its variables exceed their bounds by, each written as a difference."""
        from fractions import Fraction

        low, variables = self._least(), self._variables()
        symbols = {s: s + low[s.name] for s in polynomial.free_symbols if s.name in low}
        above = formula_of(sympy.expand(polynomial.xreplace(symbols)), variables)
        table = {
            variables[s.name]: Sum((variables[s.name], Number(Fraction(-low[s.name]))))
            for s in symbols
            if low[s.name]
        }
        return replaced(above, table)

    def _nonzero(self, polynomial: sympy.Expr) -> Nonzero:
        formula = formula_of(polynomial, self._variables())
        low = self._least()
        if all(symbol.name in low for symbol in polynomial.free_symbols):
            moved = {s: s + low[s.name] for s in polynomial.free_symbols}
            poly = sympy.Poly(sympy.expand(polynomial.xreplace(moved)), *moved)
            signs = {c > 0 for c in poly.coeffs()}
            if len(signs) == 1 and poly.TC() != 0:
                negative = False in signs
                return Nonzero(formula, self._shifted(-polynomial if negative else polynomial), negative)
        return Nonzero(formula)
