"""Scalar equations u̇ = F(u): found for a quantity of a flow, and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy

from symicl.algebra import ClosedForm, check_name, gradient, powers, scalar, scalar_letter
from symicl.errors import DerivationError, InputError, UnsupportedError, brief
from symicl.theory.dynamics.motion import Motion
from symicl.theory.dynamics.relations import relations
from symicl.theory.dynamics.solution import Solution, solved
from symicl.theory.typeset_quantity import TypesetQuantity
from symicl.typeset import Equation

MAX_DEGREE = 6
"""Degree up to which F is looked for."""


@dataclass(frozen=True, eq=False, repr=False)
class ScalarEquation(TypesetQuantity):
    """u̇ = F(u) with a polynomial F; see `symicl.theory.System.equation_of`.

    Attributes
    ----------
    system : Motion
        Whose quantity u is.
    symbol : sympy.Symbol
        u.
    quantity : ClosedForm
        What u is in the letters of the system.
    closed_form : ClosedForm
        F.
    """

    system: Motion
    symbol: sympy.Symbol
    quantity: ClosedForm
    closed_form: ClosedForm

    @cached_property
    def expr(self) -> sympy.Expr:
        """F(u) as a SymPy expression."""
        return self.system.written(self.closed_form)

    @property
    def equations(self) -> list[Equation]:
        return [Equation(rf"\dot{{{sympy.latex(self.symbol)}}}", self.expr)]

    @cached_property
    def coefficients(self) -> dict[int, ClosedForm]:
        """Those of the powers of u."""
        return powers(self.closed_form, (scalar_letter(self.symbol),))

    def slope(self, at: Any = 0) -> sympy.Expr:
        """F′ at a value of u: the rate at which a small distance from a stationary value grows.

        Raises
        ------
        InputError
            If u is not stationary there, F ≠ 0.
        """
        point = self.system.read(at)
        table = {scalar_letter(self.symbol): point}
        rest = self.system.roots.put(self.closed_form.substitute(table))
        if rest:
            raise InputError(
                f"{self.symbol} is not stationary at {brief(at)}, it moves with {brief(self.system.written(rest))}"
            )
        return self.system.written(gradient(self.closed_form, scalar_letter(self.symbol)).substitute(table))

    def solve(self, at_least: Mapping[sympy.Symbol, int] | None = None) -> Solution:
        """u(t) in closed form from u(0) = u_0, checked by putting it into the equation.

        Parameters
        ----------
        at_least : dict, optional
            Lower bounds of symbols, such as ``{T: 3}``, for the signs that decide on the limit.

        Raises
        ------
        UnsupportedError
            If F is neither linear nor αu + βuᵐ.
        """
        return solved(self.symbol, self.closed_form, self.coefficients, self.system.roots, at_least or {})

    def __repr__(self) -> str:
        return f"ScalarEquation({self})"


def check_free(system: Motion, *names: str) -> None:
    """Refuse names for quantities that something else bears.

    Raises
    ------
    InputError
    """
    for name in names:
        check_name(name)
        if name in system.symbols or names.count(name) > 1:
            raise InputError(f"{name} is the name of something else here; choose another name")


def equation_of(system: Motion, quantity: ClosedForm, name: str) -> ScalarEquation:
    """See `symicl.theory.System.equation_of`."""
    if not quantity.is_scalar:
        raise InputError("an equation is found for a scalar quantity, such as a product of two weights")
    moving = set(system.letters.values())
    if quantity.letters().isdisjoint(moving):
        raise InputError(f"nothing in it moves; what moves is {', '.join(system.letters)}")
    check_free(system, name)
    slope = system.derivative(quantity)
    u = ClosedForm.of(scalar_letter(scalar(name)))
    values, images = [ClosedForm.number(1)], [ClosedForm.number(1)]
    for _ in range(MAX_DEGREE):
        values.append(system.roots.put(values[-1] * quantity))
        images.append(images[-1] * u)
        vector = next((v for v in relations([[f] for f in (*values, slope)], moving) if v[-1]), None)
        if vector is not None:
            F = sum((image * (-c / vector[-1]) for c, image in zip(vector, images, strict=False) if c), u * 0)
            F = system.roots.put(F)
            if system.roots.put(F.substitute({scalar_letter(scalar(name)): quantity}) - slope):
                raise DerivationError("an equation that was found does not hold")
            return ScalarEquation(system, scalar(name), quantity, F)
    raise UnsupportedError(
        f"the derivative of {name} is not seen to be a polynomial in {name} of degree up to {MAX_DEGREE}, so that "
        f"{name} has no equation of its own; reduce the flow further, or take another quantity"
    )
