"""The SymPy symbols that a theorist declares: dimensions, scalars, vectors, matrices, covariances."""

from __future__ import annotations

import sympy
from sympy.core.basic import Basic
from sympy.core.symbol import Str
from sympy.matrices.expressions.matexpr import MatrixExpr, MatrixSymbol

from symicl.errors import InputError

Dimension = int | sympy.Symbol


class SymmetricMatrix(MatrixSymbol):
    """A symmetric matrix symbol; SymPy's transpose returns the symbol itself."""

    def _eval_transpose(self) -> SymmetricMatrix:
        return self

    def _eval_adjoint(self) -> SymmetricMatrix:
        return self


class Covariance(SymmetricMatrix):
    """A symmetric positive definite matrix symbol."""


def dims(names: str) -> tuple[sympy.Symbol, ...] | sympy.Symbol:
    """Positive integer symbols for dimensions, from a string such as ``"n d"``.

    Returns
    -------
    sympy.Symbol or tuple of sympy.Symbol
        One symbol for one name, a tuple for several, as `sympy.symbols` does.
    """
    return sympy.symbols(names, positive=True, integer=True)


def scalar(name: str, *, positive: bool = False, nonnegative: bool = False) -> sympy.Symbol:
    """A real scalar symbol; ``sigma2`` is typeset as σ²."""
    if positive:
        return sympy.Symbol(name, positive=True)
    if nonnegative:
        return sympy.Symbol(name, nonnegative=True)
    return sympy.Symbol(name, real=True)


def check_dimension(size: object, where: str) -> None:
    """Refuse a size that is not a positive integer or a symbol."""
    number = sympy.sympify(size) if isinstance(size, int) else size
    if isinstance(number, sympy.Integer) and number > 0:
        return
    if isinstance(number, sympy.Expr) and not number.is_number and number.is_commutative:
        return
    raise InputError(
        f"{where} has the size {size}; a dimension is a positive integer or a symbol from dims()"
    )


def matrix(name: str, shape: tuple[Dimension, Dimension]) -> MatrixSymbol:
    """A general matrix symbol of the given shape."""
    for size in shape:
        check_dimension(size, f"the matrix {name}")
    return MatrixSymbol(name, *shape)


def vector(name: str, size: Dimension) -> MatrixSymbol:
    """A column vector symbol."""
    return matrix(name, (size, 1))


def symmetric(name: str, size: Dimension) -> SymmetricMatrix:
    """A symmetric matrix symbol."""
    check_dimension(size, f"the matrix {name}")
    return SymmetricMatrix(name, size, size)


def covariance(name: str, size: Dimension) -> Covariance:
    """A symmetric positive definite matrix symbol."""
    check_dimension(size, f"the covariance {name}")
    return Covariance(name, size, size)


class GaussianMatrix(MatrixSymbol):
    """A Gaussian matrix Z with E Z = mean and E (Z−M)_ia (Z−M)_jb = row_cov_ij col_cov_ab.

    It is a SymPy matrix symbol that carries its law; see `gaussian`.
    """

    def __new__(
        cls,
        name: str | Str,
        rows: Dimension,
        cols: Dimension,
        mean: MatrixExpr,
        row_cov: MatrixExpr,
        col_cov: MatrixExpr,
    ) -> GaussianMatrix:
        name = name if isinstance(name, Basic) else Str(name)
        return Basic.__new__(cls, name, sympy.sympify(rows), sympy.sympify(cols), mean, row_cov, col_cov)

    mean = property(lambda self: self.args[3], doc="E Z, of the same shape as Z.")
    row_cov = property(lambda self: self.args[4], doc="Covariance between the rows, rows × rows.")
    col_cov = property(lambda self: self.args[5], doc="Covariance between the columns, cols × cols.")


def is_symmetric(expression: MatrixExpr) -> bool:
    """True when SymPy can see that the expression equals its transpose."""
    return bool(expression == expression.T)


def gaussian(
    name: str,
    shape: tuple[Dimension, Dimension] | Dimension,
    *,
    col_cov: MatrixExpr | sympy.Expr | int | None = None,
    row_cov: MatrixExpr | sympy.Expr | int | None = None,
    mean: MatrixExpr | None = None,
) -> GaussianMatrix:
    """A Gaussian random matrix (or column vector, when ``shape`` is one size).

    Parameters
    ----------
    name : str
        How it prints. Two different laws under one name in one expression are refused.
    shape : (rows, cols) or size
        Rows are i.i.d. N(0, col_cov) unless ``row_cov`` is given. For a vector the covariance of its
        entries is ``row_cov``; as a convenience ``col_cov`` of that size is accepted as well.
    col_cov, row_cov : matrix expression or scalar, optional
        A scalar s means s·I. The default is the identity.
    mean : matrix expression, optional
        Default zero.

    Raises
    ------
    InputError
        If a covariance has the wrong shape or is not symmetric, or the mean does not fit.
    """
    rows, cols = shape if isinstance(shape, tuple) else (shape, 1)
    for size in (rows, cols):
        check_dimension(size, f"the Gaussian {name}")
    if (
        cols == 1
        and rows != 1
        and row_cov is None
        and isinstance(col_cov, MatrixExpr)
        and col_cov.shape[0] == rows
    ):
        row_cov, col_cov = col_cov, None
    if mean is None:
        mean = sympy.ZeroMatrix(rows, cols)
    elif tuple(mean.shape) != (sympy.sympify(rows), sympy.sympify(cols)):
        raise InputError(f"the mean of {name} has shape {mean.shape}, but {name} is {rows}×{cols}")
    return GaussianMatrix(
        name,
        rows,
        cols,
        mean,
        _covariance(name, "row", row_cov, rows),
        _covariance(name, "column", col_cov, cols),
    )


def _covariance(
    name: str, side: str, value: MatrixExpr | sympy.Expr | int | None, size: Dimension
) -> MatrixExpr:
    if value is None:
        return sympy.Identity(size)
    if not isinstance(value, MatrixExpr):
        number = sympy.sympify(value) if isinstance(value, int) else value
        if number.is_negative:
            raise InputError(f"the {side} covariance of {name} is {value}; a variance cannot be negative")
        return sympy.MatMul(number, sympy.Identity(size))
    if tuple(value.shape) != (sympy.sympify(size), sympy.sympify(size)):
        raise InputError(f"the {side} covariance of {name} has shape {value.shape}; it must be {size}×{size}")
    if not is_symmetric(value):
        raise InputError(
            f"the {side} covariance {value} of {name} is not symmetric; declare it with covariance() or symmetric()"
        )
    return value
