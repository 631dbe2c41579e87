"""Claims that say nothing, because an inverse or a quotient in them does not exist."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import sympy

from symicl.errors import SymiclError
from symicl.language import tree as t
from symicl.language.instances import instances
from symicl.language.numbers import at_numbers, symbols_in
from symicl.language.reading import Reader
from symicl.language.result import ClaimResult
from symicl.language.writing import write
from symicl.tasks import Values
from symicl.verdicts import PROVED, REFUTED, UNDECIDED


def said(result: ClaimResult, sides: tuple[t.Expr, ...], reader: Reader) -> ClaimResult:
    """A verdict that is not a refutation, with a sentence on where the claim says nothing.

    A claim that says nothing at any of the instances tried is not proved, whatever algebra makes of the inverse of a
    matrix that has none.
    """
    if result.verdict == REFUTED:
        return result
    quotients = list(dict.fromkeys(_quotients(sides, reader)))
    together = [(sides, "all that has to exist in it")] * (len(quotients) > 1)
    for nodes, words in [*(((node,), write(node)) for node in quotients), *together]:
        exists, tried = _instances(nodes, reader)
        if not tried:
            continue
        if not exists:
            reason = f"it says nothing: {words} exists at none of the {len(tried)} instances tried"
            return replace(result, verdict=UNDECIDED, reason=reason, rule="", proof=None, formulas=())
        for size in _only_at_one(exists, tried):
            reason = f"for {size} > 1 it says nothing: {words} exists at none of the instances tried"
            held = "it holds at the others, but no proof was found" * (result.verdict != PROVED)
            return replace(result, reason="; ".join(filter(None, (reason, held))))
    return result


def _quotients(nodes: tuple[t.Expr, ...], reader: Reader) -> Iterator[t.Expr]:
    """The quotients that have to exist, the innermost first."""
    for node in (inner for outer in nodes for inner in reader.scope.inside(outer)):
        if isinstance(node, t.Inverse) or (isinstance(node, t.Power) and node.exponent < 0):
            yield node
        if isinstance(node, t.Product):
            yield from (t.Inverse(item) for operator, item in node.items if operator == "/")


def _instances(nodes: tuple[t.Expr, ...], reader: Reader) -> tuple[list[Values], list[Values]]:
    """The instances at which formulas exist, and all that were tried: as many as it takes to see any size above 1."""
    exists, tried = [], []
    for values in instances(symbols_in(nodes, reader), reader.scope):
        try:
            for node in nodes:
                at_numbers(node, values, reader)
        except ZeroDivisionError:
            tried.append(values)
        except SymiclError:  # what is not a number there is no reason against it
            continue
        else:
            exists.append(values)
            tried.append(values)
            if all(any(v[size] != 1 for v in exists) for size in _sizes(values)):
                break
    return exists, tried


def _sizes(values: Values) -> list[sympy.Basic]:
    return [s for s in values if isinstance(s, sympy.Symbol) and s.is_integer]


def _only_at_one(exists: list[Values], tried: list[Values]) -> Iterator[sympy.Basic]:
    """Sizes that are 1 wherever the formula exists, though others were tried."""
    for size in _sizes(tried[0]):
        if all(v[size] == 1 for v in exists) and any(v[size] != 1 for v in tried):
            yield size
