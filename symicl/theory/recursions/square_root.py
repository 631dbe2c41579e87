"""Rational functions with one square root in them, written as a + b√D with rational a, b and D."""

from __future__ import annotations

import sympy

from symicl.algebra import ClosedForm, read_form
from symicl.errors import DerivationError

ROOT = sympy.Dummy("root", real=True)
"""√D in a closed form."""

ZERO = ClosedForm.number(0)


def square_root(form: ClosedForm) -> tuple[ClosedForm, ClosedForm]:
    """Rational functions f and D with f²D equal to the one given, all square factors in f."""
    top, bottom = sympy.fraction(sympy.together(form.expr))
    constant, factors = sympy.factor_list(top * bottom)
    outside, inside = 1 / bottom, sympy.Integer(1)
    whole = sympy.sqrt(constant)
    outside, inside = (outside * whole, inside) if whole.is_Rational else (outside, inside * constant)
    for factor, power in factors:
        outside, inside = outside * factor ** (power // 2), inside * factor ** (power % 2)
    front, radicand = read_form(outside), read_form(inside)
    if front**2 * radicand != form:
        raise DerivationError("the square root of a rational function is wrong")
    return front, radicand


def parts(form: ClosedForm, radicand: ClosedForm) -> tuple[ClosedForm, ClosedForm]:
    """a and b with form = a + b·ROOT, by ROOT² = radicand alone.

    Raises
    ------
    DerivationError
        If it divides by zero.
    """
    top, bottom = (_of_polynomial(part, radicand) for part in sympy.fraction(sympy.together(form.expr)))
    norm = bottom[0] ** 2 - bottom[1] ** 2 * radicand
    if not norm:
        raise DerivationError("the closed form of a recursion divides by zero")
    a = top[0] * bottom[0] - top[1] * bottom[1] * radicand
    b = top[1] * bottom[0] - top[0] * bottom[1]
    return a / norm, b / norm


def _of_polynomial(polynomial: sympy.Expr, radicand: ClosedForm) -> tuple[ClosedForm, ClosedForm]:
    found = [ZERO, ZERO]
    for (power,), c in sympy.Poly(polynomial, ROOT).terms():
        found[power % 2] = found[power % 2] + read_form(c) * radicand ** (power // 2)
    return found[0], found[1]


def simplified(form: ClosedForm, radicand: ClosedForm | None) -> ClosedForm:
    """The same without a root in the denominator."""
    if radicand is None:
        return form
    a, b = parts(form, radicand)
    return a + b * read_form(ROOT) if b else a


def vanishes(form: ClosedForm, radicand: ClosedForm | None) -> bool:
    """True if a rational function of ROOT is zero."""
    return not form if radicand is None or not form else not any(parts(form, radicand))
