"""Propositions whose fields are expressions, names of stated quantities, or values of symbols."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar, TypeAlias

import sympy

from symicl.algebra import ClosedForm, letter_of, read_form
from symicl.statements.proposition import Proposition
from symicl.typeset import formula_latex

Stated: TypeAlias = str | sympy.Basic | ClosedForm
"""The name of a stated quantity, an expression, or, where a derivation concludes, a closed form."""
Place: TypeAlias = Mapping[sympy.Basic, sympy.Basic]
"""Values of symbols."""


def as_expression(stated: Stated, claims: Mapping[str, sympy.Basic]) -> sympy.Basic:
    """The meaning, as SymPy."""
    if isinstance(stated, ClosedForm):
        return stated.expr
    return claims[stated] if isinstance(stated, str) else stated


def as_form(stated: Stated, claims: Mapping[str, sympy.Basic]) -> ClosedForm:
    """The meaning, as a closed form."""
    return stated if isinstance(stated, ClosedForm) else read_form(as_expression(stated, claims))


class FromFields(Proposition):
    """A dataclass that says by name which of its fields are expressions and which are places.

    Attributes
    ----------
    expressions : tuple of str
        Names of fields of the type `Stated`.
    places : tuple of str
        Names of fields of the type `Place`, or None.
    """

    expressions: ClassVar[tuple[str, ...]] = ()
    places: ClassVar[tuple[str, ...]] = ()

    @property
    def quantities(self) -> tuple[str, ...]:
        fields = (getattr(self, name) for name in self.expressions)
        return tuple(field for field in fields if isinstance(field, str))

    def letters(self, claims: Mapping[str, sympy.Basic]) -> set[sympy.Basic]:
        found = {s for name in self.expressions for s in self.expression(name, claims).free_symbols}
        for symbol, value in (pair for name in self.places for pair in self.place(name).items()):
            found |= {symbol, *value.free_symbols}
        return found

    def in_symbols(self, meaning: Mapping[sympy.Basic, sympy.Basic]) -> Any:
        changed: dict[str, Any] = {}
        for name in self.expressions:
            field = getattr(self, name)
            changed[name] = field.xreplace(dict(meaning)) if isinstance(field, sympy.Basic) else field
        for name in self.places:
            if getattr(self, name) is not None:
                changed[name] = {s: value.xreplace(dict(meaning)) for s, value in self.place(name).items()}
        return replace(self, **changed)  # type: ignore[type-var]

    def expression(self, name: str, claims: Mapping[str, sympy.Basic]) -> sympy.Basic:
        """A field as SymPy."""
        return as_expression(getattr(self, name), claims)

    def form(self, name: str, claims: Mapping[str, sympy.Basic]) -> ClosedForm:
        """A field as a closed form."""
        return as_form(getattr(self, name), claims)

    def latex(self, name: str, left: Mapping[str, str]) -> str:
        """A field as LaTeX: what a stated quantity is called, or the expression."""
        field: Stated = getattr(self, name)
        return left[field] if isinstance(field, str) else formula_latex(field)

    def place(self, name: str) -> dict[sympy.Basic, sympy.Basic]:
        """A field as a dict, empty for None."""
        return dict(getattr(self, name) or {})

    def replacements(self, name: str) -> dict[int, ClosedForm]:
        """A place as closed forms for letters."""
        return {letter_of(read_form(s)): read_form(value) for s, value in self.place(name).items()}

    def place_latex(self, name: str) -> str:
        """A place as formulas of text, one after the other."""
        pairs = self.place(name).items()
        return ", ".join(f"${formula_latex(s)}={formula_latex(value)}$" for s, value in pairs)
