"""Trees to text, in the language itself: what is written is read as the same tree."""

from __future__ import annotations

from fractions import Fraction

from symicl.claims import tree as t

SUM, PRODUCT, FACTOR = range(3)


def write(node: t.Expr, level: int = SUM) -> str:
    """A formula as text, in brackets where it stands in something that binds more tightly."""
    if isinstance(node, t.Sum):
        text = "".join(
            (f" {sign} " if i else sign.replace("+", "")) + write(item, PRODUCT)
            for i, (sign, item) in enumerate(node.items)
        )
        return f"({text})" if level > SUM else text
    if isinstance(node, t.Product):
        text = write(node.items[0][1], FACTOR)
        for operator, item in node.items[1:]:
            factor = write(item, FACTOR)
            # A number behind a factor needs a sign between them.
            loose = operator == "" and factor[0] in "0123456789."
            text += {"": " * " if loose else " ", "*": " * ", "/": "/"}[operator] + factor
        return f"({text})" if level > PRODUCT else text
    if isinstance(node, t.Limit):
        point = node.point
        return f"limit {node.variable.name} -> {point} of {write(node.base)}"
    return _factor(node)


def _factor(node: t.Expr) -> str:
    if isinstance(node, t.Number):
        return number(node.value)
    if isinstance(node, t.Name):
        return node.name
    if isinstance(node, t.Identity):
        return "I" if node.size is None else f"I_{node.size}"
    if isinstance(node, t.Power):
        base = write(node.base, FACTOR)
        return f"({base})^{node.exponent}" if isinstance(node.base, t.Power) else f"{base}^{node.exponent}"
    if isinstance(node, t.Transpose):
        return write(node.base, FACTOR) + "'"
    if isinstance(node, t.Trace):
        return f"tr({write(node.base)})"
    if isinstance(node, t.Inverse):
        return f"inv({write(node.base)})"
    if isinstance(node, t.Norm):
        base = write(node.base)
        # Norms look the same on both sides, so that one inside another needs brackets.
        base = f"({base})" if "||" in base else base
        return f"||{base}||{'_' + node.weight if node.weight else ''}^2"
    if isinstance(node, t.Expectation):
        over = f"_{{{', '.join(node.over)}}}" if node.over else ""
        return f"E{over}[{write(node.base)}]"
    assert isinstance(node, t.Library)
    return f"{node.function}({node.model.name}, {node.task.name})"


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
