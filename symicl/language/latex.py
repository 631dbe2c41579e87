"""LaTeX to tokens: formulas as they stand in a paper, where there is one way to read them.

In LaTeX each letter is a symbol of its own; longer names are written \\mathrm{name} or as a Greek command.
"""

from __future__ import annotations

import re

from symicl.language.names import COMMANDS, GREEK_NAMES, LOOKALIKES, VARIANTS
from symicl.language.scanner import BAR, BLOCK, CLOSING, NORM, OPENING, Scanner
from symicl.language.source import Span

_PATTERN = re.compile(
    r"""(?P<blank>[\s~&]+ | [%\#][^\n]* | \\[,;:!>\s] | \\\\ | \\(?:begin|end)\{(?:equation|align|aligned|split)\*?\}
               | \\label\{[^{}\n]*\})
    | (?P<command>\\(?:[A-Za-z]+|\||\{|\}))
    | (?P<number>[0-9]+(?:\.[0-9]+)?)
    | (?P<letter>[^\W\d_])
    | (?P<sign>.)""",
    re.VERBOSE,
)
_SPACING = {"quad", "qquad", "left", "right", "bigl", "bigr", "Bigl", "Bigr", "big", "Big", "biggl", "biggr",
            "displaystyle", "textstyle", "limits", "nolimits", "nonumber", "notag", "bf", "rm", "it", "cal", "middle",
            "bigg", "Bigg", "Biggl", "Biggr"}  # fmt: skip
_FONTS = {"mathbf", "boldsymbol", "bm", "mathsf", "mathit", "mathcal", "mathbb", "mathrm", "text", "textrm",
          "operatorname", "mathscr", "textbf", "textit", "mathop", "pmb"}  # fmt: skip
_ACCENTS = {
    "hat": "hat",
    "widehat": "hat",
    "bar": "bar",
    "overline": "bar",
    "tilde": "tilde",
    "widetilde": "tilde",
}
_TOKENS = {
    "circ": ("INFIX", "hadamard"), "odot": ("INFIX", "hadamard"), "otimes": ("INFIX", "kron"),
    "cdot": ("STAR", "*"), "times": ("STAR", "*"), "top": ("PRIME", "'"), "intercal": ("PRIME", "'"),
    "to": ("ARROW", "->"), "rightarrow": ("ARROW", "->"), "infty": ("INFINITY", "infinity"), "sim": ("TILDE", "~"),
    "le": ("RELATION", "<="), "leq": ("RELATION", "<="), "leqslant": ("RELATION", "<="),
    "ge": ("RELATION", ">="), "geq": ("RELATION", ">="), "geqslant": ("RELATION", ">="),
    "preceq": ("RELATION", "<="), "succeq": ("RELATION", ">="), "prec": ("RELATION", "<"),
    "succ": ("RELATION", ">"), "preccurlyeq": ("RELATION", "<="), "succcurlyeq": ("RELATION", ">="),
    "lt": ("RELATION", "<"), "gt": ("RELATION", ">"), "tr": ("TRACE", "tr"), "Tr": ("TRACE", "tr"),
    "trace": ("TRACE", "tr"), "E": ("EXPECT", "E"), "Var": ("MOMENT", "Var"), "Cov": ("MOMENT", "Cov"),
    "Corr": ("MOMENT", "Corr"), "Kurt": ("MOMENT", "Kurt"), "diag": ("ENTRYWISE", "diag"),
    "Diag": ("ENTRYWISE", "diag"), "vec": ("ENTRYWISE", "vec"),
}  # fmt: skip
_WORDS = {
    "tr": "TRACE", "Tr": "TRACE", "trace": "TRACE", "Trace": "TRACE", "E": "EXPECT", "relu": "RELU", "ReLU": "RELU",
    "minimises": "MINIMISES",
    "minimizes": "MINIMISES", "Var": "MOMENT", "Cov": "MOMENT", "Corr": "MOMENT", "Kurt": "MOMENT", "var": "MOMENT",
    "cov": "MOMENT", "corr": "MOMENT", "kurt": "MOMENT", "diag": "ENTRYWISE", "Diag": "ENTRYWISE", "vec": "ENTRYWISE",
}  # fmt: skip
"""Words in another font that mean something."""

