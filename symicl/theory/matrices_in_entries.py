"""Losses of sequences over two matrices of weights as polynomials in the entries of these, at numbers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from typing import Any

import sympy

from symicl.algebra import MEANING, ClosedForm, closed_form, monomials_of, scalar_letter
from symicl.errors import UnsupportedError
from symicl.expectation import EntrySum

Key = tuple[tuple[int, ...], tuple[int, ...]]
EntryPolynomial = dict[Key, Fraction]
"""From the numbers of the entries of the one and of the other matrix in a monomial, row by row, to its coefficient."""


def loss_at_numbers(loss: ClosedForm, values: Mapping[sympy.Basic, Any]) -> ClosedForm:
    """A loss in sums of entries, with numbers for the symbols of the task.

    Raises
    ------
    UnsupportedError
        If a number is not rational.
    """
    numbers: dict[int, ClosedForm] = {}
    for x, value in values.items():
        if not isinstance(value, sympy.Rational):
            raise UnsupportedError(f"{x} = {value} is no rational number")
        numbers[scalar_letter(x)] = closed_form(Fraction(int(value.p), int(value.q)))
    return closed_form(loss.substitute(dict(numbers)))


def loss_in_entries(loss: ClosedForm, names: tuple[str, str], size: int) -> EntryPolynomial:
    """A loss at numbers, in sums of entries of two matrices of this size, as a polynomial in the entries.

    Raises
    ------
    UnsupportedError
        If it is no polynomial with rational coefficients in such sums.
    """
    found: defaultdict[Key, Fraction] = defaultdict(Fraction)
    for monomial, coefficient in monomials_of(loss).items():
        part: EntryPolynomial = {((), ()): Fraction(str(coefficient))}
        for word in monomial:
            part = _times(part, entries_of(MEANING[word[0]], names, size))
        for key, c in part.items():
            found[key] += c
    return {key: c for key, c in found.items() if c}


def _times(left: EntryPolynomial, right: Mapping[Key, int]) -> EntryPolynomial:
    """The product of two polynomials in entries."""
    found: defaultdict[Key, Fraction] = defaultdict(Fraction)
    for (b, a), x in left.items():
        for (more_b, more_a), y in right.items():
            found[tuple(sorted(b + more_b)), tuple(sorted(a + more_a))] += x * y
    return dict(found)


def entries_of(sums: Any, names: tuple[str, str], size: int) -> Counter[Key]:
    """A sum over all coordinates, or over different ones, written out.

    Raises
    ------
    UnsupportedError
        If it is none, or of another matrix.
    """
    if not isinstance(sums, EntrySum) or not {f.name for f in sums.factors} <= set(names):
        raise UnsupportedError(f"{sums} is no sum of entries of {' and '.join(names)}")
    blocks, found = sorted({b for f in sums.factors for b, _ in f.nodes}), Counter[Key]()
    for chosen in product(range(size), repeat=len(blocks)):
        if sums.distinct and len(set(chosen)) < len(chosen):
            continue
        at = dict(zip(blocks, chosen, strict=True))
        entries: dict[str, list[int]] = {name: [] for name in names}
        for f in sums.factors:
            (row, _), (column, _) = f.nodes
            entries[f.name].append(at[row] * size + at[column])
        first, second = (tuple(sorted(entries[name])) for name in names)
        found[first, second] += 1
    return found
