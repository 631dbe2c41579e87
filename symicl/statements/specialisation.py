"""One theorem as a special case of another: their stated closed forms agree where letters get values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sympy

from symicl.algebra import ClosedForm, closed_form, read_form
from symicl.errors import InputError
from symicl.statements.catalogue import find
from symicl.theory import same_powers


@dataclass(frozen=True)
class Specialisation:
    """A stated quantity of one theorem is that of another one at given values.

    Attributes
    ----------
    special, general : str
        Ids of theorems.
    at : dict
        From symbols of the general theorem to their values in the special one.
    quantities : dict
        From names that the special theorem states to names that the general one does.
    words : str
        What the two have in common where no letter says it, such as a law.
    """

    special: str
    general: str
    at: Mapping[sympy.Basic, sympy.Basic]
    quantities: Mapping[str, str]
    words: str = ""

    def holds(self) -> bool:
        """True if all quantities agree as closed forms, all other symbols free.

        Raises
        ------
        InputError
            If a theorem does not state a quantity, or the general one has no such symbol.
        """
        special, general = find(self.special).claims, find(self.general).claims
        for theorem, names, stated in (
            (self.special, self.quantities, special),
            (self.general, self.quantities.values(), general),
        ):
            if missing := [name for name in names if name not in stated]:
                raise InputError(f"{theorem} states no {', '.join(missing)}")
        wide = [general[name] for name in self.quantities.values()]
        known = set().union(*(expr.free_symbols | expr.atoms(sympy.MatrixSymbol) for expr in wide))
        if foreign := [symbol for symbol in self.at if symbol not in known]:
            raise InputError(f"{self.general} has no {', '.join(map(str, foreign))} in these quantities")
        return all(
            _same(expr.xreplace(dict(self.at)), special[name])
            for name, expr in zip(self.quantities, wide, strict=True)
        )


def _same(one: sympy.Basic, other: sympy.Basic) -> bool:
    """Equality as closed forms; powers may have one symbol in their exponents."""
    exponents = {
        s for expr in (one, other) for power in expr.atoms(sympy.Pow) for s in power.exp.free_symbols
    }
    if len(exponents) == 1:
        return same_powers(one, other, exponents.pop())
    return _form(one) == _form(other)


def _form(expr: sympy.Basic) -> ClosedForm:
    return closed_form(expr) if expr.is_number else read_form(expr.doit())
