"""Sums over coordinates of squares of forms in entries, and of products of two such forms.

A form is a combination of products of entries, such as p C_ij − Π_ij Π_jj, with scalars for coefficients.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any, TypeAlias

from symicl.algebra import ONE, ClosedForm, closed_form, letter, read_form
from symicl.errors import DerivationError
from symicl.expectation import Factor, Gaussian, unrestricted
from symicl.theory.bounds.entries import at_coordinates, entry_symbol
from symicl.theory.bounds.nonnegative import Nonnegative
from symicl.theory.bounds.reasons import Reason
from symicl.theory.quadratic.squares import gaussian, mean_square

EntryForm: TypeAlias = Sequence[tuple[Any, Sequence[tuple]]]
"""Terms of a form: a coefficient, and entries (name, index) or (name, row, column).

"~i" is the partner of the coordinate "i". Indices over which no sum runs outside are summed within the form.
"""


def entry_products(
    left: EntryForm, right: EntryForm, over: str, d: Any, *, distinct: bool = False, paired: bool = False
) -> ClosedForm:
    """Σ over coordinates of the product of two forms, in sums over all coordinates of products of entries.

    Parameters
    ----------
    left, right : sequence of (coefficient, entries)
    over : str
        The indices that are summed outside of the product, one letter each.
    d : SymPy expression
        The number of coordinates.
    distinct : bool
        The outer coordinates are all different; for paired ones, from different pairs.
    paired : bool
        Whether coordinates come in pairs.

    Raises
    ------
    DerivationError
        If one of several different coordinates occurs in no entry.
    """
    total = closed_form(0)
    for one, first in left:
        for other, second in right:
            blocks: dict[tuple[int, str], int] = {(0, name): k for k, name in enumerate(over)}
            factors = [_factor(entry, over, 1, blocks) for entry in first]
            factors += [_factor(entry, over, 2, blocks) for entry in second]
            used, outer = {b for f in factors for b, _ in f.nodes}, set(range(len(over)))
            missing = len(outer - used)
            if distinct and missing:
                raise DerivationError("each product in a square has all coordinates that are to be different")
            free = used - outer if distinct else used
            value = closed_form(unrestricted(tuple(factors), paired, frozenset(free)))
            total = total + value * read_form(d) ** missing * one * other
    return total


def entry_squares(
    form: EntryForm, over: str, d: Any, *, distinct: bool = False, paired: bool = False
) -> Nonnegative:
    """Σ over coordinates of the square of a form with real coefficients and entries.

    Parameters
    ----------
    form, over, d, distinct, paired
        As for `entry_products`.
    """
    return Nonnegative(((EntrySquares(form, over, d, distinct, paired),),))


class EntrySquares(Reason):
    """See `entry_squares`.

    Attributes
    ----------
    root : tuple of (ClosedForm, entries)
        What is squared.
    over : str
    """

    why = "a sum over coordinates of squares"

    def __init__(self, root: EntryForm, over: str, d: Any, distinct: bool, paired: bool):
        self.root = tuple((closed_form(c), tuple(entries)) for c, entries in root)
        self.over, self.d, self.distinct, self.paired = over, d, distinct, paired
        self.form = entry_products(self.root, self.root, over, d, distinct=distinct, paired=paired)
        self.squared, inner = (None, ()) if paired else self._summand()
        self.is_definite = self.squared is not None and not inner

    def _summand(self) -> tuple[ClosedForm, set[str]]:
        """That which is squared, in symbols of entries, and the indices over which it is summed within the square.

        It is the summand of these sums; a term without one of these indices is one of d that are equal.
        """
        used = [{index for _, *indices in entries for index in indices} for _, entries in self.root]
        inner = set().union(*used) - set(self.over)
        total = closed_form(0)
        for (c, entries), own in zip(self.root, used, strict=True):
            term = c / read_form(self.d) ** len(inner - own)
            for name, *indices in entries:
                term = term * read_form(entry_symbol(name, *indices))
            total = total + term
        return total, inner

    def everywhere(self) -> list[ClosedForm]:
        """That which is squared, for coordinates that are all different, and where some are the same."""
        if self.squared is None:
            return []
        if self.distinct:
            return [self.squared]
        maps = product(self.over, repeat=len(self.over))
        return [at_coordinates(self.squared, dict(zip(self.over, to, strict=True))) for to in maps]

    def mean_square(self) -> tuple[str, ClosedForm, ClosedForm | None]:
        """Of the summand at one choice of coordinates, with a letter for each product of entries."""
        value = closed_form(0)
        for c, entries in self.root:
            term = c
            for entry in entries:
                term = term * ClosedForm.of(letter(("entry", *entry), ONE, ONE))
            value = value + term
        whole, _ = value.fraction()
        sign: Gaussian = gaussian(ONE, role="sign of a summand")
        mean = mean_square(whole * ClosedForm.of(sign.letter), [sign])
        return f"{self.why}: the summand, without its denominator", whole * whole, mean

    def at(self, values: dict[int, ClosedForm]) -> Reason:
        root = [(c.substitute(values), entries) for c, entries in self.root]
        return EntrySquares(root, self.over, self.d, self.distinct, self.paired)


def _factor(entry: tuple, over: str, copy: int, blocks: dict[tuple[int, str], int]) -> Factor:
    """An entry with its indices as numbers; those that are summed within a form differ between its two copies."""
    name, *indices = entry
    nodes = []
    for index in indices:
        plain = index.removeprefix("~")
        key = (0 if plain in over else copy, plain)
        nodes.append((blocks.setdefault(key, len(blocks)), -1 if index.startswith("~") else 1))
    return Factor(name, False, tuple(nodes))