_BRACKETS = {
    "{": "(", "lbrace": "(", "lbrack": "[", "langle": "⟨", "}": ")", "rbrace": ")", "rbrack": "]", "rangle": "⟩",
}  # fmt: skip
_NORMS = {"|": NORM, "lVert": NORM, "rVert": NORM, "Vert": NORM, "lvert": BAR, "rvert": BAR, "vert": BAR}
_SIGNS = {
    "+": "PLUS", "-": "MINUS", "−": "MINUS", "=": "EQUALS", "*": "STAR", "/": "SLASH", "^": "CARET", ",": "COMMA",
    ":": "COLON", "<": "RELATION", ">": "RELATION",
}  # fmt: skip
_REFUSED = {
    "sqrt": "a root is not a rational function",
    "sum": "sums over an index are not in the language; write a product of matrices, such as X'X",
    "prod": "products over an index are not in the language",
    "int": "integrals are not in the language; write \\mathbb{E}[…]",
    "det": "determinants are not in the language",
    "arg": "write the minimiser as: Γ = … \\text{ minimises } …",
    "argmin": "write the minimiser as: Γ = … \\text{ minimises } …",
    "mid": "conditional expectations are not in the language",
    "pm": "± has two meanings",
}
_SUBSCRIPT = re.compile(
    r"\s*_\s*(?:\{\s*(?P<group>[A-Za-z0-9]+|\\[A-Za-z]+)\s*\}|(?P<one>[A-Za-z0-9]|\\[A-Za-z]+))"
)
_STOP = re.compile(r"(?:\\[,;]|\s)*[.,;](?:\s|\\end\{(?:equation|align|aligned|split)\*?\})*\Z")
"""The full stop of a sentence that a formula ends."""

_STAR = re.compile(r"\s*\^\s*(?:\*|\\star\b|\\ast\b|\{\s*(?:\*|\\star|\\ast)\s*\})")


_MATRIX = re.compile(r"\\begin\{((?:[pbvB]|small)?matrix)\}")
_CELLS = re.compile(r"\\\\|\\[A-Za-z]+|\\.|.", re.DOTALL)
_NESTED = re.compile(rf"\s*(\{{)\s*\\(?:{'|'.join(sorted(_FONTS | _ACCENTS.keys()))})(?![A-Za-z])")
"""A font or an accent inside of the braces of another one."""


def scan_latex(scanner: Scanner, start: int, end: int) -> None:
    """Add the tokens of a LaTeX formula.

    Raises
    ------
    ClaimError
        For what is not in the language, and for what can be read in two ways.
    """
    depth = len(scanner.open)
    stop = _STOP.search(scanner.source.text, start, end)
    _Latex(scanner, stop.start() if stop else end).run(start)
    scanner.all_closed(depth)


