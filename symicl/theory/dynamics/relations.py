"""Linear relations between functions of what moves, with coefficients that do not."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from symicl.algebra import (
    PARTNER,
    ClosedForm,
    Monomial,
    Number,
    Word,
    from_monomials,
    kernel,
    monomials_of,
    terms_of,
)
from symicl.errors import UnsupportedError

Place = tuple[int, Monomial, Word]
"""A part of a column, and a function of what moves in it."""
Terms = dict[Monomial, Number]
"""The factor of a function, by products of words that do not move."""


def relations(columns: Sequence[Sequence[ClosedForm]], moving: Collection[int]) -> list[list[ClosedForm]]:
    """A basis of the coefficients c with Σ c_k (column k) = 0, identically in the moving letters.

    Parameters
    ----------
    columns : sequence of sequences of ClosedForm
        The functions; each may have several parts, such as the blocks of a matrix.
    moving : collection of int
        Letters; the coefficients are rational functions of the others.

    Raises
    ------
    UnsupportedError
        If a moving letter stands in a denominator.
    """
    letters = set(moving) | {PARTNER[a] for a in moving}
    rows: dict[Place, dict[int, Terms]] = {}
    below: dict[tuple[int, int], ClosedForm] = {}
    for k, column in enumerate(columns):
        for i, form in enumerate(column):
            num, below[k, i] = form.fraction()
            if not below[k, i].letters().isdisjoint(letters):
                raise UnsupportedError("what moves stands in a denominator; multiply by it")
            for (monomial, word), c in terms_of(num).items():
                function = tuple(w for w in monomial if not letters.isdisjoint(w))
                rest = tuple(w for w in monomial if letters.isdisjoint(w))
                rows.setdefault((i, function, word), {}).setdefault(k, {})[rest] = c
    # Most equations say the same as another one.
    distinct = {
        (place[0], *((k, frozenset(terms.items())) for k, terms in sorted(row.items()))): (place[0], row)
        for place, row in rows.items()
    }
    zero = ClosedForm.number(0)
    equations = [
        [from_monomials(row[k]) / below[k, i] if k in row else zero for k in range(len(columns))]
        for i, row in distinct.values()
    ]
    return kernel(equations, len(columns))


def common_multiple(coefficients: Sequence[ClosedForm]) -> list[ClosedForm]:
    """The same relation without denominators, and with a positive first coefficient where that is a number."""
    scale = ClosedForm.number(1)
    for c in coefficients:
        _, den = (c * scale).fraction()
        scale = scale * den
        part = monomials_of((c * scale).fraction()[0])
        for number in part.values():
            scale = scale * getattr(number, "denominator", 1)
    found = [c * scale for c in coefficients]
    first = monomials_of(next(c for c in found if c))
    return [-c for c in found] if next(iter(first.values())) < 0 else found
