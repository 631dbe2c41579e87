"""vec M, the columns of a matrix one below the other, and the permutation that turns it into vec Mᵀ."""

from __future__ import annotations

from typing import Any

import sympy
from sympy.matrices.expressions import MatrixExpr

from symicl.algebra.symbols import Dimension, check_dimension, exact_size
from symicl.errors import InputError, brief


class Vec(MatrixExpr):
    """The columns of a matrix as one column; see `vec`."""

    arg = property(lambda self: self.args[0], doc="The matrix.")

    def __new__(cls, arg: MatrixExpr) -> Vec:
        return sympy.Basic.__new__(cls, arg)

    @property
    def shape(self) -> tuple[Any, Any]:
        rows, cols = self.arg.shape
        return rows * cols, sympy.S.One

    def _entry(self, i: Any, j: Any, **_: Any) -> Any:
        rows = self.arg.shape[0]
        return self.arg[sympy.Mod(i, rows), sympy.floor(i / rows)]

    def _sympystr(self, printer: Any) -> str:
        return f"vec({printer._print(self.arg)})"


def vec(matrix: MatrixExpr) -> Vec:
    """vec M, the columns of a matrix one below the other, so that vec(A M B) = (Bᵀ ⊗ A) vec M.

    Parameters
    ----------
    matrix : matrix expression

    Raises
    ------
    InputError
        If it is none.

    Examples
    --------
    >>> import symicl as si
    >>> n, d = si.dims("n d")
    >>> X = si.gaussian("X", (n, d))
    >>> v = si.vec(X)
    >>> si.expect(v.T * v)
    d*n
    """
    if isinstance(matrix, sympy.MatrixBase):
        matrix = sympy.ImmutableMatrix(matrix)
    if not isinstance(matrix, MatrixExpr):
        raise InputError(f"vec() takes a matrix expression, not {brief(matrix)}")
    return Vec(matrix)


class Commutation(MatrixExpr):
    """The permutation matrix K with vec(Mᵀ) = K vec M for m×n matrices M; see `commutation`."""

    m = property(lambda self: self.args[0], doc="Rows of M.")
    n = property(lambda self: self.args[1], doc="Columns of M.")

    def __new__(cls, m: Any, n: Any) -> Commutation:
        return sympy.Basic.__new__(cls, exact_size(m), exact_size(n))

    @property
    def shape(self) -> tuple[Any, Any]:
        return self.m * self.n, self.m * self.n

    def _eval_transpose(self) -> Commutation:
        return Commutation(self.n, self.m)

    def _entry(self, i: Any, j: Any, **_: Any) -> Any:
        m, n = self.m, self.n
        same = sympy.Eq(sympy.floor(i / n), sympy.Mod(j, m)) & sympy.Eq(sympy.Mod(i, n), sympy.floor(j / m))
        return sympy.Piecewise((1, same), (0, True))

    def _sympystr(self, printer: Any) -> str:
        return f"commutation({printer._print(self.m)}, {printer._print(self.n)})"


def commutation(m: Dimension, n: Dimension) -> Commutation:
    """The permutation matrix K with vec(Mᵀ) = K vec M for all m×n matrices M.

    Parameters
    ----------
    m, n : dimensions

    Examples
    --------
    >>> import sympy, symicl as si
    >>> d = si.dims("d")
    >>> x = si.gaussian("x", d, row_cov=si.covariance("S", d))
    >>> xx = sympy.KroneckerProduct(x, x)
    >>> si.expect(xx * xx.T)
    commutation(d, d)*(KroneckerProduct(S, S)) + KroneckerProduct(S, S) + vec(S)*vec(S).T
    """
    check_dimension(m, "a commutation matrix")
    check_dimension(n, "a commutation matrix")
    return Commutation(m, n)
