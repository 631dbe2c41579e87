"""The SymPy symbols that a theorist declares: dimensions, scalars, vectors, matrices, covariances."""

from __future__ import annotations

import numbers
import sys
from fractions import Fraction
from typing import Any, TypeAlias

import sympy
from sympy.core.basic import Basic
from sympy.core.symbol import Str
from sympy.matrices.expressions.matexpr import MatrixExpr, MatrixSymbol

from symicl.algebra.namesakes import refuse_namesakes
from symicl.algebra.sympy_modules import once_loaded
from symicl.errors import InputError, brief

RANDOM_VARIABLES = "sympy.stats.rv"
Dimension: TypeAlias = int | sympy.Symbol


class SymmetricMatrix(MatrixSymbol):
    """A symmetric matrix symbol; SymPy's transpose returns the symbol itself."""

    def _eval_transpose(self) -> SymmetricMatrix:
        return self

    def _eval_adjoint(self) -> SymmetricMatrix:
        return self


class Covariance(SymmetricMatrix):
    """A symmetric positive definite matrix symbol."""


GREEK_LETTERS = "αβγδεζηθκλμξπρστφχψωΓΔΘΛΞΠΣΦΨΩ"
"""Those that look like no Latin letter and like no other character."""


def check_name(name: object) -> None:
    """Refuse a name that is not a non-empty string, or that can be taken for another one."""
    if not isinstance(name, str) or not name.strip():
        raise InputError(f"a symbol is called {brief(repr(name))}; its name must be a non-empty string")
    odd = next((c for c in name if not c.isascii() and c not in GREEK_LETTERS), None)
    if odd is not None:
        raise InputError(
            f"the name {brief(ascii(name))} can be taken for another one because of {odd!a}; names are written in "
            f"ASCII and in {GREEK_LETTERS}"
        )


def dims(names: str) -> tuple[sympy.Symbol, ...] | sympy.Symbol:
    """Positive integer symbols for dimensions, from a string such as ``"n d"``.

    Returns
    -------
    sympy.Symbol or tuple of sympy.Symbol
        One symbol for one name, a tuple for several, as `sympy.symbols` does.
    """
    check_name(names)
    return sympy.symbols(names, positive=True, integer=True)


def scalar(name: str, *, positive: bool = False, nonnegative: bool = False) -> sympy.Symbol:
    """A real scalar symbol; ``sigma2`` is typeset as σ²."""
    check_name(name)
    if positive:
        return sympy.Symbol(name, positive=True)
    if nonnegative:
        return sympy.Symbol(name, nonnegative=True)
    return sympy.Symbol(name, real=True)


def exact_size(size: Any) -> Any:
    """A dimension as a SymPy object; text is left alone, so that it is never parsed."""
    return sympy.Integer(size) if isinstance(size, int) else size


def exact_scalar(value: Any, name: str) -> sympy.Expr:
    """A number or a SymPy scalar as a SymPy object; text is refused, so that it is never parsed.

    Raises
    ------
    InputError
        For anything else; ``name`` says what it is.
    """
    if isinstance(value, sympy.Expr):
        return value
    if isinstance(value, numbers.Rational):
        return sympy.Rational(int(value.numerator), int(value.denominator))
    if isinstance(value, numbers.Real):
        return sympy.Rational(Fraction(float(value)))
    if isinstance(value, numbers.Complex):
        return exact_scalar(value.real, name) + sympy.I * exact_scalar(value.imag, name)
    raise InputError(f"{name} is {value!r}; give a number or a SymPy expression")


def check_dimension(size: object, where: str) -> None:
    """Refuse a size that is not a positive integer or a symbol."""
    number: Any = None if isinstance(size, bool) else exact_size(size)
    if isinstance(number, sympy.Integer) and number > 0:
        return
    constant = isinstance(number, sympy.Expr) and not number.has(MatrixSymbol, *random_kinds())
    if constant and not number.is_number and number.is_commutative:
        # None means that SymPy cannot tell, as for n − 1.
        possible = number.is_positive is not False and number.is_integer is not False
    else:
        possible = False
    if possible:
        return
    raise InputError(
        f"{where} has the size {brief(size)}; a dimension is a positive integer or a symbol from dims()"
    )


