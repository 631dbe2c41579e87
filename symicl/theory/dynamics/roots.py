"""Square roots of symbols in closed forms, which are rational: r for √d, and r² wherever d stands as a scalar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sympy

from symicl.algebra import ClosedForm, scalar_letter
from symicl.errors import UnsupportedError, brief


@dataclass(frozen=True)
class Roots:
    """From symbols, such as d, to the symbols that stand for their positive square roots."""

    of: Mapping[sympy.Symbol, sympy.Symbol] = field(default_factory=dict)

    def with_those_of(self, *expressions: sympy.Basic) -> Roots:
        """The same and all roots that occur in some expressions.

        Raises
        ------
        UnsupportedError
            For roots of anything but positive symbols.
        """
        found = dict(self.of)
        for power in {p for e in expressions for p in e.atoms(sympy.Pow) if not p.exp.is_Integer}:
            base = power.base
            if not (isinstance(base, sympy.Symbol) and base.is_positive and (2 * power.exp).is_Integer):
                raise UnsupportedError(
                    f"{brief(power)} is no square root of a positive symbol; sizes can stay symbols until the numbers "
                    "are put in, and any other root be a symbol of its own"
                )
            found.setdefault(base, sympy.Symbol(f"sqrt({base.name})", positive=True))
        return Roots(found)

    def named(self, expression: Any) -> Any:
        """An expression in which symbols stand for the roots."""
        powers = {p for p in expression.atoms(sympy.Pow) if p.base in self.of and not p.exp.is_Integer}
        return expression.xreplace({p: self.of[p.base] ** (2 * p.exp) for p in powers})

    def put(self, form: ClosedForm) -> ClosedForm:
        """A closed form with r² in the place of the scalar d, so that equal values have equal terms."""
        table = {scalar_letter(s): ClosedForm.of(scalar_letter(r)) ** 2 for s, r in self.of.items()}
        return form.substitute(table) if table else form

    def has(self, form: ClosedForm) -> bool:
        """True if a root occurs in it."""
        return not form.letters().isdisjoint(map(scalar_letter, self.of.values()))

    def written(self, expression: Any) -> Any:
        """An expression with the roots themselves."""
        return expression.xreplace({r: sympy.sqrt(s) for s, r in self.of.items()})
