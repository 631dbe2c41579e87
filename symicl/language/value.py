"""The meaning of formulas, which are closed forms, and the arithmetic of the language on them.

Guarantee: every operation either is exact or raises; sizes are looked at before an operation is carried out.
"""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import dataclass
from typing import Any, TypeAlias

import sympy

from symicl.algebra import DIMENSIONS, ONE, ClosedForm, symbol_letter
from symicl.errors import InputError, ShapeError, UnsupportedError
from symicl.language.bounds import MAX_BITS, MAX_TERMS


@dataclass(frozen=True, eq=False)
class MultipleOfI:
    """factor · I, where the size of I is not known yet.

    Attributes
    ----------
    factor : ClosedForm
    """

    factor: ClosedForm


Value: TypeAlias = ClosedForm | MultipleOfI
"""The meaning of a formula."""


def form_of(value: Value) -> ClosedForm:
    """The closed form, or the factor of I."""
    return value.factor if isinstance(value, MultipleOfI) else value


def _like(value: Value, form: ClosedForm) -> Value:
    """A closed form that was computed from that of a value: again a multiple of I, if that is one."""
    return MultipleOfI(form) if isinstance(value, MultipleOfI) else form


def is_scalar(value: Value) -> bool:
    """True for a scalar, False for a multiple of I."""
    return isinstance(value, ClosedForm) and value.is_scalar


def is_matrix(value: Value) -> bool:
    """True for a matrix with a size."""
    return isinstance(value, ClosedForm) and not value.is_scalar


def same_shape(a: Value, b: Value) -> bool:
    """True for two multiples of I, and for closed forms with the same numbers of rows and of columns."""
    x, y = form_of(a), form_of(b)
    return type(a) is type(b) and (x.rows, x.cols) == (y.rows, y.cols)


def sizes_of(value: Value) -> tuple[Any, Any]:
    """Rows and columns; 1 and 1 for a scalar and for an I without a size."""
    form = form_of(value)
    return DIMENSIONS[form.rows], DIMENSIONS[form.cols]


def kind_of(value: Value) -> str:
    """The kind of value, in words."""
    if isinstance(value, MultipleOfI):
        return "a multiple of I"
    if value.is_scalar:
        return "a scalar"
    rows, cols = sizes_of(value)
    # A d×n matrix, but an n×d matrix.
    article = "an" if str(rows)[0] in "aefhilmnorsxAEFHILMNORSX8" else "a"
    return f"{article} {rows}×{cols} matrix"


def fitted(value: Value, other: Value) -> Value:
    """0 and multiples of I in the shape of a matrix beside them; anything else as it is."""
    if not isinstance(other, ClosedForm) or other.is_scalar:
        return value
    if isinstance(value, MultipleOfI):
        return value if other.rows != other.cols else ClosedForm.identity(other.rows) * value.factor
    return ClosedForm.zero(other.rows, other.cols) if value.is_scalar and not value else value


def shown(value: Value) -> ClosedForm:
    """A closed form to be written down; an I without a size is the letter I."""
    if isinstance(value, ClosedForm):
        return value
    size = sympy.Symbol("the size of I", integer=True, positive=True)
    return ClosedForm.of(symbol_letter(sympy.MatrixSymbol("I", size, size))) * value.factor


def _check(*products: tuple[Sized, Sized]) -> None:
    """Refuse multiplications whose results would be too large.

    Raises
    ------
    UnsupportedError
    """
    for left, right in products:
        if len(left) * len(right) > 10 * MAX_TERMS:
            raise UnsupportedError(
                f"this multiplies {len(left)} terms with {len(right)}, which is more than is taken here"
            )


def checked(form: ClosedForm) -> ClosedForm:
    """Refuse results that are too large.

    Raises
    ------
    UnsupportedError
        For too many terms, which may still be judged in another form.
    InputError
        For a number of more digits than anybody means.
    """
    for count in (len(form), len(form.denominator)):
        if count > MAX_TERMS:
            raise UnsupportedError(f"this has {count} terms; at most {MAX_TERMS} are taken here")
    for part in (*form.terms.values(), form.denominator):
        if any(int(c).bit_length() > MAX_BITS for c in part.coeffs()):
            raise InputError("this has a coefficient of more than a thousand digits")
    return form


def negate(value: Value) -> Value:
    """−a."""
    return _like(value, -form_of(value))


def add(a: Value, b: Value) -> Value:
    """a + b.

    Raises
    ------
    ShapeError
        If the shapes differ.
    UnsupportedError
        If the result is too large.
    """
    for value, other in ((a, b), (b, a)):
        if isinstance(value, MultipleOfI) and is_matrix(other) and len(set(sizes_of(other))) > 1:
            raise ShapeError(f"cannot add a multiple of I and {kind_of(other)}; I is square")
    a = fitted(a, b) if isinstance(a, MultipleOfI) else a
    b = fitted(b, a) if isinstance(b, MultipleOfI) else b
    if not same_shape(a, b):
        hint = "; write the scalar times I" if is_scalar(a) or is_scalar(b) else ""
        raise ShapeError(f"cannot add {kind_of(a)} and {kind_of(b)}{hint}")
    x, y = form_of(a), form_of(b)
    below = x.denominator, y.denominator
    if not (below[0].is_constant() and below[1].is_constant()):
        _check((x, below[1]), (y, below[0]), below)
    return _like(a, checked(x + y))


def multiply(a: Value, b: Value) -> Value:
    """a · b, where a scalar multiplies anything.

    Raises
    ------
    ShapeError
        If the inner dimensions differ.
    UnsupportedError
        If the result is too large.
    """
    x, y = form_of(a), form_of(b)
    _check((x, y), (x.denominator, y.denominator))
    if not (x.is_scalar or y.is_scalar or x.cols == y.rows):
        raise ShapeError(
            f"cannot multiply {kind_of(a)} by {kind_of(b)}; the inner dimensions {DIMENSIONS[x.cols]} and "
            f"{DIMENSIONS[y.rows]} differ"
        )
    product = checked(x @ y)
    stays = product.is_scalar and (isinstance(a, MultipleOfI) or isinstance(b, MultipleOfI))
    return MultipleOfI(product) if stays else product


def divide_by(a: Value, b: Value) -> Value:
    """a / b for a scalar b.

    Raises
    ------
    ShapeError
        If b is a matrix.
    InputError
        If b is zero.
    """
    if not isinstance(b, ClosedForm) or not b.is_scalar:
        raise ShapeError(
            f"cannot divide by {kind_of(b)}; write the inverse, B^-1, on the side where it belongs"
        )
    if not b:
        raise InputError("a division by zero")
    return multiply(a, b.reciprocal())


def transpose(value: Value) -> Value:
    """a'."""
    return value.T if isinstance(value, ClosedForm) and not value.is_scalar else value


def trace(value: Value) -> ClosedForm:
    """tr(a); the trace of a scalar is the scalar.

    Raises
    ------
    ShapeError
        If a is not square, or an I whose size is not known.
    """
    if isinstance(value, MultipleOfI):
        raise ShapeError("the trace of I needs its size; write I_d")
    if value.rows != value.cols:
        raise ShapeError(f"{kind_of(value)} has no trace; it is not square")
    return value if value.rows == ONE else value.trace()
