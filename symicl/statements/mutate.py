"""Wrong versions of a statement, generated from the statement itself.

A verdict is worth something only if it can say no: every mutant that is not equal to the original must be
refuted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import sympy

from symicl.errors import InputError, ShapeError
from symicl.numeric import evaluate, instances, symbols_of
from symicl.statements.expression_changes import changes
from symicl.statements.proposition import Proposition
from symicl.statements.theorem import Theorem

SORTS = {
    sort: re.compile(pattern)
    for sort, pattern in {
        "every → not every, none, only": r"^every → (?!every)",
        "minimisers → all stationary points": r"^every → every stationary point",
        "attained → not attained, or once": r"^attained → ",
        "least → greatest, convex → concave": r"^least → greatest|^convex → ",
        "≤ → <, =, ≥": r"^≤ → |^the other way round|^at least → |^at most → ",
        "tight → not tight": r"said to be|^equality at|^half the rate",
        "if and only if → one direction, another relation": r"^if and only if → ",
        "another range of sizes or ranks": (
            r"^one more$|^one less$|^twice as many|rank|time earlier|large enough|^one head|^from .* on$"
        ),
        "a condition or an exception dropped": (
            r"^without the condition|condition dropped|unless|exception|for one number"
        ),
        "another limit, or order of limits": r"order|together →|→ together|→ ∞|→ always",
        "a larger or smaller set of points or values": (
            r"^at no other| free$| also 0$|^without |^one more (?:value|equation)"
        ),
        "another set of weights or parameters": r"^all weights → |^in .* alone$|^with more parameters",
        "a faster rate": r"^a rate|faster|^twice the rate",
        "another start": r"start|basin",
        "minimum ↔ saddle": r"saddle|local minimum",
        "a formula": r"",
    }.items()
}
"""Sorts of changes of propositions, by the words of a change; the first one that fits."""
FORMULA = "a formula"


@dataclass(frozen=True)
class Mutant:
    """A changed statement.

    Attributes
    ----------
    quantity : str
        Which stated quantity was changed.
    change : str
        What was done.
    expression : SymPy expression
    """

    quantity: str
    change: str
    expression: sympy.Basic

    def applied(self, theorem: Theorem) -> Theorem:
        """The theorem with the changed statement."""
        if self.quantity in theorem.states:
            return replace(theorem, states={**theorem.states, self.quantity: self.expression})
        return replace(theorem, corollaries={**theorem.corollaries, self.quantity: self.expression})


def mutants(theorem: Theorem) -> Iterator[Mutant]:
    """All single changes of every stated quantity, without repetitions.

    A change that leaves all values alone, such as tr(AB) to tr(BA), is not a wrong statement and is left out.
    """
    for quantity, stated in theorem.claims.items():
        seen = {stated}
        for change, expression in changes(stated):
            if expression in seen or expression.has(sympy.zoo, sympy.nan):
                continue
            seen.add(expression)
            if _differs(stated, expression):
                yield Mutant(quantity, change, expression)


@dataclass(frozen=True)
class WrongProposition:
    """A changed proposition.

    Attributes
    ----------
    place : int
        Which of the theorem's propositions was changed.
    change : str
        What was done.
    proposition : Proposition
    """

    place: int
    change: str
    proposition: Proposition

    @property
    def sort(self) -> str:
        """Which sort of change it is, of `SORTS`; changes of a formula are of the last one."""
        return next(sort for sort, pattern in SORTS.items() if pattern.search(self.change))

    def applied(self, theorem: Theorem) -> Theorem:
        """The theorem with the changed proposition."""
        said = list(theorem.propositions)
        said[self.place] = self.proposition
        return replace(theorem, propositions=tuple(said))


def wrong_propositions(theorem: Theorem) -> Iterator[WrongProposition]:
    """All single changes of every proposition, quantifiers included; a few may be true again."""
    for place, said in enumerate(theorem.propositions):
        for change, changed in (*said.wrong_versions(), *said.wrong_versions_of(theorem)):
            yield WrongProposition(place, change, changed)


def _differs(stated: sympy.Basic, changed: sympy.Basic) -> bool:
    """True if two expressions differ somewhere on the small exact instances; a change whose shapes do not fit
    is no statement, nor is one that is defined nowhere."""
    for values in instances(symbols_of(stated) | symbols_of(changed), limit=4):
        try:
            if evaluate(stated, values) != evaluate(changed, values):
                return True
        except ShapeError:
            return False
        except (InputError, ZeroDivisionError):
            continue
    return False
