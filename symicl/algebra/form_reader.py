"""SymPy expressions in: rational functions of symbols, traces and matrices as closed forms."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import add, matmul, mul
from typing import Any

import sympy
from sympy.matrices.expressions import Identity, Inverse, MatAdd, MatMul, MatrixExpr, Trace, Transpose
from sympy.matrices.expressions.matexpr import MatrixElement

from symicl.algebra.form import ClosedForm, closed_form
from symicl.algebra.letters import ONE
from symicl.algebra.randomness import contains_random
from symicl.algebra.reader import dimension_index, number, read_matrix, scalar_letter
from symicl.algebra.reader import inverse_of as inverse_letter_of
from symicl.algebra.updates import inverse_beside_projector, inverse_of_update
from symicl.errors import InputError, UnsupportedError

Known = dict[sympy.Basic, ClosedForm]
"""Parts of expressions that have been read; expressions that share them are read faster."""


def read_form(expression: sympy.Basic, known: Known | None = None) -> ClosedForm:
    """A SymPy expression, a scalar or a matrix, as a closed form.

    Parameters
    ----------
    expression : SymPy expression
    known : dict, optional
        Parts that were read earlier; the parts of this one are added. What stands there is shared, so it does
        not say where it comes from.

    Raises
    ------
    UnsupportedError
        If it is not rational (a root, a fractional power).
    """
    return _Reader(known).read(expression)


class _Reader:
    def __init__(self, known: Known | None):
        self.known = known

    def read(self, expression: sympy.Basic) -> ClosedForm:
        if isinstance(expression, MatrixExpr) and tuple(expression.shape) != (1, 1):
            return self.matrix(expression)
        return self.scalar(expression)

    def scalar(self, expression: sympy.Basic) -> ClosedForm:
        """The scalar that an expression is; of a 1×1 matrix its entry."""
        if isinstance(expression, MatrixExpr):
            return self._scalar(expression)
        return self._once(expression, self._scalar)

    def matrix(self, expression: MatrixExpr) -> ClosedForm:
        """The matrix that an expression is."""
        return self._once(expression, self._matrix)

    def _once(self, expression: Any, read: Callable[[Any], ClosedForm]) -> ClosedForm:
        if self.known is None:
            return read(expression)
        form = self.known.get(expression)
        if form is None:
            form = self.known[expression] = read(expression)
        return form

    def _scalar(self, expression: sympy.Basic) -> ClosedForm:
        # SymPy's products of matrices are products of scalars by class as well, so matrices come first.
        if isinstance(expression, MatrixExpr):
            return self.matrix(expression).trace()
        exact = number(expression)
        if exact is not None:
            return ClosedForm.number(exact)
        # Harmonic numbers, entries of constant matrices, and what other layers declare to be one scalar, are letters.
        opaque = isinstance(expression, sympy.harmonic) or getattr(expression, "is_letter", False)
        opaque = opaque or (isinstance(expression, MatrixElement) and not contains_random(expression))
        if isinstance(expression, sympy.Symbol) or expression is sympy.pi or opaque:
            return ClosedForm.of(scalar_letter(expression))
        if isinstance(expression, sympy.Add):
            return reduce(add, map(self.scalar, expression.args))
        if isinstance(expression, sympy.Mul):
            return reduce(mul, map(self.scalar, expression.args))
        if isinstance(expression, sympy.Pow):
            exponent = number(expression.exp)
            if isinstance(exponent, int):
                return self.scalar(expression.base) ** exponent
        if isinstance(expression, Trace):
            return self.matrix(expression.arg).trace()
        raise UnsupportedError(f"{expression} is not a rational function of symbols and traces")

    def _matrix(self, expression: MatrixExpr) -> ClosedForm:
        if isinstance(expression, Transpose):
            return self.matrix(expression.arg).T
        if isinstance(expression, MatAdd):
            return reduce(add, map(self.matrix, expression.args))
        if isinstance(expression, MatMul):
            matrices = [self.matrix(part) for part in expression.args if isinstance(part, MatrixExpr)]
            if not matrices:
                raise InputError(f"{expression} has no matrix factor")
            scalars = [self.scalar(part) for part in expression.args if not isinstance(part, MatrixExpr)]
            return reduce(matmul, matrices) * reduce(mul, scalars, ClosedForm.number(1))
        if isinstance(expression, Inverse):
            base = self.matrix(expression.arg)
            if base.rows == base.cols == ONE:
                return base.reciprocal()
            return inverse_of(base)
        if isinstance(expression, Identity):
            return ClosedForm.identity(dimension_index(expression.shape[0]))
        return closed_form(read_matrix(expression))


def inverse_of(form: ClosedForm) -> ClosedForm:
    """The inverse of a square matrix: of a letter one that cancels against it in words, of a sum a letter of its own.

    The denominator of the matrix goes in front of its inverse. Equal sums share their letter, which is symmetric if the
    sum is. A sum with products of a column and a row, as A + u v', has the inverse of the rest of it, updated. That of
    a I + b P for a projector P is written out.
    """
    updated = inverse_beside_projector(form)
    if updated is None:
        updated = inverse_of_update(form, inverse_of)
    if updated is not None:
        return updated
    inverse = closed_form(inverse_letter_of(form.num))
    return inverse if form.denominator.is_constant() else inverse * form.den
