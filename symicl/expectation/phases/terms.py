"""One term of a prediction: a product of entries of parameters and of the data.

x_{τ,i} = λ_i^{τ−1} x_{1,i}, so a product of data is, per coordinate index, a power of λ with an affine
exponent and a power of x_1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from symicl.algebra import ClosedForm, Polynomial, closed_form
from symicl.expectation.integrand import polynomial_of
from symicl.expectation.phases.affine import Affine, fresh_time
from symicl.expectation.phases.parameters import (
    ExchangeableMatrix,
    FullMatrix,
    Named,
    PositionalWeights,
    conjugated,
)


class Entry(NamedTuple):
    """An entry of a parameter at one (diagonal) or two coordinate indices."""

    parameter: Named | ExchangeableMatrix
    indices: tuple[int, ...]


class Position(NamedTuple):
    """A positional weight at a time."""

    weights: PositionalWeights
    time: Affine


class Data(NamedTuple):
    """λ_i^exponent x_{1,i}^degree at one coordinate index."""

    exponent: Affine
    degree: int


@dataclass(frozen=True)
class Term:
    """factor · n^{−over} · Π entries · Π positions · Π_i λ_i^{e_i} x_{1,i}^{k_i}, summed over times and indices.

    Attributes
    ----------
    factor : Polynomial
        A scalar.
    data : tuple of Data
        One for each coordinate index 0, 1, ….
    entries : tuple of Entry
    positions : tuple of Position
    region : tuple of Affine
        Forms that are ≥ 0 where the term exists: bounds of the summed times, and τ ≥ 1 for every x_τ.
    bound : frozenset of int
        The summed times. Those that occur and are not among them are still open.
    vector : bool
        Whether index 0 is open, so that the term is a vector; all other indices are summed from 1 to d.
    over : int
        The power of 1/n, n = t − 1.
    """

    factor: Polynomial
    data: tuple[Data, ...] = ()
    entries: tuple[Entry, ...] = ()
    positions: tuple[Position, ...] = ()
    region: tuple[Affine, ...] = ()
    bound: frozenset[int] = frozenset()
    vector: bool = False
    over: int = 0


def conjugate(term: Term) -> Term:
    """The complex conjugate."""
    return replace(
        term,
        factor=conjugated(term.factor),
        data=tuple([Data(x.exponent.times(-1), x.degree) for x in term.data]),
        entries=tuple([Entry(e.parameter.conj(), e.indices) for e in term.entries]),
    )


def product(a: Term, b: Term) -> Term:
    """The product of two terms; if both are vectors, it is the entrywise one."""
    b = _apart(b, a.bound)
    # The indices of b come after those of a, except an open one that both share or that stays index 0.
    shared = a.vector and b.vector
    if b.vector and not a.vector:
        a, b = b, a
    offset = len(a.data)
    names = {}
    for i in range(len(b.data)):
        names[i] = 0 if shared and i == 0 else offset + i - shared
    data = list(a.data)
    if shared:
        data[0] = Data(data[0].exponent.plus(b.data[0].exponent), data[0].degree + b.data[0].degree)
    data += b.data[1:] if shared else b.data
    entries = tuple([Entry(e.parameter, tuple([names[i] for i in e.indices])) for e in b.entries])
    return Term(
        a.factor * b.factor,
        tuple(data),
        a.entries + entries,
        a.positions + b.positions,
        _unique(a.region + b.region),
        a.bound | b.bound,
        a.vector,
        a.over + b.over,
    )


def _apart(term: Term, taken: frozenset[int]) -> Term:
    """The term with new names for those of its summed times that are taken."""
    names = {v: fresh_time() for v in term.bound & taken}
    return renamed(term, names) if names else term


def renamed(term: Term, names: Mapping[int, int]) -> Term:
    """The term with other names for its times."""
    return replace(
        term,
        data=tuple([Data(x.exponent.renamed(names), x.degree) for x in term.data]),
        positions=tuple([Position(p.weights, p.time.renamed(names)) for p in term.positions]),
        region=tuple([form.renamed(names) for form in term.region]),
        bound=frozenset(names.get(v, v) for v in term.bound),
    )


def _unique(region: tuple[Affine, ...]) -> tuple[Affine, ...]:
    return tuple(dict.fromkeys(region))


def summed(term: Term) -> Term:
    """Sum a vector over its open index."""
    return replace(term, vector=False)


def applied(matrix: FullMatrix | ExchangeableMatrix, term: Term) -> Term:
    """A matrix times a vector: a new open index 0, the old one is summed."""
    entries = [Entry(e.parameter, tuple([i + 1 for i in e.indices])) for e in term.entries]
    if isinstance(matrix, FullMatrix) and matrix.is_transpose:
        entries.append(Entry(matrix.T, (1, 0)))
    else:
        entries.append(Entry(matrix, (0, 1)))
    return replace(term, data=(Data(Affine(), 0), *term.data), entries=tuple(entries))


def over_time(term: Term, variable: int, bounds: tuple[Affine, ...]) -> Term:
    """Sum over an open time within bounds.

    The summed time gets a name of its own, so that the open one can be used again.
    """
    names = {variable: fresh_time()}
    closed = renamed(replace(term, region=_unique(term.region + bounds)), names)
    return replace(closed, bound=closed.bound | {names[variable]})


def rescaled(term: Term, change: Callable[[ClosedForm], ClosedForm]) -> Term:
    """The term with another factor in front, made from the one that it has."""
    return replace(term, factor=polynomial_of(change(closed_form(term.factor))))
