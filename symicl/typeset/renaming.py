"""A notation of one's own: symbols renamed in finished LaTeX, in formulas and prose alike.

Renaming works on the tokens of LaTeX, all names at once, so that n and d can be exchanged. What stands inside
``\\mathrm``, ``\\operatorname`` and the like is a word, not a symbol, and stays. The longest symbol wins: renaming T
leaves T_max alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import sympy
from sympy.matrices.expressions import MatrixExpr

from symicl.errors import InputError
from symicl.typeset.notation import SQUARES
from symicl.typeset.printer import expression_latex
from symicl.typeset.symbol_names import WORD_MACROS, checked_name

_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|\s+|.", re.S)
YIELDS = {"N": r"\mathcal{N}"}
"""Letters of the prose (the normal law and the normal equation) that give way to a symbol of the same name."""

Tokens = tuple[str, ...]


def tokens(latex: str) -> Tokens:
    """The tokens of LaTeX; a command such as ``\\mathrm`` and its argument are one, white space is left out."""
    found: list[str] = []
    raw = list(_TOKEN.findall(latex))
    i = 0
    while i < len(raw):
        token = raw[i]
        if token in WORD_MACROS and i + 1 < len(raw) and raw[i + 1] == "{":
            depth, j = 0, i + 1
            while j < len(raw):
                depth += (raw[j] == "{") - (raw[j] == "}")
                j += 1
                if depth == 0:
                    break
            found.append("".join(raw[i:j]))
            i = j
            continue
        found.append(token)
        i += 1
    return tuple(found)


def _solid(latex: str) -> Tokens:
    return tuple(t for t in tokens(latex) if not t.isspace())


@dataclass(frozen=True)
class Renaming:
    """Old LaTeX to new LaTeX, for the symbols of one theorem.

    Attributes
    ----------
    new : dict
        By the LaTeX of the symbol, such as ``n`` or ``\\beta^{*}``.
    squares : dict
        By the LaTeX of a symbol whose square is named, such as ``\\sigma``: the name of the square.
    others : tuple of str
        LaTeX of the symbols that keep their names.
    indexed : frozenset of str
        Symbols that a subscript belongs to (entries of a matrix), instead of making another symbol.
    """

    new: Mapping[str, str]
    squares: Mapping[str, str]
    others: tuple[str, ...] = ()
    indexed: frozenset[str] = frozenset()

    def latex(self, formula: str) -> str:
        """A formula in the new notation."""
        return "".join(text for text, _ in self._pieces(formula))

    def prose(self, text: str) -> str:
        """Text in the new notation: what stands between dollar signs."""
        parts = text.split("$")
        if len(parts) % 2 == 0:
            return text
        return "$".join(self.latex(part) if i % 2 else part for i, part in enumerate(parts))

    def display(self, formula: str) -> str:
        """A displayed formula in the new notation."""
        return self.latex(formula)

    def check_against(self, formulas: Iterable[str]) -> None:
        """Make sure that no new name means something else already.

        Raises
        ------
        InputError
            If two symbols get the same name, or one gets the name of another symbol in these formulas.
        """
        names: dict[Tokens, str] = {}
        for old, name in [*self.new.items(), *self.squares.items()]:
            if _solid(name) in names:
                raise InputError(
                    f"the notation calls both {names[_solid(name)]} and {old} {name}; give them different names"
                )
            names[_solid(name)] = old
        taken = {_solid(other) for other in self.others}
        for new, old in names.items():
            if new in taken:
                raise InputError(
                    f"the notation calls {old} {''.join(new)}, which is another symbol of this theorem; "
                    f"rename that one as well, or choose another letter"
                )
        for formula in formulas:
            kept = [text if ours is None else None for text, ours in self._pieces(formula)]
            for new, old in names.items():
                if _occurs(new, kept):
                    raise InputError(
                        f"the notation calls {old} {''.join(new)}, which already has a meaning in this theorem "
                        "(it stands in its formulas); choose another letter"
                    )

    def _pieces(self, formula: str) -> Iterator[tuple[str, str | None]]:
        """Consecutive pieces of the result, each with the old symbol that it stands for, or None."""
        stream = tokens(formula)
        i = 0
        while i < len(stream):
            square = self._square(stream, i)
            if square is not None:
                text, end, old = square
                yield _as_argument(_separated(text, stream, end), stream, i), old
                i = end
                continue
            match = self._match(stream, i)
            if match is not None:
                old, end, transposed = match
                if old in self.new:
                    yield _as_argument(self._renamed(stream, end, old, transposed=transposed), stream, i), old
                else:
                    yield "".join(stream[i:end]), old
                i = end
                continue
            token = stream[i]
            if token in YIELDS and token in self._wanted:
                yield YIELDS[token], ""
            else:
                yield token, None
            i += 1

    def _renamed(self, stream: Tokens, end: int, old: str, *, transposed: bool) -> str:
        new = self.new[old]
        if transposed:
            return (f"{{{new}}}" if "^" in new else new) + r"^{\top}"
        following = stream[end] if end < len(stream) else ""
        if following in ("^", "_") and following in new:
            return f"{{{new}}}"  # otherwise a double superscript
        return _separated(new, stream, end)

    @cached_property
    def _patterns(self) -> dict[str, list[tuple[Tokens, str]]]:
        """By their first token, the longest first."""
        found: dict[str, list[tuple[Tokens, str]]] = {}
        for old in sorted((*self.new, *self.others), key=lambda old: -len(_solid(old))):
            if _solid(old):
                found.setdefault(_solid(old)[0], []).append((_solid(old), old))
        return found

    @cached_property
    def _wanted(self) -> set[str]:
        """The single letters among the new names."""
        names = (_solid(name) for name in (*self.new.values(), *self.squares.values()))
        return {name[0] for name in names if len(name) == 1}

    def _match(self, stream: Tokens, i: int) -> tuple[str, int, bool] | None:
        for pattern, old in self._patterns.get(stream[i], ()):
            end = i + len(pattern)
            if pattern[-2:] == ("*", "}") and stream[i : end + 1] == (*pattern[:-1], r"\top", "}"):
                return old, end + 1, True
            if stream[i:end] != pattern:
                continue
            following = stream[end] if end < len(stream) else ""
            if following == "_" and "_" not in pattern and old not in self.indexed:
                continue
            return old, end, False
        return None

    def _square(self, stream: Tokens, i: int) -> tuple[str, int, str] | None:
        """A power of a symbol whose square has a name."""
        for base, name in self.squares.items():
            if stream[i : i + 1] != _solid(base):
                continue
            rest = "".join(stream[i + 1 : i + 6])
            power = re.match(r"\^(?:\{(-?\d+)\}|(\d))", rest)
            exponent = int(power[1] or power[2]) if power else 1
            end = i + 1 + (len(tokens(power[0])) if power else 0)
            root = re.fullmatch(r"(.*)\^(?:\{2\}|2)", name)
            if root:
                return (f"{root[1]}^{{{exponent}}}" if power else root[1]), end, base
            if exponent % 2:
                inner = rf"\sqrt{{{name}}}"
                return (inner if exponent == 1 else f"{inner}^{{{exponent}}}"), end, base
            half = exponent // 2
            return (name if half == 1 else f"{_grouped(name)}^{{{half}}}"), end, base
        return None


def _as_argument(name: str, stream: Tokens, i: int) -> str:
    """A name of several tokens in braces, where it is the argument of a script or fraction that had no braces."""
    if re.fullmatch(r"\\?[A-Za-z]+ ?", name) and len(_solid(name)) == 1:
        return name
    before = [t for t in stream[:i] if not t.isspace()][-2:]
    fractions = (r"\frac", r"\tfrac", r"\dfrac", r"\sqrt")
    first = bool(before) and before[-1] in ("^", "_", *fractions)
    second = len(before) == 2 and before[0] in fractions[:3] and before[1] != "{"
    return f"{{{name}}}" if first or second else name


def _grouped(name: str) -> str:
    return rf"\left({name}\right)" if "^" in name else name


def _separated(text: str, stream: Tokens, end: int) -> str:
    """A command that ends in a letter must not run into the letter behind it."""
    following = stream[end] if end < len(stream) else ""
    if re.search(r"\\[A-Za-z]+$", text) and following[:1].isalpha():
        return text + " "
    return text


def _occurs(name: Tokens, pieces: list[str | None]) -> bool:
    flat: list[str | None] = []
    for piece in pieces:
        flat += [None] if piece is None else [t for t in tokens(piece) if not t.isspace()]
    for i in range(len(flat) - len(name) + 1):
        if tuple(flat[i : i + len(name)]) == name:
            following = flat[i + len(name)] if i + len(name) < len(flat) else None
            if following != "_" or "_" in name:
                return True
    return False


def renaming_of(symbols: Mapping[str, sympy.Basic], names: Mapping[str, str]) -> Renaming:
    """The renaming of some symbols, those without a new name being kept.

    Parameters
    ----------
    symbols : dict
        All symbols by name.
    names : dict
        New LaTeX by name; names without a symbol are passed over.
    """
    new: dict[str, str] = {}
    squares: dict[str, str] = {}
    others: list[str] = []
    indexed: set[str] = set()
    for name, symbol in symbols.items():
        written = expression_latex(symbol)
        if isinstance(symbol, MatrixExpr):
            indexed.add(written)
        if name not in names:
            others.append(written.split("(", 1)[0])  # of λ_min(H) the letter H is a symbol by itself
        elif name in SQUARES:
            squares[SQUARES[name]] = names[name]
        else:
            new[written] = names[name]
    return Renaming(new, squares, tuple(others), frozenset(indexed))


def renamed(formula: str, expression: sympy.Basic, names: Mapping[str, str]) -> str:
    """The LaTeX of an expression in another notation.

    Parameters
    ----------
    formula : str
        LaTeX of the expression.
    expression : SymPy expression
    names : dict
        New LaTeX by the name of the symbol, such as ``{"n": "N", "sigma2": r"\\lambda"}``.

    Raises
    ------
    InputError
        For an unknown symbol, a name that is no letter, or two symbols with one name.
    """
    if not isinstance(names, Mapping) or not all(isinstance(n, str) for pair in names.items() for n in pair):
        raise InputError(
            'a notation is a dict from names to LaTeX, such as {"n": "N", "sigma2": r"\\lambda"}'
        )
    matrices = {a.name: a for a in expression.atoms(sympy.MatrixSymbol)}
    letters = {a.name: a for a in expression.atoms(sympy.Symbol) if a.name not in matrices}
    symbols = letters | matrices
    unknown = next((name for name in names if name not in symbols), None)
    if unknown is not None:
        raise InputError(f"there is no symbol called {unknown}; the symbols are {', '.join(sorted(symbols))}")
    renaming = renaming_of(symbols, {name: checked_name(name, new) for name, new in names.items()})
    renaming.check_against([formula])
    return renaming.latex(formula)
