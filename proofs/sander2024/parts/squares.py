"""Sums of squares of linear forms in entries, as polynomials in sums over coordinates."""

from collections.abc import Sequence

from symicl.algebra import ClosedForm, closed_form, read_form
from symicl.expectation import Factor, unrestricted

Form = Sequence[tuple[ClosedForm | int, Sequence[tuple]]]
"""Terms of a linear form: a coefficient and a product of entries (name, index) or (name, row, column)."""


def square_sum(form: Form, over: str, d, *, distinct: bool = False, paired: bool = False) -> ClosedForm:
    """Σ over coordinates of the square of a form.

    Parameters
    ----------
    form : sequence of (coefficient, entries)
        "~i" is the partner of the coordinate "i"; indices that are not in ``over`` are summed within the form.
    over : str
        The indices that are summed outside of the square, one letter each.
    d : SymPy expression
        The number of coordinates.
    distinct : bool
        The outer coordinates are all different; for paired ones, from different pairs.
    paired : bool
        Whether coordinates come in pairs.
    """
    total = closed_form(0)
    for one, left in form:
        for other, right in form:
            blocks: dict[tuple[int, str], int] = {(0, name): k for k, name in enumerate(over)}
            factors = [_factor(entry, over, 1, blocks) for entry in left]
            factors += [_factor(entry, over, 2, blocks) for entry in right]
            used = {b for f in factors for b, _ in f.nodes}
            free = used if not distinct else used - set(range(len(over)))
            value = closed_form(unrestricted(tuple(factors), paired, frozenset(free))) * one * other
            for _ in range(len(over) - len(used & set(range(len(over))))):
                assert not distinct
                value = value * read_form(d)
            total = total + value
    return total


def _factor(entry: tuple, over: str, copy: int, blocks: dict[tuple[int, str], int]) -> Factor:
    """An entry with its indices as numbers; those that are summed within a form differ between its two copies."""
    name, *indices = entry
    nodes = []
    for index in indices:
        plain = index.removeprefix("~")
        key = (0 if plain in over else copy, plain)
        nodes.append((blocks.setdefault(key, len(blocks)), -1 if index.startswith("~") else 1))
    return Factor(name, False, tuple(nodes))
