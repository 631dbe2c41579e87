"""A certificate: the recording of a derivation as a file that `symicl.certificates.checkers` rechecks.

Only what a fact depends on is written. A closed form whose origin was not recorded is written as data: what is
claimed of it is rechecked, where it comes from is not. What cannot be rechecked is written as asserted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from symicl.algebra import Blocks, ClosedForm, read_form, scalar_letter
from symicl.certificates import Recording, header
from symicl.errors import SymiclError, UnsupportedError
from symicl.expectation import PhaseLog
from symicl.statements.conclusion_entries import ConclusionWriter
from symicl.statements.own_results import OwnResult
from symicl.statements.proposition import Proposition
from symicl.statements.references import in_text
from symicl.statements.theorem import Theorem
from symicl.statements.ties import Ties
from symicl.theory import Nonnegative
from symicl.typeset import plain

FACTS = ("equal", "sign", "minimum", "joint_minimum", "factorised", "nonnegative")


class TheoremWriter(ConclusionWriter):
    """Writes beside them what a theorem says of all weights, and what discharges it.

    Parameters
    ----------
    recording : Recording
    header : mapping
    theorem : Theorem

    Attributes
    ----------
    theorem : Theorem
    ties : Ties
        The optimum of its model and task, of which propositions speak.
    claims : dict
        The stated quantities by name, in symbols of the task.
    """

    def __init__(
        self, recording: Recording, header: Mapping[str, Any], theorem: Theorem, ties: Ties | None = None
    ):
        super().__init__(recording, header)
        self.theorem, self.ties = theorem, ties or Ties(theorem.model, theorem.task, Recording())
        meaning = dict(theorem.meaning)
        self.claims = {name: value.xreplace(meaning) for name, value in theorem.claims.items()}
        self._attained = self._predicted = 0

    def know_laws(self, own: Recording) -> None:
        """Take notice of the laws of another recording, and of that of the optimum."""
        super().know_laws(own)
        if self.ties.recorded is not None:
            super().know_laws(self.ties.recorded)

    def attained(self) -> int:
        """The entry that says of which forward pass, over which weights, the optimum is the least loss, and where.

        Raises
        ------
        SymiclError
            If the optimum cannot be written so, as for models of sequences.
        """
        if not self._attained:
            found = self.recorded(lambda: self.ties.attained)
            self._attained = self.emit(
                "attained",
                minimum=self.minimum("the least loss over all weights", found.optimum, known=True),
                computed=self.node(found.computed),
                parameters=self.pairs(found.parameters),
                weights=self.pairs(found.weights),
            )
        return self._attained

    def predicted(self) -> int:
        """The entry that says of which forward pass, over which weights, the loss is that of the effective parameters.

        Raises
        ------
        SymiclError
            If it is not the mean of one square, as for models of sequences.
        """
        if not self._predicted:
            found, loss = self.recorded(lambda: (self.ties.forward_pass, self.ties.loss.closed_form))
            self._predicted = self.emit(
                "predicted",
                of=self.node(loss),
                computed=self.node(found.computed),
                parameters=self.pairs(found.parameters),
                free=[self.letter_id(a) for a in found.free],
            )
        return self._predicted

    def least(self) -> dict[str, Any]:
        """The fields `minimum` and `place`: the least loss, and effective parameters that attain it."""
        found = self.recorded(lambda: self.ties.attained)
        optimum = found.optimum
        solved = {} if optimum.solution is None else {optimum.problem.unknown: optimum.solution}
        place = {
            p: value.substitute(dict(found.weights)).substitute(solved)
            for p, value in found.parameters.items()
        }
        line = self.minimum("the least loss over all effective parameters", optimum, known=True)
        return {"minimum": line, "place": self.pairs(place)}

    def law_of(self, law: Any, exponents: Iterable[int]) -> int:
        """The number of a law some of whose moments of one coordinate are in averages over phases."""
        return self.helper(PhaseLog).law_of(law, exponents)

    def weights_at(self, weights: Mapping[str, Blocks]) -> dict[int, ClosedForm]:
        """Values of the weights of the model by letters, where matrices by name are given."""
        return self.ties.forward_pass.at(weights)

    def attaining(self) -> dict[int, ClosedForm]:
        """Weights that attain the least loss, by letters.

        Raises
        ------
        SymiclError
            If they are not known by blocks, as for models of sequences.
        """
        found = self.ties.attained
        solution = found.optimum.solution
        at = {} if solution is None else {found.optimum.problem.unknown: solution}
        return {a: value.substitute(at) for a, value in found.weights.items()}

    def terms(self, claim: str, found: Nonnegative) -> int:
        """The entry of a sum of terms that are ≥ 0, of which another entry says so.

        Raises
        ------
        UnsupportedError
            If no products are known that a checker recomputes.
        """
        products = self.recorded(found.products)
        if isinstance(products, str):
            raise UnsupportedError(products)
        form = found.form
        self.nonnegative(claim, form, products, found.assumes)
        return self.node(form)

    def meaning_of(self, name: str) -> list[list[int]]:
        """The meanings of symbols of a stated quantity, as the field `letters` of a substitution."""
        symbols = self.theorem.claims[name].free_symbols & self.theorem.meaning.keys()
        pairs = {scalar_letter(x): read_form(self.theorem.meaning[x]) for x in symbols}
        return self.pairs(dict(sorted(pairs.items())))

    def facts_of(self, claim: str) -> list[int]:
        """The entries that state the facts of a step, by the claim that it was made with.

        Parameters
        ----------
        claim : str
            As ``step.check``, ``step.require`` or ``step.minimum`` has it.

        Raises
        ------
        UnsupportedError
            If there is none, or it is only asserted.
        """
        entries = (json.loads(line) for line in self.lines[1:])
        found = [e["id"] for e in entries if e["rule"] in FACTS and e.get("claim") == claim]
        if not found:
            raise UnsupportedError(f"no step of the derivation states that {claim}")
        return found

    def argued(self, kind: str, claim: str, names: Iterable[str] = (), facts: Iterable[int] = ()) -> None:
        """Write a proposition that the checkers do not decide, with what it is argued from.

        Parameters
        ----------
        kind, claim : str
        names : iterable of str
            Stated quantities that it speaks of.
        facts : iterable of int
            Entries that state a fact, such as those of `facts_of`.
        """
        self.emit("proposition", claim=claim, kind=kind, names=list(names), facts=list(facts))

    def write_proposition(self, said: Proposition, claim: str) -> None:
        """Write a proposition with what discharges it; where the rules do not reach, as argued."""
        try:
            said.entry(self, claim)
        except SymiclError as reason:
            facts = self.concluded.get(said.kind, ())
            self.argued(f"{said.kind}: {reason}", claim, said.quantities, facts)


@dataclass(frozen=True)
class Stated:
    """The derived value of a quantity of the theorem, and its statement as text."""

    found: Any
    text: str


def _own_evidence(proved: Mapping[str, Stated], recorded: Recording) -> dict[str, Any]:
    """The evidence of quantities that are results of recursions and depth, whose code is loaded for these alone."""
    found = {
        name: quantity.found for name, quantity in proved.items() if isinstance(quantity.found, OwnResult)
    }
    if not found:
        return {}
    from symicl.certificates import evidence_of

    return {name: evidence_of(result, recorded) for name, result in found.items()}


def write_certificate(
    theorem: Theorem,
    axioms: tuple[str, ...],
    proved: Mapping[str, Stated],
    status: str,
    recorded: Recording,
    propositions: Sequence[tuple[Proposition, str]] = (),
    argued: Iterable[str] = (),
    ties: Ties | None = None,
) -> str:
    """A certificate as text.

    Parameters
    ----------
    theorem : Theorem
    axioms : tuple of str
    proved : dict of Stated
        The quantities that were derived as they are stated.
    status : str
        The verdict; the checker accepts only what is proved.
    recorded : Recording
    propositions : sequence of (Proposition, str)
        Those that were proved, in symbols of the task, with their sentences.
    argued : iterable of str
        What nothing decides, with mathematics between dollar signs.
    ties : Ties, optional
        The optimum of its model and task, which was recorded.
    """
    first = header(
        theorem.id,
        theorem.statement,
        theorem.citation,
        theorem.assumptions,
        axioms,
        theorem.claims,
        map(plain, theorem.sentences),
        (plain(in_text(sentence)) for sentence in argued),
    )
    own = _own_evidence(proved, recorded)
    writer = TheoremWriter(recorded, first, theorem, ties)
    writer.write_facts()
    for name, quantity in proved.items():
        if name in own:
            own[name].write(writer, name, quantity.text, theorem.claims[name])
            continue
        writer.state(name, quantity.text, quantity.found, theorem.claims[name])
    writer.write_sums()
    for said, claim in propositions:
        writer.write_proposition(said, claim)
    writer.emit("verdict", verdict=status, entries=len(writer.lines) + 1)
    return "\n".join(writer.lines) + "\n"
