"""A certificate: the recording of a derivation as a file that `symicl.certificates.checkers` rechecks.

Only what a fact depends on is written. A closed form whose origin was not recorded is written as data: what is
claimed of it is rechecked, where it comes from is not. What cannot be rechecked is written as asserted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy

from symicl.algebra import MEANING, ONE, ClosedForm, closed_form, letter, read_form, scalar_letter
from symicl.certificates import Recording, evidence_of, header, is_closed_form, recording
from symicl.errors import SymiclError, UnsupportedError
from symicl.expectation import WHY_PHASES, WHY_SUM, ByCharge, EvenColumns, InTime, PhaseLog, Places, SquareSum
from symicl.statements.attained import attained
from symicl.statements.minimum_entries import MinimumLog
from symicl.statements.own_results import OwnResult
from symicl.statements.proposition import Proposition
from symicl.statements.references import in_text
from symicl.statements.theorem import Theorem
from symicl.statements.ties import Ties
from symicl.theory import Sign, Square, Uniqueness
from symicl.typeset import plain
from symicl.verdicts import Evidence

FACTS = ("equal", "sign", "minimum", "factorised")


class CertificateWriter(MinimumLog):
    """Writes the facts of a derivation, in their order, and what they depend on.

    Attributes
    ----------
    concluded : dict
        From each kind of proposition that was concluded to the entries that it follows from.
    """

    def __init__(self, recording: Recording, header: Mapping[str, Any]):
        super().__init__(recording, header)
        self.concluded: dict[str, list[int]] = {}

    def write_facts(self) -> None:
        """Every step, check and decision of the recording."""
        for fact in self.facts:
            if fact.rule == "step":
                self.emit("step", title=fact.arguments[0])
            elif fact.rule == "equal":
                self._equal(*fact.arguments)
            elif fact.rule == "require":
                self._require(*fact.arguments)
            elif fact.rule == "minimum":
                self.minimum(*fact.arguments)
            elif fact.rule == "conclude":
                self._conclude(*fact.arguments)

    def write_sums(self) -> None:
        """State every sum over t that was entered as a closed form and is a part of what is written."""
        for fact in self.facts:
            if fact.rule != "sum over t" or not self.knows(fact.result):
                continue
            (times,) = fact.arguments
            phases = self.helper(PhaseLog)
            average = phases.average(times.summand)
            full = phases.sum_over_time(average, times) if average else None
            if full is not None:
                sum_ = self.asserted(fact.result, "a sum over t", WHY_SUM, phases=full)
                self.emit("equal", claim="the sum over t", left=self.node(fact.result), right=sum_)

    def _equal(self, claim: str, left: Any, right: Any) -> None:
        if isinstance(left, InTime) and isinstance(right, InTime):
            for one, other in _time_by_time(left, right):
                self._equal(claim, one, other)
            if not left and not right:
                self._places(claim, WHY_PHASES, [left])
            return
        if isinstance(right, int) and right == 0 and isinstance(left, ClosedForm):
            right = ClosedForm.zero(left.rows, left.cols)
        if is_closed_form(left) and is_closed_form(right):
            self.emit("equal", claim=claim, left=self.node(left), right=self.node(right))
        else:
            self.emit(
                "asserted", claim=claim, why=f"an equality of two objects of the kind {type(left).__name__}"
            )

    def _conclude(
        self,
        claim: str,
        kind: str,
        excess: ClosedForm,
        total: ClosedForm,
        squares: Sequence[Any],
        identities: Sequence[tuple[str, ClosedForm, ClosedForm]],
    ) -> None:
        """A form that is ≥ 0 as a sum of products, each factor as the expectation of a square where it is one, and the
        identities that a rule rests on beside."""
        left, right = self.node(excess), self.node(total)
        shown = [self.emit("equal", claim=f"the terms add up to it: {claim}", left=left, right=right)]
        for why, form, square in squares:
            part = f"part of a term that is not negative, for: {claim}"
            if square is not None:
                shown.append(self.at_least(part, self.node(form), self.node(0), self.node(square)))
            elif form.is_scalar and _in_scalars(form):
                shown.append(self.emit("sign", claim=part, of=self.node(form), strict=False))
            else:
                self.emit("asserted", claim=part, why=why)
        for told, one, other in identities:
            shown.append(self.emit("equal", claim=told, left=self.node(one), right=self.node(other)))
        self.concluded.setdefault(kind, []).extend(dict.fromkeys(shown))

    def _places(self, claim: str, why: str, averages: Sequence[InTime]) -> None:
        """State at which powers of t − 1 and at which times averages over phases do not vanish."""
        if not all(self.helper(PhaseLog).average(found) for found in averages):
            self.emit("asserted", claim=claim, why=why)
            return
        for found in averages:
            places = [["power", m] for m in found.powers] + [["time", t] for t in found.exceptions]
            full = {"of": self.helper(PhaseLog).average(found), "places": places}
            self.emit("asserted", claim=claim, why=why, phases=full)

    def _require(self, claim: str, rule: str, evidence: Sequence[Evidence]) -> None:
        if not evidence:
            self.emit("asserted", claim=claim, why=rule)
        for decided in evidence:
            if isinstance(decided, Uniqueness):
                self.factorised(self.factorisation(decided.equation), invertible=True, claim=claim)
            elif isinstance(decided, Sign):
                for form, strict in decided.parts:
                    self._sign(claim, form, strict, decided.at_least)
            elif isinstance(decided, Places):
                self._places(claim, rule, decided.averages)
            elif isinstance(decided, Square):
                self.at_least(claim, *map(self.node, (decided.value, decided.bound, decided.mean)))
            else:
                full = None
                if isinstance(decided, ByCharge | EvenColumns):
                    full = self.helper(PhaseLog).fact(decided)
                fields = {} if full is None else {"phases": full}
                self.emit("asserted", claim=claim, why=rule, **fields)

    def _sign(self, claim: str, form: ClosedForm, strict: bool, at_least: Mapping[sympy.Symbol, int]) -> None:
        of = self.node(form)
        table: dict[int, ClosedForm] = {}
        for symbol, low in at_least.items():
            if scalar_letter(symbol) in form.letters():
                table[scalar_letter(symbol)] = (
                    ClosedForm.of(letter(("above bound", symbol, low), ONE, ONE)) + low
                )
        if table:
            of = self.put(of, table, form.substitute(table))
        self.emit("sign", claim=claim, of=of, strict=strict)

    def state(self, name: str, text: str, found: Any, stated: sympy.Basic) -> None:
        """A quantity as stated and as derived."""
        value = read_form(stated)
        entry = self.data(value)
        derived = self.node(found) if value.is_scalar else self.as_quotient(found, entry, value)
        self.emit("stated", name=name, text=text, stated=entry, derived=derived)


class TheoremWriter(CertificateWriter):
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
    """

    def __init__(self, recording: Recording, header: Mapping[str, Any], theorem: Theorem):
        super().__init__(recording, header)
        self.theorem, self.ties = theorem, Ties(theorem.model, theorem.task)
        self._attained = 0

    def attained(self) -> int:
        """The entry that says of which forward pass, over which weights, the optimum is the least loss, and where.

        Raises
        ------
        SymiclError
            If the optimum cannot be written so, as for models of sequences.
        """
        if not self._attained:
            with recording() as own:
                found = attained(self.ties)
                if found.optimum.equation is None and found.optimum.solution is not None:
                    raise UnsupportedError(
                        "the checkers do not put a solution in one number into the forward pass"
                    )
                minimum = found.optimum.certificate, found.optimum.closed_form  # derived while it is recorded
            del minimum
            for (law,) in (fact.arguments for fact in own.of("law")):
                self.laws.setdefault(law.letter, law)
            self._attained = self.emit(
                "attained",
                minimum=self.minimum("the least loss over all weights", found.optimum, known=True),
                computed=self.node(found.computed),
                parameters=self._pairs(found.parameters),
                weights=self._pairs(found.weights),
            )
        return self._attained

    def _pairs(self, values: Mapping[int, ClosedForm]) -> list[list[int]]:
        return [[self.letters.id(x), self.node(value)] for x, value in values.items()]

    def meaning_of(self, name: str) -> list[list[int]]:
        """The meanings of symbols of a stated quantity, as the field `letters` of a substitution."""
        symbols = self.theorem.claims[name].free_symbols & self.theorem.meaning.keys()
        pairs = {scalar_letter(x): read_form(self.theorem.meaning[x]) for x in symbols}
        return self._pairs(dict(sorted(pairs.items())))

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
            self.argued(f"{said.kind}: {reason}", claim, said.quantities)


