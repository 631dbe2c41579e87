"""Propositions, quantifiers included, as data: the part of a theorem that is no closed form."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import sympy

if TYPE_CHECKING:
    from symicl.algebra import ClosedForm
    from symicl.statements.comparison import Comparison
    from symicl.statements.ties import Ties


class PropositionWriter(Protocol):
    """Writes a certificate, in which all steps and stated quantities stand already; see `TheoremWriter`."""

    ties: Ties
    claims: dict[str, sympy.Basic]
    concluded: dict[str, list[int]]

    def emit(self, rule: str, **fields: Any) -> int:
        """Write an entry and return its id."""

    def data(self, value: Any) -> int:
        """Write a closed form as it is, and return the id of its entry."""

    def node(self, value: Any) -> int:
        """Write a closed form with what it was computed from, and return the id of its entry."""

    def recorded(self, compute: Callable[[], Any]) -> Any:
        """The result of a computation, whose steps can be written."""

    def conclusion(self, said: Proposition) -> tuple[Any, Any]:
        """A conclusion that is more than what a proposition says, with the terms that are ≥ 0 for that."""

    def sum_over_time(self, times: Any, value: Any) -> int:
        """The entry of a sum over t that the second checker recomputes, or 0 if it cannot be stated in full."""

    def law_of(self, law: Any, exponents: Iterable[int]) -> int:
        """The number of a law some of whose moments of one coordinate are in averages over phases."""

    def shown_as(self, form: ClosedForm) -> Any:
        """The terms that are ≥ 0 and add up to a form, from something that was concluded."""

    def weights_at(self, weights: Mapping[str, Any]) -> Mapping[int, ClosedForm]:
        """Values of the weights of the model by letters, where matrices by name are given."""

    def attaining(self) -> Mapping[int, ClosedForm]:
        """Weights that attain the least loss, by letters."""

    def letter_id(self, a: int) -> int:
        """The entry of a letter."""

    def pairs(self, values: Mapping[int, ClosedForm]) -> list[list[int]]:
        """Letters with values, as a field of an entry."""

    def attained(self) -> int:
        """The entry on the least loss over all weights."""

    def predicted(self) -> int:
        """The entry on the loss over all weights, in effective parameters."""

    def shown(self, said: Proposition, claim: str, form: ClosedForm) -> tuple[int, Mapping[int, ClosedForm]]:
        """The entry that says that a form is ≥ 0 which a proposition says to be so, and what is assumed there."""

    def least(self) -> dict[str, Any]:
        """The fields `minimum` and `place`: the least loss, and effective parameters that attain it."""

    def seen(self, claim: str, form: ClosedForm) -> int:
        """The entry that says that a form is ≥ 0, whose sign is seen."""

    def terms(self, claim: str, found: Any) -> int:
        """The entry of a sum of terms that are ≥ 0, of which another entry says so."""

    def meaning_of(self, name: str) -> list[list[int]]:
        """The meanings of symbols of a stated quantity."""

    def facts_of(self, claim: str) -> list[int]:
        """The entries that state the facts of a step, by the claim that it was made with."""

    def argued(self, kind: str, claim: str, names: Iterable[str] = (), facts: Iterable[int] = ()) -> None:
        """Write a proposition that the checkers do not decide, with what it is argued from."""


class Proposition(ABC):
    """One thing that a theorem says; its sentence is made from its fields, and evidence of its kind decides it."""

    kind: ClassVar[str]

    @property
    def quantities(self) -> tuple[str, ...]:
        """The stated quantities that it speaks of, by name."""
        return ()

    def letters(self, claims: Mapping[str, sympy.Basic]) -> set[sympy.Basic]:
        """The symbols in it and in the stated quantities that it speaks of."""
        return {symbol for name in self.quantities for symbol in claims[name].free_symbols}

    @abstractmethod
    def sentence(self, left: Mapping[str, str]) -> str:
        """The proposition in words, mathematics between dollar signs.

        Parameters
        ----------
        left : mapping
            LaTeX of the stated quantities, by name.
        """

    @abstractmethod
    def judge(
        self, claims: Mapping[str, sympy.Basic], ties: Ties, concluded: Sequence[Proposition] = ()
    ) -> Comparison:
        """Decide it.

        Parameters
        ----------
        claims : mapping
            The stated quantities by name, in symbols of the task.
        ties : Ties
            The certified optimum of the theorem's own model and task.
        concluded : sequence of Proposition
            What the derivation has concluded.

        Raises
        ------
        SymiclError
            If there is no evidence of its kind.
        """

    def entry(self, writer: PropositionWriter, claim: str) -> None:
        """Write it into a certificate, as an entry that names those which discharge it.

        By default they are none, and the checkers print that it is argued and not decided by them.

        Parameters
        ----------
        writer : PropositionWriter
        claim : str
            The sentence, as the header announces it.

        Raises
        ------
        UnsupportedError
            If the rules of the checkers do not reach so far: it is written as argued, with that reason.
        """
        writer.argued(self.kind, claim, self.quantities)

    def in_symbols(self, meaning: Mapping[sympy.Basic, sympy.Basic]) -> Proposition:
        """The same with symbols replaced by what they stand for."""
        return self

    @abstractmethod
    def wrong_versions(self) -> Iterator[tuple[str, Any]]:
        """Single changes, quantifiers included: each in words, with the changed proposition; some may be true again."""

    def wrong_versions_of(self, theorem: Any) -> Iterator[tuple[str, Any]]:
        """Further changes, for which one has to know the theorem, such as the matrices of its model."""
        return iter(())
