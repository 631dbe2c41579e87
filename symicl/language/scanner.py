"""Common parts of the two readers of characters: tokens, and brackets that must close."""

from __future__ import annotations

from lark import Token

from symicl.language.bounds import MAX_DIGITS, MAX_NAME_LENGTH, MAX_NESTING, MAX_TEXT_TOKENS
from symicl.language.source import Source, Span

OPENING = {"(": "LPAR", "[": "LBRACKET", "{": "LBRACE", "⟨": "ANGLE_OPEN", "[[": "BLOCK_OPEN"}
CLOSING = {
    ")": ("RPAR", "("),
    "]": ("RBRACKET", "["),
    "}": ("RBRACE", "{"),
    "⟩": ("ANGLE_CLOSE", "⟨"),
    "]]": ("BLOCK_CLOSE", "[["),
}
NORM = "‖"
BLOCK = "[["
"""Of a matrix of blocks; what closes it is named like this as well."""

BAR = "|"
"""Of the norm of a vector, and of the absolute value of a scalar."""


class Scanner:
    """Collects the tokens of a file.

    Attributes
    ----------
    source : Source
    tokens : list of lark.Token
    open : list of (str, Span)
        The brackets that are open.
    """

    def __init__(self, source: Source):
        self.source = source
        self.tokens: list[Token] = []
        self.open: list[tuple[str, Span]] = []

    def emit(self, kind: str, value: str, start: int, end: int) -> None:
        """Append a token.

        Raises
        ------
        ClaimError
            If there are too many, or a number or a name is too long.
        """
        span = Span(start, end)
        if len(self.tokens) >= MAX_TEXT_TOKENS:
            raise self.source.error(span, f"the file has more than {MAX_TEXT_TOKENS} symbols; split it")
        if kind == "NUMBER" and len(value) > MAX_DIGITS:
            raise self.source.error(
                span, f"a number of {len(value)} digits; at most {MAX_DIGITS} are taken here"
            )
        if kind in ("NAME", "IDENTITY") and len(value) > MAX_NAME_LENGTH:
            raise self.source.error(
                span, f"a name of {len(value)} characters; at most {MAX_NAME_LENGTH} are taken here"
            )
        self.tokens.append(Token(kind, value, start_pos=start, end_pos=end))

    def opening(self, bracket: str, start: int, end: int) -> None:
        """A bracket that opens.

        Raises
        ------
        ClaimError
            If too many are open.
        """
        self.open.append((bracket, Span(start, end)))
        if len(self.open) > MAX_NESTING:
            raise self.source.error(
                Span(start, end), f"brackets are nested more than {MAX_NESTING} deep; use let for a part"
            )
        self.emit(OPENING.get(bracket, "NORM_OPEN"), bracket, start, end)

    def closing(self, bracket: str, start: int, end: int) -> None:
        """A bracket that closes.

        Raises
        ------
        ClaimError
            If another one, or none, is open.
        """
        kind, partner = CLOSING.get(bracket, ("NORM_CLOSE", bracket))
        if not self.open:
            raise self.source.error(Span(start, end), f"{bracket} closes a bracket that was never opened")
        opened, span = self.open.pop()
        if opened != partner:
            hint = "; conditional expectations are not in the language" if opened == BAR else ""
            raise self.source.error(
                Span(start, end), f"{bracket} does not close the {opened} of {self.source.where(span)}{hint}"
            )
        self.emit(kind, bracket, start, end)

    def norm(self, start: int, end: int, sign: str = NORM) -> None:
        """‖ or |, which opens or closes."""
        if self.open and self.open[-1][0] == sign:
            self.closing(sign, start, end)
        else:
            self.opening(sign, start, end)

    def all_closed(self, depth: int = 0) -> None:
        """Refuse an end at which brackets are open.

        Raises
        ------
        ClaimError
        """
        if len(self.open) > depth:
            bracket, span = self.open[-1]
            raise self.source.error(
                span, f"this {bracket} is never closed (a statement that continues must be indented)"
            )
