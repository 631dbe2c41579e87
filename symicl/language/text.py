"""Characters to tokens: the plain way to write a claim file."""

from __future__ import annotations

import re

from lark import Token

from symicl.language.bounds import MAX_CHARACTERS
from symicl.language.latex import scan_latex
from symicl.language.names import (
    GREEK_NAMES,
    INFIX,
    KEYWORDS,
    LOOKALIKES,
    STAR,
    STATEMENTS,
    SUBSCRIPTS,
    SUPERSCRIPTS,
)
from symicl.language.scanner import BAR, BLOCK, CLOSING, OPENING, Scanner
from symicl.language.source import Source, Span

_LETTER = "A-Za-z" + "".join(GREEK_NAMES)
_PATTERN = re.compile(
    rf"""(?P<blank>[ \t\r\f]+)
    | (?P<comment>\#[^\n]*)
    | (?P<newline>\n)
    | (?P<word>[{_LETTER}](?:[{_LETTER}0-9{STAR}{"".join(SUBSCRIPTS)}]|_(?=[{_LETTER}0-9])|_(?=\{{))*)
    | (?P<ones>1(?:_(?:[{_LETTER}0-9]+|\{{[{_LETTER}0-9]+\}})|[{"".join(SUBSCRIPTS)}]+))
    | (?P<number>[0-9]+(?:\.[0-9]+)?|\.[0-9]+)
    | (?P<superscript>⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)
    | (?P<subscript>[₀₁₂₃₄₅₆₇₈₉]+)
    | (?P<string>"[^"\n]*")
    | (?P<wrong>\*\*|==|!=|\.T\b|\\)
    | (?P<stop>\.(?=[ \t\r]*(?:\#[^\n]*)?(?:\n|\Z)))
    | (?P<sign>\|\||->|>=|<=|.)""",
    re.VERBOSE,
)
_TWO, _ROW, _END = (re.compile(x) for x in (r"\[\s*\[", r"\]\s*,\s*\[", r"\]\s*\]"))
_NO_BRACES = str.maketrans("", "", "{}")
_SIGNS = {
    ",": "COMMA", ";": "SEMICOLON", ":": "COLON", "~": "TILDE", "∼": "TILDE", "=": "EQUALS", "+": "PLUS", "-": "MINUS",
    "−": "MINUS", "*": "STAR", "@": "STAR", "·": "STAR", "⋅": "STAR", "×": "STAR",
    "/": "SLASH", "^": "CARET", "'": "PRIME",
    "ᵀ": "PRIME", "⊤": "PRIME", "’": "PRIME", "′": "PRIME", "_": "UNDERSCORE", "->": "ARROW", "→": "ARROW",
    "∞": "INFINITY", "∘": "INFIX", "⊙": "INFIX", "⊗": "INFIX",
    ">=": "RELATION", "≥": "RELATION", "<=": "RELATION", "≤": "RELATION", "<": "RELATION",
    ">": "RELATION", "⪰": "RELATION", "⪯": "RELATION", "≻": "RELATION", "≺": "RELATION",
}  # fmt: skip
_WRONG = {
    "**": "write ^ for a power",
    "==": "write = for an equality",
    "!=": "only =, <=, >=, < and > can be claimed",
    ".T": "write A' for the transpose",
    "\\": "LaTeX belongs between dollar signs, or after `claim latex`",
}


def tokens(source: Source) -> list[Token]:
    """The tokens of a claim file; each statement ends with NEWLINE.

    Raises
    ------
    ClaimError
        For a character that means nothing here, and for a file that is too large.
    """
    if len(source.text) > MAX_CHARACTERS:
        raise source.error(
            Span(0, 1),
            f"the file has {len(source.text)} characters; at most {MAX_CHARACTERS} are taken here",
        )
    return _Text(source).run()


