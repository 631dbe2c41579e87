"""Who attains the least loss: those parameters at which equations hold, and no others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import sympy

from symicl.algebra import ClosedForm
from symicl.errors import DerivationError
from symicl.statements.comparison import Comparison
from symicl.statements.kinds.concluded import Identity
from symicl.statements.kinds.conditions import (
    alternatives,
    conditions,
    implied,
    latex_in_words,
    listed,
    said_to_vanish,
)
from symicl.statements.kinds.minimiser_entry import write_exact_minimisers
from symicl.statements.kinds.minimiser_equations import MinimiserEquations, renamings
from symicl.statements.kinds.minimisers_refuted import differs_at_a_place, elsewhere, too_large, too_small
from symicl.statements.proposition import Proposition, PropositionWriter
from symicl.statements.ties import Ties
from symicl.theory import Deduction, Nonnegative, at_coordinates, indices_in, multiple, zeros
from symicl.typeset import formula_text
from symicl.verdicts import PROVED, REFUTED, UNDECIDED


@dataclass(frozen=True)
class MinimalExactlyWhere(MinimiserEquations):
    """The loss has its least value where equations between its parameters hold, and nowhere else.

    A derivation concludes it from terms that are not negative and add up to the loss less that value. *Only there*:
    what is squared with weights that are positive definite vanishes with the sum, and the equations follow from that,
    each as a multiple of something that vanishes, or by a `Deduction`. *There*: with the equations put in, a factor of
    each term is zero.

    Attributes
    ----------
    value, equations, given, at, fails, tries
        See `MinimiserEquations`.
    loss : ClosedForm, optional
        Where a derivation concludes: the loss.
    deductions, back : tuple of Deduction
        Where a derivation concludes: what follows from what vanishes, step by step; and what follows from the equations
        that cannot be solved for a parameter, with the others put in.
    """

    loss: ClosedForm | None = field(default=None, compare=False, repr=False)
    deductions: tuple[Deduction, ...] = field(default=(), compare=False, repr=False)
    back: tuple[Deduction, ...] = field(default=(), compare=False, repr=False)

    kind: ClassVar[str] = "exact set of minimisers"

    @property
    def rule(self) -> str:
        return (
            "the loss less its least value is a sum of terms that are not negative, which vanish together only where "
            "the equations hold, and do vanish there"
        )

    @property
    def excess(self) -> ClosedForm:
        if self.loss is None:
            raise DerivationError("minimisers are concluded for a loss; give its closed form as loss=")
        return self.difference(self.loss, {})

    def identities(self, terms: Sequence[Nonnegative]) -> list[Identity]:
        if any(len(alternatives(condition)) > 1 for condition in self.given):
            raise DerivationError("conclude each of the alternatives by itself")
        return [*self._only_there(terms), *self._there(terms)]

    def positive(self) -> list[ClosedForm]:
        """The scalars that are > 0 by what is given."""
        return [self.placed(g) for g in conditions(self.given, {})[0]]

    def _only_there(self, terms: Sequence[Nonnegative]) -> list[Identity]:
        """The equations, from what vanishes with the sum."""
        scalars, covariances = self.positive(), conditions(self.given, {})[1]
        squares = zeros(terms, scalars)
        for H in (H for zero in squares for H in zero.covariances if H not in covariances):
            raise DerivationError(
                f"it is used that {H} is positive definite, which is not given; add it to given="
            )
        gaps, found = self.gaps({}), []
        forms = [zero.form for zero in squares]
        names = sorted({i for form in (*forms, *gaps) for i in indices_in(form)})
        known = _everywhere(forms, names)
        for deduction in self.deductions:
            found.append((_deduced(deduction), *deduction.verified(known, scalars)))
            known.extend(_everywhere(deduction.forms, names))
        for gap in gaps:
            step = next((m for zero in known if (m := multiple(gap, zero))), None)
            if step is None:
                vanish = ", ".join(map(formula_text, known)) or "nothing"
                raise DerivationError(
                    f"it does not follow that {formula_text(gap)} vanishes; what vanishes is: {vanish}"
                )
            found.append((_deduced(step), *step.verified(known, scalars)))
        return found

    def _there(self, terms: Sequence[Nonnegative]) -> list[Identity]:
        """That each term vanishes where the equations hold."""
        parts = [part for term in terms for part in term.parts]
        squared = [reason.squared for part in parts for reason in part if reason.squared is not None]
        names = sorted({i for form in squared for i in indices_in(form)})
        values, _ = self.solved({}, names)
        scalars = self.positive()
        known = [gap for gap in (gap.substitute(values) for gap in self.gaps({}, names)) if gap]
        found = []
        for deduction in self.back:
            found.append((_deduced(deduction), *deduction.verified(known, scalars)))
            known.extend(_everywhere(deduction.forms, names))
        for number, part in enumerate(parts, 1):
            forms = [form for reason in part for form in (reason.squared, reason.form) if form is not None]
            there = [form.substitute(values) for form in forms]
            nothing = [(form, ClosedForm.zero(form.rows, form.cols)) for form in there]
            gone = next((pair for pair in nothing if pair[0] == pair[1]), None)
            if gone is not None:
                found.append((f"a factor of term {number} vanishes where the equations hold", *gone))
                continue
            step = next((m for put in there for zero in known if (m := multiple(put, zero))), None)
            if step is None:
                raise DerivationError(
                    f"term {number} of {len(parts)} is not seen to vanish where the equations hold"
                )
            found.append((_deduced(step), *step.verified(known, scalars)))
        return found

    def follows_from(self, other: Any, claims: Mapping[str, sympy.Basic], ties: Ties) -> bool:
        if other.loss != self.own_loss(ties) or self.values() != other.values():
            return False
        if self._speaks_of_parameters(ties, claims):
            return False
        if self.difference(other.loss, claims) != other.excess:
            return False
        own, others = self.gaps(claims), other.gaps({})
        same = all(any(_same_zeros(gap, one) for one in others) for gap in own)
        same = same and all(any(_same_zeros(gap, one) for one in own) for gap in others)
        return same and implied(conditions(other.given, {}), conditions(self.given, claims))

    def _speaks_of_parameters(self, ties: Ties, claims: Mapping[str, sympy.Basic]) -> bool:
        """True if what is called the least value depends on parameters, and is no value."""
        parameters = {ties.loss.letter_to_differentiate(name) for name in ties.loss.letter_names}
        return bool(parameters & set(self.form("value", claims).letters()))

    def own_loss(self, ties: Ties) -> ClosedForm:
        """The loss that it speaks of."""
        found: ClosedForm = ties.loss.closed_form
        return found

    def judge(
        self, claims: Mapping[str, sympy.Basic], ties: Ties, concluded: Sequence[Proposition] = ()
    ) -> Comparison:
        same = [other for other in concluded if isinstance(other, MinimalExactlyWhere)]
        choices = (replace(self, given=choice) for choice in self.choices())
        if all(any(choice.follows_from(other, claims, ties) for other in same) for choice in choices):
            return Comparison(PROVED)
        found = self.decide(claims, ties)
        if found.status == REFUTED:
            return found
        loss = self.own_loss(ties)
        for other in (other for other in same if other.loss == loss):
            if self.difference(loss, claims) == other.excess and (
                witness := differs_at_a_place(self, other, claims)
            ):
                return Comparison(REFUTED, witness=witness)
        return found

    def decide(self, claims: Mapping[str, sympy.Basic], ties: Ties) -> Comparison:
        loss = self.own_loss(ties)
        witness = (
            too_large(self, loss, claims) or elsewhere(self, loss, claims) or too_small(self, ties, claims)
        )
        if witness:
            return Comparison(REFUTED, witness=witness)
        return Comparison(UNDECIDED, reason=f"the derivation does not conclude this {self.kind}")

    def entry(self, writer: PropositionWriter, claim: str) -> None:
        write_exact_minimisers(self, writer, claim)

    def wrong_versions(self) -> Iterator[tuple[str, MinimalExactlyWhere]]:
        for one, other in self.equations.items():
            rest = {left: right for left, right in self.equations.items() if left != one}
            if isinstance(other, str) or other != 0 * one:  # twice what is 0 is 0 again
                yield f"twice {one}", replace(self, equations={**rest, 2 * one: other})
                yield f"{one} also 0", replace(self, equations={**self.equations, 2 * one: 0 * one})
            if rest:
                yield f"{one} free", replace(self, equations=rest)
        for condition in self.given if self.fails else ():
            given = tuple(c for c in self.given if c != condition)
            yield f"without the condition on {condition}", replace(self, given=given)


def _same_zeros(gap: ClosedForm, other: ClosedForm) -> bool:
    """True if each of two forms is a multiple of the other one, and so vanishes where that does."""
    return multiple(gap, other) is not None and multiple(other, gap) is not None


def _everywhere(forms: Iterable[ClosedForm], names: Sequence[str]) -> list[ClosedForm]:
    """Forms at all choices of different coordinates among those that are named."""
    found: list[ClosedForm] = []
    for form in forms:
        own = indices_in(form)
        there = (at_coordinates(form, to) for to in renamings(own, sorted({*names, *own})))
        found.extend(one for one in there if one not in found)
    return found


def _deduced(step: Deduction) -> str:
    others = [f"${latex_in_words(zero)}$" for _, zero, _ in step.combination]
    return f"{said_to_vanish(step.forms)} where {listed(others)} {'does' if len(others) == 1 else 'do'}"
