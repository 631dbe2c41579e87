"""Entries that vanish where sums over coordinates of squares do; coordinates are i and j ≠ i, or of other pairs.

What holds for all coordinates is looked at for labels: i and j, and with pairs their partners ~i and ~j.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from operator import mul
from typing import Any

import sympy

from symicl.algebra import MEANING, ClosedForm, closed_form, read_form, scalar_letter
from symicl.errors import DerivationError
from symicl.theory.bounds.entries import at_coordinates, entry_symbol, indices_in
from symicl.theory.bounds.entry_squares import EntrySquares
from symicl.theory.bounds.nonnegative import Nonnegative
from symicl.theory.bounds.reasons import Reason
from symicl.theory.bounds.zeros import Deduction, multiple, positive_given

PARTNER_OF = {"i": "~i", "~i": "i", "j": "~j", "~j": "j"}


@dataclass(frozen=True)
class Coordinates:
    """The labels of coordinates.

    Attributes
    ----------
    d : SymPy expression
        How many coordinates there are.
    paired : bool
    """

    d: Any
    paired: bool = False

    @property
    def labels(self) -> tuple[str, ...]:
        """i and j, with their partners."""
        return ("i", "~i", "j", "~j") if self.paired else ("i", "j")

    def group(self, label: str) -> frozenset[str]:
        """A label, with its partner if there is one."""
        return frozenset({label, PARTNER_OF[label]} if self.paired else {label})

    def partner(self, label: str) -> str:
        return PARTNER_OF[label]

    def assignments(self, indices: Sequence[str], *, distinct: bool) -> Iterator[dict[str, str]]:
        """All ways to put labels for indices."""
        for chosen in product(self.labels, repeat=len(indices)):
            groups = [self.group(label) for label in chosen]
            if not distinct or len(set(groups)) == len(groups):
                yield dict(zip(indices, chosen, strict=True))

    @property
    def renamings(self) -> tuple[dict[str, str], ...]:
        """All permutations of the labels under which what holds for all coordinates is the same."""
        found = []
        for at in self.assignments(("i", "j"), distinct=True):
            found.append(
                at | ({f"~{i}": self.partner(label) for i, label in at.items()} if self.paired else {})
            )
        return tuple(found)


@dataclass(frozen=True)
class Rest:
    """The part of a sum within a form over the coordinates that have no label in it.

    Attributes
    ----------
    letter : int
        It stands for the sum over them.
    summand : ClosedForm
        At one such coordinate.
    count : ClosedForm
        How many they are.
    """

    letter: int
    summand: ClosedForm
    count: ClosedForm


class EntryZeros:
    """Forms that vanish at all coordinates.

    Parameters
    ----------
    coordinates : Coordinates
    linked : dict
        From letters that stand for a sum of squares to those that vanish with it, such as a sum.
    given : sequence of ClosedForm
        Scalars that are > 0.
    """

    def __init__(
        self,
        coordinates: Coordinates,
        linked: Mapping[sympy.Symbol, sympy.Symbol],
        given: Sequence[ClosedForm] = (),
    ):
        self.coordinates, self.linked, self.given = coordinates, linked, tuple(given)
        self.known: list[ClosedForm] = []
        self._by_letters: dict[frozenset[int], list[ClosedForm]] = {}
        self._waiting: list[tuple[ClosedForm, tuple[Rest, ...], ClosedForm]] = []

    # --- what is known to vanish ------------------------------------------------------------------------------

    def learn(self, form: ClosedForm) -> None:
        """That a form vanishes, at all coordinates."""
        for renaming in self.coordinates.renamings:
            self._add(at_coordinates(form, renaming))
        self._follow()

    def _follow(self) -> None:
        """Note what vanishes with what is known by now."""
        for squares, total in self.linked.items():
            if self.vanishes(read_form(squares)):
                self._add(read_form(total))
        for root, rests, weight in self._waiting:
            self._add(self.reduced(root, rests), weight)

    def learn_terms(self, terms: Sequence[Nonnegative]) -> None:
        """That the sum of terms vanishes, and with it each of them, as none is negative."""
        for part in (part for term in terms for part in term.parts):
            squares, weight = _split(part)
            if squares is None:
                self.learn(weight)
                continue
            if positive_given(weight, self.given):
                weight = closed_form(1)
            outer = tuple(squares.over)
            for at in self.coordinates.assignments(outer, distinct=squares.distinct):
                root, rests = self.root_at(squares, at)
                if rests:
                    self._waiting.append((root, rests, weight))
                self._add(self.reduced(root, rests), weight)
        self._follow()

    def deduce(self, deduction: Deduction) -> tuple[ClosedForm, ClosedForm]:
        """Verify a deduction from what is known, learn it, and return the two sides of its identity."""
        sides = deduction.verified(self.known, self.given)
        for form in deduction.forms:
            self.learn(form)
        return sides

    def multiple_of_known(self, form: ClosedForm) -> Deduction | None:
        """That a form vanishes, as a multiple of something that does; None if it is not seen."""
        letters = _without_sizes(form)
        alike = (zeros for of, zeros in self._by_letters.items() if of <= letters)
        return next((found for zeros in alike for zero in zeros if (found := multiple(form, zero))), None)

    def vanishes(self, form: ClosedForm) -> bool:
        """True if a form is zero or a multiple of something known to vanish."""
        return not form or self.multiple_of_known(form) is not None

    def refuse_others(self, terms: Sequence[Nonnegative]) -> None:
        """Check that each term vanishes at all coordinates.

        Raises
        ------
        DerivationError
            If one is not seen to.
        """
        for part in (part for term in terms for part in term.parts):
            squares, weight = _split(part)
            if self.vanishes(weight) or any(self.vanishes(reason.form) for reason in part):
                continue
            if squares is None:
                raise DerivationError(f"it is not seen to vanish where the equations hold: {weight}")
            for at in self.coordinates.assignments(tuple(squares.over), distinct=squares.distinct):
                root = self.reduced(*self.root_at(squares, at))
                if not self.vanishes(root):
                    raise DerivationError(f"it is not seen to vanish where the equations hold: {root}")

    # --- entries ----------------------------------------------------------------------------------------------

    def root_at(self, squares: EntrySquares, at: Mapping[str, str]) -> tuple[ClosedForm, tuple[Rest, ...]]:
        """The form that is squared at some coordinates; what is summed within it is split by labels."""
        total, rests = closed_form(0), []
        for c, entries in squares.root:
            inner = sorted(
                {i.removeprefix("~") for _, *indices in entries for i in indices} - set(squares.over)
            )
            if len(inner) > 1:
                raise DerivationError(
                    "a form that is squared has at most one sum within each of its products"
                )
            if not inner:
                total = total + c * self._product(entries, at)
                continue
            (k,) = inner
            taken = frozenset().union(*(self.coordinates.group(label) for label in at.values()))
            for label in sorted(taken):
                total = total + c * self._product(entries, {**at, k: label})
            other = next((label for label in self.coordinates.labels if label not in taken), None)
            if other is None:
                raise DerivationError(
                    "a form that is squared has a sum within it beside two other coordinates"
                )
            summand = self._product(entries, {**at, k: other})
            rest = scalar_letter(sympy.Symbol(f"sum over the others of {summand.expr}", real=True))
            rests.append(Rest(rest, summand, read_form(squares.d) - len(taken)))
            total = total + c * ClosedForm.of(rest)
        return total, tuple(rests)

    def reduced(self, root: ClosedForm, rests: Sequence[Rest]) -> ClosedForm:
        """A form with sums over the other coordinates put in, where their summand is known."""
        table = {}
        for rest in rests:
            value = self._known_value(rest.summand)
            if value is not None:
                table[rest.letter] = value * rest.count
        return root.substitute(table)

    def _known_value(self, summand: ClosedForm) -> ClosedForm | None:
        """A number, the same at all coordinates, that a summand is known to be equal to."""
        if self.vanishes(summand):
            return closed_form(0)
        rests = (summand - zero for zero in self.known)
        return next((rest for rest in rests if not indices_in(rest)), None)

    def _product(self, entries: Iterable[tuple], at: Mapping[str, str]) -> ClosedForm:
        def label(index: str) -> str:
            found = at[index.removeprefix("~")]
            return self.coordinates.partner(found) if index.startswith("~") else found

        return reduce(
            mul,
            (read_form(entry_symbol(name, *map(label, indices))) for name, *indices in entries),
            closed_form(1),
        )

    def _add(self, form: ClosedForm, weight: ClosedForm | int = 1) -> None:
        """Note that a form vanishes, or a weight times its square."""
        zero = form if weight == closed_form(1) or weight == 1 else form * form * weight
        alike = self._by_letters.setdefault(_without_sizes(zero), [])
        if zero and zero not in alike:
            alike.append(zero)
            self.known.append(zero)


def _without_sizes(form: ClosedForm) -> frozenset[int]:
    """The letters of a form, but for those that are positive, by which it may have been divided."""
    return frozenset(a for a in form.letters() if not getattr(MEANING[a], "is_positive", None))


def _split(part: tuple[Reason, ...]) -> tuple[EntrySquares | None, ClosedForm]:
    """The sum of squares in a product of reasons, and the product of the others."""
    squares = next((reason for reason in part if isinstance(reason, EntrySquares)), None)
    others = (reason.form for reason in part if reason is not squares)
    return squares, reduce(mul, others, closed_form(1))
