"""The best constant value of a scalar of a recursion, such as its learning rate, in symbols."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy

from symicl.algebra import ClosedForm
from symicl.errors import UnsupportedError, brief
from symicl.theory.recursions.exponentials import LinearSolution, Terms
from symicl.typeset import pretty_ratio


@dataclass(frozen=True)
class BestParameter:
    """The least expectation over all constant real values of a parameter.

    Attributes
    ----------
    parameter : sympy.Expr or float
        Where it is attained.
    value : sympy.Expr
        Exact in symbols; at numbers a Float whose digits are proven.
    """

    parameter: Any
    value: sympy.Expr


def best_in_symbols(
    solution: LinearSolution, terms: Terms, tokens: sympy.Symbol | int, symbol: sympy.Symbol
) -> BestParameter:
    """The minimum over a scalar in which the expectation is a quadratic, or one power of a quadratic.

    Raises
    ------
    UnsupportedError
        If it is neither, or a sign that the minimum needs is not evident.
    """
    if solution.radicand is not None:
        raise UnsupportedError("an eigenvalue has a square root in it; give numbers for all other symbols")
    inside = any(value.expr.has(symbol) for value in solution.eigenvalues)
    return (_in_a_power if inside else _in_coefficients)(solution, terms, tokens, symbol)


def _in_a_power(
    solution: LinearSolution, terms: Terms, tokens: sympy.Symbol | int, symbol: sympy.Symbol
) -> BestParameter:
    """Of c·λⁿ where λ is a convex quadratic without a negative value, and c ≥ 0 is free of the parameter."""
    if len(terms) != 1 or next(iter(terms))[1] or next(iter(terms.values())).expr.has(symbol):
        raise UnsupportedError(
            f"the expectation is not one power c·λⁿ with {symbol} in λ alone, so that no closed form of the best "
            f"{symbol} is known; give numbers for all other symbols"
        )
    (((k, _), c),) = terms.items()
    two, one, zero = quadratic_in(solution.eigenvalues[k], symbol)
    low = sympy.factor(zero - one**2 / (4 * two))
    front = pretty_ratio(c)
    if not (is_positive(two) and low.is_nonnegative and front.is_nonnegative):
        raise UnsupportedError(
            f"the signs that a least value in {symbol} needs are not evident; give numbers"
        )
    return BestParameter(sympy.factor(-one / (2 * two)), front * low**tokens)


def _in_coefficients(
    solution: LinearSolution, terms: Terms, tokens: sympy.Symbol | int, symbol: sympy.Symbol
) -> BestParameter:
    """Of a convex quadratic in the parameter, whose coefficients hold the powers."""
    totals = [sympy.Integer(0)] * 3
    for (k, j), c in terms.items():
        power = pretty_ratio(solution.eigenvalues[k]) ** tokens * tokens**j
        totals = [total + part * power for total, part in zip(totals, quadratic_in(c, symbol), strict=True)]
    two, one, zero = map(sympy.factor, totals)
    if not is_positive(two):
        raise UnsupportedError(
            f"that the coefficient {brief(two)} of {symbol}² is positive is not evident from the signs of the "
            "symbols; give numbers"
        )
    return BestParameter(sympy.factor(-one / (2 * two)), sympy.factor(zero - one**2 / (4 * two)))


def quadratic_in(form: ClosedForm, symbol: sympy.Symbol) -> tuple[sympy.Expr, sympy.Expr, sympy.Expr]:
    """The coefficients of β², β and 1 of a quadratic in β.

    Raises
    ------
    UnsupportedError
        If it is none.
    """
    top, bottom = sympy.fraction(sympy.together(form.expr))
    if not bottom.has(symbol):
        coefficients = sympy.Poly(top, symbol).all_coeffs()[::-1]
        if len(coefficients) <= 3:
            padded = [*coefficients, 0, 0][:3]
            zero, one, two = (sympy.factor(c / bottom) for c in padded)
            return two, one, zero
    raise UnsupportedError(f"{form.expr} is not a quadratic in {symbol}")


def is_positive(expression: sympy.Expr) -> bool:
    """True if SymPy derives it from the signs that symbols were declared with."""
    return bool(sympy.factor(expression).is_positive or sympy.expand(expression).is_positive)