class _Text(Scanner):
    def __init__(self, source: Source):
        super().__init__(source)
        self.continued = _continued(source.text)
        self.at_start = True

    def run(self) -> list[Token]:
        text, position = self.source.text, 0
        while position < len(text):
            match = _PATTERN.match(text, position)
            assert match is not None
            position = self.token(match)
        self.end_statement(len(text))
        return self.tokens

    def token(self, match: re.Match[str]) -> int:
        """Take one token and return where the next one starts."""
        kind, piece, start, end = match.lastgroup, match.group(), match.start(), match.end()
        if kind == "newline":
            if end not in self.continued:
                self.end_statement(start)
            return end
        if kind in ("blank", "comment", "stop"):
            return end
        if kind == "wrong":
            raise self.source.error(Span(start, end), _WRONG[piece])
        if kind == "word":
            end = self.word(piece, start)
        elif kind == "ones":
            self.emit("ONES", plain_name(f"x{piece[1:]}".translate(_NO_BRACES)).partition("_")[2], start, end)
        elif kind == "number":
            self.emit("NUMBER", piece, start, end)
        elif kind == "superscript":
            self.emit("SUPERSCRIPT", "".join(SUPERSCRIPTS[c] for c in piece), start, end)
        elif kind == "subscript":  # of a norm; those of names belong to the word
            self.emit("UNDERSCORE", "_", start, start)
            self.emit("NUMBER", "".join(SUBSCRIPTS[c] for c in piece), start, end)
        elif kind == "string":
            self.emit("STRING", piece[1:-1], start, end)
        elif piece == "$":
            end = self.dollars(start)
        else:
            end = self.sign(piece, start, end)
        self.at_start = False
        return end

    def sign(self, piece: str, start: int, end: int) -> int:
        """Take a sign, and return where the next token starts."""
        angle = bool(self.open) and self.open[-1][0] == "⟨"
        if piece == "[" and (length := self.opens_block(start)):
            self.opening(BLOCK, start, start + length)
            return start + length
        if piece == "]" and self.open and self.open[-1][0] == BLOCK:
            return self.ends_row(start)
        if piece in OPENING or (piece == "<" and self.opens_angle(end)):
            self.opening("⟨" if piece == "<" else piece, start, end)
        elif piece in CLOSING:
            self.closing(piece, start, end)
        elif angle and piece in (">", ">="):  # <x, v>=0 is an equality
            self.closing("⟩", start, start + 1)
            if piece == ">=":
                self.emit("EQUALS", "=", start + 1, end)
        elif piece == "||" and self.open and self.open[-1][0] == BAR:  # |x||y|
            self.closing(BAR, start, start + 1)
            self.opening(BAR, start + 1, end)
        elif piece in ("||", "‖"):
            self.norm(start, end)
        elif piece == BAR:
            self.norm(start, end, BAR)
        elif piece in _SIGNS:
            value = {"≥": ">=", "≤": "<=", "⪰": ">=", "⪯": "<=", "≻": ">", "≺": "<"}.get(piece, piece)
            value = INFIX.get(piece, value)
            self.emit(_SIGNS[piece], value, start, end)
        elif piece in LOOKALIKES:
            raise self.source.error(
                Span(start, end), f"{piece} cannot be told from {LOOKALIKES[piece]}; write the ASCII letter"
            )
        else:
            shown = repr(piece) if piece.isprintable() else f"U+{ord(piece):04X}"
            raise self.source.error(Span(start, end), f"the character {shown} means nothing here")
        return end

    def opens_block(self, start: int) -> int:
        """The length of a [[ that opens a matrix of blocks, and is not [ inside of [; else 0.

        Its first row holds a comma, or another row follows.
        """
        text = self.source.text
        match = _TWO.match(text, start)
        if match is None or (
            self.tokens and self.tokens[-1].type in ("EXPECT", "MOMENT", "TRACE", "INVERSE")
        ):
            return 0
        if self.tokens and self.tokens[-1].type == "RBRACE":  # E_{x}[…]
            return 0
        depth, comma = 1, False
        for i in range(match.end(), len(text)):
            depth += {"[": 1, "(": 1, "{": 1, "]": -1, ")": -1, "}": -1}.get(text[i], 0)
            comma = comma or (depth == 1 and text[i] == ",")
            if depth == 0:
                follows = _ROW.match(text, i) is not None
                return match.end() - start if follows or (comma and _END.match(text, i)) else 0
        return 0

    def ends_row(self, start: int) -> int:
        """] inside of a matrix of blocks, with the ], or the , [ behind it."""
        text = self.source.text
        row, end = _ROW.match(text, start), _END.match(text, start)
        if row:
            self.emit("SEMICOLON", ";", start, row.end())
            return row.end()
        if end is None:
            raise self.source.error(
                Span(start, start + 1), "a row of blocks is followed by another one, or by ]"
            )
        self.closing("]]", start, end.end())
        return end.end()

    def opens_angle(self, position: int) -> bool:
        """True if the < before belongs to <x, v>: a comma comes before whatever could end a relation."""
        depth = 0
        for i in range(position, len(self.source.text)):
            character = self.source.text[i]
            if character in "([{":
                depth += 1
            elif character in ")]}":
                depth -= 1
            if depth < 0 or character == "#" or (character == "\n" and i + 1 not in self.continued):
                return False
            if not depth and character in ",=>":
                return character == ","
        return False

    def word(self, piece: str, start: int) -> int:
        """A word: a keyword, an identity or a name; returns where it ends."""
        end = start + len(piece)
        head, subscript, _ = piece.partition("_")
        if subscript and KEYWORDS.get(head) in ("EXPECT", "MOMENT"):
            end = start + len(head)
            self.emit(KEYWORDS[head], head, start, end)
            self.emit("UNDERSCORE", "_", end, end + 1)
            return end + 1
        if piece.endswith("_"):  # a subscript in braces follows
            match = re.compile(r"\{([A-Za-z0-9]+)\}").match(self.source.text, end)
            if match is None:
                raise self.source.error(Span(start, end), "a subscript holds letters and digits only")
            piece, end = piece + match[1], match.end()
        name = plain_name(piece)
        if self.at_start and name in STATEMENTS:
            self.emit(STATEMENTS[name], name, start, end)
            return self.latex_claim(end) if name == "claim" else end
        if name == "I" or name.startswith("I_"):
            self.emit("IDENTITY", name[2:], start, end)
        else:
            self.emit(KEYWORDS.get(name, "NAME"), name, start, end)
        return end

    def latex_claim(self, position: int) -> int:
        """After `claim`: the word `latex`, and a title, are followed by LaTeX to the end of the statement."""
        text = self.source.text
        match = re.compile(r"[ \t]+latex\b[ \t]*").match(text, position)
        if match is None:
            return position
        position = match.end()
        title = re.compile(r'("[^"\n]*")[ \t]*(:)[ \t]*').match(text, position)
        if title:
            self.emit("STRING", title[1][1:-1], *title.span(1))
            self.emit("COLON", ":", *title.span(2))
            position = title.end()
        end = text.find("\n", position)
        while end >= 0 and end + 1 in self.continued:
            end = text.find("\n", end + 1)
        end = len(text) if end < 0 else end
        scan_latex(self, position, end)
        return end

    def dollars(self, start: int) -> int:
        end = self.source.text.find("$", start + 1)
        breaks = [i for i in range(start, end) if self.source.text[i] == "\n"]
        if end < 0 or any(i + 1 not in self.continued for i in breaks):
            raise self.source.error(Span(start, start + 1), "this $ has no partner in its statement")
        scan_latex(self, start + 1, end)
        return end + 1

    def end_statement(self, position: int) -> None:
        self.all_closed()
        if self.tokens and self.tokens[-1].type != "NEWLINE":
            self.emit("NEWLINE", "", position, position)
        self.at_start = True


