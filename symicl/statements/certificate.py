"""A certificate: the recording of a derivation as a file that `symicl.certificates.checkers` rechecks.

Only what a fact depends on is written. A closed form whose origin was not recorded is written as data: what is
claimed of it is rechecked, where it comes from is not. What cannot be rechecked is written as asserted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy

from symicl.algebra import MEANING, ONE, ClosedForm, closed_form, letter, read_form, scalar_letter, size_of
from symicl.certificates import OperationLog, Recording, evidence_of, header, is_closed_form
from symicl.expectation import WHY_PHASES, WHY_SUM, InTime, PhaseLog
from symicl.statements.own_results import OwnResult
from symicl.statements.theorem import Theorem
from symicl.theory import Optimum, Sign, Square, Uniqueness
from symicl.verdicts import Evidence


class CertificateWriter(OperationLog):
    """Writes the facts of a derivation, in their order, and what they depend on."""

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
                self._minimum(*fact.arguments)
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
                self._require(claim, WHY_PHASES, [], [left])
            return
        if isinstance(right, int) and right == 0 and isinstance(left, ClosedForm):
            right = ClosedForm.zero(left.rows, left.cols)
        if is_closed_form(left) and is_closed_form(right):
            self.emit("equal", claim=claim, left=self.node(left), right=self.node(right))
        else:
            self.emit(
                "asserted", claim=claim, why=f"an equality of two objects of the kind {type(left).__name__}"
            )

    def _conclude(self, claim: str, excess: ClosedForm, total: ClosedForm, squares: Sequence[Any]) -> None:
        """A form that is ≥ 0 as a sum of products, and each factor as the expectation of a square where it is one."""
        left, right = self.node(excess), self.node(total)
        self.emit("equal", claim=f"the terms add up to it: {claim}", left=left, right=right)
        for why, form, square in squares:
            part = f"part of a term that is not negative, for: {claim}"
            if square is not None:
                self.at_least(part, self.node(form), self.node(0), self.node(square))
            elif form.is_scalar and _in_scalars(form):
                self.emit("sign", claim=part, of=self.node(form), strict=False)
            else:
                self.emit("asserted", claim=part, why=why)

    def _places(self, claim: str, why: str, averages: Sequence[InTime]) -> None:
        """State at which powers of t − 1 and at which times averages over phases do not vanish."""
        for found in averages:
            places = [["power", m] for m in found.powers] + [["time", t] for t in found.exceptions]
            full = {"of": self.helper(PhaseLog).average(found), "places": places}
            self.emit("asserted", claim=claim, why=why, phases=full)

    def _require(
        self, claim: str, rule: str, evidence: Sequence[Evidence], averages: Sequence[InTime] = ()
    ) -> None:
        if averages and all(self.helper(PhaseLog).average(found) for found in averages):
            self._places(claim, rule, averages)
        elif not evidence:
            self.emit("asserted", claim=claim, why=rule)
        for decided in evidence:
            if isinstance(decided, Uniqueness):
                self.factorised(self.factorisation(decided.equation), invertible=True, claim=claim)
            elif isinstance(decided, Sign):
                for form, strict in decided.parts:
                    self._sign(claim, form, strict, decided.at_least)
            elif isinstance(decided, Square):
                self.at_least(claim, *map(self.node, (decided.value, decided.bound, decided.mean)))
            else:
                self.emit("asserted", claim=claim, why=rule)

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

    def _minimum(self, claim: str, optimum: Optimum) -> None:
        problem, certificate, solution = optimum.problem, optimum.certificate, optimum.solution
        if optimum.equation is None or solution is None or problem.normal_equation is None:
            number = None if solution is None else solution.scalar_multiple_of_identity()
            if number is None:
                self._as_square(claim, optimum)
            else:
                self._as_multiple(claim, optimum, number)
            return
        direction = problem.coefficient - ClosedForm.of(problem.unknown)
        normal = self.node(problem.normal_equation)
        factorised = self.factorised(self.factorisation(optimum.equation))
        self.emit(
            "minimum",
            claim=claim,
            loss=self.node(optimum.loss.closed_form),
            candidate=self.node(certificate.candidate_loss),
            square=self.node(certificate.distance),
            normal=normal,
            direction=self.data(direction),
            letter=self.letters.id(problem.unknown),
            factorised=factorised,
            at=self.node(solution),
            power=self.node(optimum.target_power),
            explained=self.node(optimum.explained),
            value=self.node(optimum.closed_form),
        )

    def _as_multiple(self, claim: str, optimum: Optimum, number: ClosedForm) -> None:
        """The same in one number k, with K = kI: tr(N(kI)ᵀ(K(θ) − kI)) = tr N(kI) (tr K(θ)/d − k)."""
        problem, certificate = optimum.problem, optimum.certificate
        assert problem.normal_equation is not None
        k, side = letter("k in K = k I", ONE, ONE), problem.normal_equation.rows
        table = {problem.unknown: ClosedForm.identity(side) * ClosedForm.of(k)}

        def there(form: ClosedForm) -> int:
            return self.put(self.node(form), table, form.substitute(table))

        slope = problem.normal_equation.substitute(table).trace()
        constant = slope.substitute({k: closed_form(0)})
        normal = self.value("trace", self.letters.number(slope), of=there(problem.normal_equation))
        right, factor = self.data(-constant), self.data(slope.substitute({k: closed_form(1)}) - constant)
        unknown = self.letters.id(k)
        equation = self.emit("factorised", of=normal, letter=unknown, scale=self.node(1), F=factor, C=right)
        direction = problem.coefficient.trace() / size_of(side) - ClosedForm.of(k)
        at = self.value(
            "quotient",
            self.letters.number(number),
            of=right,
            by=factor,
            result=self.data(number),
            solves=equation,
        )
        solution = optimum.solution
        if solution is not None:  # what is stated of it is made from this entry
            parts = [at, self.data(ClosedForm.identity(side))]
            self.remember(solution, self.value("product", self.letters.number(solution), parts=parts))
        self.emit(
            "minimum",
            claim=claim,
            letter=unknown,
            factorised=equation,
            loss=self.node(optimum.loss.closed_form),
            candidate=there(certificate.candidate_loss),
            square=there(certificate.distance),
            normal=normal,
            direction=self.data(direction),
            at=at,
            power=self.node(optimum.target_power),
            explained=there(optimum.explained),
            value=self.node(optimum.closed_form),
        )

    def _as_square(self, claim: str, optimum: Optimum) -> None:
        """L(θ) = L* + E[(f_θ − f_K*)²], with the solution written out."""
        square, distance = self.node(optimum.certificate.distance), optimum.certificate.distance
        if optimum.solution is not None:
            table = {optimum.problem.unknown: optimum.solution}
            square = self.put(square, table, distance.substitute(table))
        self.at_least(claim, self.node(optimum.loss.closed_form), self.node(optimum.closed_form), square)

    def state(self, name: str, text: str, found: Any, stated: sympy.Basic) -> None:
        """A quantity as stated and as derived."""
        value = read_form(stated)
        entry = self.data(value)
        derived = self.node(found) if value.is_scalar else self.as_quotient(found, entry, value)
        self.emit("stated", name=name, text=text, stated=entry, derived=derived)


def _in_scalars(form: ClosedForm) -> bool:
    """True if dimensions and scalar symbols are all there is in a form."""
    return all(isinstance(MEANING[a], sympy.Symbol) for a in form.letters())


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
    recording: Recording,
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
    recording : Recording
    """
    first = header(
        theorem.id, theorem.statement, theorem.citation, theorem.assumptions, axioms, theorem.claims
    )
    own = {
        name: evidence_of(quantity.found, recording)
        for name, quantity in proved.items()
        if isinstance(quantity.found, OwnResult)
    }
    writer = CertificateWriter(recording, first)
    writer.write_facts()
    for name, quantity in proved.items():
        if name in own:
            own[name].write(writer, name, quantity.text)
            continue
        writer.state(name, quantity.text, quantity.found, theorem.claims[name])
    writer.write_sums()
    writer.emit("verdict", verdict=status, entries=len(writer.lines) + 1)
    return "\n".join(writer.lines) + "\n"
