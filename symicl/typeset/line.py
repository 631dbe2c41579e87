"""Mathematics on one line of Unicode: a tree of letters, scripts, brackets and fractions, and its writer.

Closed forms and LaTeX alike become such a tree first. The writer sets the brackets that two dimensions make
superfluous: around a sum above or below a fraction bar, around what an exponent belongs to, and around a fraction that
stands beside a factor.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import TypeAlias


class Kind(Enum):
    """The kind of a word, which decides the blanks around it."""

    LETTER = "a letter, or a name of several"
    NUMBER = "digits"
    FUNCTION = "tr, max, diag: a name that is applied to what follows"
    BIG = "∑, lim: what follows belongs to it as far as the next sign"
    PREFIX = "𝔼, ∂, ∇: stands close to what follows"
    OPERATOR = "+, -, ·"
    RELATION = "=, ≤, →"
    PUNCTUATION = ", ; :"
    SLASH = "/"
    TEXT = "words"
    SPACE = "a wide blank"


class Level(IntEnum):
    """How tightly the loosest sign of a formula binds."""

    LIST = 0
    SUM = 1
    OPEN = 2
    PRODUCT = 3
    ATOM = 4


@dataclass(frozen=True)
class Word:
    """A piece that is written as it is."""

    text: str
    kind: Kind = Kind.LETTER


@dataclass(frozen=True)
class Scripts:
    """Something with a subscript, a superscript, or both."""

    base: Node
    sub: Node | None = None
    sup: Node | None = None


@dataclass(frozen=True)
class Fence:
    """Something in brackets or bars; ``apart`` is a factor, which must not look like an argument."""

    body: Node
    left: str = "("
    right: str = ")"
    apart: bool = False


@dataclass(frozen=True)
class Quotient:
    """A fraction."""

    top: Node
    bottom: Node


@dataclass(frozen=True)
class Root:
    """A square root, or one of another degree."""

    body: Node
    degree: Node | None = None


@dataclass(frozen=True)
class Grid:
    """The entries of a matrix, row by row."""

    rows: tuple[tuple[Node, ...], ...]


@dataclass(frozen=True)
class Row:
    """Pieces side by side: factors, and the signs between them."""

    items: tuple[Node, ...]


Node: TypeAlias = Word | Scripts | Fence | Quotient | Root | Grid | Row

PLUS, MINUS, DOT = (Word(sign, Kind.OPERATOR) for sign in "+-·")
TOP, STAR = Word("ᵀ"), Word("⋆")

_LOOSE = {
    Kind.RELATION: Level.LIST,
    Kind.PUNCTUATION: Level.LIST,
    Kind.TEXT: Level.LIST,
    Kind.SPACE: Level.LIST,
    Kind.OPERATOR: Level.SUM,
    Kind.SLASH: Level.PRODUCT,
}
_PRODUCTS = (*"·×∘⊙⊗", " ")
"""Signs that bind like the product they stand in."""


def number_word(value: int) -> Word:
    """A whole number ≥ 0."""
    return Word(str(value), Kind.NUMBER)


def kind_of(node: Node) -> Kind:
    """The kind of a word; scripts do not change it, and everything else is like a letter."""
    if isinstance(node, Scripts):
        return kind_of(node.base)
    return node.kind if isinstance(node, Word) else Kind.LETTER


def level(node: Node) -> Level:
    """How tightly the loosest sign of a formula binds."""
    if isinstance(node, Quotient):
        return Level.PRODUCT
    if isinstance(node, Word):
        return Level.PRODUCT if node.text in _PRODUCTS else _LOOSE.get(node.kind, Level.ATOM)
    if not isinstance(node, Row):
        return Level.ATOM
    items = _flat(node)
    if len(items) < 2:
        return level(items[0]) if items else Level.ATOM
    if _is_application(node):
        return Level.ATOM
    found = min((level(item) for item in items if isinstance(item, Word)), default=Level.PRODUCT)
    pairs = zip(items, [*items[1:], None], strict=True)
    if any(_is_open(item, following) for item, following in pairs):
        found = min(found, Level.OPEN)
    return min(found, Level.PRODUCT)


def _is_open(node: Node, following: Node | None) -> bool:
    """∑ is open to the right, and so is a function whose argument stands in no brackets."""
    kind = kind_of(node)
    return kind is Kind.BIG or (kind is Kind.FUNCTION and not _is_fenced(following))


def _is_fenced(node: Node | None) -> bool:
    return isinstance(node.base if isinstance(node, Scripts) else node, Fence)


def _is_application(node: Node) -> bool:
    """tr(…) or 𝔼[…], as one piece."""
    items = _flat(node) if isinstance(node, Row) else []
    applied = len(items) == 2 and kind_of(items[0]) in (Kind.FUNCTION, Kind.PREFIX)
    return applied and isinstance(items[1], Fence) and items[1].left in "(["


def _flat(node: Row) -> list[Node]:
    found: list[Node] = []
    for item in node.items:
        found += _flat(item) if isinstance(item, Row) else [item]
    return found


def fenced(node: Node, least: Level = Level.ATOM) -> Node:
    """The node, in parentheses where it binds less tightly than ``least``."""
    return node if level(node) >= least else Fence(node)


def raised(base: Node, exponent: Node) -> Node:
    """base^exponent; the square of σ² is σ⁴."""
    digits = exponent.text if isinstance(exponent, Word) and exponent.kind is Kind.NUMBER else ""
    if isinstance(base, Scripts) and base.sup == number_word(2) and digits:
        return Scripts(base.base, base.sub, number_word(2 * int(digits)))
    return Scripts(base, sup=exponent)


def write_line(node: Node, *, tight: bool = False) -> str:
    """A formula on one line.

    Parameters
    ----------
    node : Node
    tight : bool
        Without blanks, as in a script.
    """
    if isinstance(node, Word):
        return node.text
    if isinstance(node, Fence):
        return f"{node.left}{write_line(node.body, tight=tight)}{node.right}"
    if isinstance(node, Scripts):
        return _scripts(node)
    if isinstance(node, Quotient):
        return _quotient(node, tight=tight)
    if isinstance(node, Root):
        mark = {"3": "∛", "4": "∜"}.get(write_line(node.degree), "√") if node.degree else "√"
        return mark + write_line(fenced(node.body), tight=tight)
    if isinstance(node, Grid):
        return "[" + ", ".join(f"[{', '.join(map(write_line, row))}]" for row in node.rows) + "]"
    return _row(_flat(node), tight=tight)


# --- fractions --------------------------------------------------------------------------------------------


def _quotient(node: Quotient, *, tight: bool) -> str:
    top, bottom = node.top, node.bottom
    divided = isinstance(top, Quotient) or (
        isinstance(top, Row) and any(kind_of(item) is Kind.SLASH for item in _flat(top))
    )
    above = Fence(top) if divided or not _may_be_divided(top) else top
    whole = level(bottom) is Level.ATOM or _is_differential(node)
    below = bottom if whole else Fence(bottom)
    return f"{write_line(above, tight=tight)}/{write_line(below, tight=tight or _is_differential(node))}"


def _may_be_divided(node: Node) -> bool:
    """True if a numerator needs no brackets: a product, or a sum over an index, which is divided term by term."""
    if level(node) is not Level.OPEN or not isinstance(node, Row):
        return level(node) >= Level.PRODUCT
    return all(
        write_line(item).startswith("∑") for item in _flat(node) if kind_of(item) in (Kind.BIG, Kind.FUNCTION)
    )


def _is_differential(node: Node) -> bool:
    """d/dt or ∂f/∂x."""
    if not isinstance(node, Quotient):
        return False
    top, bottom = (_flat(n) if isinstance(n, Row) else [n] for n in (node.top, node.bottom))
    first = top[0].base if isinstance(top[0], Scripts) else top[0]
    return first in (Word("d"), Word("∂", Kind.PREFIX)) and bottom[0] == first and len(bottom) == 2


def _is_bare_differential(node: Node) -> bool:
    """d/dt, which acts on what follows."""
    return _is_differential(node) and isinstance(node, Quotient) and not isinstance(node.top, Row)


# --- scripts ----------------------------------------------------------------------------------------------

_SUBSCRIPTS = str.maketrans("0123456789-", "₀₁₂₃₄₅₆₇₈₉₋")
_SUPERSCRIPTS = str.maketrans(
    "0123456789-+()abcdefghijklmnoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ"
)
_MARKS = "⋆′"


def _scripts(node: Scripts) -> str:
    base, kind = node.base, kind_of(node.base)
    if isinstance(base, Root) or (isinstance(base, Scripts) and not _takes_another(base, node)):
        base = Fence(base)
    body = write_line(fenced(base) if kind in (Kind.LETTER, Kind.NUMBER) else base)
    sub = "" if node.sub is None else subscript(node.sub)
    sup = "" if node.sup is None else superscript(node.sup, of_sum=kind is Kind.BIG)
    if isinstance(base, Fence) and not sup.startswith("^"):
        return f"{body}{sup}{sub}"
    if re.match(r"_(?:\{|\w\w)", sub):  # a star must not seem to belong to a long subscript
        marks = len(sup) - len(sup.lstrip(_MARKS))
        return f"{body}{sup[:marks]}{sub}{sup[marks:]}"
    return f"{body}{sub}{sup}"


def _takes_another(base: Scripts, outer: Scripts) -> bool:
    """True if a script may follow those that are there: the square of β⋆ or of x₁, the transpose of β⋆."""
    if base.sup is None:
        return outer.sub is None
    return outer.sub is None and superscript(base.sup).strip(_MARKS) == ""


def subscript(node: Node) -> str:
    """A subscript: digits below the line, a word after _, anything else in braces."""
    text = write_line(node, tight=True)
    if re.fullmatch(r"-?[0-9]+", text):
        return text.translate(_SUBSCRIPTS)
    return f"_{text}" if isinstance(node, Word) and len(text.split()) == 1 else f"_{{{text}}}"


def superscript(node: Node, *, of_sum: bool = False) -> str:
    """A superscript: whole numbers and marks above the line, a letter after ^, anything else in brackets."""
    text = write_line(node, tight=True)
    if of_sum:
        return f"^{{{text}}}"
    if re.fullmatch(r"[⋆′]*(?:-?[0-9]+|-?ᵀ|\+|\([a-pr-z0-9+-]+\))?", text):
        return text.translate(_SUPERSCRIPTS)
    label = re.fullmatch(r"[A-Z]+", text) or (isinstance(node, Word) and node.kind is not Kind.OPERATOR)
    return f"^{text}" if label else f"^({text})"


# --- factors and signs ------------------------------------------------------------------------------------


def _row(items: list[Node], *, tight: bool) -> str:
    if not items:
        return ""
    items = [_bracketed(items, i) for i in range(len(items))]
    text = ""
    before: Node | None = None
    for item, following in zip(items, [*items[1:], None], strict=bool(items)):
        if item == _BLANK and any(n is None or kind_of(n) in _SPACED for n in (before, following)):
            continue
        text += _between(before, item, tight=tight) + write_line(item, tight=tight)
        is_sign = kind_of(item) is Kind.OPERATOR and _is_sign(before)
        before = _CLOSE if is_sign else item
    return text.strip(" ")


_BLANK = Word(" ", Kind.SPACE)
_SPACED = (Kind.OPERATOR, Kind.RELATION, Kind.PUNCTUATION, Kind.SPACE, Kind.TEXT)
_CLOSE = Word("", Kind.SLASH)
"""Stands for a sign in front of a term, which is close to it."""


def _is_sign(before: Node | None) -> bool:
    """True if + or − is a sign in front of something instead of one between two terms."""
    return before is None or kind_of(before) in (
        Kind.OPERATOR, Kind.RELATION, Kind.PUNCTUATION, Kind.SPACE,
    )  # fmt: skip


def _bracketed(items: list[Node], i: int) -> Node:
    """A fraction that stands beside a factor, in brackets."""
    item = items[i]
    if not isinstance(item, Quotient) or _is_bare_differential(item):
        return item
    left = items[i - 1] if i else None
    right = items[i + 1] if i + 1 < len(items) else None
    beside = [n for n in (left, right) if n is not None and kind_of(n) not in _LOOSE]
    if beside == [left] and left is not None and kind_of(left) is Kind.BIG:
        return item
    slashed = any(n is not None and kind_of(n) is Kind.SLASH for n in (left, right))
    return Fence(item, apart=True) if beside or slashed else item


def _between(a: Node | None, b: Node, *, tight: bool) -> str:
    """The blanks between two neighbours."""
    if a is None:
        return ""
    one, two = kind_of(a), kind_of(b)
    if Kind.SPACE in (one, two) or Kind.SLASH in (one, two) or two is Kind.PUNCTUATION:
        return ""
    if Kind.TEXT in (one, two):
        return "" if isinstance(b, Word) and b.text[:1] in (",", ";", ".") else " "
    if one is Kind.PUNCTUATION or {one, two} & {Kind.OPERATOR, Kind.RELATION}:
        return "" if tight else " "
    return _between_factors(a, b, tight=tight)


def _between_factors(a: Node, b: Node, *, tight: bool) -> str:
    one, two = kind_of(a), kind_of(b)
    if one is Kind.NUMBER and two is Kind.NUMBER:
        return "·" if tight else " · "
    fence = b.base if isinstance(b, Scripts) else b
    if isinstance(fence, Fence) and isinstance(a, Scripts) and one is Kind.BIG:
        return " "
    if isinstance(fence, Fence):
        bars = fence.left in "‖|⟨"
        after_bars = isinstance(a.base if isinstance(a, Scripts) else a, Fence | Root) and bars
        return " " if after_bars or fence.apart or _is_bare_differential(a) else ""
    if _ends_in_word(a) or isinstance(a, Root):  # √d t is not √(dt), in an exponent either
        return " "
    if one in (Kind.PREFIX, Kind.NUMBER) and two not in (Kind.FUNCTION, Kind.BIG):
        return " " if re.match(r"[a-z]{2}", write_line(b)) else ""
    if tight and one is not Kind.FUNCTION:
        return ""
    return " "


def _ends_in_word(node: Node) -> bool:
    """x_i, after which a letter would seem to belong to the subscript."""
    return isinstance(node, Scripts) and bool(re.search(r"[_^]\w+$", write_line(node)))
