"""SymPy expressions in: rational functions of symbols, traces and matrices as closed forms."""

from __future__ import annotations

from functools import reduce
from operator import add, matmul, mul

import sympy
from sympy.matrices.expressions import Identity, Inverse, MatAdd, MatMul, MatrixExpr, Trace, Transpose

from symicl.algebra.closed_form import ClosedForm, closed_form
from symicl.algebra.letters import ONE
from symicl.algebra.reader import dimension_index, inverse_of, number, read_matrix, scalar_letter
from symicl.errors import InputError, UnsupportedError


def read_form(expression: sympy.Basic) -> ClosedForm:
    """A SymPy expression, a scalar or a matrix, as a closed form.

    Raises
    ------
    UnsupportedError
        If it is not rational (a root, a fractional power).
    """
    if isinstance(expression, MatrixExpr) and tuple(expression.shape) != (1, 1):
        return _read_matrix(expression)
    return _read_scalar(expression)


def _read_scalar(expression: sympy.Basic) -> ClosedForm:
    exact = number(expression)
    if exact is not None:
        return ClosedForm.number(exact)
    # Harmonic numbers, and what other layers declare to be one scalar, are letters.
    opaque = isinstance(expression, sympy.harmonic) or getattr(expression, "is_letter", False)
    if isinstance(expression, sympy.Symbol) or expression is sympy.pi or opaque:
        return ClosedForm.of(scalar_letter(expression))
    if isinstance(expression, sympy.Add):
        return reduce(add, map(_read_scalar, expression.args))
    if isinstance(expression, sympy.Mul):
        return reduce(mul, map(_read_scalar, expression.args))
    if isinstance(expression, sympy.Pow):
        exponent = number(expression.exp)
        if isinstance(exponent, int):
            return _read_scalar(expression.base) ** exponent
    if isinstance(expression, Trace):
        return _read_matrix(expression.arg).trace()
    if isinstance(expression, MatrixExpr):
        return _read_matrix(expression).trace()
    raise UnsupportedError(f"{expression} is not a rational function of symbols and traces")


def _read_matrix(expression: MatrixExpr) -> ClosedForm:
    if isinstance(expression, Transpose):
        return _read_matrix(expression.arg).T
    if isinstance(expression, MatAdd):
        return reduce(add, map(_read_matrix, expression.args))
    if isinstance(expression, MatMul):
        matrices = [_read_matrix(part) for part in expression.args if isinstance(part, MatrixExpr)]
        if not matrices:
            raise InputError(f"{expression} has no matrix factor")
        scalars = [_read_scalar(part) for part in expression.args if not isinstance(part, MatrixExpr)]
        return reduce(matmul, matrices) * reduce(mul, scalars, ClosedForm.number(1))
    if isinstance(expression, Inverse):
        base = _read_matrix(expression.arg)
        if base.rows == base.cols == ONE:
            return base.reciprocal()
        return closed_form(inverse_of(base.num)) * base.den
    if isinstance(expression, Identity):
        return ClosedForm.identity(dimension_index(expression.shape[0]))
    return closed_form(read_matrix(expression))
