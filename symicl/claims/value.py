"""What a formula means: a scalar or a matrix of rational functions in words, and exact arithmetic on them.

Guarantee: every operation either is exact or raises; sizes are looked at before an operation is carried out.
Where a product or a sum has shape 1×1 it becomes a scalar.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from symicl.algebra.letters import DIMENSIONS, ONE
from symicl.algebra.polynomial import MatrixPolynomial, Polynomial
from symicl.algebra.ratio import MatrixRatio, Ratio
from symicl.claims.bounds import MOST_BITS, MOST_TERMS
from symicl.errors import InputError, ShapeError, UnsupportedError


@dataclass(frozen=True, eq=False)
class Value:
    """The meaning of a formula.

    Attributes
    ----------
    ratio : Ratio or MatrixRatio
    unsized : bool
        A multiple of I whose size is not known yet; ``ratio`` is then the factor.
    solution : MatrixSolution or None
        Where the value solves a normal equation, the solution itself, which knows more ways to be compared.
    """

    ratio: Ratio | MatrixRatio
    unsized: bool = False
    solution: Any = None

    @property
    def matrix(self) -> MatrixRatio | None:
        """The matrix, if it is one with a size."""
        return self.ratio if isinstance(self.ratio, MatrixRatio) else None

    @property
    def scalar(self) -> Ratio:
        """The scalar, or the factor of I."""
        assert isinstance(self.ratio, Ratio)
        return self.ratio

    @property
    def is_scalar(self) -> bool:
        return isinstance(self.ratio, Ratio) and not self.unsized

    @property
    def shape(self) -> tuple[Any, Any] | None:
        """Rows and columns; None for a scalar and for an I without a size."""
        if not isinstance(self.ratio, MatrixRatio):
            return None
        return DIMENSIONS[self.ratio.num.rows], DIMENSIONS[self.ratio.num.cols]

    @property
    def kind(self) -> str:
        """What it is, in words."""
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
        return self.ratio.num.letters() | self.ratio.den.letters()


def _article(size: object) -> str:
    """A d×n matrix, but an n×d matrix."""
    return "an" if str(size)[0] in "aefhilmnorsxAEFHILMNORSX8" else "a"


def scalar(ratio: Ratio | Polynomial | Fraction | int) -> Value:
    """A scalar."""
    return Value(ratio if isinstance(ratio, Ratio) else Ratio(ratio))


def from_matrix(matrix: MatrixRatio) -> Value:
    """A matrix, or the scalar that a 1×1 matrix is."""
    if matrix.num.rows == matrix.num.cols == ONE:
        return Value(matrix.trace())
    return Value(matrix)


def of_size(value: Value, dim: int) -> Value:
    """A multiple of I, once its size is known."""
    if not value.unsized:
        return value
    return from_matrix(MatrixRatio(MatrixPolynomial.identity(dim)) * value.scalar)


def _check(*products: tuple[Any, Any]) -> None:
    """Refuse multiplications whose results would be too large.

    Raises
    ------
    UnsupportedError
    """
    for left, right in products:
        if len(left.terms) * len(right.terms) > 10 * MOST_TERMS:
            raise UnsupportedError(
                f"this multiplies {len(left.terms)} terms with {len(right.terms)}, which is more than is taken here"
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
    for part in (value.ratio.num, value.ratio.den):
        if len(part.terms) > MOST_TERMS:
            raise UnsupportedError(f"this has {len(part.terms)} terms; at most {MOST_TERMS} are taken here")
        for c in part.terms.values():
            bits = max(abs(c.numerator).bit_length(), c.denominator.bit_length())
            if bits > MOST_BITS:
                raise InputError("this has a coefficient of more than a thousand digits")
    return value


def negate(value: Value) -> Value:
    """−a."""
    if isinstance(value.ratio, MatrixRatio):
        return Value(MatrixRatio(-value.ratio.num, value.ratio.den))
    return Value(-value.scalar, value.unsized)


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
    if x.den != y.den:
        _check((x.num, y.den), (y.num, x.den), (x.den, y.den))
    if isinstance(x, MatrixRatio):
        assert isinstance(y, MatrixRatio)
        return checked(Value(x + y))
    assert isinstance(y, Ratio)
    return checked(Value(x + y, a.unsized))


def _sized_like(value: Value, other: Value) -> Value:
    matrix = other.matrix
    assert matrix is not None
    if matrix.num.rows != matrix.num.cols:
        raise ShapeError(f"cannot add a multiple of I and {other.kind}; I is square")
    return of_size(value, matrix.num.rows)


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
    _check((x.num, y.num), (x.den, y.den))
    if isinstance(x, MatrixRatio) and isinstance(y, MatrixRatio):
        if x.num.cols != y.num.rows:
            raise ShapeError(
                f"cannot multiply {a.kind} by {b.kind}; the inner dimensions {DIMENSIONS[x.num.cols]} and "
                f"{DIMENSIONS[y.num.rows]} differ"
            )
        return checked(from_matrix(x @ y))
    if isinstance(x, MatrixRatio):
        assert isinstance(y, Ratio)
        return checked(Value(x * y))
    if isinstance(y, MatrixRatio):
        return checked(Value(y * x))
    return checked(Value(x * y, a.unsized or b.unsized))


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
    if not b.scalar.num:
        raise InputError("a division by zero")
    return multiply(a, scalar(Ratio(b.scalar.den, b.scalar.num)))


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
    if matrix.num.rows != matrix.num.cols:
        raise ShapeError(f"{value.kind} has no trace; it is not square")
    return Value(matrix.trace())


def equal(a: Value, b: Value) -> bool:
    """Whether two values of one shape are the same rational functions.

    Raises
    ------
    InputError
        If they are too large to be compared.
    """
    x, y = a.ratio, b.ratio
    _check((x.num, y.den), (y.num, x.den))
    return bool(x == y)
