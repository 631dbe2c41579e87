"""Gaussian vectors that depend on each other, and covariances with one correlation."""

from __future__ import annotations

from typing import Any

from sympy.matrices.expressions import BlockMatrix, Identity, MatrixExpr, OneMatrix

from symicl.algebra.symbols import (
    Dimension,
    check_dimension,
    exact_scalar,
    exact_size,
    gaussian,
    is_symmetric,
)
from symicl.errors import InputError, brief


def joint_gaussian(
    names: str, cov: BlockMatrix, *, rows: Dimension | None = None
) -> tuple[MatrixExpr, MatrixExpr]:
    """Two centred Gaussian vectors x and y with the joint covariance [[S, C], [Cᵀ, T]].

    Parameters
    ----------
    names : str
        Two names, as in ``"x y"``.
    cov : sympy.BlockMatrix
        [[S, C], [C.T, T]], S d × d with an inverse, C d × k, T k × k, positive semidefinite together.
    rows : dimension, optional
        Makes matrices of so many independent rows, each of which is (xᵀ, yᵀ).

    Returns
    -------
    (x, y)
        x is declared as by `gaussian`; y is the expression Cᵀ S⁻¹ x + e, where e is independent of x with covariance
        T − Cᵀ S⁻¹ C: the conditional law of y given x.

    Raises
    ------
    InputError
        If these are not two names, or the blocks are no symmetric 2 × 2 grid.

    Examples
    --------
    >>> import sympy, symicl as si
    >>> d, k = si.dims("d k")
    >>> S, T, C = si.covariance("S", d), si.covariance("T", k), si.matrix("C", (d, k))
    >>> x, y = si.joint_gaussian("x y", sympy.BlockMatrix([[S, C], [C.T, T]]))
    >>> si.expect(x * y.T), si.expect(y * y.T)
    (C, T)
    """
    found = names.split() if isinstance(names, str) else []
    if len(found) != 2:
        raise InputError(
            f'the names are {brief(repr(names))}; give two, as in "x y", and declare a third vector by what it is '
            "given these, such as A * x + B * y + si.gaussian('e', d)"
        )
    if not isinstance(cov, BlockMatrix) or cov.blocks.shape != (2, 2):
        raise InputError(f"the joint covariance is {brief(cov)}; give sympy.BlockMatrix([[S, C], [C.T, T]])")
    (S, C), (below, T) = (tuple(cov.blocks[i, j] for j in range(2)) for i in range(2))
    if not (is_symmetric(S) and is_symmetric(T) and below == C.T):
        raise InputError(f"the joint covariance {brief(cov)} is not symmetric; give [[S, C], [C.T, T]]")
    rest = T - C.T * S.I * C
    if rows is None:
        x = gaussian(found[0], C.shape[0], row_cov=S)
        return x, C.T * S.I * x + gaussian(f"{found[1]}_given_{found[0]}", C.shape[1], row_cov=rest)
    X = gaussian(found[0], (rows, C.shape[0]), col_cov=S)
    return X, X * S.I * C + gaussian(f"{found[1]}_given_{found[0]}", (rows, C.shape[1]), col_cov=rest)


def equicorrelated(size: Dimension, rho: Any) -> MatrixExpr:
    """The covariance (1 − ρ) I + ρ 11ᵀ: variances 1, and one correlation ρ between any two entries.

    Parameters
    ----------
    size : dimension
    rho : scalar
        From −1/(size − 1) to 1.

    Raises
    ------
    InputError
        If a number is outside of this range, or negative where the size is a symbol.

    Examples
    --------
    >>> import symicl as si
    >>> n, rho = si.dims("n"), si.scalar("rho", nonnegative=True)
    >>> one, x = si.vector("a", n), si.gaussian("x", n, row_cov=si.equicorrelated(n, rho))
    >>> si.expect(x.T * x)
    n
    """
    check_dimension(size, "an equicorrelated covariance")
    value, n = exact_scalar(rho, "rho"), exact_size(size)
    least = -1 / (n - 1) if n.is_number and n > 1 else 0
    if value.is_number and not (value.is_real and least <= value <= 1):
        raise InputError(f"the correlation is {value}; for {size} entries it lies between {least} and 1")
    return (1 - value) * Identity(n) + value * OneMatrix(n, n)
