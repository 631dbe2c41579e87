"""Symbols of entries of matrices at coordinates that are named by letters, such as A_jk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sympy

from symicl.algebra import MEANING, ClosedForm, read_form, scalar

_ENTRIES: dict[sympy.Basic, tuple[str, ...]] = {}


def entry_symbol(name: str, *indices: str) -> sympy.Symbol:
    """The entry of a matrix, or of a vector, at coordinates.

    Parameters
    ----------
    name : str
        Of the matrix.
    *indices : str
        One letter for each coordinate; "~i" is the partner of i, where coordinates come in pairs.
    """
    symbol = scalar(
        f"{name}_{''.join(indices)}" if "~" not in "".join(indices) else _with_partners(name, indices)
    )
    _ENTRIES[symbol] = (name, *indices)
    return symbol


def _with_partners(name: str, indices: Iterable[str]) -> str:
    """A name in LaTeX."""
    accents = {"i": r"\imath", "j": r"\jmath"}
    # A command ends before the next letter.
    at = (rf"\bar{accents.get(i[1:], i[1:])} " if i.startswith("~") else i for i in indices)
    return f"{name}_{{{''.join(at).rstrip()}}}"


def indices_in(form: ClosedForm) -> frozenset[str]:
    """The coordinates at which entries occur in a form."""
    return frozenset(index for _, *indices in _entries(form).values() for index in indices)


def at_coordinates(form: ClosedForm, to: Mapping[str, str]) -> ClosedForm:
    """A form with other letters for its coordinates."""
    table = {
        a: read_form(entry_symbol(name, *[to.get(i, i) for i in indices]))
        for a, (name, *indices) in _entries(form).items()
    }
    return form.substitute(table) if table else form


def _entries(form: ClosedForm) -> dict[int, tuple[str, ...]]:
    meanings: Iterable[tuple[int, object]] = ((a, MEANING[a]) for a in form.letters())
    return {a: _ENTRIES[m] for a, m in meanings if isinstance(m, sympy.Symbol) and m in _ENTRIES}