def _continued(text: str) -> set[int]:
    """The offsets of lines before which a statement does not end: what follows is indented.

    A file may be indented as a whole, such as a string inside a program.
    """
    starts, indents, offset = [], [], 0
    for line in text.split("\n"):
        content = line.lstrip()
        starts.append(offset)
        indents.append(None if not content or content[0] == "#" else len(line) - len(content))
        offset += len(line) + 1
    margin = min((indent for indent in indents if indent is not None), default=0)
    found, following = set(), margin
    for start, indent in zip(reversed(starts), reversed(indents), strict=True):
        following = following if indent is None else indent
        if following > margin:
            found.add(start)
    return found


_DECLARED = re.compile(
    rf"(?P<word>[{_LETTER}][{_LETTER}0-9_{STAR}{''.join(SUBSCRIPTS)}]*)(?P<square>²|\^2|\^\{{2\}})?"
)


def read_name(spelled: str) -> str:
    """The name that a word, or the square of one, declares; empty if it declares none."""
    match = _DECLARED.fullmatch(spelled)
    return plain_name(match["word"]) + ("2" if match["square"] else "") if match else ""


def plain_name(word: str) -> str:
    """A word in ASCII: Σ₁ is Sigma_1, and β⋆ is beta_star."""
    out = ""
    for i, character in enumerate(word):
        if character == STAR:
            out += "_star"
        elif character in SUBSCRIPTS:
            out += ("" if word[i - 1] in SUBSCRIPTS else "_") + SUBSCRIPTS[character]
        else:
            out += GREEK_NAMES.get(character, character)
    return out
