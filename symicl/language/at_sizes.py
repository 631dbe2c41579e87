"""Claims at given sizes: averages are taken entry by entry there, and nothing is said of other sizes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sympy
from sympy.matrices.expressions import MatrixExpr

from symicl.algebra import RandomMatrix, parts_of
from symicl.errors import InputError, UnsupportedError
from symicl.expectation import average_at, judged_at
from symicl.language import tree as t
from symicl.language.entrywise import sympy_of
from symicl.language.reading import Reader
from symicl.language.result import ClaimResult
from symicl.language.value import MultipleOfI

RULE = "both sides are the same rational function of all entries at these sizes, computed entry by entry"


def at_sizes(body: t.Relation, reader: Reader, blank: ClaimResult) -> ClaimResult:
    """The verdict on an equality at given sizes.

    Raises
    ------
    ClaimError
        If it is no equality, a size is none or is missing, or the shapes differ.
    """
    sizes: dict[str, int] = {}
    for name, size in body.sizes:
        entry = reader.scope.find(name)
        if entry.kind != "dimension":
            raise reader.source.error(name.span, f"{name.name} is a {entry.kind}, not a dimension")
        if name.name in sizes:
            raise reader.source.error(name.span, f"{name.name} is given twice")
        sizes[name.name] = size
    if body.sign != "=":
        raise reader.source.error(body.span, "at given sizes equalities are judged; claim one with =")
    left = reader.at(body.left.span, lambda: _value(body.left, reader, sizes))
    right = reader.at(body.right.span, lambda: _value(body.right, reader, sizes))
    left, right = _fitted(left, right), _fitted(right, left)
    found = reader.at(body.span, lambda: judged_at(left, right, sizes))
    rule = RULE if found.verdict.startswith("proved") else ""
    return replace(
        blank, verdict=found.verdict, reason=found.reason, rule=rule, formulas=(body.left, body.right)
    )


def _value(node: t.Expr, reader: Reader, sizes: dict[str, int]) -> Any:
    def average(inner: t.Expectation) -> Any:
        if inner.over:
            raise UnsupportedError("at given sizes averages are taken over all that is random at once")
        return average_at(sympy_of(inner.base, reader), sizes)

    value = sympy_of(node, reader, average)
    if isinstance(value, MultipleOfI):
        return value
    if any(isinstance(part, RandomMatrix) for part in parts_of(value)):
        raise InputError("something random stands outside of E[…]; was an expectation meant?")
    return value


def _fitted(value: Any, other: Any) -> Any:
    """An identity without a size, and 0, in the shape of the other side."""
    is_matrix = isinstance(other, MatrixExpr | sympy.MatrixBase)
    if isinstance(value, MultipleOfI):
        size = other.shape[0] if is_matrix else 1
        return value.factor.expr * sympy.Identity(size)
    return sympy.ZeroMatrix(*other.shape) if is_matrix and value == 0 else value
