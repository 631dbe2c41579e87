"""How the facts of a derivation are written into a certificate, in their order, with what they depend on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import sympy

from symicl.algebra import MEANING, ONE, ClosedForm, closed_form, letter, read_form, scalar_letter
from symicl.certificates import Recording, TimeSumLog, is_closed_form, recording
from symicl.errors import UnsupportedError
from symicl.expectation import (
    WHY_PHASES,
    ByCharge,
    EvenColumns,
    InTime,
    PhaseLog,
    Places,
    SquareSum,
)
from symicl.theory import Decided, Known, Nonnegative, Product, Sign, Square, Uniqueness, letters_in_inverses
from symicl.verdicts import Evidence


class CertificateWriter(TimeSumLog):
    """Writes the facts of a derivation, in their order, and what they depend on.

    Attributes
    ----------
    concluded : dict
        From each kind of proposition that was concluded to the entries that it follows from.
    conclusions : list of (Proposition, Nonnegative, products)
        What was concluded, with what is ≥ 0 for that, and the products that this is the sum of.
    shown_in : list of (Nonnegative, int)
        What is ≥ 0 for that, and the entry that says so.
    decided : set of int
        Entries of forms of which an entry of a rule of its own says that they are ≥ 0.
    """

    def __init__(self, recording: Recording, header: Mapping[str, Any]):
        super().__init__(recording, header)
        self.concluded: dict[str, list[int]] = {}
        self.conclusions: list[tuple[Any, Nonnegative, list[Product] | str]] = []
        self.shown_in: list[tuple[Nonnegative, int]] = []
        self.decided: set[int] = set()

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
        said: Any,
        shown: Nonnegative,
        products: list[Product] | str,
        squares: Sequence[Any],
        identities: Sequence[tuple[str, ClosedForm, ClosedForm]],
    ) -> None:
        """A form that is ≥ 0 as a sum of products, or, where these are not known, what is known of each factor; and the
        identities that a rule rests on beside."""
        self.conclusions.append((said, shown, products))
        if isinstance(products, str):
            found = list(self._factors(claim, said.excess, shown, squares))
        else:
            found = [self.nonnegative(claim, said.excess, products, shown.assumes)]
            self.shown_in.append((shown, found[0]))
        for told, one, other in identities:
            found.append(self.emit("equal", claim=told, left=self.node(one), right=self.node(other)))
        self.concluded.setdefault(said.kind, []).extend(dict.fromkeys(found))

    def _factors(
        self, claim: str, excess: ClosedForm, shown: Nonnegative, squares: Sequence[Any]
    ) -> Iterator[int]:
        left, right = self.node(excess), self.node(shown.form)
        yield self.emit("equal", claim=f"the terms add up to it: {claim}", left=left, right=right)
        for why, form, found, assumes in squares:
            part = f"part of a term that is not negative, for: {claim}"
            if isinstance(found, list):
                yield self.nonnegative(part, form, found, assumes)
            elif found is not None:
                yield self.at_least(part, self.node(form), self.node(0), self.node(found))
            elif form.is_scalar and _in_scalars(form):
                yield self.emit("sign", claim=part, of=self.node(form), strict=False)
            else:
                self.emit("asserted", claim=part, why=why)

    def nonnegative(
        self,
        claim: str,
        form: ClosedForm,
        products: Iterable[Product],
        assumes: Mapping[int, ClosedForm] | None = None,
    ) -> int:
        """Write that a form is ≥ 0, as a sum of products, where letters are what is assumed of them."""
        of = self.node(form)
        terms = [[[*map(self._factor, p.above)], [*map(self.node, p.below)]] for p in products]
        inner = letters_in_inverses(form)
        used = {a: value for a, value in (assumes or {}).items() if a in form.letters() | inner}
        # What is inside of an inverse stays as it is, where it is what is assumed of it.
        parts = (
            ("letters", {a: value for a, value in used.items() if a not in inner}),
            ("where", {a: value for a, value in used.items() if a in inner}),
        )
        assumed = {name: self.pairs(table) for name, table in parts if table}
        return self.emit("nonnegative", claim=claim, of=of, products=terms, **assumed)

    def _factor(self, factor: ClosedForm | Known | Decided) -> int:
        """The entry of a factor; of one that was shown before, of the same in which letters are replaced."""
        if isinstance(factor, ClosedForm):
            return self.node(factor)
        if isinstance(factor, Decided):
            of = self.node(factor.form)
            if of not in self.decided:
                self.decided.add(of)
                factor.write(self, of)
            return of
        shown, general = factor.shown, self.node(factor.general)
        cited = [
            said.excess
            for said, other, found in self.conclusions
            if other == shown and isinstance(found, list)
        ]
        if cited:
            products: list[Product] | str = [Product((cited[0],))]
        else:
            products = self.recorded(shown.products)
        if isinstance(products, str):
            raise UnsupportedError(products)
        self.nonnegative("it was shown before", factor.general, products, shown.assumes)
        return self.put(general, factor.values, factor.form) if factor.values else general

    def recorded(self, compute: Callable[[], Any]) -> Any:
        """The result of a computation, whose steps can be written."""
        with recording() as own:
            found = compute()
        self.know_laws(own)
        return found

    def know_laws(self, own: Recording) -> None:
        """Take notice of the laws of another recording."""
        for (law,) in (fact.arguments for fact in own.of("law")):
            self.laws.setdefault(law.letter, law)

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


def _in_scalars(form: ClosedForm) -> bool:
    """True if dimensions, scalar symbols and sums of squares are all there is in a form."""
    return all(isinstance(MEANING[a], sympy.Symbol | SquareSum) for a in form.letters())


def _time_by_time(left: InTime, right: InTime) -> Iterator[tuple[Any, Any]]:
    """The coefficients of each power of t − 1, and what single times add."""
    for one, other in ((left.powers, right.powers), (left.exceptions, right.exceptions)):
        for key in sorted(one.keys() | other.keys()):
            yield one.get(key, closed_form(0)), other.get(key, closed_form(0))
