"""The smallest eigenvalue of a symmetric matrix, as a scalar of its own."""

from __future__ import annotations

from typing import Any

import sympy
from sympy.matrices.expressions import MatrixExpr

from symicl.algebra.symbols import Covariance
from symicl.errors import InputError, described


class SmallestEigenvalue(sympy.Expr):
    """λ_min(H) of a symmetric matrix, which the algebra takes as one scalar letter.

    Parameters
    ----------
    matrix : SymPy matrix, d × d
        Such as a `covariance`.

    Raises
    ------
    InputError
        If it is no square matrix.

    Examples
    --------
    >>> import symicl as si
    >>> from symicl.algebra import SmallestEigenvalue
    >>> d = si.dims("d")
    >>> print(SmallestEigenvalue(si.covariance("H", d)))
    lambda_min(H)
    """

    is_letter = True
    is_commutative = True
    is_real = True

    def __new__(cls, matrix: Any) -> Any:
        if not isinstance(matrix, MatrixExpr) or matrix.shape[0] != matrix.shape[1]:
            raise InputError(f"only a square matrix has eigenvalues, not {described(matrix)}")
        if isinstance(matrix, sympy.Identity):
            return sympy.S.One
        return sympy.Expr.__new__(cls, matrix)

    def _eval_is_nonnegative(self) -> bool | None:
        return True if isinstance(self.matrix, Covariance) else None

    _eval_is_positive = _eval_is_nonnegative

    @property
    def matrix(self) -> MatrixExpr:
        """Whose eigenvalue it is."""
        return self.args[0]

    def _latex(self, printer: Any) -> str:
        return rf"\lambda_{{\min}}({printer.doprint(self.matrix)})"

    def _sympystr(self, printer: Any) -> str:
        return f"lambda_min({printer.doprint(self.matrix)})"
