"""How an exact set of minimisers is written for the checkers: what vanishes with the excess loss, and conversely."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import mul
from typing import Any

from symicl.algebra import PARTNER, ClosedForm, closed_form, read_form
from symicl.errors import UnsupportedError
from symicl.statements.kinds.conditions import alternatives, conditions
from symicl.statements.kinds.minimiser_equations import MinimiserEquations
from symicl.statements.proposition import PropositionWriter
from symicl.theory import (
    Deduction,
    Nonnegative,
    Reason,
    TraceSquare,
    indices_in,
    is_positive,
    multiple,
    zeros,
)

Step = list[Any]


@dataclass(frozen=True)
class Hypotheses:
    """Scalars that are > 0, of which positive multiples are written.

    Attributes
    ----------
    writer : PropositionWriter
    scalars : sequence of ClosedForm
    plain : bool
        True if forms are written in lowest terms, and not with what they were computed from.
    """

    writer: PropositionWriter
    scalars: Sequence[ClosedForm]
    plain: bool = False

    def write(self, form: ClosedForm) -> int:
        """The entry of a form."""
        return self.writer.data(form) if self.plain else self.writer.node(form)

    def weight(self, form: ClosedForm) -> tuple[int, int]:
        """The entry of c > 0, and k: a form is c times the k-th of the scalars, or c for k = 0.

        Raises
        ------
        UnsupportedError
            If it is no such thing.
        """
        for k, scalar in enumerate((closed_form(1), *self.scalars)):
            if scalar and is_positive(form / scalar):
                return self.write(form / scalar), k
        raise UnsupportedError("a factor is not one positive multiple of what is given to be positive")

    def step(self, deduction: Deduction) -> Step:
        """A deduction, as the checkers take it."""
        products = [list(map(self.write, product)) for product in deduction.combination]
        c, k = self.weight(closed_form(deduction.factor))
        return [[*map(self.write, deduction.forms)], products, c, k, int(deduction.squared)]


def write_exact_minimisers(said: Any, writer: PropositionWriter, claim: str) -> None:
    """Write the entry of the rule `exact_minimisers`.

    Parameters
    ----------
    said : MinimalExactlyWhere
    writer : PropositionWriter
    claim : str

    Raises
    ------
    UnsupportedError
        If it is said of a special case, of entries at coordinates, or of alternatives.
    SymiclError
        If it is about a model of sequences, whose loss is no single square.
    """
    claims = writer.claims
    plain = not said.at and all(len(alternatives(condition)) == 1 for condition in said.given)
    if not plain or any(map(indices_in, said.gaps(claims))):
        raise UnsupportedError("the checkers know equations between matrices, without alternatives")
    predicted, (other, terms) = writer.predicted(), writer.conclusion(said)
    excess = said.difference(writer.ties.loss.closed_form, claims)
    shown, _ = writer.shown(said, claim, excess)
    scalars, covariances = conditions(said.given, claims)
    given = Hypotheses(writer, scalars)
    known = [zero.form for zero in zeros([terms], scalars)]
    squares = list(_squares(terms, known, given))
    only = []
    for deduction in other.deductions:
        only.append(given.step(deduction))
        known.extend(deduction.forms)
    only += [given.step(_following(gap, known)) for gap in said.gaps(claims)]
    values = _solved(said, writer)
    back = list(_conversely(terms, said, values, excess, given))
    pairs = said.pairs(claims)
    writer.emit(
        "exact_minimisers",
        claim=claim,
        predicted=predicted,
        value=writer.data(said.form("value", claims)),
        shown=shown,
        equations=[[writer.node(one), writer.node(two)] for one, two in pairs],
        squares=squares,
        only=only,
        there=writer.pairs(values),
        back=back,
        weights=writer.pairs(writer.attaining()),
        given=[writer.node(scalar) for scalar in scalars],
        definite=[writer.letter_id(_letter(H)) for H in covariances],
    )


def _squares(terms: Nonnegative, forms: Iterable[ClosedForm], given: Hypotheses) -> Iterable[Step]:
    """The squares of these forms, each with its factor in the sum."""
    for form in forms:
        weight, square = closed_form(0), None
        for part in terms.parts:
            own = [r for r in part if isinstance(r, TraceSquare) and r.squared == form]
            if own and (square is None or own[0].form == square.form):
                square = own[0]
                weight = weight + _product(part, square)
        if square is None:
            raise UnsupportedError("what vanishes is no trace of a square")
        (mean,) = (p.above[0] for p in given.writer.recorded(square.products))
        ends = [given.writer.letter_id(law.letter) for law in square.ends()]
        node = given.writer.node
        yield [node(mean), node(form), *ends, *given.weight(weight)]


def _product(part: Sequence[Reason], but: Reason) -> ClosedForm:
    return reduce(mul, (reason.form for reason in part if reason is not but), closed_form(1))


def _following(gap: ClosedForm, known: Iterable[ClosedForm]) -> Deduction:
    step = next((found for zero in known if (found := multiple(gap, zero))), None)
    if step is None:
        raise UnsupportedError("an equation is no multiple of what is deduced to vanish")
    return step


def _solved(said: MinimiserEquations, writer: PropositionWriter) -> dict[int, ClosedForm]:
    """The parameters that an equation gives as they are, or transposed."""
    loss, gaps = writer.ties.loss, said.gaps(writer.claims)
    parameters = {loss.letter_to_differentiate(name) for name in loss.letter_names}
    found = {}
    for a, value in said.solved(writer.claims)[0].items():
        own = min(a, PARTNER[a])
        there = value if a == own else value.T
        gap = ClosedForm.of(own) - there
        if parameters & {a, own} and any(one in (gap, gap.T) for one in gaps):
            found[own] = there
    return found


def _conversely(
    terms: Nonnegative,
    said: Any,
    values: Mapping[int, ClosedForm],
    excess: ClosedForm,
    given: Hypotheses,
) -> Iterable[Step]:
    """That the excess loss vanishes, with the equations that are solved put in, by the others."""

    def put(form: ClosedForm) -> ClosedForm:
        return form.substitute(dict(values))

    known = [gap for gap in map(put, said.gaps(given.writer.claims)) if gap]
    left, one = [], closed_form(1)
    for part in terms.parts:
        if not all(put(reason.form) for reason in part):
            continue
        square = next((r for r in part if isinstance(r, TraceSquare) and r.squared is not None), None)
        if square is None:
            raise UnsupportedError("a term that vanishes with the equations is no trace of a square")
        inner = put(square.inner)
        ((ratio, zero, _),) = _following(inner, known).combination
        weighted = square.weighted(inner).T * put(_product(part, square)) @ ratio
        form = weighted @ zero
        yield given.step(Deduction((form,), ((weighted, zero, one),)))
        left.append(form.trace())
    there = put(excess)
    if there:
        yield given.step(Deduction((there,), tuple((one, form, one) for form in left)))


def _letter(covariance: Any) -> int:
    (a,) = read_form(covariance).letters()
    return a
