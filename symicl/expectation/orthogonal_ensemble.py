"""Symmetric Gaussian matrices whose law rotations leave alone: the Gaussian orthogonal ensemble."""

from __future__ import annotations

from typing import Any

import sympy

from symicl.algebra import Dimension, RandomMatrix, check_dimension, check_name, exact_scalar
from symicl.errors import InputError


class GOEMatrix(RandomMatrix):
    """G = Z + Zᵀ for independent entries of Z; see `goe`."""

    variance = property(lambda self: self.args[3], doc="That of the entries beside the diagonal.")

    def _eval_transpose(self) -> GOEMatrix:
        return self

    def _eval_adjoint(self) -> GOEMatrix:
        return self


def goe(name: str, size: Dimension, *, variance: Any = 1) -> GOEMatrix:
    """A symmetric Gaussian matrix with E G_ij² = s beside the diagonal and 2s on it, all else independent.

    Parameters
    ----------
    name : str
    size : dimension
    variance : scalar, optional
        s.

    Raises
    ------
    InputError
        If the variance is no exact scalar ≥ 0.

    Examples
    --------
    >>> import symicl as si
    >>> d = si.dims("d")
    >>> G = si.goe("G", d)
    >>> si.expect(G * G)
    (d + 1)*I
    """
    check_name(name)
    check_dimension(size, f"the matrix {name}")
    s = exact_scalar(variance, f"the variance of {name}")
    if s.has(sympy.Float) or s.has(RandomMatrix) or s.is_negative:
        raise InputError(f"the variance of {name} is {s}; give a symbol or an exact number ≥ 0")
    return GOEMatrix(name, size, size, s)
