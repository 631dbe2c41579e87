"""Powers and inverses of values."""

from __future__ import annotations

from fractions import Fraction

from symicl.algebra.closed_form import ClosedForm, closed_form
from symicl.algebra.letters import COLS, ROWS, inverse_letter
from symicl.algebra.reader import inverse_of
from symicl.algebra.substitution import inverse_of_product
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
    if matrix is not None and matrix.rows != matrix.cols:
        raise ShapeError(f"{value.kind} has no powers; it is not square")
    base = inverse(value) if exponent < 0 else value
    result = Value(closed_form(1), value.unsized)
    if matrix is not None:
        result = Value(ClosedForm.identity(matrix.rows))
    for _ in range(abs(exponent)):
        result = multiply(result, base)
    return result


def inverse(value: Value) -> Value:
    """a⁻¹. That of a sum is a letter of its own; equal sums share it, whatever scalar stands in front.

    Raises
    ------
    ShapeError
        If a is not square.
    InputError
        If a is zero.
    """
    form = value.ratio
    if not form:
        raise InputError("a division by zero")
    if form.is_scalar:
        return Value(form.reciprocal(), value.unsized)
    if form.rows != form.cols:
        raise ShapeError(f"{value.kind} has no inverse; it is not square")
    words = {word for _, word in form.terms}
    (word,) = words if len(words) == 1 else (None,)
    if word is not None and all(ROWS[a] == COLS[a] for a in word):
        # A scalar times a product of square letters: all of them have inverses now.
        for a in word:
            inverse_letter(a)
    product = inverse_of_product(form)
    if product is not None:
        return checked(Value(product))
    content = form.content()
    return checked(Value(closed_form(inverse_of((form / content).num)) / content))


def solution_value(solution: MatrixSolution) -> Value:
    """numerator · factor⁻¹ of a matrix equation."""
    numerator, factor = (closed_form(part) for part in (solution.numerator, solution.factor))
    product = multiply(Value(numerator), inverse(Value(factor)))
    return Value(product.ratio, solution=solution)


def plain(c: Fraction | int) -> Fraction | int:
    """A whole number as an integer."""
    return c.numerator if c.denominator == 1 else c
