"""Trees to text, in the language itself: what is written is read as the same tree."""

from __future__ import annotations

import re
from fractions import Fraction

from symicl import typeset
from symicl.language import tree as t
from symicl.typeset import DOT, MINUS, PLUS, TOP, Fence, Kind, Node, Row, Scripts, Word

SUM, PRODUCT, FACTOR = range(3)

_SLASH = Word("/", Kind.SLASH)
_NUMBER = re.compile(r"[0-9.](?!_)(?![₀-₉])")
"""The beginning of a number; 1_n is none."""


def write(node: t.Expr, level: int = SUM) -> str:
    """A formula as text, in brackets where it stands in something that binds more tightly."""
    if isinstance(node, t.Limit):
        names = ", ".join(name.name for name in (node.variable, *(name for name, _ in node.beside)))
        ratios = ", ".join(f"{name.name}/{node.variable.name} -> {write(c)}" for name, c in node.beside)
        words = f" with {ratios}" if ratios else ""
        return f"limit {names} -> {node.point}{words} of {write(node.base)}"
    return typeset.write_line(_node(node, level))


def _node(node: t.Expr, level: int = SUM, *, apart: bool = False) -> Node:
    if isinstance(node, t.Sum):
        total = _sum(node)
        return Fence(total, apart=apart) if level > SUM else total
    if isinstance(node, t.Product):
        product = _product(node)
        return Fence(product, apart=apart) if level > PRODUCT else product
    return _factor(node)


def _sum(node: t.Sum) -> Row:
    items: list[Node] = []
    for i, (sign, item) in enumerate(node.items):
        if i or sign == "-":
            items.append(MINUS if sign == "-" else PLUS)
        items.append(_node(item, PRODUCT))
    return Row(tuple(items))


def _product(node: t.Product) -> Row:
    # What stands beside a divisor must not look like its argument.
    apart = any(operator == "/" for operator, _ in node.items)
    items: list[Node] = []
    for operator, item in node.items:
        factor = _node(item, FACTOR, apart=apart and operator != "/")
        if operator == "/":
            items.append(_SLASH)
        elif operator == "*" or (items and _NUMBER.match(typeset.write_line(factor))):
            items.append(DOT)  # a number behind a factor needs a sign between them
        items.append(factor)
    return Row(tuple(items))


NAMES = {t.Trace: "tr", t.Inverse: "inv", t.Relu: "relu"}


def _factor(node: t.Expr) -> Node:
    if isinstance(node, t.Number):
        return Word(number(node.value), Kind.NUMBER)
    if isinstance(node, t.Name):
        return Word(node.spelled or node.name)
    if isinstance(node, t.Ones):
        return Scripts(Word("1"), Word(node.size or ""))
    if isinstance(node, t.Identity):
        return Word("I") if node.size is None else Scripts(Word("I"), Word(node.size))
    if isinstance(node, t.Power):
        exponent = typeset.number_word(abs(node.exponent))
        return Scripts(_base(node.base), sup=Row((MINUS, exponent)) if node.exponent < 0 else exponent)
    if isinstance(node, t.Transpose):
        return Scripts(_base(node.base), sup=TOP)
    if isinstance(node, t.Block):
        rows = ", ".join(f"[{', '.join(write(x) for x in row)}]" for row in node.rows)
        return Word(f"[{rows}]")
    if isinstance(node, t.Trace | t.Inverse | t.Relu):
        return _applied(NAMES[type(node)], Fence(_node(node.base)))
    if isinstance(node, t.Entrywise):
        arguments: list[Node] = [_node(node.base)]
        arguments += [] if node.second is None else [Word(", "), _node(node.second)]
        arguments += [Word(f", {k}") for k in node.numbers]
        return _applied(node.name, Fence(Row(tuple(arguments))))
    if isinstance(node, t.Norm):
        base = _node(node.base)
        # Norms look the same on both sides, so that one inside another needs brackets.
        bars = Fence(Fence(base) if "‖" in typeset.write_line(base) else base, "‖", "‖")
        return Scripts(bars, Word(node.weight) if node.weight else None, typeset.number_word(2))
    if isinstance(node, t.Expectation):
        return _average("E", node.over, _node(node.base))
    if isinstance(node, t.Moment):
        items: list[Node] = []
        for part in node.parts:
            items += [*([Word(", ")] * bool(items)), _node(part)]
        average = _average(node.name.removesuffix("²"), node.over, Row(tuple(items)))
        return Scripts(average, sup=typeset.number_word(2)) if node.name.endswith("²") else average
    assert isinstance(node, t.Library)
    return _applied(node.function, Fence(Word(f"{node.model.name}, {node.task.name}")))


def _average(name: str, over: tuple[str, ...], inside: Node) -> Row:
    """E_{x, w}[…]"""
    below = f"_{{{', '.join(over)}}}" if over else ""
    return Row((Word(name + below, Kind.FUNCTION), Fence(inside, "[", "]")))


def _base(node: t.Expr) -> Node:
    """The base of an exponent or of a transpose."""
    base = _node(node, FACTOR)
    raised = isinstance(node, t.Power | t.Transpose | t.Norm) or (
        isinstance(node, t.Moment) and node.name == "Corr²"
    )
    return Fence(base) if raised else base


def _applied(name: str, argument: Fence) -> Row:
    return Row((Word(name, Kind.FUNCTION), argument))


def number(value: Fraction) -> str:
    """A number ≥ 0 as a decimal that is exact.

    Raises
    ------
    ValueError
        If there is none, as for 1/3.
    """
    digits, tens = 0, 1
    while tens % value.denominator:
        if digits > 400:
            raise ValueError(f"{value} is not a finite decimal")
        digits, tens = digits + 1, tens * 10
    whole = str(value.numerator * (tens // value.denominator))
    if not digits:
        return whole
    whole = whole.rjust(digits + 1, "0")
    return f"{whole[:-digits]}.{whole[-digits:]}"
