"""Roots, fractional powers and harmonic numbers beside the powers of a size that grows.

n = mᵠ makes the powers n^(p/q) whole powers of m. H_n grows more slowly than any power of n, so that the powers of n
decide first, and H_n only in what stays of order 1; H_n^(k) for k ≥ 2 tends to ζ(k).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from math import lcm
from typing import Any

import sympy

from symicl.algebra import ClosedForm, read_form, scalar_letter
from symicl.errors import UnsupportedError, brief


def root_of(expression: Any, sizes: Iterable[sympy.Symbol]) -> int:
    """The least q for which all powers of the sizes in an expression are whole powers of their q-th roots."""
    if isinstance(expression, ClosedForm):
        return 1
    grown = set(sizes)
    powers = (p for p in expression.atoms(sympy.Pow) if p.base in grown and p.exp.is_Rational)
    return lcm(1, *(int(p.exp.q) for p in powers))


def refuse_other_roots(expression: Any, sizes: Collection[sympy.Symbol]) -> None:
    """Refuse roots of anything else in which sizes occur that grow, such as of n + 1.

    Raises
    ------
    UnsupportedError
    """
    for part in () if isinstance(expression, ClosedForm) else expression.atoms(sympy.Pow):
        root = part.exp.is_Rational and not part.exp.is_Integer and part.base not in sizes
        if root and not part.free_symbols.isdisjoint(sizes):
            size = min(part.free_symbols & set(sizes), key=str)
            raise UnsupportedError(
                f"{brief(part)} is no root of a size alone; limits take roots such as sqrt({size})"
            )


def in_roots(
    expression: Any, symbol: sympy.Symbol, quotients: Mapping[sympy.Symbol, sympy.Expr], root: int
) -> tuple[Any, sympy.Symbol, dict[sympy.Symbol, sympy.Expr]]:
    """The expression in the root m of a symbol, that root, and what is put for roots of quotients in the result.

    Raises
    ------
    UnsupportedError
        If a matrix has a size that grows, or a quotient is a number, at which leading terms might vanish.
    """
    for size in {
        s
        for matrix in expression.atoms(sympy.MatrixSymbol)
        for side in matrix.shape
        for s in side.free_symbols
    }:
        if size == symbol or size in quotients:
            raise UnsupportedError(f"a matrix has the size {size}, so the limit in {symbol} is not defined")
    small = sympy.Dummy(f"{symbol}^(1/{root})", positive=True)
    table: dict[sympy.Symbol, sympy.Expr] = {symbol: small}
    back: dict[sympy.Symbol, sympy.Expr] = {}
    for other, quotient in quotients.items():
        if not isinstance(quotient, sympy.Symbol):
            raise UnsupportedError(
                f"beside roots of sizes the limit of {other}/{symbol} has to be a symbol, from "
                f"scalar('c', positive=True); put {brief(quotient)} for it in the result"
            )
        ratio = sympy.Dummy(f"{quotient}^(1/{root})", positive=True)
        table[other], back[ratio] = ratio * small, quotient ** sympy.Rational(1, root)

    def power(base: sympy.Expr, exponent: sympy.Expr) -> sympy.Expr:
        return table[base] ** (root * exponent) if base in table else base**exponent

    moved = expression.replace(
        lambda part: part.is_Pow and part.base in table and part.exp.is_Rational,
        lambda part: power(*part.args),
    )
    return moved.xreplace({s: value**root for s, value in table.items()}), small, back


def without_harmonic(expression: Any, symbol: sympy.Symbol) -> tuple[Any, dict[sympy.Symbol, int]]:
    """The expression with symbols for harmonic numbers that grow with a symbol, and the order of each.

    Raises
    ------
    UnsupportedError
        If harmonic numbers of different arguments, or of one that does not grow with the symbol, occur.
    """
    found = expression.expr if isinstance(expression, ClosedForm) else expression
    numbers = {h for h in found.atoms(sympy.harmonic) if symbol in h.free_symbols}
    if not numbers:
        return expression, {}
    table, orders, arguments = {}, {}, sorted({h.args[0] for h in numbers}, key=str)
    for h in numbers:
        order = h.args[1] if len(h.args) > 1 else sympy.S.One
        slope = sympy.diff(h.args[0], symbol)
        grows = slope.is_Rational and slope.is_positive and order.is_Integer and order.is_positive
        if len(arguments) > 1 or not grows:
            raise UnsupportedError(
                f"limits take harmonic numbers of one argument that grows as {symbol} does, not {brief(h)}; write "
                f"harmonic({symbol} + 1) as harmonic({symbol}) + 1/({symbol} + 1)"
            )
        table[h] = sympy.Dummy(f"H_({h.args[0]})^({order})", positive=True)
        orders[table[h]] = int(order)
    return found.xreplace(table), orders


def at_limits_of_sums(form: ClosedForm, orders: Mapping[sympy.Symbol, int]) -> ClosedForm:
    """The form with ζ(k) for the harmonic numbers of order k ≥ 2.

    Raises
    ------
    UnsupportedError
        If ζ(k) is no rational multiple of a power of π, or the denominator vanishes there.
    """
    table = {}
    for name, order in orders.items():
        if order > 1 and scalar_letter(name) in form.letters():
            if order % 2:
                raise UnsupportedError(f"the limit contains ζ({order}), which is not among the closed forms")
            table[scalar_letter(name)] = read_form(sympy.zeta(order))
    try:
        return form.substitute(table) if table else form
    except ZeroDivisionError:
        raise UnsupportedError("the denominator vanishes where harmonic numbers have their limits") from None
