"""SymPy expressions at arrays: evaluated as they are written, in NumPy or torch.

An expression is turned once into steps, one for each of its different parts, so that what it repeats is computed once.
Nothing is expanded: what cancels on paper cancels in floating point as well as it was written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import add, matmul, mul
from typing import Any, TypeAlias

import numpy as np
import sympy
from sympy.matrices.expressions import (
    Adjoint,
    BlockMatrix,
    Determinant,
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
from sympy.matrices.immutable import ImmutableDenseMatrix, ImmutableRepMatrix

from symicl.algebra import Commutation, Entrywise, Vec, function_at_arrays, harmonic
from symicl.errors import InputError, UnsupportedError
from symicl.numeric.backends import ArrayBackend

Step: TypeAlias = Callable[[Sequence[Any], Mapping[Any, Any], ArrayBackend], Any]
"""From the values of the earlier steps, those of the symbols and an arithmetic to a value."""

_FUNCTIONS = {
    sympy.exp: "exp",
    sympy.log: "log",
    sympy.sin: "sin",
    sympy.cos: "cos",
    sympy.tan: "tan",
    sympy.asin: "arcsin",
    sympy.acos: "arccos",
    sympy.atan: "arctan",
    sympy.sinh: "sinh",
    sympy.cosh: "cosh",
    sympy.tanh: "tanh",
    sympy.Abs: "abs",
    sympy.sign: "sign",
    sympy.floor: "floor",
    sympy.ceiling: "ceil",
}
"""Functions of one scalar, by their name in NumPy and in torch."""
_EXTREMA = {sympy.Max: "maximum", sympy.Min: "minimum"}


class ExpressionProgram:
    """A scalar or matrix expression as a straight-line program.

    Parameters
    ----------
    expression : SymPy expression

    Raises
    ------
    UnsupportedError
        For a part that has no value at arrays; it is named.
    """

    def __init__(self, expression: sympy.Basic):
        self.steps: list[Step] = []
        self._places: dict[tuple[str, sympy.Basic], int] = {}
        self.is_matrix = isinstance(expression, MatrixExpr) and tuple(expression.shape) != (1, 1)
        self.last = self._matrix(expression) if self.is_matrix else self._scalar(expression)

    def run(self, values: Mapping[Any, Any], backend: ArrayBackend) -> Any:
        """The value at those of all symbols: scalars as numbers or arrays over a batch, matrices as arrays."""
        found: list[Any] = []
        for step in self.steps:
            found.append(step(found, values, backend))
        return found[self.last]

    def _once(self, kind: str, part: Any, make: Callable[[Any], Step]) -> int:
        place = self._places.get((kind, part))
        if place is None:
            step = make(part)
            place = self._places[kind, part] = len(self.steps)
            self.steps.append(step)
        return place

    def _scalar(self, part: sympy.Basic) -> int:
        return self._once("scalar", part, self._scalar_step)

    def _matrix(self, part: sympy.Basic) -> int:
        return self._once("matrix", part, self._matrix_step)

    # Scalars

    def _scalar_step(self, part: Any) -> Step:
        if isinstance(part, MatrixExpr):  # 1×1
            i = self._matrix(part)
            return lambda found, values, backend: found[i][..., 0, 0]
        if isinstance(part, sympy.Symbol):
            return lambda found, values, backend: values[part]
        if isinstance(part, sympy.Expr) and part.is_number:
            number = _number(part)
            return lambda found, values, backend: number
        if getattr(part, "is_letter", False):
            raise UnsupportedError(
                f"{part} is a sum over entries of the weights of a loss of sequences, which has no value at arrays; "
                "evaluate it with loss.at(…)"
            )
        if isinstance(part, Trace):
            return self._trace(part.arg)
        if isinstance(part, MatrixElement):
            return self._entry(part)
        if isinstance(part, Determinant):
            i = self._matrix(part.arg)
            return lambda found, values, backend: _determinant(found[i])
        if isinstance(part, sympy.Pow):
            base, exponent = self._scalar(part.base), self._scalar(part.exp)
            return lambda found, values, backend: _power(found[base], found[exponent])
        if isinstance(part, sympy.harmonic):
            places = [self._scalar(argument) for argument in part.args]
            return lambda found, values, backend: _harmonic(*(found[i] for i in places))
        places = [self._scalar(argument) for argument in part.args]
        if isinstance(part, sympy.Add):
            return lambda found, values, backend: reduce(add, (found[i] for i in places))
        if isinstance(part, sympy.Mul):
            return lambda found, values, backend: reduce(mul, (found[i] for i in places))
        if part.func in _FUNCTIONS:
            (i,), name = places, _FUNCTIONS[part.func]
            return lambda found, values, backend: _apply(name, found[i])
        if part.func in _EXTREMA:
            name = _EXTREMA[part.func]
            return lambda found, values, backend: reduce(
                lambda a, b: _extremum(name, a, b, backend), (found[i] for i in places)
            )
        raise UnsupportedError(
            f"{part}: {type(part).__name__} is not computed at arrays; write it with sums, products, powers, traces, "
            f"inverses and {', '.join(sorted(f.__name__ for f in _FUNCTIONS))}"
        )

    def _trace(self, argument: Any) -> Step:
        if isinstance(argument, MatMul):
            scalars, matrices = _factors(argument)
            if len(matrices) > 1:
                left = self._product([], matrices[:-1])
                right, places = self._matrix(matrices[-1]), [self._scalar(s) for s in scalars]
                return lambda found, values, backend: reduce(
                    mul,
                    (found[i] for i in places),
                    backend.inner(found[left], backend.transpose(found[right])),
                )
        i = self._matrix(argument)
        return lambda found, values, backend: backend.trace(found[i])

    def _entry(self, part: Any) -> Step:
        i, row, column = self._matrix(part.parent), self._scalar(part.i), self._scalar(part.j)
        return lambda found, values, backend: found[i][..., int(found[row]), int(found[column])]

    # Matrices

    def _matrix_step(self, part: Any) -> Step:
        if isinstance(part, MatrixSymbol):
            return lambda found, values, backend: values[part]
        if isinstance(part, Identity | ZeroMatrix | OneMatrix):
            return self._constant(part)
        if isinstance(part, Adjoint):
            i = self._matrix(part.arg)
            return lambda found, values, backend: backend.transpose(found[i]).conj()
        if isinstance(part, Transpose):
            i = self._matrix(part.arg)
            return lambda found, values, backend: backend.transpose(found[i])
        if isinstance(part, Inverse):
            i = self._matrix(part.arg)
            return lambda found, values, backend: _inverse(found[i], part, backend)
        if isinstance(part, MatPow) and part.exp.is_Integer:
            return self._matrix_power(part)
        if isinstance(part, MatMul):
            i = self._product(*_factors(part))
            return lambda found, values, backend: found[i]
        if isinstance(part, MatAdd | HadamardProduct):
            combine = add if isinstance(part, MatAdd) else mul
            places = [self._matrix(term) for term in part.args]
            return lambda found, values, backend: reduce(combine, (found[i] for i in places))
        if isinstance(part, HadamardPower):
            i, exponent = self._matrix(part.base), self._scalar(part.exp)
            return lambda found, values, backend: _power(found[i], _wide(found[exponent]))
        if isinstance(part, Entrywise):
            i, function = self._matrix(part.arg), function_at_arrays(part.kind)
            return lambda found, values, backend: function(found[i])
        if isinstance(part, DiagMatrix):
            i = self._matrix(part.args[0])
            return lambda found, values, backend: found[i] * backend.identity(max(found[i].shape[-2:]))
        if isinstance(part, DiagonalMatrix):
            i = self._matrix(part.arg)
            return lambda found, values, backend: found[i] * _diagonal_ones(found[i], backend)
        if isinstance(part, KroneckerProduct):
            places = [self._matrix(factor) for factor in part.args]
            return lambda found, values, backend: reduce(_kronecker, (found[i] for i in places))
        if isinstance(part, Vec):
            i = self._matrix(part.arg)
            return lambda found, values, backend: _stacked(found[i])
        if isinstance(part, Commutation):
            sizes = [self._scalar(size) for size in part.args]
            return lambda found, values, backend: backend.matrix(
                _commutation(*(_size(found[i], part) for i in sizes))
            )
        if isinstance(part, DiagonalOf):
            i = self._matrix(part.arg)
            return lambda found, values, backend: found[i].diagonal(0, -2, -1)[..., None]
        if isinstance(part, BlockMatrix):
            return self._blocks(part)
        if isinstance(part, ImmutableDenseMatrix | ImmutableRepMatrix):
            return self._entries(part)
        raise UnsupportedError(
            f"{part}: {type(part).__name__} is not computed at arrays; write it with sums, products, transposes, "
            "inverses and blocks"
        )

    def _product(self, scalars: Sequence[Any], matrices: Sequence[Any]) -> int:
        """Scalars times matrices, from the left to the right, and from the right where a column ends them."""
        places, factors = [self._matrix(m) for m in matrices], [self._scalar(s) for s in scalars]
        ends_in_column = matrices[-1].shape[1] == 1

        def step(found: Sequence[Any], values: Mapping[Any, Any], backend: ArrayBackend) -> Any:
            parts = [found[i] for i in places]
            product = reduce(lambda a, b: b @ a, parts[::-1]) if ends_in_column else reduce(matmul, parts)
            return reduce(mul, (_wide(found[i]) for i in factors), product)

        return self._once(
            "product", sympy.Tuple(sympy.Tuple(*scalars), sympy.Tuple(*matrices)), lambda _: step
        )

    def _constant(self, part: Any) -> Step:
        rows, columns = (self._scalar(size) for size in part.shape)
        kind = type(part)

        def step(found: Sequence[Any], values: Mapping[Any, Any], backend: ArrayBackend) -> Any:
            shape = _size(found[rows], part), _size(found[columns], part)
            if issubclass(kind, Identity):
                return backend.identity(shape[0])
            return backend.matrix(np.full(shape, float(issubclass(kind, OneMatrix))))

        return step

    def _matrix_power(self, part: Any) -> Step:
        i, exponent = self._matrix(part.base), int(part.exp)

        def step(found: Sequence[Any], values: Mapping[Any, Any], backend: ArrayBackend) -> Any:
            base = found[i] if exponent >= 0 else _inverse(found[i], part, backend)
            return reduce(matmul, [base] * abs(exponent), backend.identity(base.shape[-1]))

        return step

    def _blocks(self, part: Any) -> Step:
        """Every block is carried to its place by two constant matrices, so that no library has to join arrays."""
        grid = [[self._matrix(part.blocks[i, j]) for j in range(part.blocks.shape[1])]
                for i in range(part.blocks.shape[0])]  # fmt: skip

        def step(found: Sequence[Any], values: Mapping[Any, Any], backend: ArrayBackend) -> Any:
            heights = [found[row[0]].shape[-2] for row in grid]
            widths = [found[i].shape[-1] for i in grid[0]]
            into_rows, into_columns = (backend.identity(sum(sizes)) for sizes in (heights, widths))
            terms, top = [], 0
            for row, height in zip(grid, heights, strict=True):
                left = 0
                for i, width in zip(row, widths, strict=True):
                    terms.append(
                        into_rows[:, top : top + height] @ found[i] @ into_columns[left : left + width, :]
                    )
                    left += width
                top += height
            return reduce(add, terms)

        return step

    def _entries(self, part: Any) -> Step:
        rows, columns = part.shape
        if all(entry.is_number for entry in part):
            constant = np.array([[_number(entry) for entry in row] for row in part.tolist()])
            return lambda found, values, backend: backend.matrix(constant)
        places = [self._scalar(entry) for entry in part]

        def step(found: Sequence[Any], values: Mapping[Any, Any], backend: ArrayBackend) -> Any:
            units = np.eye(rows * columns).reshape(-1, rows, columns)
            return reduce(
                add, (_wide(found[i]) * backend.matrix(unit) for i, unit in zip(places, units, strict=True))
            )

        return step


def _factors(product: Any) -> tuple[list[Any], list[Any]]:
    """The scalars and the matrices of a product."""
    matrices = [f for f in product.args if isinstance(f, MatrixExpr)]
    return [f for f in product.args if not isinstance(f, MatrixExpr)], matrices


def _number(value: sympy.Expr) -> float:
    """A constant, rounded once.

    Raises
    ------
    InputError
        If it is not a real number.
    """
    number = complex(value.evalf(30))
    if number.imag or number != number:
        raise InputError(f"{value} is not a real number, so it has no value in arrays of floats")
    return number.real


def _size(value: Any, part: sympy.Basic) -> int:
    if getattr(value, "ndim", 0) or int(value) != value or value < 1:
        raise InputError(
            f"{part} needs a positive integer as its size; batches of sizes have no common shape"
        )
    return int(value)


def _wide(value: Any) -> Any:
    """A scalar, or a batch of them, to multiply matrices with."""
    return value[..., None, None] if getattr(value, "ndim", 0) else value


def _apply(name: str, value: Any) -> Any:
    if isinstance(value, float):
        return float(getattr(np, name)(value))
    return getattr(np, name)(value) if isinstance(value, np.ndarray) else getattr(value, name)()


def _extremum(name: str, a: Any, b: Any, backend: ArrayBackend) -> Any:
    if isinstance(a, float) and isinstance(b, float):
        return max(a, b) if name == "maximum" else min(a, b)
    a, b = (backend.matrix(np.asarray(v)) if isinstance(v, np.ndarray | float) else v for v in (a, b))
    return getattr(np, name)(a, b) if isinstance(a, np.ndarray) else getattr(a, name)(b)


def _power(base: Any, exponent: Any) -> Any:
    if (
        isinstance(exponent, float) and exponent.is_integer()
    ):  # an integer, so that a negative base has it, too
        return 1 / base ** int(-exponent) if exponent < 0 else base ** int(exponent)
    if isinstance(exponent, float) and isinstance(base, float):
        return float(
            np.power(base, exponent)
        )  # nan for a negative base, where Python would go to complex numbers
    return base**exponent


def _inverse(value: Any, part: sympy.Basic, backend: ArrayBackend) -> Any:
    try:
        return backend.inverse(value)
    except (np.linalg.LinAlgError, RuntimeError) as error:
        if "singular" not in str(error).lower():
            raise
        raise InputError(f"{part} is singular at these values") from None


def _determinant(value: Any) -> Any:
    return np.linalg.det(value) if isinstance(value, np.ndarray) else value.det()


def _harmonic(n: Any, order: Any = 1.0) -> Any:
    if not isinstance(n, np.ndarray | float):
        raise UnsupportedError(
            "harmonic numbers have no derivative by their index; give it as a number, not as a tensor"
        )
    found = np.vectorize(lambda m: float(harmonic(int(m), int(order))), otypes=[float])(n)
    return float(found) if isinstance(n, float) else found


def _kronecker(a: Any, b: Any) -> Any:
    product = a[..., :, None, :, None] * b[..., None, :, None, :]
    rows, cols = a.shape[-2] * b.shape[-2], a.shape[-1] * b.shape[-1]
    return product.reshape(*product.shape[:-4], rows, cols)


def _stacked(a: Any) -> Any:
    """The columns one below the other."""
    return a.swapaxes(-1, -2).reshape(*a.shape[:-2], a.shape[-2] * a.shape[-1], 1)


def _commutation(m: int, n: int) -> np.ndarray:
    """The matrix K with vec(Mᵀ) = K vec M for m×n matrices M."""
    return np.eye(m * n)[np.arange(m * n).reshape(n, m).T.reshape(-1)]


def _diagonal_ones(a: Any, backend: ArrayBackend) -> Any:
    rows, cols = a.shape[-2:]
    return backend.identity(max(rows, cols))[:rows, :cols]
