"""Common parts of the derivations for unitary and orthogonal W: positive parts, and solving one linear equation."""

import sympy

from symicl.algebra import ClosedForm, closed_form, scalar_letter


class PositivePart(sympy.Function):
    """max(0, x)."""

    is_letter = True
    """The algebra takes it as one scalar."""
    is_nonnegative = True

    @classmethod
    def eval(cls, x):
        return sympy.Max(0, x) if x.is_number else None

    def _latex(self, printer):
        return rf"\left({printer.doprint(self.args[0])}\right)_{{+}}"

    def _sympystr(self, printer):
        return f"max(0, {printer.doprint(self.args[0])})"


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
