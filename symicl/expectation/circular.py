"""Circular complex Gaussian matrices: E W_ia conj(W_jb) = U_ij V_ab, and E W_ia W_jb = 0."""

from __future__ import annotations

from typing import Any

from sympy.matrices.expressions import Adjoint, Transpose

from symicl.algebra import Dimension, RandomMatrix, gaussian


class ComplexGaussian(RandomMatrix):
    """A circular complex Gaussian matrix with mean zero; see `complex_gaussian`."""

    row_cov = property(lambda self: self.args[3], doc="U, real.")
    col_cov = property(lambda self: self.args[4], doc="V, real.")

    @property
    def H(self) -> Adjoint:
        """The conjugate transpose."""
        return Adjoint(self)

    def conjugate(self) -> Transpose:
        """The complex conjugate."""
        return Transpose(Adjoint(self))


def complex_gaussian(
    name: str, shape: tuple[Dimension, Dimension] | Dimension, *, col_cov: Any = None, row_cov: Any = None
) -> ComplexGaussian:
    """A circular complex Gaussian matrix (or column): (A + iB)/√2 for independent real ones of the same covariances.

    Parameters
    ----------
    name : str
    shape : (rows, cols) or size
    col_cov, row_cov : matrix expression or scalar, optional
        Real covariances, as for `gaussian`. E W Wᴴ = tr(col_cov) row_cov.

    Raises
    ------
    InputError
        As `gaussian`.

    Notes
    -----
    For `expect` and `sample`; ``W.H`` is the conjugate transpose, ``W.T`` the transpose. Averages are sums over
    permutations, k! of them for k factors W and k factors Wᴴ.

    Examples
    --------
    >>> import sympy, symicl as si
    >>> n, d = si.dims("n d")
    >>> W = si.complex_gaussian("W", (n, d))
    >>> si.expect(sympy.Trace(W * W.H * W * W.H))
    d**2*n + d*n**2
    >>> si.expect(sympy.Trace(W * W.T))
    0
    """
    # The checks of a real Gaussian of this shape are those of this law.
    like = gaussian(name, shape, row_cov=row_cov, col_cov=col_cov)
    return ComplexGaussian(name, *like.shape, like.row_cov, like.col_cov)
