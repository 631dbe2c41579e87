"""max(0, t), |t| and the sign of t, entry by entry, of symbols, names, arrays and tensors alike."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from importlib import import_module
from typing import Any

from sympy.matrices.expressions import MatrixExpr

from symicl.algebra.blocks import Blocks
from symicl.algebra.entrywise import Entrywise, entrywise_function
from symicl.algebra.form import ClosedForm, closed_form
from symicl.algebra.letters import ONE
from symicl.algebra.named import NamedMatrix
from symicl.algebra.polynomial import MatrixPolynomial
from symicl.errors import InputError, UnsupportedError, described

Matrix = Any

NAMES = {"relu": "relu", "absolute": "abs", "sign": "sign"}
"""How the functions are written."""


def relu(matrix: Matrix) -> Matrix:
    """max(0, t) of each entry t.

    Parameters
    ----------
    matrix : matrix expression, Blocks, closed form, NumPy array or torch tensor

    Returns
    -------
    Of the same kind and shape.

    Raises
    ------
    InputError
        If it is no matrix.
    UnsupportedError
        For a closed form that is divided by something.

    Examples
    --------
    >>> import symicl as si
    >>> d = si.dims("d")
    >>> a, x = si.vector("a", d), si.gaussian("x", d, row_cov=si.covariance("Sigma", d))
    >>> si.expect(x * si.relu(a.T * x))
    (1/2)*Sigma*a
    """
    return _of("relu", matrix)


def absolute(matrix: Matrix) -> Matrix:
    """The modulus of each entry; parameters, result and errors are those of `relu`.

    Examples
    --------
    >>> import symicl as si
    >>> d = si.dims("d")
    >>> a, x = si.vector("a", d), si.gaussian("x", d)
    >>> si.expect(si.absolute(a.T * x) * si.absolute(a.T * x))
    Trace(a.T*a)
    """
    return _of("absolute", matrix)


def sign(matrix: Matrix) -> Matrix:
    """The sign of each entry, 0 of 0; parameters, result and errors are those of `relu`.

    Examples
    --------
    >>> import symicl as si
    >>> d = si.dims("d")
    >>> a, x = si.vector("a", d), si.gaussian("x", d)
    >>> si.expect(x * si.sign(a.T * x))
    (sqrt(2)/(sqrt(pi)*sqrt(Trace(a.T*a))))*a
    """
    return _of("sign", matrix)


def function_at_arrays(kind: str) -> Callable[[Matrix], Matrix]:
    """relu, absolute or sign, by its name."""
    return {"relu": relu, "absolute": absolute, "sign": sign}[kind]


def _of(kind: str, matrix: Matrix) -> Matrix:
    if isinstance(matrix, Blocks):
        return matrix.map(lambda block: _of(kind, block))
    if isinstance(matrix, ClosedForm):
        if matrix.den != 1:
            raise UnsupportedError(
                f"{kind} of a closed form that is divided by {matrix.den!r} is not read; multiply its result instead"
            )
        if matrix.is_scalar:
            return closed_form(entrywise_function(kind, MatrixPolynomial.identity(ONE, matrix.num)).trace())
        return closed_form(entrywise_function(kind, matrix.num))
    if isinstance(matrix, MatrixExpr):
        return Entrywise(kind, matrix)
    if isinstance(matrix, NamedMatrix):
        return NamedMatrix.of(rf"\operatorname{{{NAMES[kind]}}}\left({matrix}\right)")
    if not hasattr(matrix, "shape"):
        raise InputError(f"{kind}() takes a matrix, not {described(matrix)}")
    if kind == "sign":
        return import_module(type(matrix).__module__.partition(".")[0]).sign(matrix)
    size = abs(matrix)
    if kind == "absolute":
        return size
    return (matrix + size) * (Fraction(1, 2) if "object" in str(matrix.dtype) else 0.5)
