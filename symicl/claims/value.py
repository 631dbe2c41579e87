"""The meaning of a formula: a scalar or a matrix of rational functions in words, and exact arithmetic on them.

Guarantee: every operation either is exact or raises; sizes are looked at before an operation is carried out.
Where a product or a sum has shape 1×1 it becomes a scalar.
"""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from symicl.algebra.closed_form import ClosedForm, closed_form
from symicl.algebra.letters import DIMENSIONS
from symicl.algebra.polynomial import MatrixPolynomial, Polynomial
from symicl.claims.bounds import MAX_BITS, MAX_TERMS
from symicl.errors import InputError, ShapeError, UnsupportedError


@dataclass(frozen=True, eq=False)
class Value:
    """The meaning of a formula.

    Attributes
    ----------
    ratio : ClosedForm
    unsized : bool
        A multiple of I whose size is not known yet; ``ratio`` is then the factor.
    solution : MatrixSolution or None
        Where the value solves a normal equation, the solution itself, which knows more ways to be compared.
    """

    ratio: ClosedForm
    unsized: bool = False
    solution: Any = None

    @property
    def matrix(self) -> ClosedForm | None:
        """The matrix, if it is one with a size."""
        return None if self.ratio.is_scalar else self.ratio

    @property
    def scalar(self) -> ClosedForm:
        """The scalar, or the factor of I."""
        assert self.ratio.is_scalar
        return self.ratio

    @property
    def is_scalar(self) -> bool:
        return self.ratio.is_scalar and not self.unsized

    @property
    def shape(self) -> tuple[Any, Any] | None:
        """Rows and columns; None for a scalar and for an I without a size."""
        if self.ratio.is_scalar:
            return None
        return DIMENSIONS[self.ratio.rows], DIMENSIONS[self.ratio.cols]

    @property
    def kind(self) -> str:
        """The kind of value, in words."""
        if self.unsized:
            return "a multiple of I"
        return (
            f"{_article(self.shape[0])} {self.shape[0]}×{self.shape[1]} matrix" if self.shape else "a scalar"
        )

    @property
    def expr(self) -> sympy.Basic:
        """As a SymPy expression."""
        return self.ratio.expr

    def letters(self) -> set[int]:
        """All letters, untransposed."""
        return self.ratio.letters()


def _article(size: object) -> str:
    """A d×n matrix, but an n×d matrix."""
    return "an" if str(size)[0] in "aefhilmnorsxAEFHILMNORSX8" else "a"


def scalar(value: ClosedForm | Polynomial | Fraction | int) -> Value:
    """A scalar."""
    return Value(closed_form(value))


def from_matrix(matrix: ClosedForm | MatrixPolynomial) -> Value:
    """A matrix, or the scalar that a 1×1 matrix is."""
    return Value(closed_form(matrix))


def of_size(value: Value, dim: int) -> Value:
    """A multiple of I, once its size is known."""
    if not value.unsized:
        return value
    return Value(ClosedForm.identity(dim) * value.scalar)


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


def checked(value: Value) -> Value:
    """Refuse results that are too large.

    Raises
    ------
    UnsupportedError
        For too many terms, which may still be judged in another form.
    InputError
        For a number of more digits than anybody means.
    """
    form = value.ratio
    for count in (len(form), len(form.denominator)):
        if count > MAX_TERMS:
            raise UnsupportedError(f"this has {count} terms; at most {MAX_TERMS} are taken here")
    for part in (*form.terms.values(), form.denominator):
        if any(int(c).bit_length() > MAX_BITS for c in part.coeffs()):
            raise InputError("this has a coefficient of more than a thousand digits")
    return value


def negate(value: Value) -> Value:
    """−a."""
    return Value(-value.ratio, value.unsized)


def add(a: Value, b: Value) -> Value:
    """a + b.

    Raises
    ------
    ShapeError
        If the shapes differ.
    UnsupportedError
        If the result is too large.
    """
    if a.unsized and b.matrix is not None:
        a = _sized_like(a, b)
    if b.unsized and a.matrix is not None:
        b = _sized_like(b, a)
    if a.shape != b.shape or a.unsized != b.unsized:
        hint = "; write the scalar times I" if a.is_scalar or b.is_scalar else ""
        raise ShapeError(f"cannot add {a.kind} and {b.kind}{hint}")
    x, y = a.ratio, b.ratio
    below = x.denominator, y.denominator
    if not (below[0].is_constant() and below[1].is_constant()):
        _check((x, below[1]), (y, below[0]), below)
    return checked(Value(x + y, a.unsized))


def _sized_like(value: Value, other: Value) -> Value:
    matrix = other.matrix
    assert matrix is not None
    if matrix.rows != matrix.cols:
        raise ShapeError(f"cannot add a multiple of I and {other.kind}; I is square")
    return of_size(value, matrix.rows)


def multiply(a: Value, b: Value) -> Value:
    """a · b, where a scalar multiplies anything.

    Raises
    ------
    ShapeError
        If the inner dimensions differ.
    UnsupportedError
        If the result is too large.
    """
    x, y = a.ratio, b.ratio
    _check((x, y), (x.denominator, y.denominator))
    if not (x.is_scalar or y.is_scalar or x.cols == y.rows):
        raise ShapeError(
            f"cannot multiply {a.kind} by {b.kind}; the inner dimensions {DIMENSIONS[x.cols]} and "
            f"{DIMENSIONS[y.rows]} differ"
        )
    return checked(Value(x @ y, a.unsized or b.unsized))


def divide_by(a: Value, b: Value) -> Value:
    """a / b for a scalar b.

    Raises
    ------
    ShapeError
        If b is a matrix.
    InputError
        If b is zero.
    """
    if not b.is_scalar:
        raise ShapeError(f"cannot divide by {b.kind}; write the inverse, B^-1, on the side where it belongs")
    if not b.scalar:
        raise InputError("a division by zero")
    return multiply(a, scalar(b.scalar.reciprocal()))


def transpose(value: Value) -> Value:
    """a'."""
    return value if value.matrix is None else Value(value.matrix.T)


def trace(value: Value) -> Value:
    """tr(a); the trace of a scalar is the scalar.

    Raises
    ------
    ShapeError
        If a is not square, or an I whose size is not known.
    """
    if value.unsized:
        raise ShapeError("the trace of I needs its size; write I_d")
    matrix = value.matrix
    if matrix is None:
        return value
    if matrix.rows != matrix.cols:
        raise ShapeError(f"{value.kind} has no trace; it is not square")
    return Value(matrix.trace())


def equal(a: Value, b: Value) -> bool:
    """True if two values of one shape are the same rational functions."""
    return a.ratio == b.ratio
