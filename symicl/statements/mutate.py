"""Wrong versions of a statement, generated from the statement itself.

A verdict is worth something only if it can say no: every mutant that is not equal to the original must be
refuted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import sympy

from symicl.errors import InputError, ShapeError
from symicl.numeric import evaluate, instances, symbols_of
from symicl.statements.expression_changes import changes
from symicl.statements.proposition import Proposition
from symicl.statements.theorem import Theorem


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

    def applied(self, theorem: Theorem) -> Theorem:
        """The theorem with the changed proposition."""
        said = list(theorem.propositions)
        said[self.place] = self.proposition
        return replace(theorem, propositions=tuple(said))


def wrong_propositions(theorem: Theorem) -> Iterator[WrongProposition]:
    """All single changes of every proposition, quantifiers included; a few may be true again."""
    for place, said in enumerate(theorem.propositions):
        for change, changed in said.wrong_versions():
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
