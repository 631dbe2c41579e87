"""Who attains the least loss of sequences: weights with equations between their entries, at all coordinates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import sympy

from symicl.algebra import ClosedForm, read_form, scalar_letter
from symicl.errors import DerivationError
from symicl.statements.comparison import Comparison
from symicl.statements.kinds.concluded import Identity
from symicl.statements.kinds.conditions import said_to_vanish
from symicl.statements.kinds.entry_equations import EntryEquations
from symicl.statements.kinds.entry_minimiser_entry import write_entry_minimisers
from symicl.statements.kinds.entry_points import Weights, around, differs
from symicl.statements.kinds.own_loss import FIRST_TIME, loss_at_one_time, loss_over_times
from symicl.statements.proposition import PropositionWriter
from symicl.statements.ties import Ties
from symicl.theory import (
    Coordinates,
    Deduction,
    EntrySquares,
    EntryZeros,
    Nonnegative,
    at_coordinates,
    indices_in,
)
from symicl.verdicts import REFUTED, UNDECIDED

VANISHING_SQUARES = "real numbers whose squares add up to zero are zero"


def counted_from(symbol: sympy.Symbol, least: int) -> sympy.Symbol:
    """The positive integer n − least + 1, for a number n that is at least ``least``; in it derivations conclude."""
    return sympy.Symbol(f"{symbol} from {least}", integer=True, positive=True)


@dataclass(frozen=True)
class MinimalAtEntries(EntryEquations):
    """The loss has its least value where equations hold between entries at all coordinates, and nowhere else.

    A derivation concludes it from sums over coordinates of squares, which add up to the loss less that value. *Only
    there*: with the sum each square vanishes, at all coordinates, and the equations follow by deductions, each of which
    is an identity. *There*: each square is a combination of the equations.

    Attributes
    ----------
    value : SymPy scalar, or the name of a stated quantity
        The least value.
    equations : tuple of pairs of SymPy scalars
        In ``entry_symbol("C", "i", "j")``, for all i and j ≠ i (of different pairs), and in other weights.
    some : tuple of (symbol, SymPy scalar)
        Numbers that are the same for all coordinates; each is what the expression is at one coordinate j.
    among : tuple of (str, Parameter)
        The matrices of the active pair and what they are restricted to, such as ``("A", DiagonalMatrix("a"))``; without
        it the loss is that at one time over all effective parameters.
    least : tuple of (symbol, int)
        Sizes, each with the least number for which it is said.
    positions : PositionalWeights, optional
        The positional weights, of which the last ones occur in the equations and the sum of the squares of all others.
    examples : tuple of dict
        Weights by name, as nested tuples of numbers, near which a wrong statement is likely to fail.
    loss : ClosedForm, optional
        Where a derivation concludes: the loss, in the sizes.
    deductions, back : tuple of Deduction
        Where a derivation concludes: what follows from what vanishes; and that all squares vanish where the equations
        hold.
    """

    examples: tuple[Weights, ...] = field(default=(), compare=False, repr=False)
    loss: ClosedForm | None = field(default=None, compare=False, repr=False)
    deductions: tuple[Deduction, ...] = field(default=(), compare=False, repr=False)
    back: tuple[Deduction, ...] = field(default=(), compare=False, repr=False)

    kind: ClassVar[str] = "exact set of minimisers"

    @property
    def rule(self) -> str:
        return (
            "the loss less its least value is a sum of squares over coordinates, which vanish together only where the "
            "equations hold, and do vanish there"
        )

    @property
    def axioms(self) -> tuple[str, ...]:
        return (VANISHING_SQUARES,)

    # --- what a derivation concludes ----------------------------------------------------------------------------

    def counted(self, form: ClosedForm) -> ClosedForm:
        """A form with each size that is at least a number counted from there on."""
        table = {
            scalar_letter(symbol): read_form(counted_from(symbol, number)) + (number - 1)
            for symbol, number in self.least
            if number > 1
        }
        return form.substitute({a: value for a, value in table.items() if a in form.letters()})

    @property
    def excess(self) -> ClosedForm:
        if self.loss is None:
            raise DerivationError("minimisers are concluded for a loss; give its closed form as loss=")
        return self.counted(self.loss - self.form("value", {}))

    def identities(self, terms: Sequence[Nonnegative]) -> list[Identity]:
        """The deductions, each as an identity.

        Raises
        ------
        DerivationError
            If the equations do not follow, or the squares do not vanish where they hold.
        """
        only, there = self.zeros_of(terms), self.zeros_of(terms)
        only.learn_terms(terms)
        found = [
            (f"{said_to_vanish(step.forms)} at a minimiser", *only.deduce(step)) for step in self.deductions
        ]
        for form in self.gaps_at_minimisers(only.coordinates):
            if not only.vanishes(form):
                raise DerivationError(f"it does not follow that {form} vanishes")
        for gap in self._gaps():
            there.learn(gap)
        found += [
            (f"{said_to_vanish(step.forms)} where the equations hold", *there.deduce(step))
            for step in self.back
        ]
        there.refuse_others(terms)
        return found

    def _gaps(self) -> list[ClosedForm]:
        return [self.counted(read_form(one) - read_form(other)) for one, other in self.equations]

    def gaps_at_minimisers(self, coordinates: Coordinates) -> Iterator[ClosedForm]:
        """Of each equation, with the numbers that are the same for all coordinates as they are at j."""
        values = {scalar_letter(symbol): self.counted(read_form(value)) for symbol, value in self.some}
        for gap in self._gaps():
            if not set(values) & set(gap.letters()):
                yield gap
                continue
            if {"j", "~j"} & indices_in(gap):
                raise DerivationError(
                    "an equation with a number that is the same for all coordinates is at i alone"
                )
            at_j = {"i": "j", "~i": "~j"}
            at_partner = {"i": "~j", "~i": "j"}
            for renaming in ({}, at_j, *([at_partner] if coordinates.paired else [])):
                yield at_coordinates(gap, renaming).substitute(values)

    def zeros_of(self, terms: Sequence[Nonnegative]) -> EntryZeros:
        """Forms that vanish at all coordinates, none of which is known yet; those of the squares of terms."""
        rows = self.positions
        linked = {} if rows is None else {rows.earlier(2): rows.earlier(1)}
        reasons = (reason for term in terms for part in term.parts for reason in part)
        kinds = {(r.d, r.paired) for r in reasons if isinstance(r, EntrySquares)}
        if len(kinds) != 1:
            raise DerivationError("the squares of a sum are over the same coordinates")
        return EntryZeros(Coordinates(*kinds.pop()), linked)

    def entry(self, writer: PropositionWriter, claim: str) -> None:
        write_entry_minimisers(self, writer, claim)

    # --- what a theorem states ------------------------------------------------------------------------------------

    def own_loss(self, ties: Ties) -> ClosedForm:
        """The loss that it speaks of."""
        return loss_over_times(ties, dict(self.among)) if self.among else loss_at_one_time(ties)

    def follows_from(self, other: Any, claims: Mapping[str, sympy.Basic], ties: Ties) -> bool:
        low = dict(other.least)
        wide = all(number >= low.get(symbol, 1) for symbol, number in self.least)
        same = wide and low.keys() <= dict(self.least).keys() and set(self.some) == set(other.some)
        same = same and (self.among, self.positions) == (other.among, other.positions)
        same = (
            same
            and other.loss == self.own_loss(ties)
            and self.form("value", claims) == other.form("value", {})
        )
        own, others = ([read_form(a) - read_form(b) for a, b in p.equations] for p in (self, other))
        return same and all(gap in others for gap in own) and all(gap in own for gap in others)

    def decide(self, claims: Mapping[str, sympy.Basic], ties: Ties) -> Comparison:
        """Refuted by weights that satisfy the equations and have another loss, or have it and do not satisfy them."""
        early = [(symbol, number) for symbol, number in self.least if number < FIRST_TIME]
        if early:
            symbol, number = early[0]
            return Comparison(
                REFUTED,
                witness=f"is false at {symbol} = {number}: there is no prediction before {symbol} = {FIRST_TIME}",
            )
        loss = self.own_loss(ties)
        for weights in around(self.examples):
            if found := differs(self, weights, loss, self.expression("value", claims), ties):
                return Comparison(REFUTED, witness=found)
        return Comparison(UNDECIDED, reason=f"the derivation does not conclude this {self.kind}")

    def wrong_versions(self) -> Iterator[tuple[str, MinimalAtEntries]]:
        for k, (one, other) in enumerate(self.equations):
            rest = self.equations[:k] + self.equations[k + 1 :]
            if rest:
                yield f"without the equation of {one}", replace(self, equations=rest)
            moved = (*self.equations[:k], (one, other + 1), *self.equations[k + 1 :])
            yield f"{one} one more", replace(self, equations=moved)
        yield "one more equation", replace(self, equations=(*self.equations, self._further()))
        for symbol, number in self.least:
            earlier = tuple((s, n - (s == symbol)) for s, n in self.least)
            yield f"from {symbol} = {number - 1} on", replace(self, least=earlier)

    def _further(self) -> tuple[sympy.Basic, sympy.Basic]:
        """That the first of the weights is 1."""
        symbols = sorted(filter(self.is_weight, self.equations[0][0].free_symbols), key=str)
        return symbols[0], sympy.Integer(1)
