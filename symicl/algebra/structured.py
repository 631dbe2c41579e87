"""Matrices that satisfy an equation: projectors, orthogonal and diagonal matrices, vectors of a given norm, of ones."""

from __future__ import annotations

from typing import Any

import sympy
from sympy.core.basic import Basic
from sympy.core.symbol import Str
from sympy.matrices.expressions import Identity, MatrixExpr, MatrixSymbol, OneMatrix

from symicl.algebra.namesakes import refuse_namesakes
from symicl.algebra.symbols import (
    Covariance,
    Dimension,
    SymmetricMatrix,
    check_dimension,
    check_name,
    exact_scalar,
    exact_size,
    matrix,
)
from symicl.errors import InputError, brief


class Structured(MatrixSymbol):
    """A matrix symbol that stands for the matrices of its shape that satisfy an equation.

    What the equation depends on, such as a rank, is among its arguments, behind the shape.
    """

    def __new__(cls, name: str | Str, rows: Any, cols: Any, *parameters: Any) -> Structured:
        name = name if isinstance(name, Basic) else Str(name)
        return Basic.__new__(cls, name, exact_size(rows), exact_size(cols), *parameters)

    def doit(self, **hints: bool) -> Structured:
        """Itself."""
        return self

    @property
    def parameters(self) -> set[sympy.Symbol]:
        """The symbols that it depends on beside its sizes, such as the one of its rank."""
        return set().union(*(parameter.free_symbols for parameter in self.args[3:])) - {*self.shape}

    @property
    def free_symbols(self) -> set[sympy.Basic]:
        """Itself and its parameters, which cannot be replaced without it."""
        return {self} | self.parameters


class Projector(Structured, SymmetricMatrix):
    """An orthogonal projector P: P² = P = Pᵀ, of rank tr P."""

    rank = property(lambda self: self.args[3], doc="tr P.")


class Centring(Projector):
    """I − 11ᵀ/n as one letter: of it is used that it is a projector of rank n − 1."""

    @property
    def free_symbols(self) -> set[sympy.Basic]:
        """Its size: it is the same for everyone."""
        return set(self.shape[0].free_symbols)


class Orthogonal(Structured):
    """An orthogonal matrix O: OᵀO = OOᵀ = I."""


class SemiOrthogonal(Structured):
    """A matrix U with orthonormal columns: UᵀU = I."""


class Diagonal(Structured, SymmetricMatrix):
    """A diagonal matrix; it commutes with every other one."""


class DiagonalCovariance(Structured, Covariance):
    """A diagonal matrix with positive entries."""


class NormedVector(Structured):
    """A vector v with vᵀv = norm²."""

    norm = property(lambda self: self.args[3], doc="The Euclidean norm.")


class OnesVector(Structured):
    """The vector of ones under a name of its own: vᵀv is its size."""


STRUCTURED_KINDS: dict[type, str] = {
    Projector: "a projector",
    Orthogonal: "an orthogonal matrix",
    SemiOrthogonal: "a matrix with orthonormal columns",
    Diagonal: "a diagonal matrix",
    DiagonalCovariance: "a positive diagonal matrix",
    NormedVector: "a vector of given norm",
    OnesVector: "a vector of ones",
}
"""The name of each kind in a sentence."""


def _declared(symbol: Structured) -> Any:
    refuse_namesakes(symbol)
    return symbol


def projector(name: str, size: Dimension, rank: Dimension) -> Projector:
    """An orthogonal projector onto a subspace: P² = P = Pᵀ, tr P = rank.

    Parameters
    ----------
    name : str
    size, rank : int or symbol from `dims`
        The rank is at least 1 and less than the size. For a line that is spanned by a unit vector u write u uᵀ.

    Raises
    ------
    InputError
        If the rank is no number and no symbol, or is not less than the size.

    Examples
    --------
    >>> import symicl as si
    >>> d, r = si.dims("d r")
    >>> P, x = si.projector("P", d, r), si.gaussian("x", d)
    >>> print(si.expect((x.T * P * x) ** 2))
    r**2 + 2*r
    """
    check_name(name)
    for value in (size, rank):
        check_dimension(value, f"the projector {name}")
    given = exact_size(rank)
    if not isinstance(given, sympy.Integer | sympy.Symbol):
        raise InputError(f"the rank of {name} is {brief(rank)}; give a number or a symbol from dims()")
    if (exact_size(size) - given).is_positive is False:
        raise InputError(
            f"the projector {name} of rank {rank} is not of lower rank than its size {size}; "
            f"of full rank it is the identity, sympy.Identity({size})"
        )
    return _declared(Projector(name, size, size, given))


def orthogonal(name: str, size: Dimension) -> Orthogonal:
    """An orthogonal matrix, given and not random: OᵀO = OOᵀ = I.

    Examples
    --------
    >>> import symicl as si
    >>> n, d = si.dims("n d")
    >>> O, X = si.orthogonal("O", d), si.gaussian("X", (n, d))
    >>> print(si.expect(O * X.T * X * O.T))
    n*I
    """
    check_name(name)
    check_dimension(size, f"the orthogonal matrix {name}")
    return _declared(Orthogonal(name, size, size))


