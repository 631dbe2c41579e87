"""What the derivations for unitary and orthogonal W share: positive parts, and solving one linear equation."""

import sympy

from symicl.algebra.polynomial import Polynomial
from symicl.algebra.ratio import Ratio, substitute_ratios
from symicl.algebra.reader import scalar_letter


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


def positive_part(ratio: Ratio) -> Ratio:
    """max(0, r)."""
    return Ratio(Polynomial({((scalar_letter(PositivePart(ratio.expr)),),): 1}))


def root(ratio: Ratio, symbol: sympy.Symbol) -> Ratio:
    """The zero of a rational function whose numerator is linear in a symbol."""
    x = scalar_letter(symbol)
    constant = ratio.substitute({x: Ratio(0)})
    slope = ratio.substitute({x: Ratio(1)}) - constant
    solution = -constant / slope
    assert ratio.substitute({x: solution}) == Ratio(0)
    return solution


def put(polynomial: Polynomial, values: dict) -> Ratio:
    """A polynomial with rational functions for some symbols."""
    return substitute_ratios(polynomial, {scalar_letter(x): value for x, value in values.items()})
