"""Powers and inverses of values."""

from __future__ import annotations

from symicl.algebra import ClosedForm
from symicl.algebra import inverse as inverse_of_form
from symicl.errors import InputError, ShapeError
from symicl.language.value import MultipleOfI, Value, checked, form_of, kind_of, multiply


def power(value: Value, exponent: int) -> Value:
    """a^k; a negative power is one of the inverse, a⁰ is 1 or I.

    Raises
    ------
    ShapeError
        If a is not square.
    InputError
        If a is zero and k negative, or the result is too large.
    """
    form = form_of(value)
    if form.rows != form.cols:
        raise ShapeError(f"{kind_of(value)} has no powers; it is not square")
    base = inverse(value) if exponent < 0 else value
    one = ClosedForm.identity(form.rows)
    result: Value = MultipleOfI(one) if isinstance(value, MultipleOfI) else one
    for _ in range(abs(exponent)):
        result = multiply(result, base)
    return result


def inverse(value: Value) -> Value:
    """a⁻¹; see `symicl.algebra.inverses`.

    Raises
    ------
    ShapeError
        If a is not square.
    InputError
        If a is zero.
    """
    form = form_of(value)
    if not form:
        raise InputError("a division by zero")
    if isinstance(value, MultipleOfI):
        return MultipleOfI(form.reciprocal())
    if form.rows != form.cols:
        raise ShapeError(f"{kind_of(value)} has no inverse; it is not square")
    return checked(inverse_of_form(form))
