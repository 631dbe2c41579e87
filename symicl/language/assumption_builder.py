"""The assumption of a statement, read off its formulas: P^2 = P says that P is a projector."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from lark import Token, Tree

from symicl.errors import ClaimError
from symicl.language import tree as t
from symicl.language.source import Source, Span
from symicl.language.writing import write

WORDS = ("symmetric", "diagonal", "orthogonal", "positive", "nonnegative", "commute")
BETWEEN = ("is", "are", "and")
FORMS = "A symmetric, P^2 = P, |x| = 1, Q' Q = I, A and B commute, n > d + 1, S = I"


class Formulas(Protocol):
    """Whoever makes formulas of parsed trees."""

    source: Source

    def formula(self, item: Token | Tree) -> t.Expr:
        """A formula."""


def assume(builder: Formulas, parts: Sequence[Tree], span: Span) -> t.Assume:
    """The assumptions of one statement.

    Raises
    ------
    ClaimError
        For one that is not of the known forms.
    """
    found: list[t.Assumption] = []
    waiting: list[t.Name] = []
    for part in parts:
        items = part.children
        first = items[0]
        if isinstance(first, Tree) and first.data == "length":
            subject, value = builder.formula(first.children[1]), builder.formula(items[2])
            if not isinstance(subject, t.Name):
                raise _unknown(builder, part, span)
            found.append(t.Assumption("norm", (subject,), value, span=subject.span))
            continue
        left = builder.formula(first)
        if len(items) == 1:
            names = _names(left)
            if names and names[-1].name not in WORDS:  # A, B symmetric
                waiting += names
                continue
            if len(names) + len(waiting) < 2:
                raise _unknown(builder, part, span)
            found.append(t.Assumption(names[-1].name, (*waiting, *names[:-1]), span=left.span))
            waiting = []
            continue
        right = builder.formula(items[2])
        known = _equation(left, right) if str(items[1]) == "=" else _bound(left, str(items[1]), right)
        if known is None:
            raise _unknown(builder, part, span)
        found.append(known)
    if waiting:
        raise builder.source.error(
            waiting[-1].span, f"{waiting[-1].name} is assumed to be what? There are {FORMS}"
        )
    return t.Assume(tuple(found), span=span)


def _unknown(builder: Formulas, part: Tree, span: Span) -> ClaimError:
    return builder.source.error(span, f"what can be assumed has one of these forms: {FORMS}")


def _names(node: t.Expr) -> list[t.Name]:
    """The names of a product of names, without small words between them."""
    items = [item for _, item in node.items] if isinstance(node, t.Product) else [node]
    if not all(isinstance(item, t.Name) for item in items):
        return []
    return [item for item in items if isinstance(item, t.Name) and item.name not in BETWEEN]


def _equation(left: t.Expr, right: t.Expr) -> t.Assumption | None:
    factors = [item for _, item in left.items] if isinstance(left, t.Product) else [left]
    two = len(factors) == 2
    if isinstance(right, t.Name) and (
        left == t.Power(right, 2) or (two and factors[0] == factors[1] == right)
    ):
        return t.Assumption("projector", (right,), span=right.span)
    if isinstance(left, t.Name) and right == t.Transpose(left):
        return t.Assumption("symmetric", (left,), span=left.span)
    if isinstance(right, t.Name) and left == t.Transpose(right):
        return t.Assumption("symmetric", (right,), span=right.span)
    if two and isinstance(factors[1], t.Name) and factors[0] == t.Transpose(factors[1]):
        kind = "orthogonal" if isinstance(right, t.Identity) else "square"
        return t.Assumption(kind, (factors[1],), right, span=left.span)
    if two and isinstance(right, t.Product) and [item for _, item in right.items] == factors[::-1]:
        names = tuple(item for item in factors if isinstance(item, t.Name))
        return t.Assumption("commute", names, span=left.span) if len(names) == 2 else None
    if isinstance(left, t.Norm) and isinstance(left.base, t.Name) and left.weight in (None, "2"):
        return t.Assumption("square", (left.base,), right, span=left.span)
    if isinstance(left, t.Trace) and isinstance(left.base, t.Name):
        return t.Assumption("rank", (left.base,), right, span=left.span)
    if isinstance(left, t.Name):
        return t.Assumption("value", (left,), right, span=left.span)
    return None


def _bound(left: t.Expr, sign: str, right: t.Expr) -> t.Assumption | None:
    if isinstance(left, t.Name) and sign[0] == ">":
        return t.Assumption(sign, (left,), right, span=left.span)
    if isinstance(right, t.Name) and sign[0] == "<":
        return t.Assumption(sign.replace("<", ">"), (right,), left, span=right.span)
    return None


def described(assumption: t.Assumption) -> str:
    """An assumption as it is written in a file."""
    names = " and ".join(write(name) for name in assumption.names)
    value = "" if assumption.value is None else write(assumption.value)
    if assumption.kind in WORDS:
        return f"{names} {assumption.kind}"
    forms = {
        "projector": f"{names}^2 = {names}",
        "orthogonal": f"{names}' {names} = I",
        "norm": f"|{names}| = {value}",
        "square": f"|{names}|^2 = {value}",
        "rank": f"tr({names}) = {value}",
        "value": f"{names} = {value}",
    }
    return forms.get(assumption.kind, f"{names} {assumption.kind} {value}")
