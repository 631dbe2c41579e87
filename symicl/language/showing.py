"""Closed forms and exact numbers of verdicts, as text, LaTeX and JSON; very long ones are only described."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flint

from symicl.algebra import ClosedForm
from symicl.language.numbers import ScaledI
from symicl.numeric import ExactMatrix
from symicl.typeset import Node, formula_latex, formula_text, long_text, pretty_ratio

MAX_PRETTY = 40
"""Terms up to which a closed form is factored for reading."""

MAX_PRINTED = 1_000


def text_of(formula: ClosedForm, names: Mapping[str, Node] | None = None) -> str:
    """A closed form on one line, its symbols as they were declared; the language of claims reads it back."""
    if len(formula) + len(formula.denominator) > MAX_PRINTED:
        return f"(a closed form of {len(formula)} terms)"
    if len(formula) + len(formula.denominator) > MAX_PRETTY:
        return long_text(formula, names)
    return formula_text(_read_best(formula), names)


def latex_of(formula: ClosedForm) -> str:
    """A closed form in LaTeX."""
    if len(formula) + len(formula.denominator) > MAX_PRETTY:
        return rf"\text{{(a closed form of {len(formula)} terms)}}"
    return formula_latex(_read_best(formula))


def _read_best(formula: ClosedForm) -> Any:
    """A scalar factored as a whole: an answer has few terms, unlike a loss, which is collected by its parameters."""
    return pretty_ratio(formula) if formula.is_scalar else formula


def show(value: Any) -> str:
    """An exact number or matrix."""
    if isinstance(value, ExactMatrix):
        rows = [[str(value[i, j]) for j in range(value.ncols())] for i in range(value.nrows())]
        return "[" + ", ".join("[" + ", ".join(row) + "]" for row in rows) + "]"
    if isinstance(value, ScaledI):
        return f"{value.factor} I"
    return str(value)


def plain(value: Any) -> Any:
    """An exact value as text, matrices as nested lists of text."""
    if isinstance(value, ExactMatrix):
        return [[str(value[i, j]) for j in range(value.ncols())] for i in range(value.nrows())]
    return show(value) if isinstance(value, flint.fmpq | ScaledI) else str(value)
