"""Questions to equations of motion: what is conserved, what they reduce to, which quantities have one of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy

from symicl.algebra import Blocks, ClosedForm
from symicl.theory.dynamics.ansatz import Ansatz, read_ansatz, speeds_on
from symicl.theory.dynamics.conserved import Conserved, find_conserved, judged
from symicl.theory.dynamics.motion import Motion
from symicl.theory.dynamics.scalar_equation import ScalarEquation, equation_of


class System(Motion):
    """The equations of motion of some letters, such as those of a gradient flow.

    Attributes
    ----------
    letters, velocities, blocks, loss_form, roots
        As of every `symicl.theory.dynamics.motion.Motion`.
    """

    def conserved(self) -> tuple[Conserved, ...]:
        """The conserved combinations of WᵢᵀWⱼ, WᵢWⱼᵀ and tr WᵢᵀWⱼ, each with its proof.

        Returns
        -------
        tuple of Conserved
            Linearly independent: all combinations with coefficients free of what moves.
        """
        return find_conserved(self)

    def is_conserved(self, quantity: Any) -> Conserved:
        """The verdict on a quantity of yours: proved to be constant along the flow, or refuted at exact numbers.

        Raises
        ------
        InputError, UnsupportedError
            As `along`.
        """
        return judged(self, self.read(quantity))

    def reduce(self, ansatz: Mapping[str | sympy.Basic, Any], fixed: Iterable[sympy.Basic] = ()) -> Reduction:
        """The flow on a set that it does not leave.

        Parameters
        ----------
        ansatz : dict
            From letters, or their names, to expressions in new symbols: 0, a scalar p in the place of p·I, any
            polynomial. What is not listed stays as it is. Square roots of symbols may occur.
        fixed : list of symbols, optional
            New symbols of the ansatz that are constants and do not move.

        Returns
        -------
        Reduction
            The equations of the new symbols.

        Raises
        ------
        InputError
            If the flow leaves the set, with the component that does; if an entry does not fit.
        UnsupportedError
            If the new symbols are not determined by the ansatz.
        """
        read = read_ansatz(self, ansatz, fixed)
        velocities = speeds_on(read, self)
        blocks = {name: Blocks([[ClosedForm.of(a)]]) for name, a in read.letters.items()}
        loss = read.put(self.loss_form, self)
        return Reduction(dict(read.letters), velocities, blocks, loss, read.roots, self, read)

    def equation_of(self, quantity: Any, name: str = "u") -> ScalarEquation:
        """The differential equation that a scalar quantity satisfies by itself, found and checked.

        Parameters
        ----------
        quantity : SymPy scalar
            In the letters that move.
        name : str
            What it is called.

        Raises
        ------
        UnsupportedError
            If its derivative is no polynomial in it.
        """
        return equation_of(self, self.read(quantity), name)


@dataclass(frozen=True, eq=False, repr=False)
class Reduction(System):
    """The flow on a set that it does not leave; see `System.reduce`.

    Attributes
    ----------
    letters, velocities, blocks, loss_form, roots
        As of every `symicl.theory.dynamics.motion.Motion`, for the new symbols.
    origin : System
        The flow that is reduced.
    ansatz_used : Ansatz
    """

    origin: System
    ansatz_used: Ansatz

    def restricted(self, quantity: Any) -> Any:
        """A quantity of the original letters, in the new ones."""
        return self.written(self.ansatz_used.put(self.origin.read(quantity), self.origin))

    @cached_property
    def weights(self) -> dict[str, Any]:
        """The original letters by name, as expressions in the new symbols."""
        return {name: self.roots.written(form.expr) for name, form in self.ansatz_used.forms.items()}
