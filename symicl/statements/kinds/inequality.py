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
from symicl.statements.kinds.conditions import Condition, conditions, given_latex, implied, with_meanings
from symicl.statements.kinds.fields import Place, Stated
from symicl.statements.kinds.instances import falls_below
from symicl.statements.proposition import PropositionWriter
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
        Values of some symbols at which both are equal; {} if they are equal for all values. Of a strict inequality it
        is only a place at which a counterexample is looked for.
    given : tuple
        What it holds for, such as scalars that are > 0; see `MinimalExactlyWhere`.
    near : dict, optional
        Values of some symbols at which the inequality is likely to fail if one side is changed by a tenth; it is only
        looked at there.
    """

    smaller: Stated
    larger: Stated
    strict: bool = False
    equality: Place | None = None
    given: tuple[Condition, ...] = ()
    near: Place | None = None

    kind: ClassVar[str] = "inequality"
    expressions = ("smaller", "larger")
    places = ("equality", "near")

    @property
    def rule(self) -> str:
        return "the difference is a sum of terms that are not negative"

    def sentence(self, left: Mapping[str, str]) -> str:
        smaller, larger = (self.latex(name, left) for name in self.expressions)
        relation = "<" if self.strict else r"\le "
        if self.equality is not None and not self.strict and not self.place("equality"):
            relation = "="
        said = f"for all values of the letters ${smaller}{relation}{larger}$"
        said = ", ".join(filter(None, [given_latex(self.given), said]))
        said = said[0].upper() + said[1:]
        if self.equality is None or self.strict or relation == "=":
            return f"{said}."
        return f"{said}, with equality at {self.place_latex('equality')}."

    def letters(self, claims: Mapping[str, sympy.Basic]) -> set[sympy.Basic]:
        scalars, covariances = conditions(self.given, claims)
        return super().letters(claims).union(covariances, *(scalar.expr.free_symbols for scalar in scalars))

    def in_symbols(self, meaning: Mapping[sympy.Basic, sympy.Basic]) -> Inequality:
        found: Inequality = replace(super().in_symbols(meaning), given=with_meanings(self.given, meaning))
        return found

    def difference(self, claims: Mapping[str, sympy.Basic]) -> ClosedForm:
        """The larger minus the smaller one."""
        return self.form("larger", claims) - self.form("smaller", claims)

    @property
    def excess(self) -> ClosedForm:
        if self.strict:
            raise DerivationError("terms that are not negative show no strict inequality")
        return self.difference({})

    def follows_from(self, other: Any, claims: Mapping[str, sympy.Basic], ties: Ties) -> bool:
        own, shown = self.difference(claims), other.difference({})
        needed, had = conditions(other.given, {}), conditions(self.given, claims)
        # What is given to be > 0 may be a factor of what is shown.
        same = own == shown or any(own * scalar == shown for scalar in had[0])
        same = same and not self.strict and implied(needed, had)
        return same and self._equality(claims).status == PROVED

    def decide(self, claims: Mapping[str, sympy.Basic], ties: Ties) -> Comparison:
        equal = self._equality(claims)
        if equal.status == REFUTED:
            witness = (
                f"is false: where they are said to be equal, the two sides differ {equal.counterexample()}"
            )
            return Comparison(REFUTED, witness=witness)
        gap = self.difference(claims)
        if equal.status == UNDECIDED:
            apart = None if self.place("equality") else falls_below((-gap).expr, self.near)
            if apart is None:
                return equal
            return Comparison(REFUTED, witness=f"is false {apart}, as minus the difference of the two sides")
        if is_positive(gap) or (not self.strict and is_nonnegative(gap)):
            return Comparison(PROVED)
        given = [scalar.expr for scalar in conditions(self.given, claims)[0]]
        place = self.equality if self.near is None else self.near
        found = falls_below(gap.expr, place, zero_too=self.strict, given=given)
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

    def entry(self, writer: PropositionWriter, claim: str) -> None:
        gap = self.difference(writer.claims)
        shown, _ = writer.shown(self, claim, gap)
        smaller, larger = (writer.data(self.form(name, writer.claims)) for name in self.expressions)
        more: dict[str, Any] = {"strict": True} if self.strict else {}
        if self.equality is not None and not self.strict:
            more["equality"] = writer.pairs(self.replacements("equality"))
        writer.emit("inequality", claim=claim, smaller=smaller, larger=larger, shown=shown, **more)

    def wrong_versions(self) -> Iterator[tuple[str, Inequality]]:
        yield "the other way round", replace(self, smaller=self.larger, larger=self.smaller)
        yield "≤ → =", replace(self, strict=False, equality={})
        if self.near is not None:
            tenth = sympy.Rational(11, 10)
            if isinstance(self.smaller, sympy.Basic):
                yield "a tenth more", replace(self, smaller=self.smaller * tenth)
            elif isinstance(self.larger, sympy.Basic):
                yield "a tenth more", replace(self, larger=self.larger / tenth)
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
