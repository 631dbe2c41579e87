"""The orthogonal projector on the range of a matrix, entry by entry: what its relations make vanish, and its rank."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from symicl.algebra import ONE, ClosedForm, dimension, letter, read_form
from symicl.expectation import entry_sum
from symicl.theory.bounds.entry_squares import EntryForm, entry_products
from symicl.theory.bounds.nonnegative import Nonnegative
from symicl.theory.bounds.reasons import Reason
from symicl.theory.quadratic.squares import lagrange, mean_square

RANGE = (
    r"the orthogonal projector $\Pi$ on the range of a real matrix $C$ has $\Pi^{\top}\Pi=\Pi$, $\Pi^{\top}C=C$, "
    r"principal minors that are not negative, and $\operatorname{tr}\Pi=\operatorname{rank}C$ (Horn and Johnson, "
    "Matrix Analysis, chapters 0 and 7)"
)


@dataclass(frozen=True)
class Projector:
    """Π, the orthogonal projector on the range of a d × d matrix.

    Attributes
    ----------
    matrix : str
        The name of the matrix in entries.
    d : SymPy expression
    paired : bool
        Whether coordinates come in pairs.
    name : str
        That of Π.
    """

    matrix: str
    d: Any
    paired: bool = False
    name: str = "Pi"

    @property
    def rank(self) -> ClosedForm:
        """The trace of Π."""
        return read_form(entry_sum([(self.name, "i", "i")]))

    def idempotent(self, multiplier: EntryForm, row: str, column: str, over: str) -> Vanishing:
        """Σ over coordinates of a multiplier times an entry of ΠᵀΠ − Π."""
        return Vanishing(self, self.name, tuple(multiplier), row, column, over)

    def keeps(self, multiplier: EntryForm, row: str, column: str, over: str) -> Vanishing:
        """Σ over coordinates of a multiplier times an entry of ΠᵀC − C."""
        return Vanishing(self, self.matrix, tuple(multiplier), row, column, over)

    @property
    def minors(self) -> Nonnegative:
        """Σ over pairs of coordinates of tr G · det G for the 2 × 2 block G of Π that belongs to the pair."""
        return Nonnegative(((PairMinors(self),),))


@dataclass(frozen=True)
class Vanishing:
    """A sum over coordinates that is zero, as Π is the projector on the range; see `Projector`.

    Attributes
    ----------
    projector : Projector
    other : str
        The matrix that Πᵀ leaves unchanged.
    multiplier : tuple of (coefficient, entries)
    row, column : str
        Of the entry of Πᵀ·other − other.
    over : str
        The coordinates that are summed over.
    """

    projector: Projector
    other: str
    multiplier: EntryForm
    row: str
    column: str
    over: str

    @cached_property
    def form(self) -> ClosedForm:
        """The sum, in sums over coordinates of products of entries."""
        Pi, other, k = self.projector, self.other, "k"
        relation = [
            (1, [(Pi.name, k, self.row), (other, k, self.column)]),
            (-1, [(other, self.row, self.column)]),
        ]
        return entry_products(self.multiplier, relation, self.over, Pi.d, paired=Pi.paired)


class PairMinors(Reason):
    """See `Projector.minors`."""

    why = "the trace and the determinant of a principal submatrix of a projector"

    def __init__(self, projector: Projector):
        name, i, partner = projector.name, "i", "~i"
        trace: EntryForm = [(1, [(name, i, i)]), (1, [(name, partner, partner)])]
        det: EntryForm = [
            (1, [(name, i, i), (name, partner, partner)]),
            (-1, [(name, i, partner), (name, partner, i)]),
        ]
        self.projector = projector
        self.form = entry_products(trace, det, i, projector.d, paired=True) / 2

    def mean_square(self) -> tuple[str, ClosedForm, ClosedForm | None]:
        """‖u‖²‖v‖² − (uᵀv)² for two columns of Π; the trace is ‖u‖² + ‖v‖²."""
        size = dimension(self.projector.d)
        u, v = (ClosedForm.of(letter(("column of a projector", k), size, ONE)) for k in range(2))
        value = (u.T @ u).trace() * (v.T @ v).trace() - (u.T @ v).trace() ** 2
        return f"{self.why}: the determinant", value, mean_square(*lagrange(u, v))

    def at(self, values: dict[int, ClosedForm]) -> Reason:
        return self
