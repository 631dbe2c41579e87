"""Inequalities between closed forms, for all values of their letters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import sympy

from symicl.algebra import ClosedForm, read_form
from symicl.errors import DerivationError
from symicl.statements.comparison import Comparison, compare
from symicl.statements.kinds.concluded import Concluded
from symicl.statements.kinds.fields import Place, Stated
from symicl.statements.kinds.instances import falls_below
from symicl.statements.ties import Ties
from symicl.theory import is_nonnegative, is_positive
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
        Values of some symbols at which both are equal. Of a strict inequality it is only a place at which a
        counterexample is looked for.
    """

    smaller: Stated
    larger: Stated
    strict: bool = False
    equality: Place | None = None

    kind: ClassVar[str] = "inequality"
    expressions = ("smaller", "larger")
    places = ("equality",)

    @property
    def rule(self) -> str:
        return "the difference is a sum of terms that are not negative"

    def sentence(self, left: Mapping[str, str]) -> str:
        smaller, larger = (self.latex(name, left) for name in self.expressions)
        relation = "<" if self.strict else r"\le "
        said = f"For all values of the letters ${smaller}{relation}{larger}$"
        if self.equality is None or self.strict:
            return f"{said}."
        if not self.place("equality"):
            return f"For all values of the letters ${smaller}={larger}$."
        return f"{said}, with equality at {self.place_latex('equality')}."

    def difference(self, claims: Mapping[str, sympy.Basic]) -> ClosedForm:
        """The larger minus the smaller one."""
        return self.form("larger", claims) - self.form("smaller", claims)

    @property
    def excess(self) -> ClosedForm:
        if self.strict:
            raise DerivationError("terms that are not negative show no strict inequality")
        return self.difference({})

    def follows_from(self, other: Any, claims: Mapping[str, sympy.Basic], ties: Ties) -> bool:
        same = not self.strict and self.difference(claims) == other.difference({})
        return same and self._equality(claims).status == PROVED

    def decide(self, claims: Mapping[str, sympy.Basic], ties: Ties) -> Comparison:
        equal = self._equality(claims)
        if equal.status == REFUTED:
            witness = (
                f"is false: where they are said to be equal, the two sides differ {equal.counterexample()}"
            )
            return Comparison(REFUTED, witness=witness)
        if equal.status == UNDECIDED:
            return equal
        gap = self.difference(claims)
        if is_positive(gap) or (not self.strict and is_nonnegative(gap)):
            return Comparison(PROVED)
        found = falls_below(gap.expr, self.equality, zero_too=self.strict)
        if found is not None:
            return Comparison(REFUTED, witness=f"is false {found}, as the difference of the two sides")
        return Comparison(UNDECIDED, reason="no proof and no instance was found")

    def _equality(self, claims: Mapping[str, sympy.Basic]) -> Comparison:
        """The two sides compared where they are said to be equal."""
        if self.equality is None or self.strict:
            return Comparison(PROVED)
        smaller, larger = (
            self.expression(name, claims).xreplace(self.place("equality")) for name in self.expressions
        )
        return compare(read_form(larger), smaller)

    def wrong_versions(self) -> Iterator[tuple[str, Inequality]]:
        yield "the other way round", replace(self, smaller=self.larger, larger=self.smaller)
        yield "≤ → =", replace(self, strict=False, equality={})
        if self.equality is None:
            return
        yield "≤ → <", replace(self, strict=True)
        for symbol, value in self.place("equality").items():
            if value != 2 * value:
                elsewhere = {**self.place("equality"), symbol: 2 * value}
                yield f"equality at twice {symbol}", replace(self, equality=elsewhere)
        if isinstance(self.smaller, sympy.Basic):
            larger = replace(self, smaller=self.smaller * sympy.Rational(11, 10))
            yield "a tenth more, said to be attained", larger