def rows_and_columns(shape: object, where: str, *, columns: object = 1) -> tuple[Any, Any]:
    """The sizes of a pair, or of one size, beside which there are by default as many columns as said.

    Raises
    ------
    InputError
        If it is neither, or a size is no dimension; text is not parsed.
    """
    if isinstance(shape, tuple) and len(shape) != 2:
        raise InputError(f"{where} has the shape {brief(shape)}; give (rows, columns) or one size")
    sizes = shape if isinstance(shape, tuple) else (shape, columns)
    for size in sizes:
        check_dimension(size, where)
    return exact_size(sizes[0]), exact_size(sizes[1])


def matrix(name: str, shape: tuple[Dimension, Dimension]) -> MatrixSymbol:
    """A general matrix symbol of the given shape."""
    check_name(name)
    if not isinstance(shape, tuple) or len(shape) != 2:
        raise InputError(f"the matrix {name} has the shape {brief(shape)}; a shape is a pair (rows, columns)")
    for size in shape:
        check_dimension(size, f"the matrix {name}")
    symbol = MatrixSymbol(name, *shape)
    refuse_namesakes(symbol)
    return symbol


def symmetric(name: str, size: Dimension) -> SymmetricMatrix:
    """A symmetric matrix symbol."""
    check_name(name)
    check_dimension(size, f"the matrix {name}")
    return SymmetricMatrix(name, size, size)


def covariance(name: str, size: Dimension) -> Covariance:
    """A symmetric positive definite matrix symbol."""
    check_name(name)
    check_dimension(size, f"the covariance {name}")
    return Covariance(name, size, size)


class RandomMatrix(MatrixSymbol):
    """A random matrix: a SymPy matrix symbol that carries its law, ``law_parts``, behind its name and size."""

    def __new__(
        cls, name: str | Str, rows: Dimension, cols: Dimension, *law_parts: sympy.Basic
    ) -> RandomMatrix:
        name = name if isinstance(name, Basic) else Str(name)
        return Basic.__new__(cls, name, exact_size(rows), exact_size(cols), *law_parts)

    def doit(self, **hints: bool) -> RandomMatrix:
        """Itself: rewriting the law inside an expression would make another letter of it."""
        return self

    @property
    def law_parts(self) -> tuple[Any, ...]:
        """The parts of the law: means, covariances, moments."""
        return tuple(self.args[3:])

    def check(self) -> None:
        """Refuse a law that a substitution has made impossible."""


class GaussianMatrix(RandomMatrix):
    """A Gaussian matrix Z with E Z = mean and E (Z−M)_ia (Z−M)_jb = row_cov_ij col_cov_ab.

    It is a SymPy matrix symbol that carries its law; see `gaussian`.
    """

    mean = property(lambda self: self.args[3], doc="E Z, of the same shape as Z.")
    row_cov = property(lambda self: self.args[4], doc="Covariance between the rows, rows × rows.")
    col_cov = property(lambda self: self.args[5], doc="Covariance between the columns, cols × cols.")


def _count_as_random() -> None:
    """SymPy would otherwise take Z for a constant, so that its Expectation(tr Z)**2 became (tr Z)**2."""
    from sympy.stats.rv import is_random

    is_random.register(RandomMatrix)(lambda z: True)


once_loaded(RANDOM_VARIABLES, _count_as_random)


