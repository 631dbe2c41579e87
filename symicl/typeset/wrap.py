"""Long lines of plain text broken at blanks, outside of brackets and before a sign where that is possible."""

from __future__ import annotations

import re

_OPEN, _CLOSE = "([{⟨", ")]}⟩"
_SIGN = re.compile(r"(?:[-+·±=<>∼⇔⇒→↦∈]|[≤≥≠≻≽≺≼]) ")
_WORD = re.compile(r"(?<![\w\\])[A-Za-z][a-z]+[,.]?(?![\w(])")
_MIN_WIDTH = 24
"""Columns below which nothing is broken, because no room is left behind the indentation."""


def wrapped(text: str, width: int) -> str:
    """The lines of a text, none longer than ``width`` unless it has no blank to be broken at.

    A line goes on four columns further in than it starts. Names and numbers hold no blanks and stay whole.

    Parameters
    ----------
    text : str
    width : int
        In characters.
    """
    return "\n".join(piece for line in text.split("\n") for piece in _lines(line, width))


def _lines(line: str, width: int) -> list[str]:
    indent = len(line) - len(line.lstrip(" "))
    further = " " * (indent + 4)
    if len(line) <= width or width - len(further) < _MIN_WIDTH:
        return [line]
    found: list[str] = []
    depths, start, prefix = _depths(line), 0, ""
    while len(prefix) + len(line) - start > width:
        room = width - len(prefix)
        end = _best_break(line, start + (indent if not found else 0) + 1, start + room, depths)
        if end is None:
            break
        found.append(prefix + line[start:end].rstrip(" "))
        start = end + len(line[end:]) - len(line[end:].lstrip(" "))
        prefix = further
    return [*found, prefix + line[start:]]


def _depths(line: str) -> list[int]:
    """In how many brackets each character stands."""
    depth, found = 0, []
    for character in line:
        depth = max(0, depth - (character in _CLOSE))
        found.append(depth)
        depth += character in _OPEN
    return found


def _best_break(line: str, start: int, end: int, depths: list[int]) -> int | None:
    """The blank to break at: a good one in the last part of the line, else the last one there is."""
    blanks = [i for i in range(start, min(end, len(line) - 1) + 1) if line[i] == " " and line[i - 1] != " "]
    if not blanks:
        later = line.find(" ", end)
        return later if later > 0 else None
    is_good = _is_good_in_prose if len(_WORD.findall(line)) > 3 else _is_good_in_formula
    late = [i for i in blanks if i - start > (end - start) // 2] or blanks[-1:]
    return min(late, key=lambda i: (depths[i], not is_good(line, i), -i))


def _is_good_in_formula(line: str, blank: int) -> bool:
    """Before a sign, or behind a punctuation mark."""
    return bool(_SIGN.match(line[blank:].lstrip(" "))) or line[blank - 1] in ",;:"


def _is_good_in_prose(line: str, blank: int) -> bool:
    """Beside a word, or behind a punctuation mark."""
    beside = re.search(rf"{_WORD.pattern}$", line[:blank]) or _WORD.match(line[blank:].lstrip(" "))
    return bool(beside) or line[blank - 1] in ",;:."
