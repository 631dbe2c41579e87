"""Common parts of the derivations for unitary and orthogonal W: positive parts, and solving one linear equation."""

import sympy

from symicl.algebra import ClosedForm, PositivePart, closed_form, scalar_letter


def positive_part(ratio: ClosedForm) -> ClosedForm:
    """max(0, r)."""
    return ClosedForm.of(scalar_letter(PositivePart(ratio.expr)))


def root(ratio: ClosedForm, symbol: sympy.Symbol) -> ClosedForm:
    """The zero of a rational function whose numerator is linear in a symbol."""
    x = scalar_letter(symbol)
    constant = ratio.substitute({x: closed_form(0)})
    slope = ratio.substitute({x: closed_form(1)}) - constant
    solution = -constant / slope
    assert ratio.substitute({x: solution}) == closed_form(0)
    return solution


def put(polynomial: ClosedForm, values: dict) -> ClosedForm:
    """A polynomial with rational functions for some symbols."""
    return polynomial.substitute({scalar_letter(x): value for x, value in values.items()})
