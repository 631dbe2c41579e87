"""Dimensions that are at least some formula in others: n > d + 1."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sympy

from symicl.algebra import ClosedForm, Structured, meaning_of, scalar_letter
from symicl.numeric import AtNumbers, exists, small_instances, sympy_rational
from symicl.tasks import Values

if TYPE_CHECKING:
    from symicl.language.scope import Scope


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


def instances(symbols: Iterable[Any], scope: Scope, *, extreme: bool = False) -> Iterator[Values]:
    """Small instances at which the bounds hold: n is what it is at least, and more by what it would be otherwise.

    Matrices that are declared with an equation exist there, also those without a value: a projector of rank r on d
    coordinates says that r ≤ d.
    """
    wanted = set(symbols)
    used: list[Bound] = []
    for bound in reversed(in_order(scope.bounds)):
        if bound.symbol in wanted:
            wanted |= bound.letters
            used.insert(0, bound)
    declared = [m for m in scope.symbols().values() if isinstance(m, Structured) and _sizes(m) <= wanted]
    for values in small_instances(wanted, extreme=extreme):
        for bound in used:
            least = AtNumbers(values).of(bound.least)
            values = {**values, bound.symbol: values[bound.symbol] + sympy_rational(least) - 1}
        if all(exists(matrix, values) for matrix in declared):
            yield values


def _sizes(matrix: Structured) -> set[sympy.Symbol]:
    """All that decides if there is such a matrix."""
    return matrix.parameters | {size for size in matrix.shape if isinstance(size, sympy.Symbol)}
