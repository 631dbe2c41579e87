"""Tokens to trees: a claim file as a list of statements.

Nothing is evaluated here, and nothing anywhere hands text to Python's or SymPy's own parsers.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from lark import Lark, Token, Tree, UnexpectedInput
from lark.lexer import Lexer

from symicl.language import tree as t
from symicl.language.bounds import MAX_STATEMENTS
from symicl.language.grammar import GRAMMAR, IN_WORDS
from symicl.language.names import STATEMENTS, why_reserved
from symicl.language.source import Source, Span, nearest
from symicl.language.text import tokens
from symicl.language.tree_builder import Builder


class _Tokens(Lexer):
    """Hands a list of tokens to the parser as it is."""

    def __init__(self, configuration: Any):
        pass

    def lex(self, data: Any) -> Iterator[Token]:  # type: ignore[override]
        yield from data.tokens


class _Input:
    """A list of tokens as one object."""

    def __init__(self, found: list[Token]):
        self.tokens = found


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", lexer=_Tokens)


def parse(source: Source) -> list[t.Statement]:
    """The statements of a claim file.

    Raises
    ------
    ClaimError
        If the text is not of the language.
    """
    found = tokens(source)
    count = sum(token.type == "NEWLINE" for token in found)
    if count > MAX_STATEMENTS:
        raise source.error(
            Span(0, 1), f"the file has {count} statements; at most {MAX_STATEMENTS} are taken here"
        )
    try:
        parsed: Tree[Token] = _parser().parse(_Input(found))
    except UnexpectedInput as error:
        raise _complaint(source, found, error) from None
    return Builder(source).statements(parsed)


def _complaint(source: Source, found: list[Token], error: UnexpectedInput) -> Exception:
    token = getattr(error, "token", None)
    if token is None or token.type == "$END":
        end = len(source.text)
        return source.error(Span(max(0, end - 1), end), "the file ends in the middle of a statement")
    span = _span(token)
    at = next(i for i, other in enumerate(found) if other is token)
    first = at == 0 or found[at - 1].type == "NEWLINE"
    accepted: set[str] = set(getattr(error, "accepts", None) or getattr(error, "expected", None) or ())
    reason = why_reserved(source.piece(span)) if token.type not in ("NEWLINE", "NAME") else ""
    declares = first and found[at + 1].type in ("COLON", "COMMA", "TILDE")
    if reason and (declares or ("NAME" in accepted and "TRACE" not in accepted)):
        return source.error(span, f"{source.piece(span)} cannot be declared: {reason}; take another name")
    if first or (found[at - 1].type == "NAME" and (at == 1 or found[at - 2].type == "NEWLINE")):
        word = token if first else found[at - 1]
        hint = nearest(str(word), STATEMENTS) if word.type == "NAME" else ""
        if first or hint:
            return source.error(
                _span(word),
                f"expected a statement: dims, let, assume, task, model, claim, or a declaration such as "
                f"A : matrix(d, d){hint}",
            )
    what = "the end of the line" if token.type == "NEWLINE" else f"{_shown(source, span)}"
    return source.error(span, f"expected {_expected(accepted)}, found {what}{_advice(found, at)}")


def _span(token: Token) -> Span:
    assert token.start_pos is not None and token.end_pos is not None
    return Span(token.start_pos, token.end_pos)


def _shown(source: Source, span: Span) -> str:
    piece = source.piece(span)
    return f"{piece[:20]}…" if len(piece) > 20 else piece


def _expected(accepted: set[str]) -> str:
    """The terminals in words; a formula goes on in many ways, which are not listed."""
    names = accepted - {"$END"}
    words: list[str] = []
    if {"TRACE", "NAME"} <= names:
        starts = {"NAME", "NUMBER", "IDENTITY", "LPAR", "LBRACKET", "LBRACE", "TRACE", "INVERSE", "EXPECT",
                  "NORM_OPEN", "FRACTION", "FUNCTION", "ENTRYWISE", "PLUS", "MINUS", "LIMIT", "STRING"}  # fmt: skip
        operators = {"STAR", "SLASH", "INFIX", "CARET", "SUPERSCRIPT", "PRIME"}
        words.append("an operator" if names & operators else "a formula")
        names -= starts | operators
    words += sorted({IN_WORDS[name] for name in names if name in IN_WORDS})
    return " or ".join(words) if len(words) < 3 else ", ".join(words[:-1]) + " or " + words[-1]


def _after_norm(found: list[Token], at: int) -> bool:
    """True behind the subscript of a norm."""
    kinds = [token.type for token in found[max(0, at - 5) : at]]
    while kinds and kinds[-1] in ("NUMBER", "NAME", "LBRACE", "RBRACE"):
        kinds.pop()
    return kinds[-2:] == ["NORM_CLOSE", "UNDERSCORE"]


def _advice(found: list[Token], at: int) -> str:
    """Advice on common slips."""
    before = found[at - 1].type if at else ""
    token = found[at]
    starts = [i for i in range(at) if found[i].type == "NEWLINE"]
    if any(
        str(other) in STATEMENTS and other.type == "NAME" for other in found[starts[-1] if starts else 0 : at]
    ):
        return "; an indented line continues the statement before it"
    if before == "EXPECT":
        return "; write E[…]"
    if before == "TRACE":
        return "; write tr(…), because tr A B can be read in two ways"
    if before == "NORM_CLOSE" or (
        before in ("NUMBER", "NAME", "RBRACE") and found[at].type != "CARET" and _after_norm(found, at)
    ):
        bars = any(str(other) == "|" for other in found[at - 1 : at])
        return "; absolute values are squared here, |c|^2" if bars else "; norms are squared here, ||v||^2"
    if token.type in ("CARET", "SUPERSCRIPT"):
        return "; write brackets, (A^2)^3"
    if token.type == "SLASH" and any(other.type == "CARET" for other in found[max(0, at - 3) : at]):
        return "; exponents are whole numbers, and roots are not in the language"
    if before in ("CARET", "MINUS") and any(other.type == "CARET" for other in found[max(0, at - 2) : at]):
        return "; exponents are whole numbers"
    if token.type in ("EQUALS", "RELATION"):
        return "; a claim holds one relation"
    return ""
