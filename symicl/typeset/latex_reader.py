"""LaTeX to the tree of `symicl.typeset.line`: what is written between dollar signs in titles, statements and notes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

from symicl.errors import InputError
from symicl.typeset.line import (  # fmt: skip
    Fence,
    Grid,
    Kind,
    Level,
    Node,
    Quotient,
    Root,
    Row,
    Scripts,
    Word,
    level,
    raised,
)
from symicl.typeset.macros import (  # fmt: skip
    CLOSING_DELIMITERS,
    COMBINING_MARKS,
    DELIMITER_SIGNS,
    FONTS,
    FRACTIONS,
    IGNORED,
    MATRICES,
    NEGATED,
    OPENING_DELIMITERS,
    TEXTS,
    UPRIGHT,
    in_font,
    word_of,
)

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[0-9]+(?:\.[0-9]+)?|\s+|.", re.DOTALL)
_SIGNS = {
    **dict.fromkeys("+-", Kind.OPERATOR),
    **dict.fromkeys("=<>≤≥≠→∈", Kind.RELATION),
    **dict.fromkeys(",;:.!", Kind.PUNCTUATION),
    "/": Kind.SLASH,
}


class UnknownCommand(InputError):
    """A LaTeX command that has no plain text."""


def read_latex(latex: str, *, strict: bool = False, pieces: Mapping[str, Node] | None = None) -> Row:
    """A formula as a tree.

    Parameters
    ----------
    latex : str
    strict : bool
        Refuse an unknown command, which is otherwise shown as it is written.
    pieces : mapping, optional
        What single characters stand for.

    Raises
    ------
    UnknownCommand
    """
    return _Reader(latex, pieces or {}, strict=strict).run()


class _Reader:
    def __init__(self, latex: str, pieces: Mapping[str, Node], *, strict: bool):
        self.tokens = [token for token in _TOKEN.findall(latex) if not token.isspace()]
        self.latex, self.pieces, self.strict, self.at = latex, pieces, strict, 0
        self.apart = False  # whether a blank was set, which tells a factor in brackets from an argument

    def run(self) -> Row:
        items: list[Node] = []
        while self.at < len(self.tokens):
            items += self.row(lambda token: False).items
            if self.at < len(self.tokens):  # a bracket that closes nothing
                items.append(self.loose())
        return Row(tuple(items))

    def peek(self, offset: int = 0) -> str:
        at = self.at + offset
        return self.tokens[at] if at < len(self.tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self.at += 1
        return token

    def loose(self) -> Word:
        token = self.take()
        return Word(DELIMITER_SIGNS.get(token[1:], token[-1:]), Kind.LETTER)

    def row(self, stop: Callable[[str], bool]) -> Row:
        """Pieces as far as a token that ends them, which is left."""
        items: list[Node] = []
        while self.at < len(self.tokens):
            token = self.peek()
            if stop(token) or token in ("}", "&", "\\\\", "\\end") or self.closes(token):
                break
            before = len(items)
            self.item(items)
            if len(items) > before:
                items[-1] = self.scripts(items[-1])
        return Row(tuple(items))

    def closes(self, token: str) -> bool:
        return (token in (")", "]") or token[1:] in CLOSING_DELIMITERS) and token not in ("\\)", "\\]")

    def item(self, items: list[Node]) -> None:
        """The next piece."""
        token = self.take()
        if token[0] == "\\":
            self.command(token[1:], items)
            return
        apart, self.apart = self.apart, False
        if token in self.pieces:
            items.append(self.pieces[token])
        elif token in OPENING_DELIMITERS and token != "{":
            items.append(self.bracket(token, apart=apart))
        elif token == "{":
            inner = self.row(lambda _: False)
            self.expect("}")
            items.append(inner)
        elif token == "|":
            items.append(self.bar())
        elif token == "‖":
            items.append(self.norm())
        elif token in "_^'":
            self.at -= 1
            items.append(Word(""))
        elif token in _SIGNS:
            items.append(Word(token, _SIGNS[token]))
        elif token == "*":
            items.append(Word("*", Kind.OPERATOR))
        elif token != "~":
            items.append(Word(token, Kind.NUMBER if token[0].isdigit() else Kind.LETTER))

    def expect(self, token: str) -> None:
        if self.peek() == token:
            self.at += 1

    def argument(self) -> Node:
        """The argument of a command or a script: a group, or one token, which is a single digit of a number."""
        token = self.peek()
        if token[:1].isdigit() and len(token) > 1:
            self.tokens[self.at : self.at + 1] = [token[0], token[1:]]
        items: list[Node] = []
        while self.at < len(self.tokens) and not items:
            self.item(items)
        found: Node = Row(tuple(items))
        while isinstance(found, Row) and len(found.items) == 1:
            found = found.items[0]
        return found

    def word(self) -> str:
        """A group as it is written."""
        if self.peek() != "{":
            return self.take()
        depth, pieces = 0, []
        while self.at < len(self.tokens):
            token = self.take()
            depth += (token == "{") - (token == "}")
            if depth == 0:
                break
            pieces.append(token)
        return "".join(pieces[1:])

    # --- brackets -----------------------------------------------------------------------------------------

    def bracket(self, name: str, *, apart: bool) -> Node:
        """A bracket with what it encloses; one that is never closed stands for itself."""
        start = self.at
        body = self.row(lambda _: False)
        closing = self.peek()
        if not self.closes(closing):
            self.at = start
            return Word(DELIMITER_SIGNS.get(name, name))
        self.at += 1
        left = DELIMITER_SIGNS.get(name, name)
        right = DELIMITER_SIGNS.get(closing[1:], closing[-1])
        return Fence(body, left, right, apart=apart and left in "([")

    def bar(self) -> Node:
        """|x|, a restriction |_{x = 1}, or the bar of a condition."""
        if self.peek() == "_":
            return Word("|", Kind.PUNCTUATION)
        start = self.at
        body = self.row(lambda token: token == "|")
        if self.peek() == "|" and self.peek(1) != "_":
            self.at += 1
            return Fence(body, "|", "|")
        self.at = start
        return Word("|", Kind.RELATION)

    # --- scripts ------------------------------------------------------------------------------------------

    def scripts(self, base: Node) -> Node:
        sub: Node | None = None
        sup: list[Node] = []
        while self.peek() in ("_", "^", "'", "\\limits", "\\nolimits"):
            token = self.take()
            if token == "_":
                sub = self.argument()
            elif token == "'":
                sup.append(Word("′"))
            elif token == "^":
                argument = Word("⋆") if self.peek() == "*" and self.take() else self.argument()
                sup.append(_starred(argument))
        if sub is None and not sup:
            return base
        if isinstance(base, Row):
            single = len(base.items) == 1
            base = base.items[0] if single else base if level(base) is Level.ATOM else Fence(base)
        if sub is None and len(sup) == 1:
            return raised(base, sup[0])
        return Scripts(base, sub, None if not sup else sup[0] if len(sup) == 1 else Row(tuple(sup)))

    # --- commands -----------------------------------------------------------------------------------------

    def command(self, name: str, items: list[Node]) -> None:
        if name in IGNORED:
            if name in ("left", "right") and self.peek() == ".":
                self.at += 1
            if name == " ":
                items.append(Word(" ", Kind.SPACE))
            self.apart = name in (",", ";", ":", " ")
            return
        apart, self.apart = self.apart, False
        if name in OPENING_DELIMITERS:
            items.append(self.bracket(name, apart=apart))
        elif name in ("|", "Vert"):
            items.append(self.norm())
        elif name in ("vert",):
            items.append(self.bar())
        elif name in FRACTIONS:
            items.append(Quotient(self.argument(), self.argument()))
        elif name == "sqrt":
            items.append(self.root())
        elif name in COMBINING_MARKS:
            items.append(_accented(self.argument(), COMBINING_MARKS[name]))
        elif name in FONTS:
            items.append(self.font(name))
        elif name in UPRIGHT:
            self.expect("*")
            items.append(_upright(self.word(), is_operator=name == "operatorname"))
        elif name in TEXTS:
            items.append(self.text())
        elif name == "begin":
            items.append(self.environment())
        elif name == "not":
            items.append(self.negated())
        else:
            items.append(self.other(name))

    def other(self, name: str) -> Node:
        found = word_of(name)
        if found is not None:
            return found
        if self.strict:
            raise UnknownCommand(f"the LaTeX command \\{name} in {self.latex!r} has no plain text")
        return Word("\\" + name)

    def norm(self) -> Node:
        start, bars = self.at, ("\\|", "\\Vert", "‖")
        body = self.row(lambda token: token in bars)
        if self.peek() in bars:
            self.at += 1
            return Fence(body, "‖", "‖")
        self.at = start
        return Word("‖")

    def root(self) -> Root:
        degree: Node | None = None
        if self.peek() == "[":
            self.at += 1
            degree = self.row(lambda token: token == "]")
            self.expect("]")
        return Root(self.argument(), degree)

    def font(self, name: str) -> Node:
        word = self.argument()
        text = _letters(word)
        kind = Kind.PREFIX if name == "mathbb" and text in ("E", "P") else Kind.LETTER
        return Word(in_font(text, name), kind)

    def text(self) -> Word:
        """The words of \\text{…}, with their blanks."""
        if self.peek() == "{":
            pattern = re.compile(r"\\(?:" + "|".join(TEXTS) + r")\s*\{([^{}]*)\}")
            number = sum(token[1:] in TEXTS for token in self.tokens[: self.at - 1] if token[0] == "\\")
            found = pattern.findall(self.latex)
            written = self.word()
            return Word((found[number] if number < len(found) else written).strip(), Kind.TEXT)
        return Word(self.take(), Kind.TEXT)

    def environment(self) -> Node:
        name = self.word()
        if name.rstrip("*") not in MATRICES:
            if self.strict:
                raise UnknownCommand(f"the LaTeX environment {name} in {self.latex!r} has no plain text")
            return Word(f"\\begin{{{name}}}")
        if name == "array":
            self.word()
        rows: list[tuple[Node, ...]] = []
        row: list[Node] = []
        while self.at < len(self.tokens):
            row.append(self.row(lambda _: False))
            token = self.take()
            if token == "&":
                continue
            rows.append(tuple(row))
            row = []
            if token == "\\end":
                self.word()
                break
        if name.rstrip("*") in ("aligned", "split"):
            return Row(tuple(cell for cells in rows for cell in cells))
        return Grid(tuple(rows))

    def negated(self) -> Node:
        items: list[Node] = []
        self.item(items)
        text = items[0].text if items and isinstance(items[0], Word) else ""
        return Word(NEGATED.get(text, text + "\u0338"), Kind.RELATION)


def _starred(node: Node) -> Node:
    """A superscript that starts with a star, as in β^{*⊤}."""
    if isinstance(node, Word):
        return Word("⋆") if node.text == "*" else node
    if isinstance(node, Row) and node.items:
        return Row((_starred(node.items[0]), *node.items[1:]))
    return node


def _letters(node: Node) -> str:
    if isinstance(node, Word):
        return node.text
    if isinstance(node, Row):
        return "".join(map(_letters, node.items))
    raise InputError("a font is followed by letters")


def _accented(node: Node, mark: str) -> Node:
    """A letter with an accent; over several, the accent stands on each."""
    if isinstance(node, Word):
        return Word(unicodedata.normalize("NFC", "".join(c + mark for c in node.text)), node.kind)
    if isinstance(node, Scripts):
        return Scripts(_accented(node.base, mark), node.sub, node.sup)
    if isinstance(node, Row):
        return Row(tuple(_accented(item, mark) for item in node.items))
    return Scripts(Fence(node), sup=Word(mark))


def _upright(text: str, *, is_operator: bool) -> Word:
    """A word in upright letters: a function, unless it is one letter."""
    shown = re.sub(r"\\(.)", r"\1", text)
    return Word(shown, Kind.FUNCTION if is_operator or len(shown) > 1 else Kind.LETTER)
