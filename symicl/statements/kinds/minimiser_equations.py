"""Equations between parameters of which it is said that they hold exactly where the loss is least."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, ClassVar

import sympy

from symicl.algebra import PARTNER, ClosedForm, letter_of, read_form
from symicl.errors import InputError
from symicl.statements.kinds.concluded import Concluded
from symicl.statements.kinds.conditions import Condition, alternatives, condition_latex, listed
from symicl.statements.kinds.fields import Place, Stated, as_expression, as_form
from symicl.theory import multiple
from symicl.typeset import formula_latex


@dataclass(frozen=True)
class MinimiserEquations(Concluded):
    """The fields of `MinimalExactlyWhere`, and the sentence and the equations that are made from them.

    Attributes
    ----------
    value : SymPy scalar, or the name of a stated quantity
        The least value.
    equations : dict
        From parameters, or expressions in them, to what they are equal to.
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
    indices : tuple of symbols
        Coordinates that occur in the equations, which hold for all of them, different from each other.
    """

    value: Stated
    equations: Mapping[sympy.Basic, Stated]
    given: tuple[Condition, ...] = ()
    at: Place | None = None
    fails: tuple[Place, ...] = ()
    tries: tuple[Place, ...] = ()
    indices: tuple[sympy.Symbol, ...] = ()

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
        def put(part: Any) -> Any:
            if isinstance(part, tuple):
                return tuple(map(put, part))
            return part.xreplace(dict(meaning)) if isinstance(part, sympy.Basic) else part

        equations = {left: put(right) for left, right in self.equations.items()}
        return replace(super().in_symbols(meaning), equations=equations, given=put(self.given))

    def sentence(self, left: Mapping[str, str]) -> str:
        equal = (
            f"${formula_latex(one)}={left[other] if isinstance(other, str) else formula_latex(other)}$"
            for one, other in self.equations.items()
        )
        said = f"the loss has its least value ${self.latex('value', left)}$ exactly where {listed(equal)}"
        if self.indices:
            different = r"\neq ".join(map(formula_latex, self.indices))
            said += f" for all coordinates ${different}$"
        given = [" or ".join(map(condition_latex, alternatives(c))) for c in self.given]
        where = [f"for {self.place_latex('at')}"] if self.at else []
        where += [f"if {listed(given)}"] if given else []
        said = ", ".join([*where, said]) + "."
        return said[0].upper() + said[1:]

    def difference(self, loss: ClosedForm, claims: Mapping[str, sympy.Basic]) -> ClosedForm:
        """The loss less its least value."""
        return self.placed(loss - self.form("value", claims))

    def placed(self, form: ClosedForm) -> ClosedForm:
        """With the values of symbols put in for which it is said."""
        return form.substitute(self.values())

    def gaps(self, claims: Mapping[str, sympy.Basic]) -> list[ClosedForm]:
        """Left minus right side of each equation."""
        pairs = ((read_form(one), as_form(other, claims)) for one, other in self.equations.items())
        return [self.placed(one - other) for one, other in pairs]

    def solved(self, claims: Mapping[str, sympy.Basic]) -> tuple[dict[int, ClosedForm], bool]:
        """The parameters that equations give as multiples of one letter, and whether these are all equations."""
        found: dict[int, ClosedForm] = {}
        for one, other in self.equations.items():
            pair, value = _of_one_letter(read_form(one)), self.placed(as_form(other, claims))
            if pair is None:
                continue
            value = (value * (1 / pair[1])).substitute(found)
            taken = {a for a in (pair[0], *found) if {a, PARTNER[a]} & set(value.letters())}
            if pair[0] not in found and not taken:
                found = {a: form.substitute({pair[0]: value}) for a, form in found.items()} | {pair[0]: value}
        return found, len(found) == len(self.equations)

    def values(self) -> dict[int, ClosedForm]:
        """The values of symbols for which it is said."""
        return put_for(self.place("at"))

    def choices(self) -> list[tuple[Any, ...]]:
        """One of each of the alternatives."""
        return list(product(*map(alternatives, self.given)))


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
