"""The face of minima under a bound on the rank: the gains, the value, the minimisers, numbers."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sympy

from symicl.algebra import DIMENSIONS, ClosedForm, exact_size, read_form
from symicl.errors import InputError, UnsupportedError
from symicl.tasks import Values
from symicl.theory.model_optimum import MARKS
from symicl.theory.rank.quadratic import Quadratic
from symicl.theory.rank.terms import Terms, terms_of_rank
from symicl.theory.typeset_quantity import TypesetQuantity
from symicl.typeset import Equation, formula_latex, formula_text, renamed

if TYPE_CHECKING:
    from symicl.theory.rank.at_numbers import LowRankOptimumAt


class BoundedRank(TypesetQuantity):
    """The minimum of a quadratic form in a matrix K₀ + D over all D of bounded rank."""

    is_one_formula = False

    if TYPE_CHECKING:  # fields or properties of each kind of minimum

        @property
        def rank(self) -> sympy.Expr:
            """The bound on the rank of D."""

        @property
        def start(self) -> ClosedForm | None:
            """K₀; None for zero."""

        @property
        def form(self) -> Quadratic:
            """The quadratic form."""

        @property
        def attained(self) -> str:
            """How the value is known to be attained."""

    @property
    @abstractmethod
    def coefficient_name(self) -> str:
        """LaTeX of the matrix."""

    @abstractmethod
    def exact(self, numbers: Mapping[str, Any]) -> Values:
        """Numbers for all symbols, checked and exact.

        Raises
        ------
        InputError
            For an unknown, missing or impossible value.
        """

    @property
    def size(self) -> sympy.Expr:
        """The number of rows of the matrix."""
        return exact_size(DIMENSIONS[self.form.A.rows])

    @property
    def reached(self) -> sympy.Expr:
        """The rank, or the number of rows where this is a smaller number."""
        return sympy.Min(self.rank, self.size) if self.rank.is_Integer and self.size.is_Integer else self.rank

    @property
    def condition(self) -> sympy.Basic:
        """The rank has to be at most the number of rows for the formulas to hold; True where it is known to be."""
        known = self.reached in (sympy.S.Zero, sympy.S.One) or (self.size - self.reached).is_nonnegative
        return sympy.true if known else sympy.Le(self.rank, self.size)

    @property
    def _mark(self) -> str:
        return MARKS.get(self.attained, "^{*}")

    def with_own_symbols(self, symbols: Mapping[str, sympy.Basic]) -> dict[str, sympy.Basic]:
        """The symbols of a law, and those of the rank and of K₀ by name.

        Raises
        ------
        InputError
            If one name has two meanings.
        """
        found = dict(symbols)
        own = self.rank.free_symbols | (set() if self.start is None else self.start.expr.free_symbols)
        for symbol in sorted(own, key=str):
            if found.setdefault(str(symbol), symbol) != symbol:
                raise InputError(
                    f"{symbol} is a symbol of the law as well; rename it in the rank or the start"
                )
        return found

    def at(self, **numbers: Any) -> LowRankOptimumAt:
        """The minimum at numbers, exact where they are.

        Raises
        ------
        InputError
            For an unknown, missing or impossible value; where the whitening is not positive definite.
        """
        from symicl.theory.rank.at_numbers import optimum_at

        return optimum_at(self, self.exact(numbers))

    @cached_property
    def terms(self) -> Terms:
        """How much each rank gains, in decreasing order."""
        return terms_of_rank(self.form)

    @cached_property
    def expr(self) -> sympy.Expr:
        """The minimal loss: that of K₀ less the r largest gains."""
        if self.terms.equal is not None:
            return self.closed_form.expr
        return self.form.base.expr - self.terms.total(sympy.Integer(1), self.reached)

    @cached_property
    def closed_form(self) -> ClosedForm:
        """The minimal loss where all gains are equal.

        Raises
        ------
        UnsupportedError
            Where it is a sum over eigenvalues.
        """
        if self.terms.equal is None:
            raise UnsupportedError(
                "the minimum is a sum over the largest eigenvalues of a matrix, which is no closed form in traces; "
                ".expr has the sum, and .at(…) its digits"
            )
        return self.form.base - self.terms.equal * read_form(self.reached)

    def __len__(self) -> int:
        """The number of terms, what the ranks gain counted as one."""
        return len(self.form.base) + 1

    @property
    def lost(self) -> sympy.Expr:
        """The cost of the bound on the rank: the smallest gains, from the (r+1)-th to the last."""
        return self.terms.total(self.reached + 1, self.size)

    @property
    def minimisers(self) -> str:
        """The set of optimal K, in words."""
        if self.terms.equal is not None and not self.terms.equal:
            return "one minimiser, K₀ itself: it is the best K without a bound"
        if self.terms.equal is not None:
            return (
                f"for 0 < {self.reached} < {self.size} not unique: K₀ + L^{{-½}} P L^½ (K* − K₀) for every "
                f"orthogonal projection P of rank {self.reached}, K* the best K without a bound"
            )
        return f"one minimiser if the gains {self.reached} and {self.reached + 1} differ, which .at(…) tells"

    @property
    def solution_equations(self) -> list[Equation]:
        best = self.form.best
        words = {word for _, word in best.terms}
        if self.terms.equal is not None and words == {()}:
            projection = rf"P=P^{{2}}=P^{{\top}},\quad \operatorname{{rank}}P={formula_latex(self.reached)}"
            name = self.coefficient_name
            start = [] if self.start is None else [Equation(rf"{name}_{{0}}", self.start)]
            moved = rf"{name}_{{0}}+" if start else ""
            left = rf"{name}{self._mark}={moved}\eta P,\quad {projection},\quad \eta"
            return [Equation(left, best.coefficient(())), *start]
        if self.terms.matrix is None:
            return []
        name = self.terms.letter
        return [
            Equation(
                rf"{name}_{{1}}\ge {name}_{{2}}\ge\dots \text{{: eigenvalues of }} S,\quad S",
                self.terms.matrix,
            )
        ]

    def latex(self, *, notation: Mapping[str, str] | None = None) -> str:
        """Displayed equations, and up to which rank they hold where that is not known; see `TypesetQuantity.latex`."""
        text = super().latex(notation=notation)
        if self.condition == sympy.true:
            return text
        condition = rf"\[\text{{for }} {formula_latex(self.rank)}\le {formula_latex(self.size)}\]"
        if notation is not None:
            condition = renamed(condition, sympy.Tuple(self.rank, self.size, self.expr), notation)
        return f"{text}\n{condition}"

    def __str__(self) -> str:
        holds = (
            ""
            if self.condition == sympy.true
            else f"\nfor {formula_text(self.rank)} ≤ {formula_text(self.size)}"
        )
        return super().__str__() + holds

    @property
    def equations(self) -> list[Equation]:
        return [*self.solution_equations, Equation(f"L{self._mark}", self.expr)]
