"""E exp(bᵀx) p(x) for Gaussian columns x: the exponential moves the mean, x → x + Σb, and leaves exp(bᵀΣb/2).

Where b holds another Gaussian column y, as in exp(s xᵀy), what is left is exp(c yᵀy/2), which stretches the variance v
of y to v/(1 − cv) and leaves (1 − cv)^(−d/2), if cv < 1; otherwise the mean is infinite.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import sympy
from sympy.matrices.expressions import MatAdd, MatMul, MatrixExpr

from symicl.algebra import (
    COLS,
    DIMENSIONS,
    MEANING,
    NO_LETTER,
    ONE,
    PARTNER,
    ROWS,
    MatrixPolynomial,
    Polynomial,
    contains_random,
    read_matrix,
    read_scalar,
    scalar_letter,
    write_scalar,
)
from symicl.errors import InputError, UnsupportedError
from symicl.expectation.gaussian import Gaussian
from symicl.expectation.integrand import cut_out
from symicl.expectation.integration import Law

Means = dict[int, MatrixPolynomial]
Average = Callable[[MatrixPolynomial, Sequence[Law]], Any]
"""From a matrix and the laws of its letters to the mean as SymPy writes it."""


def is_tilted(expression: sympy.Basic) -> bool:
    """True if an exponential of something random occurs."""
    return any(contains_random(part) for part in expression.atoms(sympy.exp))


def expect_tilted(expression: Any, laws: Sequence[Law], means: Means, average: Average) -> Any:
    """E of a sum of exponentials times polynomials; see `symicl.expect`.

    Raises
    ------
    UnsupportedError
        If an exponent is not linear in Gaussian columns, up to products of two of them, or the mean may be infinite.
    """
    parts = []
    for exponent, rest in _terms(expression):
        power = read_scalar(exponent)
        matrix = (
            read_matrix(rest)
            if isinstance(rest, MatrixExpr)
            else MatrixPolynomial.identity(ONE, read_scalar(rest))
        )
        if means:
            power, matrix = power.substitute(means), matrix.substitute(means)
        factor, matrix, tilted = _tilted(power, matrix, {law.letter: law for law in laws})
        parts.append(factor * average(matrix, list(tilted.values())))
    return sum(parts[1:], parts[0])


def _terms(expression: Any) -> Iterator[tuple[sympy.Expr, Any]]:
    """Exponents, each with what stands beside it."""
    if isinstance(expression, MatAdd):
        for part in expression.args:
            yield from _terms(part)
        return
    scalar, matrix = expression, None
    if isinstance(expression, MatrixExpr):
        factors = expression.args if isinstance(expression, MatMul) else (expression,)
        scalar = sympy.Mul(*[f for f in factors if not isinstance(f, MatrixExpr)])
        matrix = MatMul(*[f for f in factors if isinstance(f, MatrixExpr)]).doit(deep=False)
    for term in sympy.Add.make_args(sympy.expand(scalar)):
        exponent, rest = sympy.Integer(0), sympy.Integer(1)
        for factor in sympy.Mul.make_args(term):
            if isinstance(factor, sympy.exp) and contains_random(factor):
                exponent = exponent + factor.exp
            else:
                rest = rest * factor
        beside = rest if matrix is None else rest * matrix
        if is_tilted(beside):
            raise UnsupportedError(
                f"{term}: an exponential of something random is averaged as a factor of a polynomial alone"
            )
        yield exponent, beside


def _tilted(
    power: Polynomial, rest: MatrixPolynomial, laws: dict[int, Law]
) -> tuple[sympy.Expr, MatrixPolynomial, dict[int, Law]]:
    """exp(power) averaged away: a number, the polynomial at moved means, and the laws under the tilt."""
    factor: sympy.Expr = sympy.Integer(1)
    while found := sorted(power.letters() & laws.keys()):
        x = min(found, key=lambda a: (power.degree(a), a))
        law, degree = laws[x], power.degree(x)
        if not isinstance(law, Gaussian) or COLS[x] != ONE or degree > 2:
            raise UnsupportedError(
                f"exp({write_scalar(power)}): the mean of an exponential is known where the exponent is linear in "
                f"Gaussian columns, up to products of two of them; {MEANING[x]} is none, or stands there {degree} times"
            )
        if degree == 2:
            power, c = _without_square(power, x)
            stretched, number = _stretched(law, c)
            laws = {**laws, x: stretched}
            law, factor = stretched, factor * number
        linear = Polynomial({m: c for m, c in power if _degree(m, x)})
        if linear:
            b = cut_out(linear, x, ONE, ROWS[x]).T
            cov = b if law.row_cov == NO_LETTER else MatrixPolynomial.of(law.row_cov) @ b
            u = cov * law.scale
            power = power - linear + (b.T @ u).trace() * Fraction(1, 2)
            rest = rest.substitute({x: MatrixPolynomial.of(x) + u})
    return factor * sympy.exp(write_scalar(power)), rest, laws


def _degree(monomial: Any, x: int) -> int:
    return sum(a in (x, PARTNER[x]) for word in monomial for a in word)


def _without_square(power: Polynomial, x: int) -> tuple[Polynomial, Polynomial]:
    """The exponent without its term c xᵀx/2, and c."""
    square = ((x,),) * 2 if ROWS[x] == ONE else (min((PARTNER[x], x), (x, PARTNER[x])),)
    plain, c = Polynomial(), Polynomial()
    for monomial, number in power:
        if _degree(monomial, x) < 2:
            plain = plain + Polynomial({monomial: number})
            continue
        words = [word for word in monomial if _degree((word,), x)]
        rest = tuple(word for word in monomial if word not in words)
        if len(words) > len(square) or not all(set(word) <= {x, PARTNER[x]} for word in words):
            raise UnsupportedError(
                f"exp({write_scalar(power)}): a quadratic form in {MEANING[x]} is averaged where it is a number times "
                "its squared length"
            )
        c = c + Polynomial({rest: number}) * 2
    return plain, c


def _stretched(law: Gaussian, c: Polynomial) -> tuple[Gaussian, sympy.Expr]:
    """The law under exp(c xᵀx/2), and the mean of that.

    Raises
    ------
    InputError
        If the mean is infinite.
    UnsupportedError
        If it is not known to be finite.
    """
    size: Any = DIMENSIONS[ROWS[law.letter]]
    variance = write_scalar(law.scale)
    left = sympy.factor(1 - write_scalar(c) * variance)
    if law.row_cov != NO_LETTER:
        raise UnsupportedError(
            f"the mean of the exponential of a quadratic form in {MEANING[law.letter]} is known where the covariance "
            "of this is a multiple of I"
        )
    if left.is_nonpositive:
        raise InputError(f"the mean of the exponential is infinite, as {left} is not > 0")
    if not left.is_positive:
        raise UnsupportedError(
            f"the mean of the exponential is finite only if {left} > 0, which is not known of its symbols; a number "
            "below 1 is written as t/(1 + t) with t positive"
        )
    scale = variance / left
    as_polynomial = read_scalar(scale) if scale.is_Rational else Polynomial({((scalar_letter(scale),),): 1})
    return replace(law, scale=as_polynomial), left ** (sympy.Rational(-1, 2) * size)
