"""Propositions that a derivation concludes from what it has shown, each by the rule of its kind."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, TypeAlias

import sympy

from symicl.algebra import ClosedForm
from symicl.statements.comparison import Comparison
from symicl.statements.kinds.fields import FromFields
from symicl.statements.proposition import Proposition, PropositionWriter
from symicl.statements.ties import Ties
from symicl.theory import Nonnegative, add_up
from symicl.verdicts import PROVED, UNDECIDED

Identity: TypeAlias = tuple[str, ClosedForm, ClosedForm]
"""The fact that it shows, in words, and two closed forms that are equal."""


class Shown(NamedTuple):
    """The sum of terms that are not negative from which a proposition is concluded, and the identities beside it."""

    total: Nonnegative
    identities: Sequence[Identity] = ()


class Concluded(FromFields):
    """A proposition that follows, by a rule of symicl, from inequalities and identities of the derivation.

    The derivation makes one of its own, from closed forms that it has derived, and hands it to ``step.conclude``; what
    the theorem states is proved if it follows from one of these. A statement that follows from none is refuted by an
    instance or undecided.

    Attributes
    ----------
    needs_reading : bool
        True if what a derivation hands over has to be read by someone: then only those that are part of symicl, and
        copies of them, conclude it.
    """

    needs_reading: ClassVar[bool] = False

    @property
    @abstractmethod
    def rule(self) -> str:
        """How it is concluded, in words."""

    @property
    def axioms(self) -> tuple[str, ...]:
        """Named facts that the rule rests on."""
        return ()

    @property
    @abstractmethod
    def excess(self) -> ClosedForm:
        """The form that a conclusion says is ≥ 0.

        Raises
        ------
        DerivationError
            If the rule concludes no such thing.
        """

    def verify(self, terms: Sequence[Nonnegative]) -> Shown:
        """Conclude it from terms that are not negative, without looking at any theorem.

        Raises
        ------
        DerivationError
            If it does not follow.
        """
        return Shown(add_up(self.excess, terms), self.identities(terms))

    def identities(self, terms: Sequence[Nonnegative]) -> Sequence[Identity]:
        """The identities that the rule rests on, beside that of the terms, for certificates and readers."""
        return ()

    @abstractmethod
    def follows_from(self, other: Any, claims: Mapping[str, sympy.Basic], ties: Ties) -> bool:
        """True if it is what a conclusion of the same class says, or less."""

    def entry(self, writer: PropositionWriter, claim: str) -> None:
        writer.argued(self.kind, claim, self.quantities, writer.concluded.get(self.kind, ()))

    def decide(self, claims: Mapping[str, sympy.Basic], ties: Ties) -> Comparison:
        """Decide it without a conclusion: by an instance that refutes it, or not at all."""
        return Comparison(UNDECIDED, reason=f"the derivation does not conclude {self.kind}")

    def judge(
        self, claims: Mapping[str, sympy.Basic], ties: Ties, concluded: Sequence[Proposition] = ()
    ) -> Comparison:
        same = (other for other in concluded if type(other) is type(self))
        if any(self.follows_from(other, claims, ties) for other in same):
            return Comparison(PROVED)
        return self.decide(claims, ties)
