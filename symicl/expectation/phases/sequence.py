"""The symbolic sequence x_1, …, x_t that a causal model sees."""

from __future__ import annotations

from typing import Any

from symicl.algebra import Polynomial
from symicl.expectation.phases import terms as t_
from symicl.expectation.phases.affine import FREE, Affine, fresh_time, time
from symicl.expectation.phases.expressions import InverseLength, PhaseScalar, PhaseVector, data_vector, inner
from symicl.expectation.phases.parameters import PositionalWeights


class SymbolicSlot:
    """A time of the sequence: the free time t, or one that is to be summed over."""

    def __init__(self, variable: int, first: int = 1, last: int = 0):
        self.variable, self.first, self.last = variable, first, last

    def x(self, lag: int = 0) -> PhaseVector:
        """x_{τ − lag}; zero before the first time."""
        return data_vector(time(self.variable, lag))

    def positional(self, weights: PositionalWeights, row_lag: int = 0) -> PhaseScalar:
        """The positional weight of this time."""
        at = t_.Position(weights, time(self.variable))
        return PhaseScalar([t_.Term(Polynomial.constant(1), positions=(at,))])

    @property
    def bounds(self) -> tuple[Affine, ...]:
        """first ≤ τ ≤ t − last."""
        at = time(self.variable)
        return at.shift(-self.first), time(FREE, self.last).plus(at.times(-1))


class SymbolicSequence:
    """x_1, …, x_t with x_{τ,i} = λ_i^{τ−1} x_{1,i} and a free time t ≥ 2.

    Has the operations of `symicl.tasks.arrays.ArraySequence`.
    """

    inverse_length = InverseLength()
    """1/(t − 1)."""

    @property
    def now(self) -> SymbolicSlot:
        """The time t of the query."""
        return SymbolicSlot(FREE)

    def context(self, first: int = 1, last: int = 0) -> SymbolicSlot:
        """A time of the context, which runs from ``first`` to t − ``last`` once it is summed over."""
        return SymbolicSlot(fresh_time(), first, last)

    def stack(self, blocks: list[PhaseVector | None]) -> PhaseVector:
        """Vectors of size d on top of each other; None is a zero."""
        return PhaseVector([block.terms if block is not None else () for block in blocks])

    def sum(self, value: Any, over: SymbolicSlot) -> Any:
        """Σ over a time of the context."""
        if isinstance(value, PhaseScalar):
            return PhaseScalar([t_.over_time(x, over.variable, over.bounds) for x in value.terms])
        blocks = [[t_.over_time(x, over.variable, over.bounds) for x in block] for block in value.blocks]
        return PhaseVector(blocks)

    def attend(
        self, values: PhaseVector, keys: PhaseVector, query: PhaseVector, over: SymbolicSlot
    ) -> PhaseVector:
        """Σ over a time of the context of values · ⟨keys, query⟩."""
        return self.sum(values * inner(keys, query), over)

    def target(self) -> PhaseVector:
        """x_{t+1}."""
        return data_vector(time(FREE, -1))

    def over_target(self) -> PhaseVector:
        """1/x_{t+1}, entrywise."""
        return data_vector(time(FREE, -1), -1)


def charges(vector: PhaseVector) -> dict[tuple[int, int], PhaseVector]:
    """A prediction by its charge: how each part changes when all phases are multiplied by one z, |z| = 1.

    Returns
    -------
    dict
        From (a, b) to the part that is multiplied by z^{a t + b}.
    """
    parts: dict[tuple[int, int], list[list[t_.Term]]] = {}
    for k, block in enumerate(vector.blocks):
        for term in block:
            total = Affine()
            for x in term.data:
                total = total.plus(x.exponent)
            key = total.coefficient(FREE), total.constant
            if total.variables():
                raise ValueError("a term has no single charge, because it depends on a summed time")
            parts.setdefault(key, [[] for _ in vector.blocks])[k].append(term)
    return {key: PhaseVector(blocks) for key, blocks in sorted(parts.items(), reverse=True)}
