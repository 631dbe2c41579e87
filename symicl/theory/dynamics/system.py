"""Questions to equations of motion: what is conserved, what they reduce to, which quantities have one of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy

from symicl.algebra import Blocks, ClosedForm
from symicl.errors import UnsupportedError
from symicl.theory.dynamics.ansatz import Ansatz, read_ansatz, speeds_on
from symicl.theory.dynamics.conserved import Conserved, find_conserved, judged
from symicl.theory.dynamics.lines import squared_parameter
from symicl.theory.dynamics.motion import Motion
from symicl.theory.dynamics.scalar_equation import ScalarEquation, equation_of
from symicl.theory.dynamics.squared_equation import SquaredEquation, squared_equation_of
from symicl.theory.dynamics.stability import jacobian


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
            Linearly independent. For sizes that are large enough these span all such combinations with coefficients
            that do not move; small sizes, and laws with inverses of sums, may have more.
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

    def jacobian(self, point: Mapping[str | sympy.Basic, Any]) -> sympy.ImmutableMatrix:
        """The linearised equations of scalars at a stationary point, in symbols; its eigenvalues are the rates there.

        Parameters
        ----------
        point : dict
            From each letter that moves, or its name, to its value.

        Returns
        -------
        sympy.ImmutableMatrix
            ∂(velocity)/∂(letter), both in the order of ``letters``.

        Raises
        ------
        InputError
            If the point is not stationary, or a value is missing.
        UnsupportedError
            If matrices or vectors move.
        """
        return jacobian(self, {self._name(key): self.read(value) for key, value in point.items()})

    def balanced(self) -> Reduction:
        """The flow of two scalars from a start at which a conserved αx² − βy² is 0: y = √(α/β) x.

        Raises
        ------
        UnsupportedError
            If there is no such conserved quantity, or the root is not of a symbol.
        """
        for found in self.conserved():
            pair = _balance(found.expr)
            if pair is not None:
                return self.reduce(dict([pair]))
        raise UnsupportedError(
            f"no difference of two squares of {', '.join(self.letters)} is conserved; reduce the flow to two scalars "
            "first"
        )

    def equation_of(self, quantity: Any, name: str = "u") -> ScalarEquation:
        """The differential equation that a scalar quantity satisfies by itself, found and checked.

        Parameters
        ----------
        quantity : SymPy scalar
            In the letters that move.
        name : str
            Its name.

        Returns
        -------
        ScalarEquation
            u̇ = F(u), with a closed solution where F is linear or αu + βuᵐ.

        Raises
        ------
        UnsupportedError
            If its derivative is not seen to be a polynomial in it.
        """
        return equation_of(self, self.read(quantity), name)

    def squared_equation_of(
        self, quantity: Any, name: str = "u", *, constants: Mapping[str, Any]
    ) -> SquaredEquation:
        """The equation u̇² = P(u, C) of a scalar quantity, with conserved quantities in it, found and checked.

        Parameters
        ----------
        quantity : SymPy scalar
            In the letters that move.
        name : str
            Its name.
        constants : dict
            From names, such as "C", to conserved scalars.

        Raises
        ------
        InputError
            If one of them is not conserved.
        UnsupportedError
            If no polynomial P is found.
        """
        conserved = {c: self.read(getattr(value, "expr", value)) for c, value in constants.items()}
        return squared_equation_of(self, self.read(quantity), name, conserved)


def _balance(quantity: sympy.Expr) -> tuple[sympy.Symbol, sympy.Expr] | None:
    """(y, √(α/β) x) of αx² − βy² with α and β > 0; None for anything else."""
    squares = [s for s in quantity.free_symbols if not s.is_Matrix and quantity.has(s**2)]
    if len(squares) != 2:
        return None
    first, second = sorted(squares, key=str)
    a, b = (sympy.factor(quantity.expand().coeff(s, 2)) for s in (first, second))
    if sympy.expand(quantity - a * first**2 - b * second**2) != 0 or not (-a / b).is_positive:
        return None
    root = sympy.sqrt(-a / b)
    return (second, root * first) if sympy.fraction(root)[1] == 1 else (first, second / root)


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

    @property
    def is_stationary(self) -> bool:
        """True if nothing moves on it: a set of stationary points, which says nothing of whether they attract."""
        return all(self.vanishes(form) for form in self.velocities.values())

    def point_where(self, quantity: Any, value: Any) -> sympy.Expr:
        """The one point of a line of this kind with a positive parameter at which a quantity has a given value.

        Parameters
        ----------
        quantity : Conserved or SymPy scalar
            In the original letters.
        value : number or SymPy scalar

        Returns
        -------
        SymPy expression
            The square of the parameter. If the flow from a start with this value of a conserved quantity tends to the
            line, this is where; that it does is another question.

        Raises
        ------
        UnsupportedError
            If there are several parameters, or it is not seen that there is exactly one such point.
        """
        restricted = self.ansatz_used.put(self.origin.read(getattr(quantity, "expr", quantity)), self.origin)
        return squared_parameter(self, restricted - self.read(value))

    @cached_property
    def weights(self) -> dict[str, Any]:
        """The original letters by name, as expressions in the new symbols."""
        return {name: self.roots.written(form.expr) for name, form in self.ansatz_used.forms.items()}
