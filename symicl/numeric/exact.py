"""Closed forms at numbers: exact evaluation of SymPy expressions.

Scalars become SymPy numbers (rationals, or exact irrationals such as 2/π), matrices become python-flint
rational matrices. Nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import flint
import sympy
from sympy.matrices.expressions import (
    HadamardPower,
    HadamardProduct,
    Identity,
    Inverse,
    KroneckerProduct,
    MatAdd,
    MatMul,
    MatPow,
    MatrixExpr,
    MatrixSymbol,
    OneMatrix,
    Trace,
    Transpose,
    ZeroMatrix,
)
from sympy.matrices.expressions.diagonal import DiagMatrix, DiagonalMatrix, DiagonalOf
from sympy.matrices.expressions.matexpr import MatrixElement
from sympy.matrices.immutable import ImmutableRepMatrix

from symicl.algebra import Commutation, Entrywise, Vec, harmonic
from symicl.errors import InputError, ShapeError, UnsupportedError
from symicl.numeric.lazy_numpy import np

ExactMatrix = flint.fmpq_mat
Value = Any
"""A SymPy number or an `ExactMatrix`."""


def exact_matrix(entries: Any) -> ExactMatrix:
    """A rational matrix from nested lists or an array; floats are taken at their exact binary value."""
    rows = [
        [flint_rational(x) for x in row]
        for row in (entries.tolist() if hasattr(entries, "tolist") else entries)
    ]
    return flint.fmpq_mat(len(rows), len(rows[0]), [x for row in rows for x in row])


def identity_matrix(size: int) -> ExactMatrix:
    """The exact identity."""
    return exact_matrix([[int(i == j) for j in range(size)] for i in range(size)])


def flint_rational(x: Any) -> flint.fmpq:
    """A number as a python-flint rational; floats at their exact binary value."""
    if isinstance(x, flint.fmpq):
        return x
    if isinstance(x, sympy.Rational):
        return flint.fmpq(int(x.p), int(x.q))
    value = Fraction(x)
    return flint.fmpq(value.numerator, value.denominator)


def sympy_rational(x: flint.fmpq) -> sympy.Rational:
    """A python-flint rational as a SymPy one."""
    return sympy.Rational(int(x.p), int(x.q))


def matrix_entries(matrix: ExactMatrix) -> list[list[Fraction]]:
    """Nested lists of Fractions."""
    return [
        [Fraction(int(matrix[i, j].p), int(matrix[i, j].q)) for j in range(matrix.ncols())]
        for i in range(matrix.nrows())
    ]


def float_matrix(matrix: ExactMatrix) -> np.ndarray:
    """Nearest float64 array."""
    return np.array([[float(x) for x in row] for row in matrix_entries(matrix)])


MAX_KEPT = 20_000
"""Values that a `Point` keeps at once."""


class Point(dict[sympy.Basic, Value]):
    """Exact values of symbols, and of what was evaluated there: parts that expressions share are computed once.

    Attributes
    ----------
    symbols : dict
        The values that were given.
    """

    def __init__(self, symbols: Mapping[sympy.Basic, Value]):
        super().__init__(symbols)
        self.symbols = dict(symbols)
        self._refused: dict[sympy.Basic, tuple[type[Exception], str]] = {}

    def once(self, expression: sympy.Basic, compute: Callable[[Any, Any], Value]) -> Value:
        """The value of an expression, or the refusal of it, computed where it is not known."""
        refusal = self._refused.get(expression)
        if refusal is not None:
            kind, message = refusal
            raise kind(message)
        if len(self) + len(self._refused) > MAX_KEPT:
            self.clear()
            self._refused.clear()
            self.update(self.symbols)
        try:
            value = self[expression] = compute(expression, self)
        except (InputError, UnsupportedError) as error:
            self._refused[expression] = type(error), str(error)
            raise
        return value


def evaluate(expression: sympy.Basic, values: Mapping[sympy.Basic, Value]) -> Value:
    """The exact value of a scalar or matrix expression.

    Parameters
    ----------
    expression : SymPy expression
    values : mapping
        From each free symbol to an exact value; at a `Point` what is shared is computed once.

    Raises
    ------
    InputError
        If a symbol has no value, shapes do not fit, or something singular is inverted.
    """
    if isinstance(expression, MatrixExpr):
        return _matrix(expression, values)
    return _scalar(expression, values)


def _scalar(expression: sympy.Basic, values: Mapping[sympy.Basic, Value]) -> sympy.Expr:
    if expression in values and not isinstance(expression, MatrixExpr):
        value = values[expression]
        assert isinstance(value, sympy.Expr)
        return value
    # Conditions are no scalars, and an entry of a matrix is not kept in the place of the matrix.
    is_kept = isinstance(expression, sympy.Expr) and not isinstance(expression, MatrixExpr)
    if isinstance(values, Point) and is_kept:
        return values.once(expression, _new_scalar)
    return _new_scalar(expression, values)


def _new_scalar(expression: sympy.Basic, values: Mapping[sympy.Basic, Value]) -> sympy.Expr:
    if isinstance(expression, Trace):
        matrix = _matrix(expression.arg, values)
        if matrix.nrows() != matrix.ncols():
            raise ShapeError(
                f"the trace of {expression.arg} needs a square matrix, not {_shape_text(matrix)}"
            )
        total = flint.fmpq(0)
        for i in range(matrix.nrows()):
            total += matrix[i, i]
        return sympy_rational(total)
    if isinstance(expression, MatrixExpr):
        matrix = _matrix(expression, values)
        if (matrix.nrows(), matrix.ncols()) != (1, 1):
            raise ShapeError(f"the {_shape_text(matrix)} matrix {expression} stands where a scalar is needed")
        return sympy_rational(matrix[0, 0])
    if isinstance(expression, MatrixElement):
        matrix = _matrix(expression.parent, values)
        i, j = (int(_scalar(index, values)) for index in (expression.i, expression.j))
        if not (0 <= i < matrix.nrows() and 0 <= j < matrix.ncols()):
            raise InputError(f"{expression} does not exist in a {_shape_text(matrix)} matrix")
        return sympy_rational(matrix[i, j])
    if isinstance(expression, sympy.Symbol):
        raise InputError(f"no value is given for {expression}; add {expression}=…")
    if not expression.args:
        return expression
    arguments = [_scalar(arg, values) for arg in expression.args]
    if isinstance(expression, sympy.harmonic):
        n, order = (*arguments, sympy.S.One)[:2]
        if n.is_Integer and n >= 0 and order.is_Integer and order >= 1:
            return harmonic(int(n), int(order))
    value = expression.func(*arguments)
    if value.has(sympy.zoo, sympy.nan):
        raise InputError(f"{expression} is not defined at these values (a division by zero)")
    return value


def _matrix(expression: MatrixExpr, values: Mapping[sympy.Basic, Value]) -> ExactMatrix:
    if expression in values:
        return values[expression]
    if isinstance(values, Point):
        return values.once(expression, _new_matrix)
    return _new_matrix(expression, values)


def _new_matrix(expression: MatrixExpr, values: Mapping[sympy.Basic, Value]) -> ExactMatrix:
    if isinstance(expression, Identity | ZeroMatrix):
        size = _scalar(expression.shape[0], values)
        if isinstance(expression, ZeroMatrix):
            return flint.fmpq_mat(int(size), int(_scalar(expression.shape[1], values)))
        return identity_matrix(int(size))
    if isinstance(expression, Transpose):
        return _matrix(expression.arg, values).transpose()
    if isinstance(expression, Inverse | MatPow):
        return _power(expression, values)
    if isinstance(expression, MatAdd):
        result = _matrix(expression.args[0], values)
        for term in expression.args[1:]:
            other = _matrix(term, values)
            if _shape_text(result) != _shape_text(other):
                raise ShapeError(f"cannot add {_shape_text(result)} and {_shape_text(other)} in {expression}")
            result = result + other
        return result
    if isinstance(expression, MatMul):
        product, factor = None, flint.fmpq(1)
        for part in expression.args:
            if isinstance(part, MatrixExpr):
                matrix = _matrix(part, values)
                if product is not None and product.ncols() != matrix.nrows():
                    raise ShapeError(
                        f"cannot multiply {_shape_text(product)} by {_shape_text(matrix)} in {expression}"
                    )
                product = matrix if product is None else product * matrix
            else:
                scalar = _scalar(part, values)
                if not isinstance(scalar, sympy.Rational):
                    raise UnsupportedError(f"the factor {scalar} of a matrix is not rational")
                factor *= flint_rational(scalar)
        assert product is not None
        return product * factor
    if isinstance(expression, ImmutableRepMatrix):
        rows = [[_scalar(entry, values) for entry in row] for row in expression.tolist()]
        if not all(isinstance(entry, sympy.Rational) for row in rows for entry in row):
            raise UnsupportedError(f"the matrix {rows} has an entry that is not rational")
        return exact_matrix(rows)
    entry = _entries_of(expression, values)
    if entry is not None:
        return entry
    if not isinstance(expression, MatrixSymbol):
        raise UnsupportedError(f"{expression}: {type(expression).__name__} is not evaluated")
    raise InputError(f"no value is given for {expression}; add {expression}=…")


def _entries_of(expression: MatrixExpr, values: Mapping[sympy.Basic, Value]) -> ExactMatrix | None:
    """The value of what is defined by its entries; None for anything else."""
    if isinstance(expression, OneMatrix):
        rows, cols = (int(_scalar(size, values)) for size in expression.shape)
        return exact_matrix([[1] * cols] * rows)
    if isinstance(expression, HadamardProduct):
        factors = [_matrix(factor, values) for factor in expression.args]
        if len({_shape_text(factor) for factor in factors}) > 1:
            raise ShapeError(f"the factors of {expression} differ in shape")
        product = factors[0].entries()
        for factor in factors[1:]:
            product = [x * y for x, y in zip(product, factor.entries(), strict=True)]
        return flint.fmpq_mat(factors[0].nrows(), factors[0].ncols(), product)
    if isinstance(expression, HadamardPower):
        base, power = _matrix(expression.base, values), _scalar(expression.exp, values)
        if not (isinstance(power, sympy.Integer) and power >= 0):
            raise UnsupportedError(f"{expression}: only natural powers of entries are evaluated")
        return flint.fmpq_mat(base.nrows(), base.ncols(), [x ** int(power) for x in base.entries()])
    if isinstance(expression, KroneckerProduct):
        whole = exact_matrix([[1]])
        for factor in expression.args:
            whole = _kronecker(whole, _matrix(factor, values))
        return whole
    if isinstance(expression, Vec):
        return exact_matrix([[x] for x in _matrix(expression.arg, values).transpose().entries()])
    if isinstance(expression, Commutation):
        m, n = (int(_scalar(size, values)) for size in expression.args)
        columns = [(i, j) for j in range(n) for i in range(m)]
        return exact_matrix([[int((i, j) == c) for c in columns] for i in range(m) for j in range(n)])
    if isinstance(expression, Entrywise):
        inner = _matrix(expression.arg, values)
        kinds = {"relu": lambda x: max(x, 0), "absolute": abs, "sign": lambda x: (x > 0) - (x < 0)}
        return flint.fmpq_mat(
            inner.nrows(), inner.ncols(), [kinds[expression.kind](x) for x in inner.entries()]
        )
    if isinstance(expression, DiagMatrix | DiagonalMatrix | DiagonalOf):
        inner = _matrix(expression.args[0], values)
        if isinstance(expression, DiagMatrix):
            size, entries = inner.nrows() * inner.ncols(), inner.entries()
            return exact_matrix([[entries[i] if i == j else 0 for j in range(size)] for i in range(size)])
        rows, cols = inner.nrows(), inner.ncols()
        if isinstance(expression, DiagonalOf):
            return exact_matrix([[inner[i, i]] for i in range(min(rows, cols))])
        return exact_matrix([[inner[i, j] if i == j else 0 for j in range(cols)] for i in range(rows)])
    return None


def _kronecker(a: ExactMatrix, b: ExactMatrix) -> ExactMatrix:
    rows = [(i, k) for i in range(a.nrows()) for k in range(b.nrows())]
    cols = [(j, m) for j in range(a.ncols()) for m in range(b.ncols())]
    return flint.fmpq_mat(len(rows), len(cols), [a[i, j] * b[k, m] for i, k in rows for j, m in cols])


def _shape_text(matrix: ExactMatrix) -> str:
    return f"{matrix.nrows()}×{matrix.ncols()}"


def _power(expression: MatPow, values: Mapping[sympy.Basic, Value]) -> ExactMatrix:
    base, power = _matrix(expression.base, values), _scalar(expression.exp, values)
    if not isinstance(power, sympy.Integer):
        raise UnsupportedError(f"{expression}: only integer powers of a matrix are evaluated")
    if base.nrows() != base.ncols():
        raise ShapeError(f"{expression} needs a square matrix, not {_shape_text(base)}")
    exponent = int(power)
    if exponent < 0:
        try:
            base = base.inv()
        except ZeroDivisionError:
            raise InputError(
                f"{expression.base} is singular at these values, so {expression} does not exist"
            ) from None
    result = identity_matrix(base.nrows())
    for _ in range(abs(exponent)):
        result = result * base
    return result
