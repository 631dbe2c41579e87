"""Sequences of numbers with the operations of a symbolic sequence, for NumPy arrays and torch tensors.

A causal model is written once with these operations; see `symicl.expectation.phases.sequence` for the
symbolic side. Every vector has axes (batch…, query times, context times, coordinates), of which the middle
two may be 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from importlib import import_module
from typing import Any

from symicl.errors import InputError, ShapeError
from symicl.numeric import np

Array = Any
"""A NumPy array or a torch tensor."""


def library(array: Array) -> Any:
    """NumPy or torch, whichever the array comes from."""
    return import_module(type(array).__module__.partition(".")[0])


def is_exact(array: Array) -> bool:
    """True for NumPy arrays of exact numbers, or of whatever else has an arithmetic of its own."""
    return isinstance(array, np.ndarray) and array.dtype.hasobject


def constant_like(values: Any, like: Array) -> Array:
    """Real numbers as an array of the same library, precision and device."""
    if is_exact(like):  # exact numbers
        return np.asarray(values, dtype=object)
    values = np.asarray(values, dtype=float).tolist()
    if hasattr(like, "new_tensor"):
        return like.real.new_tensor(values)
    return np.asarray(values, dtype=like.real.dtype)


def _one_type(a: Array, b: Array) -> tuple[Array, Array]:
    """Both complex if one is; torch does not multiply a real matrix with a complex one itself."""
    if not hasattr(a, "to") or a.dtype == b.dtype:
        return a, b
    return (a, b.to(a.dtype)) if a.dtype.is_complex else (a.to(b.dtype), b)


class ArrayVector:
    """Vectors at pairs of a query time and a context time.

    Parameters
    ----------
    values : array of shape (batch…, query times or 1, context times or 1, width)
        Width 1 is a scalar, a multiple of d several blocks.
    d : int
        The size of a block.
    """

    __slots__ = ("d", "values")

    # So that NumPy leaves ``matrix @ vector`` and ``number * vector`` to this class.
    __array_ufunc__ = None

    def __init__(self, values: Array, d: int):
        self.values, self.d = values, d

    def block(self, k: int) -> ArrayVector:
        """The k-th d-dimensional block."""
        return ArrayVector(self.values[..., k * self.d : (k + 1) * self.d], self.d)

    def __add__(self, other: ArrayVector) -> ArrayVector:
        return ArrayVector(self.values + other.values, self.d)

    def __neg__(self) -> ArrayVector:
        return ArrayVector(-self.values, self.d)

    def __sub__(self, other: ArrayVector) -> ArrayVector:
        return ArrayVector(self.values - other.values, self.d)

    def __mul__(self, other: Any) -> ArrayVector:
        if isinstance(other, ArrayVector):
            return ArrayVector(self.values * other.values, self.d)
        if getattr(other, "ndim", 0) > 2:  # scalar weights of several runs, which have no times
            other = other[..., None, :, :]
        return ArrayVector(self.values * other, self.d)

    __rmul__ = __mul__

    def conj(self) -> ArrayVector:
        """The complex conjugate."""
        return ArrayVector(self.values.conj(), self.d)

    def __rmatmul__(self, matrix: Array) -> ArrayVector:
        if matrix.shape[-1] != self.values.shape[-1]:
            raise ShapeError(
                f"a matrix with {matrix.shape[-1]} columns does not fit a vector of size {self.values.shape[-1]}"
            )
        matrix, values = _one_type(matrix, self.values)
        turned = matrix.swapaxes(-1, -2)
        return ArrayVector(values @ (turned if turned.ndim == 2 else turned[..., None, :, :]), self.d)

    def total(self) -> ArrayVector:
        """Σ_i v_i."""
        return ArrayVector(self.values.sum(-1)[..., None], self.d)

    def norm2(self) -> ArrayVector:
        """‖v‖²."""
        return (self.conj() * self).total()

    @property
    def predictions(self) -> Array:
        """Shape (batch…, query times, width), once all context times are summed over."""
        if self.values.shape[-2] != 1:
            raise ShapeError("a context time is left open; sum over it with the sequence's own sum")
        return self.values[..., 0, :]


class ArraySlot:
    """The query times, or the context times."""

    def __init__(self, sequence: ArraySequence, is_query: bool, first: int = 1, last: int = 0):
        self.sequence, self.is_query = sequence, is_query
        self.first, self.last = first, last

    @property
    def times(self) -> Sequence[int]:
        return self.sequence.times if self.is_query else range(1, self.sequence.length + 1)

    def x(self, lag: int = 0) -> ArrayVector:
        """x_{τ − lag} for all times; zero before the first time."""
        return self.sequence.data([time - lag for time in self.times], is_query=self.is_query)

    def positional(self, weights: Array, row_lag: int = 0) -> ArrayVector:
        """The weights of the context times, for query time t those of row t − row_lag (counted from 1)."""
        rows = [time - row_lag - 1 for time in self.sequence.times]
        if min(rows) < 0 or max(rows) >= weights.shape[-2] or self.sequence.length > weights.shape[-1]:
            raise ShapeError(
                f"positional weights of shape {tuple(weights.shape)} do not reach up to time {self.sequence.length}"
            )
        chosen = weights[..., rows, : self.sequence.length]
        return ArrayVector(chosen[..., None], self.sequence.d)


class ArraySequence:
    """x_1, …, x_L, of which the first t are seen when x_{t+1} is predicted.

    Parameters
    ----------
    x : array of shape (batch…, L, d)
        Real or complex.
    times : sequence of int, optional
        The query times t ≥ 1; default 2, …, L.
    """

    def __init__(self, x: Array, times: Sequence[int] | None = None):
        self._x = x
        self.length, self.d = int(x.shape[-2]), int(x.shape[-1])
        self.times = list(range(2, self.length + 1) if times is None else times)
        if not self.times or min(self.times) < 1 or max(self.times) > self.length:
            raise InputError(
                f"the query times must lie between 1 and {self.length}, the length of the sequence"
            )

    @property
    def now(self) -> ArraySlot:
        """The query times."""
        return ArraySlot(self, True)

    def context(self, first: int = 1, last: int = 0) -> ArraySlot:
        """Times of the context, which run from ``first`` to t − ``last``."""
        return ArraySlot(self, False, first, last)

    def data(self, times: list[int], *, is_query: bool) -> ArrayVector:
        """x at the given times, along the axis of the query or of the context."""
        padded = library(self._x).concatenate([self._x[..., :1, :] * 0, self._x], axis=-2)
        values = padded[..., [min(max(0, time), self.length) for time in times], :]
        return ArrayVector(values[..., :, None, :] if is_query else values[..., None, :, :], self.d)

    @property
    def inverse_length(self) -> ArrayVector:
        """1/(t − 1)."""
        if min(self.times) < 2:
            raise InputError("the normalisation 1/(t − 1) needs query times t ≥ 2")
        numbers = [[[Fraction(1, t - 1)]] for t in self.times]
        return ArrayVector(constant_like(numbers, self._x), self.d)

    def stack(self, blocks: list[ArrayVector | None]) -> ArrayVector:
        """Vectors of size d on top of each other; None is a zero."""
        first = next(block for block in blocks if block is not None)
        parts = [first.values * 0 if block is None else block.values for block in blocks]
        return ArrayVector(library(self._x).concatenate(parts, axis=-1), self.d)

    def _mask(self, over: ArraySlot) -> Array:
        """1 where the context time is within its bounds, query times × context times."""
        rows = [[int(over.first <= s <= t - over.last) for s in over.times] for t in self.times]
        return constant_like(rows, self._x)

    def sum(self, value: ArrayVector, over: ArraySlot) -> ArrayVector:
        """Σ over the times of the context."""
        return ArrayVector((value.values * self._mask(over)[..., None]).sum(-2)[..., None, :], self.d)

    def attend(
        self, values: ArrayVector, keys: ArrayVector, query: ArrayVector, over: ArraySlot
    ) -> ArrayVector:
        """Σ over the times of the context of values · ⟨keys, query⟩, through the matrix of all scores."""
        asked, known = _one_type(query.values[..., 0, :], keys.values[..., 0, :, :])
        scores = asked @ known.conj().swapaxes(-1, -2)
        weighted = (scores * self._mask(over)) @ _one_type(scores, values.values[..., 0, :, :])[1]
        return ArrayVector(weighted[..., None, :], self.d)
