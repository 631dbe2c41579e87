"""Parameters of a causal model in symbols: matrices whose rows and columns are coordinates.

The kind says what is known of the entries. It decides how many coordinate indices a prediction has, and thus
how many set partitions there are to go through: a multiple of the identity adds none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any

import sympy

from symicl.algebra import (
    MEANING,
    MatrixPolynomial,
    Polynomial,
    check_name,
    read_scalar,
    scalar_letter,
    unheard,
)
from symicl.errors import InputError


def scalar_value(value: Any, where: str) -> Polynomial:
    """A SymPy scalar or an exact number as a polynomial."""
    if isinstance(value, int | Fraction) and not isinstance(value, bool):
        return Polynomial.constant(value)
    if not isinstance(value, sympy.Expr) or value.has(sympy.Float):
        raise InputError(f"{where} is {value}; give a symbol or an exact number")
    return read_scalar(value)


def conjugated(polynomial: Polynomial) -> Polynomial:
    """The complex conjugate: letters of symbols that are not real become letters of their conjugates."""
    table = {}
    for a in polynomial.letters():
        meaning: Any = MEANING[a]
        if not meaning.is_real:
            table[a] = MatrixPolynomial.of(scalar_letter(sympy.conjugate(meaning)))
    return polynomial.substitute(table) if table else polynomial


@dataclass(frozen=True)
class Parameter:
    """A d × d matrix of parameters."""

    @property
    def T(self) -> Parameter:
        """The transpose; by default the matrix is symmetric."""
        return self

    @property
    def mT(self) -> Parameter:
        """The transpose, under the name that arrays use."""
        return self.T

    def conj(self) -> Parameter:
        """The entrywise conjugate; by default the entries are real."""
        return self


@dataclass(frozen=True)
class ScalarMatrix(Parameter):
    """value · I.

    Attributes
    ----------
    value : SymPy scalar or exact number
        A symbol that is not declared real, such as ``sympy.Symbol("a")``, is complex.
    """

    value: Any

    def conj(self) -> ScalarMatrix:
        return ScalarMatrix(sympy.conjugate(self.value))


@dataclass(frozen=True)
class Named(Parameter):
    """A matrix whose entries stay as they are: they end up in sums over coordinates.

    Attributes
    ----------
    name : str
    is_complex : bool
        Keep the conjugates of the entries apart from the entries.
    """

    name: str
    is_complex: bool = False
    is_conjugate: bool = False

    def __post_init__(self) -> None:
        check_name(self.name)

    def conj(self) -> Named:
        return replace(self, is_conjugate=not self.is_conjugate) if self.is_complex else self


@dataclass(frozen=True)
class DiagonalMatrix(Named):
    """diag(p_1, …, p_d)."""


@dataclass(frozen=True)
class FullMatrix(Named):
    """Any matrix (P_ij)."""

    is_transpose: bool = False

    @property
    def T(self) -> FullMatrix:
        return replace(self, is_transpose=not self.is_transpose)


@dataclass(frozen=True)
class ExchangeableMatrix(Parameter):
    """A symmetric matrix that permutations of the coordinates (of the pairs, for paired phases) leave alone.

    Attributes
    ----------
    same, other : SymPy scalar or exact number
        The entries on the diagonal and off it.
    partner : SymPy scalar or exact number, optional
        The entries between paired coordinates; by default those off the diagonal.
    """

    same: Any
    other: Any
    partner: Any = None

    def conj(self) -> ExchangeableMatrix:
        partner = None if self.partner is None else sympy.conjugate(self.partner)
        return ExchangeableMatrix(sympy.conjugate(self.same), sympy.conjugate(self.other), partner)

    def entry(self, row: tuple[int, int], column: tuple[int, int]) -> Polynomial:
        """The entry between two coordinates, each given as (block of equal or paired ones, sign)."""
        return _entries(self)[0 if row == column else 1 if row[0] == column[0] else 2]


@lru_cache(maxsize=256)
@unheard
def _entries(matrix: ExchangeableMatrix) -> tuple[Polynomial, Polynomial, Polynomial]:
    """On the diagonal, between partners, elsewhere."""
    partner = matrix.other if matrix.partner is None else matrix.partner
    same, partner, other = (
        scalar_value(value, "an entry of a matrix") for value in (matrix.same, partner, matrix.other)
    )
    return same, partner, other


TIME = sympy.Symbol("T", integer=True, positive=True)


@dataclass(frozen=True)
class PositionalWeights:
    """Free real weights p_1, …, p_t of the positions, for a loss at a single time t.

    Attributes
    ----------
    name : str
    t : SymPy symbol
        How the time is called in the names of the weights.
    separate : int
        This many of the last weights, p_t, p_{t−1}, …, are named; the sums run over the positions before them.
    """

    name: str = "p"
    t: sympy.Symbol = TIME
    separate: int = 2

    def last(self, back: int = 0) -> sympy.Symbol:
        """p_{t − back}."""
        return sympy.Symbol(f"{self.name}_{{{self.t}{f'-{back}' if back else ''}}}", real=True)

    def first(self, position: int) -> sympy.Symbol:
        """p at a fixed position."""
        return sympy.Symbol(f"{self.name}_{{{position}}}", real=True)

    def values(self, weights: Sequence[Any]) -> dict[sympy.Symbol, Any]:
        """The numbers of these symbols for weights p_1, …, p_t."""
        before = weights[: max(0, len(weights) - self.separate)]
        found = {self.last(back): weights[-1 - back] for back in range(min(self.separate, len(weights)))}
        found |= {self.first(k): weight for k, weight in enumerate(weights, 1)}
        return found | {self.earlier(power): sum(x**power for x in before) for power in range(1, 5)}

    def earlier(self, power: int = 1) -> sympy.Symbol:
        """Σ_{s ≤ t − separate} p_s^power."""
        name = f"S_{{{self.name}^{power}}}" if power > 1 else f"S_{{{self.name}}}"
        return sympy.Symbol(name, nonnegative=True) if power % 2 == 0 else sympy.Symbol(name, real=True)
