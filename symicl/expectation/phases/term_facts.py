"""Facts that the terms of a prediction or of a loss show before any average over x_1: evidence for a checker."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from symicl.expectation.phases import terms as t_
from symicl.expectation.phases.entry_sums import Factors
from symicl.expectation.phases.expressions import PhaseVector
from symicl.expectation.phases.in_time import InTime
from symicl.expectation.phases.parameters import Named
from symicl.expectation.phases.phase_expectation import PhaseExpectation
from symicl.expectation.phases.sequence import charges
from symicl.expectation.phases.terms import Term
from symicl.verdicts import Evidence

Charge = tuple[int, int]
"""(a, b) for the charge a t + b."""

Products = frozenset[tuple[str, ...]]
"""Products of matrices, each by the sorted names."""


@dataclass(frozen=True, eq=False)
class ByCharge(Evidence):
    """That the terms of a vector have these charges, and for each of them these products of matrices, and no others.

    Attributes
    ----------
    vector : PhaseVector
    products : mapping from charges (a, b) to products of matrices
        As claimed.
    """

    vector: PhaseVector
    products: Mapping[Charge, Products]

    @property
    def holds(self) -> bool:
        return products_by_charge(self.vector) == dict(self.products)

    @property
    def terms(self) -> tuple[Term, ...]:
        """The terms of the sum of all coordinates, which has the same charges and products."""
        found = []
        for block in self.vector.blocks:
            for term in block:
                names = {v: k + 1 for k, v in enumerate(sorted(term.bound))}
                found.append(t_.renamed(t_.summed(term), names))
        return tuple(found)


def products_by_charge(vector: PhaseVector) -> dict[Charge, Products]:
    """For each charge the products of matrices in the terms that have it.

    Returns
    -------
    dict
        From (a, b) to a set of products, for the terms that are multiplied by z^{a t + b} when all phases are by z.
    """
    return {
        charge: frozenset(
            tuple(sorted(e.parameter.name for e in term.entries if isinstance(e.parameter, Named)))
            for block in part.blocks
            for term in block
        )
        for charge, part in charges(vector).items()
    }


@dataclass(frozen=True, eq=False)
class Places(Evidence):
    """At which powers of t − 1 and at which single times averages over phases do not vanish, taken together.

    Attributes
    ----------
    averages : tuple of InTime
    times : frozenset of int
        As claimed; there equations between times have other solutions than in general.
    powers : frozenset of int, optional
        As claimed; None where nothing is said of them.
    """

    averages: tuple[InTime, ...]
    times: frozenset[int] = frozenset()
    powers: frozenset[int] | None = None

    @property
    def holds(self) -> bool:
        times = {t for found in self.averages for t in found.exceptions}
        powers = {m for found in self.averages for m in found.powers}
        return times == self.times and self.powers in (None, powers)


@dataclass(frozen=True, eq=False)
class EvenColumns(Evidence):
    """That in each term of an average each coordinate is a column of matrices an even number of times.

    For every way in which coordinates coincide and the average over the phases does not vanish, whatever the law of
    x_1 is; and that each matrix occurs as often as each other one.

    Attributes
    ----------
    expectation : PhaseExpectation
        Over full matrices.
    """

    expectation: PhaseExpectation

    @property
    def holds(self) -> bool:
        return all(_is_even(pattern.factors) for pattern in self.expectation.patterns)


def _is_even(factors: Factors) -> bool:
    columns = Counter(f.nodes[1][0] for f in factors)
    names = Counter(f.name for f in factors)
    return all(k % 2 == 0 for k in columns.values()) and len(set(names.values())) <= 1
