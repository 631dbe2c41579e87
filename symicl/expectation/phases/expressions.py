"""Scalars and vectors of a symbolic forward pass: sums of terms with the operations that a model uses.

The operations are those of `symicl.tasks.arrays`, so that one forward pass serves symbols and arrays:
``+``, ``-``, ``*`` (entrywise, or by a scalar), ``P @ v``, ``v.conj()``, ``v.block(k)`` and `inner`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from symicl.algebra import Polynomial
from symicl.errors import InputError, ShapeError
from symicl.expectation.phases import terms as t_
from symicl.expectation.phases.affine import FREE, Affine
from symicl.expectation.phases.parameters import (
    DiagonalMatrix,
    ExchangeableMatrix,
    FullMatrix,
    Parameter,
    ScalarMatrix,
    scalar_value,
)
from symicl.expectation.phases.terms import Term

Terms = tuple[Term, ...]


class PhaseScalar:
    """A sum of scalar terms."""

    __slots__ = ("terms",)

    def __init__(self, terms: Sequence[Term] = ()):
        self.terms: Terms = tuple(terms)

    def __add__(self, other: PhaseScalar) -> PhaseScalar:
        return PhaseScalar(self.terms + other.terms)

    def __neg__(self) -> PhaseScalar:
        return self * -1

    def __sub__(self, other: PhaseScalar) -> PhaseScalar:
        return self + (-other)

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, PhaseVector):
            return other * self
        return PhaseScalar(_times(self.terms, other))

    __rmul__ = __mul__

    def conj(self) -> PhaseScalar:
        """The complex conjugate."""
        return PhaseScalar([t_.conjugate(term) for term in self.terms])


class PhaseVector:
    """A vector, or several stacked ones, as sums of terms.

    Parameters
    ----------
    blocks : sequence of sequences of Term
        One sequence of vector terms for each d-dimensional block; an empty one is zero.
    """

    __slots__ = ("blocks",)

    def __init__(self, blocks: Sequence[Sequence[Term]]):
        self.blocks: tuple[Terms, ...] = tuple([tuple(block) for block in blocks])

    @property
    def terms(self) -> Terms:
        """The terms of a vector of one block."""
        if len(self.blocks) != 1:
            raise ShapeError(f"a vector of {len(self.blocks)} blocks stands where one of size d is needed")
        return self.blocks[0]

    def block(self, k: int) -> PhaseVector:
        """The k-th d-dimensional block."""
        return PhaseVector([self.blocks[k]])

    def _with(self, other: PhaseVector, join: Callable[[Terms, Terms], Sequence[Term]]) -> PhaseVector:
        if len(self.blocks) != len(other.blocks):
            raise ShapeError(
                f"vectors of {len(self.blocks)} and {len(other.blocks)} blocks do not fit together"
            )
        return PhaseVector([join(a, b) for a, b in zip(self.blocks, other.blocks, strict=True)])

    def __add__(self, other: PhaseVector) -> PhaseVector:
        return self._with(other, lambda a, b: a + b)

    def __neg__(self) -> PhaseVector:
        return self * -1

    def __sub__(self, other: PhaseVector) -> PhaseVector:
        return self + (-other)

    def __mul__(self, other: Any) -> PhaseVector:
        if isinstance(other, PhaseVector):
            return self._with(other, _products)
        return PhaseVector([_times(block, other) for block in self.blocks])

    __rmul__ = __mul__

    def conj(self) -> PhaseVector:
        """The complex conjugate."""
        return PhaseVector([[t_.conjugate(term) for term in block] for block in self.blocks])

    def __rmatmul__(self, matrix: Any) -> PhaseVector:
        """A parameter, or a grid (nested lists) of parameters and zeros, times the vector."""
        grid = matrix if isinstance(matrix, list | tuple) else [[matrix]]
        result = []
        for row in grid:
            if len(row) != len(self.blocks):
                raise ShapeError(f"a row of {len(row)} blocks does not fit a vector of {len(self.blocks)}")
            parts = [_apply(p, term) for p, block in zip(row, self.blocks, strict=True) for term in block]
            result.append([part for part in parts if part is not None])
        return PhaseVector(result)

    def total(self) -> PhaseScalar:
        """Σ_i v_i."""
        return PhaseScalar([t_.summed(term) for block in self.blocks for term in block])

    def norm2(self) -> PhaseScalar:
        """‖v‖², summed over the coordinates."""
        return inner(self, self)


def inner(u: PhaseVector, v: PhaseVector) -> PhaseScalar:
    """⟨u, v⟩ = Σ_i conj(u_i) v_i."""
    return (u.conj() * v).total()


def _products(a: Terms, b: Terms) -> list[Term]:
    return [t_.product(x, y) for x in a for y in b]


def _times(terms: Terms, factor: Any) -> list[Term]:
    if isinstance(factor, PhaseScalar):
        return _products(terms, factor.terms)
    if isinstance(factor, InverseLength):
        return [replace(term, over=term.over + factor.power) for term in terms]
    value = factor if isinstance(factor, Polynomial) else scalar_value(factor, "a factor")
    return [replace(term, factor=term.factor * value) for term in terms] if value else []


def _apply(parameter: Any, term: Term) -> Term | None:
    if isinstance(parameter, Parameter):
        if isinstance(parameter, ScalarMatrix):
            value = scalar_value(parameter.value, "the factor of an identity")
            return replace(term, factor=term.factor * value) if value else None
        if isinstance(parameter, DiagonalMatrix):
            return replace(term, entries=(*term.entries, t_.Entry(parameter, (0,))))
        if isinstance(parameter, FullMatrix | ExchangeableMatrix):
            return t_.applied(parameter, term)
    elif parameter == 0:
        return None
    raise InputError(
        f"{parameter!r} is not a parameter of a causal model; use ScalarMatrix, DiagonalMatrix, FullMatrix, "
        "ExchangeableMatrix or 0"
    )


class InverseLength:
    """1/n^power with n = t − 1, as a factor."""

    __slots__ = ("power",)

    def __init__(self, power: int = 1):
        self.power = power

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, InverseLength):
            return InverseLength(self.power + other.power)
        return NotImplemented


def data_vector(time: Affine, degree: int = 1) -> PhaseVector:
    """x_τ, zero for τ < 1; its entrywise inverse for degree −1."""
    phase = time.shift(-1)
    x = t_.Data(phase.times(degree), degree)
    # At the free time only lags can lead below 1; t ≥ 2 is understood.
    always = time.terms == ((FREE, 1),) and time.constant >= -1
    region = () if always else (phase,)
    return PhaseVector([[Term(Polynomial.constant(1), (x,), region=region, vector=True)]])