class _Latex:
    def __init__(self, scanner: Scanner, end: int):
        self.scanner, self.source, self.end = scanner, scanner.source, end
        self.text = scanner.source.text

    def run(self, position: int, end: int | None = None) -> None:
        end = self.end if end is None else end
        while position < end:
            match = _PATTERN.match(self.text, position, end)
            if match is None:
                raise self.error(position, position + 1, "this character means nothing here")
            position = self.token(match)

    def error(self, start: int, end: int, sentence: str) -> Exception:
        return self.source.error(Span(start, end), sentence)

    def token(self, match: re.Match[str]) -> int:
        kind, piece, start, end = match.lastgroup, match.group(), match.start(), match.end()
        if kind == "blank":
            return end
        if kind == "command":
            return self.command(piece[1:], start, end)
        if kind == "letter":
            return self.letter(piece, start, end)
        if kind == "number":
            if len(piece) > 1 and self.scanner.tokens and self.scanner.tokens[-1].type == "CARET":
                raise self.error(start, end, f"LaTeX raises {piece[0]} only; write ^{{{piece}}}")
            if piece == "1" and _SUBSCRIPT.match(self.text, end, self.end):
                return self.ones(start, end)
            self.scanner.emit("NUMBER", piece, start, end)
        elif piece in OPENING:
            self.scanner.opening(piece, start, end)
        elif piece in CLOSING:
            self.scanner.closing(piece, start, end)
        elif piece in (NORM, BAR):
            self.scanner.norm(start, end, piece)
        elif piece == "_" and self.takes_subscript():
            self.scanner.emit("UNDERSCORE", "_", start, end)
        elif piece in _SIGNS:
            self.scanner.emit(_SIGNS[piece], piece, start, end)
        elif piece == "'":
            raise self.error(
                start, end, "a prime is a transpose to some and another symbol to others; write ^\\top"
            )
        else:
            raise self.error(start, end, f"{piece!r} means nothing here")
        return end

    def takes_subscript(self) -> bool:
        """True if the token before is an expectation, or a norm with or without its square, or an inner product."""
        before = [token.type for token in self.scanner.tokens[-5:]]
        while before and before[-1] in ("RBRACE", "LBRACE", "NUMBER", "CARET"):
            before.pop()
        return bool(before) and before[-1] in ("NORM_CLOSE", "ANGLE_CLOSE", "EXPECT", "MOMENT")

    def letter(self, piece: str, start: int, end: int) -> int:
        if piece in LOOKALIKES:
            raise self.error(
                start, end, f"{piece} cannot be told from {LOOKALIKES[piece]}; write the ASCII letter"
            )
        if piece not in GREEK_NAMES and not piece.isascii():
            raise self.error(start, end, f"the letter {piece!r} is not in the language")
        return self.named(GREEK_NAMES.get(piece, piece), start, end)

    def command(self, name: str, start: int, end: int) -> int:
        if name in _SPACING:
            return end
        if name in COMMANDS:
            return self.named(VARIANTS.get(name, name), start, end)
        if name in _TOKENS:
            self.scanner.emit(*_TOKENS[name], start, end)
        elif name in _NORMS:
            self.scanner.norm(start, end, _NORMS[name])
        elif name in _BRACKETS:
            bracket = _BRACKETS[name]
            (self.scanner.opening if bracket in OPENING else self.scanner.closing)(bracket, start, end)
        elif name == "begin" and _MATRIX.match(self.text, start, self.end):
            return self.block(start)
        elif name == "underset":
            return self.underset(start, end)
        elif name in ("frac", "tfrac", "dfrac"):
            return self.fraction(start, end)
        elif name == "lim":
            return self.limit(start, end)
        elif name in _FONTS or name in _ACCENTS:
            return self.dressed(name, start, end)
        else:
            raise self.error(start, end, _REFUSED.get(name, f"\\{name} is not in the language"))
        return end

    def dressed(self, command: str, start: int, end: int) -> int:
        """A letter or a word in another font, or with an accent; in fonts, what else is in another font as well."""
        if command in ("operatorname", "mathop") and self.text[end : end + 1] == "*":
            end += 1
        inner = _NESTED.match(self.text, end, self.end)
        if inner and command in _FONTS:
            close = self.partner(inner.start(1))
            self.run(inner.end(1), close)
            return close + 1
        one = re.compile(r"\s*(?:\{\s*1\s*\}|1)").match(self.text, end, self.end)
        if one and command in _FONTS:
            return self.ones(start, one.end())
        zero = re.compile(r"\s*(?:\{\s*0\s*\}|0)").match(self.text, end, self.end)
        if zero and command in _FONTS:
            self.scanner.emit("NUMBER", "0", start, zero.end())
            return zero.end()
        match = re.compile(r"\s*(?:\{\s*(\\?[^\W_]+)\s*\}|(\\[A-Za-z]+|[^\W\d_]))").match(
            self.text, end, self.end
        )
        if match is None:
            raise self.error(start, end, f"\\{command} is followed by a letter or a word")
        word = match[1] or match[2]
        if word[0] == "\\" and word[1:] not in COMMANDS:
            raise self.error(start, match.end(), f"\\{command}{{{word}}} is not in the language")
        if not word[0].isalpha() and word[0] != "\\":
            raise self.error(start, match.end(), f"\\{command} is followed by a letter or a word")
        word = word[1:] if word[0] == "\\" else "".join(GREEK_NAMES.get(c, c) for c in word)
        word = VARIANTS.get(word, word)
        if not word.isascii():
            raise self.error(start, match.end(), f"the word {word!r} is not in the language")
        word = "Var" if (command, word) == ("mathbb", "V") else word
        if command not in _ACCENTS and word in _WORDS:
            kind = _WORDS[word]
            spelled = {"MOMENT": word.capitalize(), "ENTRYWISE": word.lower()}.get(kind, word)
            self.scanner.emit(kind, spelled, start, match.end())
            return match.end()
        suffix = "_" + _ACCENTS[command] if command in _ACCENTS else ""
        return self.named(word + suffix, start, match.end())

    def named(self, name: str, start: int, end: int) -> int:
        """A name with its subscript and its star; refuses x2, which is x₂ to some and 2x to others."""
        if name == "E":
            self.scanner.emit("EXPECT", name, start, end)
            return end
        subscript = _SUBSCRIPT.match(self.text, end, self.end)
        if subscript:
            part = subscript["group"] or subscript["one"]
            part = {"\\star": "star", "\\ast": "star"}.get(part, part.removeprefix("\\"))
            name, end = f"{name}_{VARIANTS.get(part, part)}", subscript.end()
        elif re.compile(r"\s*_").match(self.text, end, self.end):
            raise self.error(start, end + 1, f"the subscript of {name} must be one word or one number")
        star = _STAR.match(self.text, end, self.end)
        if star:
            name, end = f"{name}_star", star.end()
        if self.text[end : end + 1].isdigit() and end < self.end:
            raise self.error(
                start, end + 1, f"{name} is followed by a number; write it in front, or as a subscript"
            )
        if name == "I" or name.startswith("I_"):
            self.scanner.emit("IDENTITY", name[2:], start, end)
        else:
            self.scanner.emit("NAME", name, start, end)
        return end

    def block(self, start: int) -> int:
        """A matrix of blocks."""
        match = _MATRIX.match(self.text, start, self.end)
        assert match is not None
        close = self.text.find(f"\\end{{{match[1]}}}", match.end(), self.end)
        if close < 0 or "\\begin" in self.text[match.end() : close]:
            raise self.error(start, match.end(), f"this {match[1]} has no end, or another one inside")
        self.scanner.opening(BLOCK, start, match.end())
        position, depth, begin = match.end(), 0, match.end()
        while position < close:
            piece = _CELLS.match(self.text, position, close)
            assert piece is not None
            depth += {"{": 1, "}": -1}.get(piece[0], 0)
            if depth == 0 and piece[0] in ("&", "\\\\"):
                rest = self.text[piece.end() : close]
                self.run(begin, position)
                if rest.strip():  # the last row may end with a line break
                    kind = "COMMA" if piece[0] == "&" else "SEMICOLON"
                    self.scanner.emit(kind, piece[0], position, piece.end())
                begin = piece.end()
            position = piece.end()
        self.run(begin, close)
        end = close + len(f"\\end{{{match[1]}}}")
        self.scanner.closing("]]", close, end)
        return end

    def ones(self, start: int, end: int) -> int:
        """1_n, the vector of ones, whose size is a name or a number."""
        match = _SUBSCRIPT.match(self.text, end, self.end)
        if match is None:
            raise self.error(start, end, "the size of this vector of ones is not said; write \\mathbf{1}_n")
        size = (match["group"] or match["one"]).removeprefix("\\")
        self.scanner.emit("ONES", size, start, match.end())
        return match.end()

    def fraction(self, start: int, end: int) -> int:
        self.scanner.emit("FRACTION", "frac", start, end)
        for _ in range(2):
            while end < self.end and self.text[end].isspace():
                end += 1
            if self.text[end : end + 1] == "{" and end < self.end:
                close = self.partner(end)
            elif end < self.end and self.text[end].isalnum():
                self.scanner.opening("{", end, end)
                self.run(end, end + 1)
                self.scanner.closing("}", end + 1, end + 1)
                end += 1
                continue
            else:
                raise self.error(start, end, "\\frac is followed by two groups in braces")
            self.scanner.opening("{", end, end + 1)
            self.run(end + 1, close)
            self.scanner.closing("}", close, close + 1)
            end = close + 1
        return end

    def underset(self, start: int, end: int) -> int:
        """\\underset{x}{\\mathbb{E}}, the expectation over x."""
        match = re.compile(r"\s*\{").match(self.text, end, self.end)
        below = self.partner(match.end() - 1) if match else 0
        second = re.compile(r"\s*\{").match(self.text, below + 1, self.end) if match else None
        if match is None or second is None:
            raise self.error(start, end, "\\underset is followed by two groups in braces")
        close = self.partner(second.end() - 1)
        self.run(second.end(), close)
        if self.scanner.tokens[-1].type not in ("EXPECT", "MOMENT"):
            raise self.error(start, close + 1, "\\underset is read below an expectation alone")
        self.scanner.emit("UNDERSCORE", "_", start, start)
        self.scanner.opening("{", match.end() - 1, match.end())
        self.run(match.end(), below)
        self.scanner.closing("}", below, below + 1)
        return close + 1

    def limit(self, start: int, end: int) -> int:
        match = re.compile(r"(?:\\limits)?\s*_\s*\{").match(self.text, end, self.end)
        if match is None:
            raise self.error(start, end, "a limit is written \\lim_{n \\to \\infty}")
        close = self.partner(match.end() - 1)
        self.scanner.emit("LIMIT", "limit", start, end)
        self.run(match.end(), close)
        self.scanner.emit("OF", "of", close, close + 1)
        return close + 1

    def partner(self, position: int) -> int:
        """The offset of the brace that closes the one here."""
        depth = 0
        for i in range(position, self.end):
            depth += {"{": 1, "}": -1}.get(self.text[i], 0)
            if depth == 0:
                return i
        raise self.error(position, position + 1, "this { is never closed")
