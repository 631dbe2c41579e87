"""Differential equations θ̇ = V(θ) for letters, in closed form, and derivatives along them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy
from sympy.matrices.expressions import MatrixExpr

from symicl.algebra import (
    COLS,
    DIMENSIONS,
    MEANING,
    ROWS,
    Blocks,
    ClosedForm,
    RandomMatrix,
    derivative_along,
    exact_scalar,
    meaning_of,
    read_form,
    refuse_namesakes,
)
from symicl.errors import InputError, SymiclError, brief
from symicl.numeric import AtNumbers, instances
from symicl.theory.dynamics.roots import Roots
from symicl.theory.quadratic.vanishing import vanishes
from symicl.typeset import Equation, display, formula_latex, formula_text, pretty_ratio, renamed

MAX_FACTORED = 400
"""Terms up to which a scalar is factored for reading."""
MAX_INSTANCES = 40
"""Instances at which a derivative that is not seen to vanish is looked at."""


@dataclass(frozen=True, eq=False, repr=False)
class Motion:
    """The equations of motion of some letters; `symicl.theory.System` asks them questions.

    Attributes
    ----------
    letters : dict
        The letters that move, by name.
    velocities : dict
        By name the closed form V of θ̇ = V(θ), of the shape of the letter.
    blocks : dict of Blocks
        The weights by name, made of the letters; quantities are looked for in these.
    loss_form : ClosedForm
        The loss that falls along the flow.
    roots : Roots
        Letters that stand for square roots, such as that of d.
    """

    letters: Mapping[str, int]
    velocities: Mapping[str, ClosedForm]
    blocks: Mapping[str, Blocks]
    loss_form: ClosedForm
    roots: Roots

    @property
    def unknowns(self) -> dict[str, sympy.Basic]:
        """The symbols that move, by name."""
        return {name: MEANING[a] for name, a in self.letters.items()}

    @cached_property
    def symbols(self) -> dict[str, sympy.Basic]:
        """All symbols by name: those that move, and sizes and parameters of the law."""
        letters = set(self.letters.values()).union(*(form.letters() for form in self._forms))
        sides = {side for a in letters for side in (ROWS[a], COLS[a])}
        sides |= {side for form in self._forms for side in (form.rows, form.cols)}
        parts = [meaning_of(a) for a in letters] + [DIMENSIONS[side] for side in sides]
        named = {r: s for s, r in self.roots.of.items()}
        free = {
            named.get(symbol, symbol)
            for part in parts
            if isinstance(part, sympy.Basic)
            for symbol in part.free_symbols
        }
        found = dict(self.unknowns)
        for symbol in sorted(free, key=str):
            found.setdefault(symbol.name, symbol)
        return found

    @property
    def _forms(self) -> tuple[ClosedForm, ...]:
        return (*self.velocities.values(), self.loss_form)

    def velocity(self, name: str | sympy.Basic) -> sympy.Expr:
        """θ̇ for one of the letters that move, as a SymPy expression.

        Raises
        ------
        InputError
            If nothing of that name moves.
        """
        return self.written(self.velocities[self._name(name)])

    @property
    def loss(self) -> sympy.Expr:
        """The loss as a SymPy expression."""
        return self.written(self.loss_form)

    def along(self, quantity: Any) -> sympy.Expr:
        """The derivative in time of a quantity of the letters that move, a scalar or a matrix.

        Raises
        ------
        InputError
            For text, for Gaussians, or for symbols of one name.
        UnsupportedError
            If the quantity is not rational in traces and scalars.
        """
        return self.written(self.derivative(self.read(quantity)))

    # --- closed forms --------------------------------------------------------------------------------

    def derivative(self, form: ClosedForm) -> ClosedForm:
        """The derivative in time of a closed form."""
        return self.roots.put(
            derivative_along(form, {a: self.velocities[name] for name, a in self.letters.items()})
        )

    def vanishes(self, form: ClosedForm) -> bool:
        """True if a closed form is seen to be zero; inverses of sums cancel against the sums."""
        return not form or vanishes(form, {})

    def nonzero_at(self, form: ClosedForm) -> dict[str, Any] | None:
        """Exact values of all symbols, by name, at which a closed form is not zero; None if none is found."""
        roots = self.roots.of
        named = {s for s in (MEANING[a] for a in form.letters()) if isinstance(s, sympy.Symbol | MatrixExpr)}
        wanted = set().union(*(s.free_symbols for s in (*named, *self.symbols.values()))) - set(
            roots.values()
        )
        tried = instances(wanted | roots.keys(), limit=MAX_INSTANCES)
        for values in tried:
            at = {**values, **{r: sympy.sqrt(values[s]) for s, r in roots.items()}}
            if not all(at[r].is_Rational for r in roots.values()):
                continue
            try:
                value = AtNumbers(at).matrix(form)
            except (SymiclError, ZeroDivisionError):
                continue
            if any(value.entries()):
                return {str(symbol): x for symbol, x in values.items()}
        return None

    def read(self, quantity: Any) -> ClosedForm:
        """A quantity of the user as a closed form."""
        if not isinstance(quantity, sympy.Basic):
            quantity = exact_scalar(quantity, "the quantity")
        if quantity.atoms(RandomMatrix):
            raise InputError(f"{brief(quantity)} is random; take its expectation first, with si.expect(…)")
        refuse_namesakes(quantity, *self.symbols.values())
        for name in sorted(s.name for s in quantity.free_symbols if s.name in self.blocks):
            if name not in self.letters:
                parts = sorted(
                    str(MEANING[a]) for row in self.blocks[name].grid for x in row for a in x.letters()
                )
                raise InputError(
                    f"{name} consists of the blocks {', '.join(parts)}; write the quantity in these"
                )
        return self.roots.put(read_form(self.roots.named(quantity)))

    def written(self, form: ClosedForm) -> Any:
        """A closed form as SymPy, arranged for reading if it is a scalar that is not long."""
        short = form.is_scalar and len(form) <= MAX_FACTORED
        return self.roots.written(pretty_ratio(form) if short else form.expr)

    def _name(self, name: str | sympy.Basic) -> str:
        text = getattr(name, "name", name)
        if text not in self.letters:
            raise InputError(f"{brief(text)} does not move here; what moves is {', '.join(self.letters)}")
        return str(text)

    # --- writing -------------------------------------------------------------------------------------

    @property
    def equations(self) -> list[Equation]:
        """θ̇ = V(θ), one equation a letter."""
        found = []
        for name, symbol in self.unknowns.items():
            form = self.velocities[name]
            right = form if not self.roots.has(form) else self.written(form)
            found.append(Equation(rf"\dot{{{formula_latex(symbol)}}}", right))
        return found

    def latex(self, *, notation: Mapping[str, str] | None = None) -> str:
        """The equations of motion, displayed."""
        equations = self.equations
        text = "\n".join(map(display, equations))
        if notation is None:
            return text
        return renamed(text, sympy.Tuple(*(equation.expr for equation in equations)), notation)

    def _repr_latex_(self) -> str:
        return self.latex()

    def __str__(self) -> str:
        return "\n".join(map(formula_text, self.equations))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self.letters)})"
