"""Dimensions that are at least some formula in others: n > d + 1."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sympy

from symicl.algebra import ClosedForm, meaning_of, scalar_letter


@dataclass(frozen=True)
class Bound:
    """n ≥ least.

    Attributes
    ----------
    symbol : SymPy symbol
        n
    value : ClosedForm
        n
    least : ClosedForm
    """

    symbol: sympy.Symbol
    value: ClosedForm
    least: ClosedForm

    @property
    def letters(self) -> set[Any]:
        """The symbols in what it is at least."""
        return {meaning_of(a) for a in self.least.letters()}

    @property
    def excess(self) -> sympy.Symbol:
        """The whole number n − least + 1, which is at least 1."""
        return sympy.Symbol(f"excess_{self.symbol}", positive=True, integer=True)

    def put(self, form: ClosedForm) -> ClosedForm:
        """A form in the excess in the place of n."""
        a = scalar_letter(self.symbol)
        if a not in form.letters():
            return form
        return form.substitute({a: self.least + ClosedForm.of(scalar_letter(self.excess)) - 1})


def in_order(bounds: Iterable[Bound]) -> list[Bound]:
    """Each behind those of the dimensions in it; no two depend on one another."""
    left, ordered = list(bounds), []
    while left:
        waiting = {bound.symbol for bound in left}
        ready = [bound for bound in left if not bound.letters & waiting] or left
        ordered += ready
        left = [bound for bound in left if bound not in ready]
    return ordered


def in_excess(form: ClosedForm, bounds: Iterable[Bound]) -> ClosedForm:
    """A form in which each bounded dimension is its bound and an excess."""
    for bound in reversed(in_order(bounds)):
        form = bound.put(form)
    return form
