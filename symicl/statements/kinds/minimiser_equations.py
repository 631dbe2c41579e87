"""Equations between parameters of which it is said that they hold exactly where the loss is least."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations, product
from typing import Any, ClassVar

import sympy

from symicl.algebra import PARTNER, ClosedForm, letter_of, read_form
from symicl.errors import InputError
from symicl.statements.kinds.concluded import Concluded
from symicl.statements.kinds.conditions import Condition, alternatives, given_latex, listed, with_meanings
from symicl.statements.kinds.fields import Place, Stated, as_expression, as_form
from symicl.theory import at_coordinates, indices_in, multiple
from symicl.typeset import formula_latex


@dataclass(frozen=True)
class MinimiserEquations(Concluded):
    """The fields of `MinimalExactlyWhere`, and the sentence and the equations that are made from them.

    Attributes
    ----------
    value : SymPy scalar, or the name of a stated quantity
        The least value.
    equations : dict
        From parameters, or expressions in them, to what they are equal to. Symbols from `entry_symbol` are entries at
        coordinates: an equation in them holds for all coordinates that are different from each other.
    given : tuple
        What it holds for: scalars that are > 0, covariances that are positive definite, relations such as ``T > 3``; of
        a tuple one is enough. All that the evidence uses must be among them.
    at : dict, optional
        Values of symbols for which it is said.
    fails : tuple of dict
        Values of symbols for which the loss is least elsewhere, too, as something that is given fails there; they are
        only looked at.
    tries : tuple of dict
        Values of parameters at which some or all of the equations hold; they are only looked at, to refute.
    """

    value: Stated
    equations: Mapping[sympy.Basic, Stated]
    given: tuple[Condition, ...] = ()
    at: Place | None = None
    fails: tuple[Place, ...] = ()
    tries: tuple[Place, ...] = ()

    expressions: ClassVar[tuple[str, ...]] = ("value",)
    places: ClassVar[tuple[str, ...]] = ("at",)

    def __post_init__(self) -> None:
        if not self.equations:
            raise InputError("give the equations of the minimisers, such as equations={beta: beta_star}")

    @property
    def quantities(self) -> tuple[str, ...]:
        named = (right for right in self.equations.values() if isinstance(right, str))
        return (*super().quantities, *named)

    def letters(self, claims: Mapping[str, sympy.Basic]) -> set[sympy.Basic]:
        sides = [
            side for left, right in self.equations.items() for side in (left, as_expression(right, claims))
        ]
        sides += [as_expression(c, claims) for choice in self.choices() for c in choice]
        return super().letters(claims).union(*(side.free_symbols for side in sides))

    def in_symbols(self, meaning: Mapping[sympy.Basic, sympy.Basic]) -> Any:
        equations = {
            left: right.xreplace(dict(meaning)) if isinstance(right, sympy.Basic) else right
            for left, right in self.equations.items()
        }
        given = with_meanings(self.given, meaning)
        return replace(super().in_symbols(meaning), equations=equations, given=given)

    def sentence(self, left: Mapping[str, str]) -> str:
        equal = (
            f"${formula_latex(one)}={left[other] if isinstance(other, str) else formula_latex(other)}$"
            for one, other in self.equations.items()
        )
        said = f"the loss has its least value ${self.latex('value', left)}$ exactly where {listed(equal)}"
        said += _coordinates_latex(sorted({i for gap in self._sides() for i in indices_in(gap)}))
        where = [f"for {self.place_latex('at')}"] if self.at else []
        where += filter(None, [given_latex(self.given)])
        said = ", ".join([*where, said]) + "."
        return said[0].upper() + said[1:]

    def _sides(self) -> list[ClosedForm]:
        parts = [side for pair in self.equations.items() for side in pair if not isinstance(side, str)]
        return [as_form(side, {}) for side in parts]

    def difference(self, loss: ClosedForm, claims: Mapping[str, sympy.Basic]) -> ClosedForm:
        """The loss less its least value."""
        return self.placed(loss - self.form("value", claims))

    def placed(self, form: ClosedForm) -> ClosedForm:
        """With the values of symbols put in for which it is said."""
        return form.substitute(self.values())

    def pairs(
        self, claims: Mapping[str, sympy.Basic], coordinates: Iterable[str] = ()
    ) -> list[tuple[ClosedForm, ClosedForm]]:
        """The two sides of each equation, at all choices of different coordinates among those that are named.

        Those that occur in the equations are among them.
        """
        sides = [(read_form(one), as_form(other, claims)) for one, other in self.equations.items()]
        names = sorted({*coordinates, *(i for pair in sides for form in pair for i in indices_in(form))})
        return [
            (self.placed(at_coordinates(one, to)), self.placed(at_coordinates(other, to)))
            for one, other in sides
            for to in renamings(indices_in(one) | indices_in(other), names)
        ]

    def gaps(self, claims: Mapping[str, sympy.Basic], coordinates: Iterable[str] = ()) -> list[ClosedForm]:
        """Left minus right side of each of these."""
        return [one - other for one, other in self.pairs(claims, coordinates)]

    def solved(
        self, claims: Mapping[str, sympy.Basic], coordinates: Iterable[str] = ()
    ) -> tuple[dict[int, ClosedForm], bool]:
        """The parameters that equations give as multiples of one letter, and whether these are all equations."""
        found: dict[int, ClosedForm] = {}
        pairs = self.pairs(claims, coordinates)
        for one, other in pairs:
            single = _of_one_letter(one)
            if single is None:
                continue
            a, value = single[0], (other * (1 / single[1])).substitute(found)
            if a not in found and not any({b, PARTNER[b]} & set(value.letters()) for b in (a, *found)):
                found = {b: form.substitute({a: value}) for b, form in found.items()} | {a: value}
        return found, len(found) == len(pairs)

    def values(self) -> dict[int, ClosedForm]:
        """The values of symbols for which it is said."""
        return put_for(self.place("at"))

    def choices(self) -> list[tuple[Any, ...]]:
        """One of each of the alternatives."""
        return list(product(*map(alternatives, self.given)))


def renamings(indices: Iterable[str], names: Sequence[str]) -> list[dict[str, str]]:
    """All ways to call different coordinates by other names, each by one of its own."""
    old = sorted(indices)
    return [dict(zip(old, new, strict=True)) for new in permutations(names, len(old))]


def _coordinates_latex(names: Sequence[str]) -> str:
    """For which coordinates equations hold, in words; empty for none."""
    if not names:
        return ""
    first, *others = names
    if len(others) < 2:
        return f" for every coordinate ${first}$" + "".join(f" and all others ${other}$" for other in others)
    return f" for all different coordinates ${','.join(names)}$"


def put_for(place: Place) -> dict[int, ClosedForm]:
    """A place as replacements of letters."""
    return {letter_of(read_form(s)): read_form(v) for s, v in place.items()}


def _of_one_letter(form: ClosedForm) -> tuple[int, ClosedForm] | None:
    """The letter and the number of which a form is the product; None if it is no such thing."""
    letters = form.letters()
    if len(letters) != 1:
        return None
    (a,) = letters
    for b in (a, PARTNER[a]):
        letter = ClosedForm.of(b)
        found = multiple(form, letter)
        if found is not None and (form.rows, form.cols) == (letter.rows, letter.cols):
            ((ratio, _, _),) = found.combination
            number = ratio.trace() / ClosedForm.identity(form.rows).trace()
            if not number.letters():
                return b, number
    return None
