"""Equations between the entries of weights of sequences, at all coordinates, and how they are printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import sympy

from symicl.algebra import read_form
from symicl.errors import InputError
from symicl.expectation import Parameter, PositionalWeights
from symicl.statements.kinds.concluded import Concluded
from symicl.statements.kinds.conditions import listed
from symicl.statements.kinds.fields import Stated
from symicl.theory import indices_in
from symicl.typeset import formula_latex

Equations = tuple[tuple[sympy.Basic, sympy.Basic], ...]


@dataclass(frozen=True)
class EntryEquations(Concluded):
    """Equations in entries and positional weights, for which numbers and sizes they are said, and the value there.

    Attributes
    ----------
    value : SymPy scalar, or the name of a stated quantity
    equations, some, among, least, positions
        As `MinimalAtEntries` has them.
    """

    value: Stated
    equations: Equations
    some: tuple[tuple[sympy.Symbol, sympy.Basic], ...] = ()
    among: tuple[tuple[str, Parameter], ...] = ()
    least: tuple[tuple[sympy.Symbol, int], ...] = ()
    positions: PositionalWeights | None = None

    expressions: ClassVar[tuple[str, ...]] = ("value",)

    def __post_init__(self) -> None:
        if not self.equations or any(len(pair) != 2 for pair in self.equations):
            raise InputError(
                "give the equations of the minimisers as pairs, such as ((p * entry_symbol('C', 'i', 'i'), 1),)"
            )

    def letters(self, claims: Mapping[str, sympy.Basic]) -> set[sympy.Basic]:
        sides = (side for pair in (*self.equations, *self.some) for side in pair)
        found = {s for side in sides for s in side.free_symbols}
        own = set(filter(self.is_weight, found)) | {symbol for symbol, _ in self.some}
        return super().letters(claims) | {symbol for symbol, _ in self.least} | found - own

    def is_weight(self, symbol: sympy.Basic) -> bool:
        """True for entries and for positional weights, which no task has."""
        rows = self.positions
        last = [] if rows is None else [rows.last(k) for k in range(rows.separate)]
        sums = [] if rows is None else [rows.earlier(k) for k in (1, 2)]
        return symbol in (*last, *sums) or bool(indices_in(read_form(symbol)))

    def sentence(self, left: Mapping[str, str]) -> str:
        bounds = [rf"${formula_latex(symbol)}\ge{number}$" for symbol, number in self.least]
        said = f"for every {' and '.join(bounds)} the loss" if bounds else "the loss"
        for name, parameter in self.among:
            joint = " of real diagonal" if (name, parameter) == self.among[0] else " and"
            inner = getattr(parameter, "name", "")
            said += rf"{joint} ${name}=\operatorname{{diag}}({inner})$"
        said += f" is ${self.latex('value', left)}$ exactly where "
        if self.some:
            numbers = ",".join(formula_latex(symbol) for symbol, _ in self.some)
            said += f"for some real ${numbers}$ "
        said += listed([*map(self._equation, self.equations)])
        if others := self._coordinates():
            said += f", for all coordinates {others}"
        return f"{said[0].upper()}{said[1:]}, and larger everywhere else."

    def _equation(self, pair: tuple[sympy.Basic, sympy.Basic]) -> str:
        one, other = pair
        if self.positions is not None and pair == (self.positions.earlier(2), 0):
            t = formula_latex(self.positions.t)
            return rf"${self.positions.name}_t=0$ at all $t\le {t}-{self.positions.separate}$"
        return f"${self._side(one)}={self._side(other)}$"

    def _side(self, side: sympy.Basic) -> str:
        """LaTeX, positional weights before entries."""
        if side.is_Mul and all(isinstance(x, sympy.Symbol) for x in side.args) and self.positions is not None:
            last = {self.positions.last(k) for k in range(self.positions.separate)}
            factors = sorted(side.args, key=lambda x: (x not in last, str(x)))
            return "".join(map(formula_latex, factors))
        return formula_latex(side)

    def _coordinates(self) -> str:
        sides = (side for pair in self.equations for side in pair)
        found = frozenset().union(*(indices_in(read_form(side)) for side in sides))
        if not found:
            return ""
        if "j" not in found:
            return "$i$"
        return r"$i$ and $j\ne i,\bar\imath$" if "~i" in found else r"$i\ne j$"
