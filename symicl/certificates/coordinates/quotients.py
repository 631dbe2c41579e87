"""Quotients by a number or by a monomial, which an instance may not determine."""

from __future__ import annotations

from fractions import Fraction

from symicl.certificates.coordinates import matrices
from symicl.certificates.coordinates.duals import Dual
from symicl.certificates.coordinates.entries import BITS, MASK, Entry, Number, entry, reduced
from symicl.certificates.coordinates.matrices import Matrix


class Undetermined(Exception):
    """A value that this instance does not determine, such as a limit at infinity."""


def divided(value: Matrix, by: Entry | Dual | Number) -> Matrix:
    """A matrix over a number, or over a monomial that divides all its entries.

    Raises
    ------
    Undetermined
        If it divides by zero, or leaves the polynomials.
    """
    if isinstance(by, Entry):
        terms = by.coefficients()
        if len(terms) != 1:
            raise Undetermined("it divides by zero, or by something random")
        ((shift, by),) = terms.items()
        value = matrices.mapped(value, lambda x: _shifted(x, shift))
    if isinstance(by, Dual):
        if not by.value:
            raise Undetermined("it divides by zero")
        return matrices.scaled(value, by.reciprocal())
    if not by:
        raise Undetermined("it divides by zero")
    inverse = reduced(1 / Fraction(by))
    return matrices.mapped(value, lambda x: x * inverse)


def _shifted(value: Entry | Number, shift: int) -> Entry | Number:
    """A polynomial over a monomial."""
    if not shift:
        return value
    value = entry(value)
    found = {}
    for m, c in value.terms.items():
        if c:
            rest = shift
            position = 0
            while rest >> position:
                if (m >> position) & MASK < (rest >> position) & MASK:
                    raise Undetermined("it divides by something random")
                position += BITS
            found[m - shift] = c
    return Entry(found, value.denominator)