def random_kinds() -> tuple[type, ...]:
    """The class of random variables of `sympy.stats`; nothing if that is not loaded, as then there are none."""
    module = sys.modules.get(RANDOM_VARIABLES)
    return () if module is None else (module.RandomSymbol,)


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
        If a covariance has the wrong shape, is not symmetric or cannot be positive semidefinite, if the mean
        does not fit, or if mean or covariance are themselves random.
    """
    check_name(name)
    rows, cols = rows_and_columns(shape, f"the Gaussian {name}")
    row_cov, col_cov, mean = _immutable(row_cov), _immutable(col_cov), _immutable(mean)
    parts = (rows, cols, row_cov, col_cov, mean)
    refuse_namesakes(*(part for part in parts if isinstance(part, Basic)))
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
    elif not isinstance(mean, MatrixExpr):
        raise InputError(
            f"the mean of {name} is {brief(mean)}; it must be a {rows}×{cols} matrix, such as matrix(…)"
        )
    elif tuple(mean.shape) != (rows, cols):
        raise InputError(f"the mean of {name} has shape {mean.shape}, but {name} is {rows}×{cols}")
    _check_constant(f"the mean of {name}", mean)
    made = GaussianMatrix(
        name,
        rows,
        cols,
        mean,
        _covariance(name, "row", row_cov, rows),
        _covariance(name, "column", col_cov, cols),
    )
    _checked.add(made)
    return made


_checked: set[GaussianMatrix] = set()


def check_law(z: RandomMatrix) -> None:
    """Refuse a law that a substitution has made impossible, such as an asymmetric covariance."""
    if not isinstance(z, GaussianMatrix):
        z.check()
    elif z not in _checked:
        gaussian(z.name, z.shape, col_cov=z.col_cov, row_cov=z.row_cov, mean=z.mean)
        _checked.add(z)


def _immutable(value: Any) -> Any:
    """SymPy's mutable matrices are not hashable; zeros and identities are known by their kind."""
    if not isinstance(value, sympy.MatrixBase):
        return value
    if value.is_zero_matrix:
        return sympy.ZeroMatrix(*value.shape)
    return sympy.Identity(value.rows) if value == sympy.eye(value.rows) else sympy.ImmutableMatrix(value)


def _check_constant(what: str, value: Basic) -> None:
    """A law that depends on another random matrix would not be independent of it."""
    if value.has(RandomMatrix, *random_kinds()):
        raise InputError(
            f"{what} depends on another random matrix or variable; write the dependence into the expression instead"
        )


def _covariance(name: str, side: str, value: Any, size: Dimension) -> MatrixExpr:
    what = f"the {side} covariance of {name}"
    if value is None:
        return sympy.Identity(size)
    if not isinstance(value, MatrixExpr):
        return sympy.MatMul(_variance(what, value), sympy.Identity(size)).doit()
    value = value.doit()
    if tuple(value.shape) != (exact_size(size), exact_size(size)):
        raise InputError(f"{what} has shape {value.shape}; it must be {size}×{size}")
    if not is_symmetric(value):
        raise InputError(
            f"the {side} covariance {value} of {name} is not symmetric; declare it with covariance() or symmetric()"
        )
    _check_constant(what, value)
    if isinstance(value, sympy.MatMul):
        _variance(what, value.as_coeff_matrices()[0])
    if isinstance(value, sympy.MatrixBase) and value.is_positive_semidefinite is False:
        raise InputError(f"{what} has a negative eigenvalue; a covariance must be positive semidefinite")
    return value


def _variance(what: str, value: Any) -> sympy.Expr:
    """An exact scalar that can be a variance."""
    if isinstance(value, int | Fraction) and not isinstance(value, bool):
        value = sympy.Rational(value)
    if not isinstance(value, sympy.Expr) or value.has(sympy.Float):
        raise InputError(
            f"{what} is {brief(value)}; give a symbol, an exact number or a matrix declared with covariance()"
        )
    _check_constant(what, value)
    if value.is_negative or (value.is_nonpositive and not value.is_zero):
        raise InputError(f"{what} is {value}; a variance cannot be negative")
    if (
        value.is_real is False
        or value.is_finite is False
        or value.is_commutative is False
        or value is sympy.nan
    ):
        raise InputError(f"{what} is {value}, which is not a real number; a variance is ≥ 0")
    return value
