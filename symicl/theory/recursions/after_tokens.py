"""The expectation of a quantity after n tokens: closed in n, at numbers, and for n → ∞."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sympy

from symicl.algebra import ClosedForm, read_form
from symicl.errors import InputError, UnsupportedError, brief
from symicl.theory.recursions.exponentials import LinearSolution, Terms, apply, combined, solve, unrolled
from symicl.theory.recursions.induction import check_induction
from symicl.theory.recursions.invariants import InvariantMap
from symicl.theory.recursions.square_root import ROOT, simplified
from symicl.theory.recursions.update import Update
from symicl.theory.typeset_quantity import TypesetQuantity
from symicl.typeset import pretty_ratio

if TYPE_CHECKING:
    from symicl.theory.recursions.at_numbers import NumericMap
    from symicl.theory.recursions.best_parameter import BestParameter
    from symicl.theory.recursions.comparison import Powers, RecursionVerdict
    from symicl.theory.recursions.greedy import Schedule
    from symicl.typeset import Equation

# What works at numbers loads NumPy, and is imported where it is used: the closed form needs none of it.


MAX_FACTORED = 600
"""Terms above and below the line up to which a coefficient is arranged for reading."""


@dataclass(frozen=True, eq=False)
class AfterTokens(TypesetQuantity):
    """E[quantity] after n tokens.

    Attributes
    ----------
    quantity : SymPy scalar
    tokens : symbol or int
    state : tuple of symbols
    map : InvariantMap
        The invariants that were found, and how one token maps them.
    initial : tuple of ClosedForm
        Expectations of the invariants before the first token.
    update : Update
        The state at first, and after one more token.
    """

    quantity: sympy.Expr
    tokens: sympy.Symbol | int
    state: tuple[sympy.Basic, ...]
    map: InvariantMap
    initial: tuple[ClosedForm, ...]
    update: Update

    # --- the closed form -----------------------------------------------------------------------------

    @property
    def invariants(self) -> tuple[sympy.Expr, ...]:
        """The invariants that the quantity leads to, as SymPy expressions of the state."""
        return self.map.invariants

    @cached_property
    def matrix(self) -> sympy.Matrix:
        """The map that one token applies to the expectations of the invariants."""
        size = len(self.invariants)
        return sympy.Matrix(
            size, size, lambda i, j: self.map.matrix[i][j].expr if j in self.map.matrix[i] else 0
        )

    @cached_property
    def solution(self) -> LinearSolution:
        """The closed form of all invariants, proved by induction.

        Raises
        ------
        UnsupportedError
            If an eigenvalue of the map is neither rational in the symbols nor with one square root in it.
        """
        found = solve(self.map.matrix, self.initial)
        check_induction(self.map.matrix, self.initial, found)
        return found

    @cached_property
    def terms(self) -> Terms:
        """The coefficients of nʲ λⁿ of the quantity by (number of the eigenvalue, j)."""
        found = combined((c, self.solution.terms[i]) for i, c in self.map.quantity.items())
        written = {key: simplified(c, self.solution.radicand) for key, c in found.items()}
        return {key: c for key, c in written.items() if c}

    @cached_property
    def valid_from(self) -> int:
        """The number of tokens from which the closed form holds: 0, unless an eigenvalue is identically zero."""
        return max((self.solution.start[i] for i in self.map.quantity), default=0)

    @cached_property
    def expr(self) -> sympy.Expr:
        """The closed form in n as a SymPy expression, proved by induction; unrolled if n is an integer."""
        if not isinstance(self.tokens, sympy.Symbol):
            return self.unrolled(int(self.tokens))
        n = self.tokens
        bases = [self._written(value) for value in self.solution.eigenvalues]
        return sympy.Add(
            *(self._written(c) * n**j * bases[k] ** n for (k, j), c in sorted(self.terms.items(), key=_order))
        )

    def _written(self, value: ClosedForm) -> sympy.Expr:
        """A coefficient or an eigenvalue, with the square root that may stand in it."""
        radicand = self.solution.radicand
        written = _arranged(value)
        return written if radicand is None else written.xreplace({ROOT: sympy.sqrt(_arranged(radicand))})

    def unrolled(self, tokens: int) -> sympy.Expr:
        """The expectation after a small number of tokens by applying the map as often, other symbols kept."""
        values = unrolled(self.map.matrix, self.initial, tokens, range(len(self.initial)))
        return _arranged(apply(self.map.quantity, values))

    def check(self, claim: sympy.Expr | int) -> RecursionVerdict:
        """Decide whether a stated closed form in n is the derived one.

        Parameters
        ----------
        claim : SymPy expression
            A sum of products of rational functions, powers of n, and powers with exponent linear in n.

        Returns
        -------
        RecursionVerdict
            Its ``verdict`` is "proved", "refuted" with an ``instance`` in exact numbers, or "undecided".
        """
        from symicl.theory.recursions.comparison import compare

        try:
            derived: Powers | None = self._powers()
        except UnsupportedError:
            derived = None
        return compare(derived, claim, self.tokens, self.symbols, self.at)

    def _powers(self) -> Powers:
        """Pairs (λ, coefficient of λⁿ), powers of n included."""
        from symicl.theory.recursions.comparison import collected

        if not isinstance(self.tokens, sympy.Symbol):
            return collected([(ClosedForm.number(1), read_form(self.expr))])
        if self.valid_from > 1:
            raise UnsupportedError(f"the closed form holds from {self.tokens} = {self.valid_from} on")
        if self.solution.radicand is not None:
            raise UnsupportedError("a closed form with a square root is compared at numbers alone")
        n = read_form(self.tokens)
        return collected([(self.solution.eigenvalues[k], c * n**j) for (k, j), c in self.terms.items()])

    def limit(self, **numbers: Any) -> tuple[sympy.Expr, tuple[sympy.Expr, ...]]:
        """The limit for n → ∞, and the eigenvalues that must be smaller than 1 in modulus for it.

        With a number for every symbol but n the value is exact, also where there is no closed form, the eigenvalues
        have been found to be smaller than 1, and none is returned.

        Raises
        ------
        UnsupportedError
            If it diverges, or the step itself depends on n.
        """
        if not isinstance(self.tokens, sympy.Symbol):
            raise UnsupportedError(
                f"the number of tokens is {self.tokens}; give a symbol from dims() for a limit"
            )
        if self.depends_on_tokens:
            raise UnsupportedError(
                f"the quantity, the step or the beginning depends on {self.tokens}, so that powers of the map alone do "
                "not tell the limit; take the limit of .expr"
            )
        from symicl.theory.recursions.limits import constant_part, stationary

        if numbers:
            return stationary(self._numeric({**numbers, self.tokens.name: 1})), ()
        constant, falling = constant_part(self.solution, self.terms)
        return self._written(constant), tuple(map(self._written, falling))

    @property
    def depends_on_tokens(self) -> bool:
        """True if the quantity, the step or the beginning depends on the number of tokens."""
        return any(entry.expr.has(self.tokens) for entry in self._entries())

    # --- numbers -------------------------------------------------------------------------------------

    @cached_property
    def symbols(self) -> dict[str, sympy.Basic]:
        """The symbols that `at` needs a value for, by name."""
        found = set().union(*(entry.expr.free_symbols for entry in self._entries()))
        if isinstance(self.tokens, sympy.Symbol):
            found.add(self.tokens)
        return {symbol.name: symbol for symbol in sorted(found, key=str)}

    def _entries(self) -> list[ClosedForm]:
        inside = (c for row in self.map.matrix for c in row.values())
        return [*self.initial, *self.map.quantity.values(), *inside]

    def at(self, *, digits: int | None = None, **numbers: Any) -> sympy.Rational | sympy.Float:
        """The value at numbers, by a power of the map: also where the closed form divides by zero.

        Parameters
        ----------
        digits : int, optional
            Give this many proven digits instead of the exact value, which is long after many tokens.
        **numbers
            By name. A list for a scalar of the step is one value per token, the first token first.

        Raises
        ------
        InputError
            For an unknown, missing or impossible value.
        """
        found = self._numeric(numbers)
        return found.exact() if digits is None else found.enclosed(digits)

    def _numeric(self, numbers: Mapping[str, Any]) -> NumericMap:
        from symicl.theory.recursions.at_numbers import by_name

        return by_name(self.map, self.initial, self.tokens, self.symbols, numbers)

    def best(self, parameter: sympy.Symbol | str, **numbers: Any) -> BestParameter:
        """The best constant value of a scalar of the step, such as the learning rate.

        Without numbers it is found in symbols where the closed form is a quadratic, or one power c·λⁿ of one. With a
        number for every other symbol it is a minimum over all real values with proven digits.

        Raises
        ------
        UnsupportedError
            If there is no closed form of it, or no minimum.
        """
        symbol = self._parameter(parameter)
        if not numbers:
            from symicl.theory.recursions.best_parameter import best_in_symbols

            return best_in_symbols(self.solution, self.terms, self.tokens, symbol)
        from symicl.tasks import exact_values
        from symicl.theory.recursions.best_at_numbers import best_at_numbers

        symbols = {name: s for name, s in self.symbols.items() if s != symbol}
        values = exact_values(symbols, numbers)
        tokens = int(values.get(self.tokens, self.tokens))
        return best_at_numbers(self.map, self.initial, tokens, symbol, values)

    def greedy(self, parameter: sympy.Symbol | str) -> Schedule:
        """The value of a scalar of the step that is best for each next token, and why no other schedule does better.

        Raises
        ------
        UnsupportedError
            If more than one invariant is involved, or the best value of one token does not decide the next.
        """
        from symicl.theory.recursions.greedy import greedy_schedule

        return greedy_schedule(self.map, self.initial, self.tokens, self._parameter(parameter))

    def _parameter(self, parameter: sympy.Symbol | str) -> sympy.Symbol:
        name = parameter if isinstance(parameter, str) else getattr(parameter, "name", brief(parameter))
        symbol = self.symbols.get(name)
        if not isinstance(symbol, sympy.Symbol) or symbol == self.tokens:
            raise InputError(
                f"{name} is not a scalar of this recursion; its symbols are {', '.join(self.symbols)}"
            )
        return symbol

    # --- views ---------------------------------------------------------------------------------------

    @property
    def equations(self) -> list[Equation]:
        """The closed form, with the number of tokens as the index of the state."""
        from symicl.typeset import Equation, formula_latex

        letters = {a: _after(a, self.tokens) for a in self.state}
        left = rf"\mathbb{{E}}\left[{formula_latex(self.quantity.xreplace(letters))}\right]"
        return [Equation(left, self.expr)]

    @property
    def closed_form(self) -> Any:
        """The same as ``expr``: with n in exponents it is no rational function."""
        return self.expr

    def __len__(self) -> int:
        return len(self.terms)

    def __str__(self) -> str:
        from symicl.typeset import expression_text

        try:
            return expression_text(self.expr)
        except UnsupportedError as reason:
            return f"{self!r} without a closed form: {reason}"

    def _repr_latex_(self) -> str | None:
        """Nothing without a closed form, where a notebook shows the text."""
        try:
            return self.latex()
        except UnsupportedError:
            return None

    def __repr__(self) -> str:
        return f"AfterTokens({brief(self.quantity)}, {len(self.invariants)} invariants, {self.tokens} tokens)"


def _arranged(value: ClosedForm) -> sympy.Expr:
    """Factored and collected for reading, unless that would take long."""
    long = len(value) + len(value.denominator) > MAX_FACTORED
    return value.expr if long else pretty_ratio(value)


def _order(item: tuple[tuple[int, int], ClosedForm]) -> tuple[int, int]:
    return item[0]


def _after(symbol: Any, tokens: sympy.Symbol | int) -> sympy.Basic:
    """The same symbol with the number of tokens as its index."""
    name = f"{symbol.name}_{tokens}"
    return sympy.Symbol(name) if isinstance(symbol, sympy.Symbol) else type(symbol)(name, *symbol.shape)
