"""Parameters that move, written by how far they are from somewhere fixed: a difference of two becomes one letter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy

from symicl.algebra import COLS, ROWS, ClosedForm, letter, letter_of, read_form
from symicl.errors import DerivationError
from symicl.statements.proposition import PropositionWriter
from symicl.theory import Flow


def displacement(parameter: sympy.Basic) -> ClosedForm:
    """D of p = o − D, for a parameter p and a fixed o: any matrix of its shape."""
    a = letter_of(read_form(parameter))
    return ClosedForm.of(letter(("displacement", parameter), ROWS[a], COLS[a]))


def displacements(
    writer: PropositionWriter, origins: Mapping[sympy.Basic, sympy.Basic] | None
) -> dict[str, Any]:
    """The field `origins` of an entry: each parameter with its origin, and the letter of how far it is away."""
    if not origins:
        return {}
    rows = []
    for parameter, value in origins.items():
        (p, D), origin = map(letter_of, (read_form(parameter), displacement(parameter))), read_form(value)
        ((_, at),) = writer.pairs({p: origin})
        rows.append([writer.letter_id(p), at, writer.letter_id(D)])
    return {"origins": rows}


class Displaced:
    """Closed forms along a flow with o − D in the place of some parameters; what holds for all D holds for all of them.

    Parameters
    ----------
    motion : Flow
    origins : dict or None
        From parameters that move to o, in symbols that do not.

    Raises
    ------
    DerivationError
        If an origin moves.
    """

    def __init__(self, motion: Flow, origins: Mapping[sympy.Basic, sympy.Basic] | None):
        self.motion, self.table = motion, dict[int, ClosedForm]()
        for parameter, value in (origins or {}).items():
            origin = read_form(value)
            if origin.letters() & set(motion.letters.values()):
                raise DerivationError(f"{value} moves, and is no origin of {parameter}")
            self.table[letter_of(read_form(parameter))] = origin - displacement(parameter)

    def __call__(self, form: ClosedForm) -> ClosedForm:
        return form.substitute({a: value for a, value in self.table.items() if a in form.letters()})

    def velocity(self, name: str) -> ClosedForm:
        """The velocity of a parameter."""
        return self(self.motion.velocities[name])

    def slope(self, form: ClosedForm) -> ClosedForm:
        """The derivative in time of ‖form‖²."""
        change = self(self.motion.derivative(form))
        return (self(form).T @ change).trace() * 2
