"""The largest eigenvalue of a symmetric matrix, or of a product of two, as a scalar of its own."""

from __future__ import annotations

from typing import Any

import sympy
from sympy.matrices.expressions import MatrixExpr

from symicl.errors import InputError, described


class LargestEigenvalue(sympy.Expr):
    """λ_max(A B) for symmetric positive semidefinite A and B, or λ_max(A); the algebra takes it as one scalar letter.

    Parameters
    ----------
    *factors : one or two SymPy matrices, d × d

    Raises
    ------
    InputError
        If they are not one or two square matrices of one size.

    Examples
    --------
    >>> import symicl as si
    >>> from symicl.algebra import LargestEigenvalue
    >>> d = si.dims("d")
    >>> print(LargestEigenvalue(si.covariance("H", d), si.symmetric("Psi", d)))
    lambda_max(H*Psi)
    """

    is_letter = True
    is_commutative = True
    is_real = True

    def __new__(cls, *factors: Any) -> Any:
        square = all(isinstance(f, MatrixExpr) and f.shape[0] == f.shape[1] for f in factors)
        if not square or len({f.shape for f in factors}) != 1 or len(factors) > 2:
            raise InputError(
                f"only one or two square matrices have these eigenvalues, not {described(factors)}"
            )
        return sympy.Expr.__new__(cls, *factors)

    @property
    def matrix(self) -> MatrixExpr:
        """Whose eigenvalue it is."""
        first, *rest = self.args
        return first * rest[0] if rest else first

    def _latex(self, printer: Any) -> str:
        return rf"\lambda_{{\max}}({printer.doprint(self.matrix)})"

    def _sympystr(self, printer: Any) -> str:
        return f"lambda_max({printer.doprint(self.matrix)})"
