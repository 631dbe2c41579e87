"""Fractions that are wider than a line: their numerator and denominator are broken before a sign."""

from __future__ import annotations

from collections.abc import Callable

MAX_WIDTH = 64
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
    if max(width(top), width(bottom)) <= MAX_WIDTH:
        return term
    return rf"{term[:start]}\frac{{{_rows(top, width)}}}{{{_rows(bottom, width)}}}{term[end:]}"


def _group(text: str, start: int) -> tuple[str, int]:
    """The text between the brace at ``start`` and its partner, and the position behind the latter."""
    depth = 0
    for i in range(start, len(text)):
        depth += (text[i] == "{") - (text[i] == "}")
        if depth == 0:
            return text[start + 1 : i], i + 1
    return text[start + 1 :], len(text)


def _rows(text: str, width: Callable[[str], int]) -> str:
    """A sum in rows; one that fits, or has no sign to break at, as it is."""
    if width(text) <= MAX_WIDTH:
        return text
    for depth in (0, 1):  # between the terms of the sum itself, or of one that stands in parentheses
        rows = _filled(pieces(text, depth), width)
        if len(rows) > 1 and (depth or all(width(row) <= MAX_WIDTH for row in rows)):
            return r"\begin{aligned}&" + r" \\ &\quad ".join(rows) + r"\end{aligned}"
    return text


def pieces(text: str, most: int) -> list[str]:
    """The text cut before each sign that stands in no braces and in at most so many parentheses."""
    pieces, braces, parentheses, last = [], 0, 0, 0
    for i, character in enumerate(text):
        # \left( and \right) must stay in one row.
        fenced = 1 if text[max(0, i - 6) : i].endswith((r"\left", r"\right")) else 0
        braces += (character == "{") - (character == "}")
        braces += fenced * ((character in "([") - (character in ")]"))
        parentheses += (1 - fenced) * ((character in "([") - (character in ")]"))
        if braces == 0 and parentheses <= most and text[i : i + 3] in (" + ", " - "):
            pieces.append(text[last:i])
            last = i + 1
    return [*pieces, text[last:]]


def _filled(pieces: list[str], width: Callable[[str], int]) -> list[str]:
    """Pieces put into rows, as many as fit into each."""
    rows, row = [], ""
    for piece in pieces:
        if row and width(row) + width(piece) > MAX_WIDTH - 15:
            rows.append(row)
            row = ""
        row = f"{row} {piece}" if row else piece
    return [*rows, row]
