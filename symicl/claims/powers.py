"""Powers and inverses of values."""

from __future__ import annotations

from fractions import Fraction
from math import gcd, lcm

from symicl.algebra.letters import COLS, ROWS, inverse_letter
from symicl.algebra.polynomial import MatrixPolynomial, Polynomial, common_words, divide
from symicl.algebra.ratio import MatrixRatio, Ratio, clear_matrix_reciprocals
from symicl.algebra.reader import inverse_of
from symicl.claims.value import Value, checked, multiply
from symicl.errors import InputError, ShapeError
from symicl.theory.normal_equations import MatrixSolution


def power(value: Value, exponent: int) -> Value:
    """a^k; a negative power is one of the inverse, a⁰ is 1 or I.

    Raises
    ------
    ShapeError
        If a is not square.
    InputError
        If a is zero and k negative, or the result is too large.
    """
    matrix = value.matrix
    if matrix is not None and matrix.num.rows != matrix.num.cols:
        raise ShapeError(f"{value.kind} has no powers; it is not square")
    base = inverse(value) if exponent < 0 else value
    result = Value(Ratio(1), value.unsized)
    if matrix is not None:
        result = Value(MatrixRatio(MatrixPolynomial.identity(matrix.num.rows)))
    for _ in range(abs(exponent)):
        result = multiply(result, base)
    return result


def inverse(value: Value) -> Value:
    """a⁻¹. That of a sum is a letter of its own; equal sums share it, whatever numbers stand in front.

    Raises
    ------
    ShapeError
        If a is not square.
    InputError
        If a is zero.
    """
    if not value.ratio.num:
        raise InputError("a division by zero")
    matrix = value.matrix
    if matrix is None:
        return Value(Ratio(value.scalar.den, value.scalar.num), value.unsized)
    num = matrix.num
    if num.rows != num.cols:
        raise ShapeError(f"{value.kind} has no inverse; it is not square")
    words = {word for _, word in num.terms}
    (word,) = words if len(words) == 1 else (None,)
    if word is not None and all(ROWS[a] == COLS[a] for a in word):
        # A scalar times a product of square letters.
        product = MatrixPolynomial.identity(num.rows)
        for a in reversed(word):
            product = product @ MatrixPolynomial.of(inverse_letter(a))
        factor = Polynomial({m: c for (m, _), c in num.terms.items()})
        return checked(Value(MatrixRatio(product) * Ratio(matrix.den, factor)))
    common = common_words(monomial for monomial, _ in num.terms)
    content = _content(num)
    reduced = MatrixPolynomial(
        num.rows,
        num.cols,
        {(divide(m, common), w): plain(Fraction(c) / content) for (m, w), c in num.terms.items()},
    )
    scale = Ratio(matrix.den, Polynomial({common: content}))
    return checked(Value(MatrixRatio(inverse_of(reduced)) * scale))


def solution_value(solution: MatrixSolution) -> Value:
    """numerator · factor⁻¹ of a matrix equation."""
    numerator, factor = (clear_matrix_reciprocals(part) for part in (solution.numerator, solution.factor))
    product = multiply(Value(numerator), inverse(Value(factor)))
    return Value(product.ratio, solution=solution)


def _content(matrix: MatrixPolynomial) -> Fraction:
    """The number c for which matrix / c has coprime integer coefficients, the first one positive."""
    coefficients = [Fraction(c) for c in matrix.terms.values()]
    content = Fraction(gcd(*[c.numerator for c in coefficients]), lcm(*[c.denominator for c in coefficients]))
    return content if matrix.terms[min(matrix.terms)] > 0 else -content


def plain(c: Fraction | int) -> Fraction | int:
    """A whole number as an integer."""
    return c.numerator if c.denominator == 1 else c
