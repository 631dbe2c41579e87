"""The text of a claim file, and errors that point into it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches

from symicl.errors import ClaimError

MAX_SHOWN = 100
"""Characters of a long line that are shown around an error."""


@dataclass(frozen=True)
class Span:
    """A piece of the text, as offsets of its first character and of the one after its last."""

    start: int
    end: int

    def __or__(self, other: Span) -> Span:
        return Span(min(self.start, other.start), max(self.end, other.end))


@dataclass(frozen=True)
class Source:
    """A claim file.

    Attributes
    ----------
    text : str
    name : str
        The file, for messages; empty for text that was passed as such.
    """

    text: str
    name: str = ""

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1."""
        before = self.text[:offset]
        return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1

    def line(self, offset: int) -> str:
        """The line that an offset lies in."""
        start = self.text.rfind("\n", 0, offset) + 1
        end = self.text.find("\n", offset)
        return self.text[start : len(self.text) if end < 0 else end]

    def piece(self, span: Span) -> str:
        """The text of a span, on one line."""
        return " ".join(self.text[span.start : span.end].split())

    def where(self, span: Span) -> str:
        """Line and column in words."""
        line, column = self.place(span.start)
        return f"line {line}, column {column}"

    def error(self, span: Span, sentence: str) -> ClaimError:
        """An error that points at a span; the caller raises it."""
        line, column = self.place(span.start)
        where = f"{self.name}, " if self.name else ""
        return ClaimError(
            f"{where}line {line}, column {column}: {sentence}", line, column, self._pointer(span, column)
        )

    def _pointer(self, span: Span, column: int) -> str:
        """The line with carets under the span; of a long line the part around it."""
        text = "".join(" " if c == "\t" or not c.isprintable() else c for c in self.line(span.start))
        start, width = column - 1, max(1, span.end - span.start)
        cut = max(0, start - MAX_SHOWN // 2) if len(text) > MAX_SHOWN else 0
        shown = text[cut : cut + MAX_SHOWN]
        width = max(1, min(width, len(shown) - (start - cut)))
        return f"    {shown}\n    {' ' * (start - cut)}{'^' * width}"


def nearest(word: str, known: Collection[str]) -> str:
    """A question that names the most similar words, or nothing."""
    folded = {k.lower(): k for k in known}
    matches = get_close_matches(word.lower(), folded, n=2, cutoff=0.6)
    return f" (did you mean {' or '.join(folded[m] for m in matches)}?)" if matches else ""
