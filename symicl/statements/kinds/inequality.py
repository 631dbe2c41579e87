"""Inequalities between closed forms, for all values of their letters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import sympy

from symicl.algebra import ClosedForm, read_form
from symicl.errors import DerivationError
from symicl.statements.comparison import Comparison
from symicl.statements.kinds.concluded import (
    Concluded,
    Stated,
    expression_of,
    form_of,
    in_symbols,
    names_in,
)
from symicl.statements.kinds.instances import falls_below
from symicl.statements.ties import Ties
from symicl.theory import is_nonnegative, is_positive
from symicl.typeset import formula_latex
from symicl.verdicts import PROVED, REFUTED, UNDECIDED


@dataclass(frozen=True)
class Inequality(Concluded):
    """One closed form is at most another, for all values of their letters.

    A derivation concludes it from terms that are not negative and add up to the difference.

    Attributes
    ----------
    smaller, larger : SymPy scalar, or the name of a stated quantity
    strict : bool
        True for <.
    equality : dict, optional
        Values of some symbols at which both are equal, so that no larger bound holds. Of a strict inequality it is only
        a place at which a counterexample is looked for.
    """

    smaller: Stated
    larger: Stated
    strict: bool = False
    equality: Mapping[sympy.Basic, sympy.Basic] | None = None

    kind: ClassVar[str] = "inequality"

    @property
    def quantities(self) -> tuple[str, ...]:
        return names_in(self.smaller, self.larger)

    @property
    def rule(self) -> str:
        return "the difference is a sum of terms that are not negative"

    def letters(self, claims: Mapping[str, sympy.Basic]) -> set[sympy.Basic]:
        return {s for side in (self.smaller, self.larger) for s in expression_of(side, claims).free_symbols}

    def sentence(self, left: Mapping[str, str]) -> str:
        smaller, larger = (
            left[s] if isinstance(s, str) else formula_latex(s) for s in (self.smaller, self.larger)
        )
        relation = "<" if self.strict else r"\le "
        said = f"For all values of the letters ${smaller}{relation}{larger}$"
        if self.equality is None or self.strict:
            return f"{said}."
        places = ", ".join(f"${formula_latex(s)}={formula_latex(v)}$" for s, v in self.equality.items())
        return f"{said}, with equality at {places}."

    def difference(self, claims: Mapping[str, sympy.Basic]) -> ClosedForm:
        """The larger minus the smaller one."""
        return form_of(self.larger, claims) - form_of(self.smaller, claims)

    @property
    def excess(self) -> ClosedForm:
        if self.strict:
            raise DerivationError("terms that are not negative show no strict inequality")
        return self.difference({})

    def follows_from(self, other: Any, claims: Mapping[str, sympy.Basic], ties: Ties) -> bool:
        if self.strict and not other.strict:
            return False
        return self.difference(claims) == other.difference({}) and self._is_equal_where_said(claims)

    def decide(self, claims: Mapping[str, sympy.Basic], ties: Ties) -> Comparison:
        if not self._is_equal_where_said(claims):
            return Comparison(
                REFUTED, witness="is false: the two sides differ where they are said to be equal"
            )
        gap = self.difference(claims)
        if is_positive(gap) or (not self.strict and is_nonnegative(gap)):
            return Comparison(PROVED)
        found = falls_below(gap.expr, self.equality, zero_too=self.strict)
        if found is not None:
            return Comparison(REFUTED, witness=f"is false {found}, as the difference of the two sides")
        return Comparison(UNDECIDED, reason="no proof and no instance was found")

    def _is_equal_where_said(self, claims: Mapping[str, sympy.Basic]) -> bool:
        if self.equality is None or self.strict:
            return True
        there = dict(self.equality)
        sides = (expression_of(s, claims).xreplace(there) for s in (self.smaller, self.larger))
        return read_form(next(sides)) == read_form(next(sides))

    def in_symbols(self, meaning: Mapping[sympy.Basic, sympy.Basic]) -> Inequality:
        sides = {name: in_symbols(getattr(self, name), meaning) for name in ("smaller", "larger")}
        places = self.equality and {s: in_symbols(v, meaning) for s, v in self.equality.items()}
        return replace(self, **sides, equality=places)

    def wrong_versions(self) -> Iterator[tuple[str, Inequality]]:
        yield "the other way round", replace(self, smaller=self.larger, larger=self.smaller)
        if self.equality is None:
            return
        yield "≤ → <", replace(self, strict=True)
        if isinstance(self.smaller, sympy.Basic):
            larger = replace(self, smaller=self.smaller * sympy.Rational(11, 10))
            yield "a tenth more, said to be attained", larger
