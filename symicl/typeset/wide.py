"""Fractions that are wider than a line: their numerator and denominator are broken before a sign."""

from __future__ import annotations

from collections.abc import Callable

WIDEST = 85
"""Rough number of visible characters that fit on a line."""

_FRACTION = "\\frac{"


def narrowed(term: str, width: Callable[[str], int]) -> str:
    """A term whose first fraction is broken where it is too wide; any other term as it is.

    Parameters
    ----------
    term : str
        LaTeX.
    width : callable
        Roughly how many characters a piece of LaTeX takes.
    """
    start = term.find(_FRACTION)
    if start < 0:
        return term
    top, middle = _group(term, start + len(_FRACTION) - 1)
    bottom, end = _group(term, middle)
    if max(width(top), width(bottom)) <= WIDEST:
        return term
    return rf"{term[:start]}\frac{{{_rows(top, width)}}}{{{_rows(bottom, width)}}}{term[end:]}"


def _group(text: str, start: int) -> tuple[str, int]:
    """What stands between the brace at ``start`` and its partner, and the place behind it."""
    depth = 0
    for i in range(start, len(text)):
        depth += (text[i] == "{") - (text[i] == "}")
        if depth == 0:
            return text[start + 1 : i], i + 1
    return text[start + 1 :], len(text)


def _rows(text: str, width: Callable[[str], int]) -> str:
    """A sum in rows; one that fits, or has no sign to break at, as it is."""
    if width(text) <= WIDEST:
        return text
    rows, row, depth, last = [], "", 0, 0
    pieces: list[str] = []
    for i, character in enumerate(text):
        depth += (character in "{([") - (character in "})]")
        if depth == 0 and text[i : i + 3] in (" + ", " - "):
            pieces.append(text[last:i])
            last = i + 1
    pieces.append(text[last:])
    for piece in pieces:
        if row and width(row) + width(piece) > WIDEST - 15:
            rows.append(row)
            row = ""
        row = f"{row} {piece}" if row else piece
    rows.append(row)
    if len(rows) == 1:
        return text
    return r"\begin{aligned}&" + r" \\ &\quad ".join(rows) + r"\end{aligned}"
