"""Why a claim is wrong: the usual differences between two papers are tried, and the one that mends it is named.

Every version is judged by the same exact comparison as the claim itself, so that a convention is named only where
the changed claim is proved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import islice

from symicl.errors import SymiclError
from symicl.language import tree as t
from symicl.language.bounds import MAX_VARIATIONS
from symicl.language.reading import Reader
from symicl.language.result import Convention
from symicl.language.scope import Entry
from symicl.language.variations import variations
from symicl.language.writing import write

Holds = Callable[[t.Expr, t.Expr], bool]
"""A predicate: True if the claim with this question and this stated side is proved."""


def explain(
    question: t.Expr, stated: t.Expr, reader: Reader, holds: Holds, *, of_a_loss: bool
) -> Convention | None:
    """The first convention that makes a refuted claim true.

    Parameters
    ----------
    question : Expr
        The side that has to be worked out.
    stated : Expr
        The other side, which is varied.
    reader : Reader
    holds : callable
    of_a_loss : bool
        Whether what is stated is the value of a loss.
    """
    for changed, sentence in _switched_queries(question, reader):
        if _tried(holds, changed, stated):
            return Convention("the query token inside or outside the context", sentence, write(changed))
    for variation in islice(variations(stated, reader.scope, of_a_loss=of_a_loss), MAX_VARIATIONS):
        if _tried(holds, question, variation.expression):
            if _plain(variation.expression) == _plain(question):
                continue  # that a formula is equal to itself explains nothing
            return Convention(variation.convention, variation.sentence, write(variation.expression))
    wrapped = _with_expectation(question)
    if wrapped is not None and _tried(holds, wrapped, stated):
        return Convention("a missing expectation", "with E[…] around the other side", write(wrapped))
    return None


def _plain(node: t.Expr) -> t.Expr:
    """A formula without brackets, double transposes and double signs, the terms of each sum in one order."""
    if isinstance(node, t.Number | t.Name | t.Constant | t.Library):
        return node
    if isinstance(node, t.Sum):
        return _plain_sum([(sign, _plain(item)) for sign, item in node.items])
    if isinstance(node, t.Product):
        items: list[tuple[str, t.Expr]] = []
        for operator, item in node.items:
            inner = _plain(item)
            opened = isinstance(inner, t.Product) and operator != "/"
            items += inner.items if opened and isinstance(inner, t.Product) else [(operator, inner)]
        return replace(node, items=tuple((op if op == "/" else "", item) for op, item in items))
    if isinstance(node, t.Moment):
        return _plain(node.spelled)
    if isinstance(node, t.Block):
        return node
    inner = _plain(node.base)
    twice = isinstance(node, t.Transpose) and isinstance(inner, t.Transpose)
    return inner.base if twice and isinstance(inner, t.Transpose) else replace(node, base=inner)


def _plain_sum(items: list[tuple[str, t.Expr]]) -> t.Expr:
    number = Fraction(0)
    rest: list[tuple[str, t.Expr]] = []
    for sign, item in items:
        inner = item.items if isinstance(item, t.Sum) else (("+", item),)
        for own, term in inner:
            same = sign == own
            if isinstance(term, t.Number):
                number += term.value if same else -term.value
            else:
                rest.append(("+" if same else "-", term))
    rest.sort(key=repr)
    if number:
        rest.append(("+", t.Number(number)))
    return rest[0][1] if len(rest) == 1 and rest[0][0] == "+" else t.Sum(tuple(rest))


def _tried(holds: Holds, question: t.Expr, stated: t.Expr) -> bool:
    """True if a version holds; one that cannot be meant does not."""
    try:
        return holds(question, stated)
    except (SymiclError, ZeroDivisionError):
        return False


def _with_expectation(question: t.Expr) -> t.Expr | None:
    return None if isinstance(question, t.Expectation | t.Limit) else t.Expectation(question)


def _switched_queries(question: t.Expr, reader: Reader) -> Iterator[tuple[t.Expr, str]]:
    """The question for the model whose query token does, or does not, attend to itself."""
    for node in t.nodes(question):
        if not isinstance(node, t.Library):
            continue
        entry = reader.scope.entries[node.model.name]
        switch = getattr(entry.thing, "query_switch", "")
        if not switch:
            continue
        now = not getattr(entry.thing, switch)
        name = f"{node.model.name}({switch} = {str(now).lower()})"
        # No file can declare a name with brackets, so it is free.
        reader.scope.entries[name] = Entry("model", None, thing=replace(entry.thing, **{switch: now}))
        changed = replace(node, model=t.Name(name, span=node.span))
        yield t.replaced(question, node, changed), f"for the model with {switch} = {str(now).lower()}"


def is_loss(node: t.Expr) -> bool:
    """True if a side is a loss: one of the library, or the expectation of a square."""
    if isinstance(node, t.Library):
        return node.function != "coefficient"
    if isinstance(node, t.Expectation):
        return isinstance(node.base, t.Norm) or (isinstance(node.base, t.Power) and node.base.exponent == 2)
    return any(map(is_loss, t.children(node)))