def semi_orthogonal(name: str, shape: tuple[Dimension, Dimension]) -> SemiOrthogonal:
    """A matrix with orthonormal columns: UᵀU = I, while UUᵀ is a projector whose rank is the number of columns.

    Raises
    ------
    InputError
        If the shape is no pair (rows, columns), or has more columns than rows.

    Examples
    --------
    >>> import sympy, symicl as si
    >>> d, r = si.dims("d r")
    >>> U = si.semi_orthogonal("U", (d, r))
    >>> print(si.expect(sympy.Trace(U * U.T)))
    r
    """
    rows, cols = matrix(name, shape).shape
    if (rows - cols).is_negative:
        raise InputError(
            f"{name} has {cols} columns in {rows} dimensions, so they cannot be orthonormal; exchange rows and "
            "columns, and use the transpose"
        )
    if rows == cols:
        raise InputError(f"{name} is square; declare it with orthogonal()")
    return _declared(SemiOrthogonal(name, rows, cols))


def diagonal_matrix(name: str, size: Dimension, *, positive: bool = False) -> Diagonal | DiagonalCovariance:
    """A diagonal matrix, which commutes with every other one; a covariance if its entries are positive.

    Examples
    --------
    >>> import symicl as si
    >>> n, d = si.dims("n d")
    >>> D, L, x = si.diagonal_matrix("D", d), si.diagonal_matrix("Lambda", d, positive=True), si.gaussian("x", d)
    >>> print(si.expect(L * D * x * x.T - D * L))
    0
    """
    check_name(name)
    check_dimension(size, f"the diagonal matrix {name}")
    return _declared((DiagonalCovariance if positive else Diagonal)(name, size, size))


def vector(name: str, size: Dimension, *, norm: sympy.Expr | int | None = None) -> MatrixSymbol:
    """A column vector symbol.

    Parameters
    ----------
    name : str
    size : int or symbol from `dims`
    norm : optional
        Its Euclidean norm: a positive whole number, a scalar symbol that is not negative, or the root of its size.

    Raises
    ------
    InputError
        For a norm of another kind.

    Examples
    --------
    >>> import sympy, symicl as si
    >>> n, d = si.dims("n d")
    >>> v, X = si.vector("v", d, norm=sympy.sqrt(d)), si.gaussian("X", (n, d))
    >>> print(si.expect(v.T * X.T * X * v))
    d*n
    """
    plain = matrix(name, (size, 1))
    if norm is None:
        return plain
    exact, rows = exact_scalar(norm, f"the norm of {name}"), plain.shape[0]
    number = isinstance(exact, sympy.Integer) and exact > 0
    if not (number or (exact.is_Symbol and exact.is_nonnegative) or exact == sympy.sqrt(rows)):
        raise InputError(
            f"the norm of {name} is {brief(norm)}; it is a positive whole number, a symbol declared as positive or "
            f"nonnegative, or sqrt({rows}); for another one write it times a unit vector"
        )
    return _declared(NormedVector(name, rows, 1, exact))


def unit_vector(name: str, size: Dimension) -> NormedVector:
    """A vector of norm 1.

    Examples
    --------
    >>> import symicl as si
    >>> d = si.dims("d")
    >>> u, a = si.unit_vector("u", d), si.gaussian("a", d)
    >>> print(si.expect(a * a.T * u * u.T * a * a.T))
    I + 2*u*u.T
    """
    made = vector(name, size, norm=1)
    assert isinstance(made, NormedVector)
    return made


def ones(rows: Dimension, cols: Dimension = 1) -> OneMatrix:
    """The vector or the matrix of ones: 1ᵀ1 is its size.

    Examples
    --------
    >>> import symicl as si
    >>> n, d = si.dims("n d")
    >>> X = si.gaussian("X", (n, d))
    >>> print(si.expect(si.ones(n).T * X * X.T * si.ones(n)))
    d*n
    """
    for size in (rows, cols):
        check_dimension(size, "a matrix of ones")
    return OneMatrix(exact_size(rows), exact_size(cols))


def centring(size: Dimension) -> MatrixExpr:
    """The centring matrix C = I − 11ᵀ/n, which takes the mean off: C² = C, C1 = 0, tr C = n − 1.

    Examples
    --------
    >>> import symicl as si
    >>> n, d = si.dims("n d")
    >>> X, C = si.gaussian("X", (n, d)), si.centring(n)
    >>> print(si.expect(X.T * C * C * X))
    (n - 1)*I
    """
    return permutation_invariant(size, 1 - 1 / exact_size(size), -1 / exact_size(size))


def permutation_invariant(size: Dimension, diagonal: Any, off_diagonal: Any) -> MatrixExpr:
    """The matrix with one number on its diagonal and another one off it: (a − b) I + b 11ᵀ.

    These are all the matrices that no permutation of the coordinates changes; they commute.

    Parameters
    ----------
    size : int or symbol from `dims`
    diagonal, off_diagonal : scalar
        Its entries.
    """
    check_dimension(size, "a permutation-invariant matrix")
    a, b = exact_scalar(diagonal, "the diagonal"), exact_scalar(off_diagonal, "the entry off the diagonal")
    return (a - b) * Identity(exact_size(size)) + b * ones(size, size)
