"""The arithmetics that a compiled closed form runs in: NumPy and torch arrays, or exact rationals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any, Literal, Protocol

import flint
import sympy

from symicl.algebra import Number
from symicl.errors import InputError
from symicl.numeric.exact import ExactMatrix, exact_matrix, float_matrix, identity_matrix
from symicl.numeric.lazy_numpy import np

BackendName = Literal["numpy", "torch", "exact"]

Numbers = Mapping[Any, Any]
"""Values of letters: the key is a letter index or the SymPy symbol that the letter stands for."""


class Backend(Protocol):
    """The arithmetic that a program runs in."""

    def matrix(self, value: Any) -> Any: ...
    def scalar(self, value: Any) -> Any: ...
    def shape(self, value: Any) -> tuple[int, int]: ...
    def product(self, a: Any, b: Any) -> Any: ...
    def transpose(self, a: Any) -> Any: ...
    def inner(self, a: Any, b: Any) -> Any:
        """tr(a bᵀ)."""

    def trace(self, a: Any) -> Any: ...
    def inverse(self, a: Any) -> Any: ...
    def identity(self, size: int) -> Any: ...
    def diagonal_part(self, a: Any) -> Any: ...
    def coefficient(self, c: Number) -> Any: ...
    def reciprocal(self, value: Any) -> Any:
        """1 over a scalar, or over a batch of them, to multiply matrices with."""

    def total(self, terms: Iterable[tuple[Number, list[Any]]]) -> Any:
        """Σ coefficient · product of factors."""


class ArrayBackend:
    """NumPy float64 or torch tensors, with any leading batch axes.

    Parameters
    ----------
    convert : callable
        Makes an array of the right kind from a NumPy float64 array.
    """

    def __init__(self, convert: Callable[[np.ndarray], Any]):
        self._convert = convert

    def matrix(self, value: Any) -> Any:
        if isinstance(value, ExactMatrix):
            return self._convert(float_matrix(value))
        if isinstance(value, list | tuple):
            return self._convert(np.array([[float(x) for x in row] for row in value]))
        return self._convert(value) if isinstance(value, np.ndarray) else value

    def scalar(self, value: Any) -> Any:
        if isinstance(value, ExactMatrix):
            return float(Fraction(int(value[0, 0].p), int(value[0, 0].q)))
        if not hasattr(value, "ndim"):
            return float(value)
        return value[..., 0, 0] if value.ndim >= 2 else value

    def shape(self, value: Any) -> tuple[int, int]:
        rows, cols = value.shape[-2:]
        return int(rows), int(cols)

    def product(self, a: Any, b: Any) -> Any:
        return a @ b

    def transpose(self, a: Any) -> Any:
        return a.swapaxes(-1, -2)

    def inner(self, a: Any, b: Any) -> Any:
        return (a * b).sum((-2, -1))

    def trace(self, a: Any) -> Any:
        return a.diagonal(0, -2, -1).sum(-1)

    def inverse(self, a: Any) -> Any:
        return np.linalg.inv(a) if isinstance(a, np.ndarray) else a.inverse()

    def identity(self, size: int) -> Any:
        return self._convert(np.eye(size))

    def diagonal_part(self, a: Any) -> Any:
        return a * self.identity(a.shape[-1])

    def coefficient(self, c: Number) -> float:
        return float(c)

    def reciprocal(self, value: Any) -> Any:
        return (1 / value)[..., None, None] if getattr(value, "ndim", 0) else 1 / value

    def total(self, terms: Iterable[tuple[Number, list[Any]]]) -> Any:
        # Plain numbers are multiplied first and equal products of arrays are collected: a loss with many
        # terms in n, d and σ² then costs a handful of array operations.
        grouped: dict[tuple[int, ...], float] = {}
        arrays: dict[int, Any] = {}
        for c, factors in terms:
            weight = float(c)
            key = []
            for factor in factors:
                if isinstance(factor, float):
                    weight *= factor
                else:
                    arrays[id(factor)] = factor
                    key.append(id(factor))
            grouped[tuple(key)] = grouped.get(tuple(key), 0.0) + weight
        result: Any = 0.0
        for names, weight in grouped.items():
            term: Any = weight
            for name in names:
                term = term * arrays[name]
            result = result + term
        return result


class ExactBackend:
    """Rational matrices of python-flint; scalars are rationals, or SymPy numbers where one is irrational."""

    def matrix(self, value: Any) -> Any:
        return value if isinstance(value, ExactMatrix) else exact_matrix(value)

    def scalar(self, value: Any) -> Any:
        if isinstance(value, ExactMatrix):
            return value[0, 0]
        if hasattr(value, "ndim") and value.ndim:
            value = value.reshape(-1)[0]
        if isinstance(value, list | tuple):
            value = value[0][0]
        if isinstance(value, flint.fmpq) or (isinstance(value, sympy.Expr) and not value.is_Rational):
            return value
        return _fmpq(
            Fraction(int(value.p), int(value.q)) if isinstance(value, sympy.Rational) else Fraction(value)
        )

    def shape(self, value: Any) -> tuple[int, int]:
        return value.nrows(), value.ncols()

    def product(self, a: Any, b: Any) -> Any:
        return a * b

    def transpose(self, a: Any) -> Any:
        return a.transpose()

    def inner(self, a: Any, b: Any) -> Any:
        return sum((x * y for x, y in zip(a.entries(), b.entries(), strict=True)), flint.fmpq(0))

    def trace(self, a: Any) -> Any:
        return sum((a[i, i] for i in range(a.nrows())), flint.fmpq(0))

    def inverse(self, a: Any) -> Any:
        try:
            return a.inv()
        except ZeroDivisionError:
            raise InputError("a matrix that has to be inverted is singular at these values") from None

    def identity(self, size: int) -> Any:
        return identity_matrix(size)

    def diagonal_part(self, a: Any) -> Any:
        size = a.nrows()
        return exact_matrix([[a[i, j] if i == j else 0 for j in range(size)] for i in range(size)])

    def coefficient(self, c: Number) -> Any:
        return _fmpq(Fraction(c))

    def reciprocal(self, value: Any) -> Any:
        return _fmpq(1 / value) if isinstance(value, Fraction) else 1 / value

    def total(self, terms: Iterable[tuple[Number, list[Any]]]) -> Any:
        rational = flint.fmpq(0)
        others: list[sympy.Expr] = []
        for c, factors in terms:
            term, irrational = _fmpq(Fraction(c)), []
            for factor in factors:
                if isinstance(factor, flint.fmpq):
                    term *= factor
                else:
                    irrational.append(factor)
            if irrational:
                others.append(sympy.Mul(sympy.Rational(int(term.p), int(term.q)), *irrational))
            else:
                rational += term
        exact = Fraction(int(rational.p), int(rational.q))
        if not others:
            return exact
        value = sympy.Add(sympy.Rational(exact.numerator, exact.denominator), *others)
        return Fraction(int(value.p), int(value.q)) if value.is_Rational else value


def _fmpq(value: Fraction) -> flint.fmpq:
    return flint.fmpq(int(value.numerator), int(value.denominator))


def as_floats(value: Any) -> np.ndarray:
    """An array of floats, complex ones where a value is complex."""
    return np.asarray(value, dtype=np.complex128 if np.iscomplexobj(value) else np.float64)


def backend_for(name: BackendName, numbers: Numbers) -> Backend:
    """The arithmetic of a name; the torch one makes constants like the first tensor among the values.

    Raises
    ------
    InputError
        For an unknown name, or for torch without a tensor.
    """
    if name == "exact":
        return ExactBackend()
    if name == "numpy":
        return ArrayBackend(as_floats)
    if name == "torch":
        # Constants become tensors like the first tensor among the values: same dtype, same device.
        like = next((v for v in numbers.values() if hasattr(v, "new_tensor")), None)
        if like is None:
            raise InputError("the torch backend needs at least one torch tensor among the values")
        return ArrayBackend(like.new_tensor)
    raise InputError(f"there is no backend {name!r}; choose numpy, torch or exact")
