"""Powers and inverses of values."""

from __future__ import annotations

from symicl.algebra import (
    COLS,
    ROWS,
    ClosedForm,
    inverse_letter,
    inverse_of,
    inverse_of_product,
    inverse_of_update,
)
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
    """a⁻¹. That of a sum is a letter of its own; equal sums share it, whatever scalar stands in front.

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
    if form.is_scalar:
        return form.reciprocal()
    if form.rows != form.cols:
        raise ShapeError(f"{kind_of(value)} has no inverse; it is not square")
    words = {word for _, word in form.terms}
    (word,) = words if len(words) == 1 else (None,)
    if word is not None and all(ROWS[a] == COLS[a] for a in word):
        # A scalar times a product of square letters: all of them have inverses now.
        for a in word:
            inverse_letter(a)
    product = inverse_of_product(form)
    if product is not None:
        return checked(product)
    updated = inverse_of_update(form, lambda rest: form_of(inverse(rest)))
    if updated is not None:
        return checked(updated)
    content = form.content()
    return checked(inverse_of(form / content) / content)