def _in_scalars(form: ClosedForm) -> bool:
    """True if dimensions, scalar symbols and sums of squares are all there is in a form."""
    return all(isinstance(MEANING[a], sympy.Symbol | SquareSum) for a in form.letters())


def _time_by_time(left: InTime, right: InTime) -> Iterator[tuple[Any, Any]]:
    """The coefficients of each power of t − 1, and what single times add."""
    for one, other in ((left.powers, right.powers), (left.exceptions, right.exceptions)):
        for key in sorted(one.keys() | other.keys()):
            yield one.get(key, closed_form(0)), other.get(key, closed_form(0))


@dataclass(frozen=True)
class Stated:
    """The derived value of a quantity of the theorem, and its statement as text."""

    found: Any
    text: str


def write_certificate(
    theorem: Theorem,
    axioms: tuple[str, ...],
    proved: Mapping[str, Stated],
    status: str,
    recorded: Recording,
    propositions: Sequence[tuple[Proposition, str]] = (),
    argued: Iterable[str] = (),
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
    own = {
        name: evidence_of(quantity.found, recorded)
        for name, quantity in proved.items()
        if isinstance(quantity.found, OwnResult)
    }
    writer = TheoremWriter(recorded, first, theorem)
    writer.write_facts()
    for name, quantity in proved.items():
        if name in own:
            own[name].write(writer, name, quantity.text)
            continue
        writer.state(name, quantity.text, quantity.found, theorem.claims[name])
    for said, claim in propositions:
        writer.write_proposition(said, claim)
    writer.write_sums()
    writer.emit("verdict", verdict=status, entries=len(writer.lines) + 1)
    return "\n".join(writer.lines) + "\n"
