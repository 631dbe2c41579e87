"""A state before the first token, what a token makes of it, and which Gaussians are drawn when."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import sympy

from symicl.algebra import RandomMatrix, matrix


@dataclass(frozen=True, eq=False)
class Update:
    """The state, the step and the constants of a recursion.

    Attributes
    ----------
    state, step : dict
        From each symbol of the state to its value before the first token, and after one more.
    constant : tuple of Gaussians
        Those that are drawn once.
    """

    state: dict[sympy.Basic, sympy.Basic]
    step: dict[sympy.Basic, sympy.Basic]
    constant: tuple[RandomMatrix, ...] = ()

    @cached_property
    def held(self) -> dict[sympy.Basic, sympy.Basic]:
        """A symbol with nothing random in it for each Gaussian that is drawn once."""
        return {z: matrix(z.name, (z.rows, z.cols)) for z in self.constant}

    @property
    def beginning(self) -> dict[sympy.Basic, sympy.Basic]:
        """Each symbol of the state, and of what is drawn once, with its value before the first token."""
        return self.state | {symbol: z for z, symbol in self.held.items()}

    @cached_property
    def turned(self) -> dict[sympy.Basic, sympy.Basic]:
        """The symbols of the state with their values after one more token, what is drawn once held fixed."""
        return {symbol: value.xreplace(self.held) for symbol, value in self.step.items()}

    @cached_property
    def fresh(self) -> set[RandomMatrix]:
        """The Gaussians that are drawn anew for each token."""
        return {z for value in self.turned.values() for z in value.atoms(RandomMatrix)}
