"""Closed forms, equations and sentences as plain text: one notation for the terminal, JSON and claim files.

Formulas are written as `symicl.typeset.line` writes them, in Unicode: blanks are products, σ⁴ and Aᵀ are powers and
transposes, H_{T-2} is a harmonic number. The language of claims reads all of it back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sympy

from symicl.algebra.closed_form import ClosedForm
from symicl.algebra.polynomial import MatrixPolynomial, Polynomial
from symicl.algebra.writer import write_matrix, write_scalar
from symicl.typeset.expression import Lines
from symicl.typeset.formula import Equation
from symicl.typeset.latex_reader import read_latex
from symicl.typeset.line import Node, Quotient, write
from symicl.typeset.pretty import collected, pretty_matrix, pretty_matrix_ratio, pretty_ratio


def expression_text(expression: sympy.Basic, names: Mapping[str, Node] | None = None) -> str:
    """A SymPy expression on one line.

    Parameters
    ----------
    expression : SymPy expression
    names : mapping, optional
        How symbols are written, by their name; see `symicl.typeset.expression.named`.
    """
    return write(Lines(names).tree(expression))


def formula_text(
    formula: Any, names: Mapping[str, Node] | None = None, renamed: Callable[[str], str] = str
) -> str:
    """A closed form, an equation or a LaTeX string on one line.

    Parameters
    ----------
    formula : Equation, closed form, SymPy expression or str
    names : mapping, optional
        How symbols are written, by their name.
    renamed : callable
        The same for LaTeX.
    """
    formula = getattr(formula, "closed_form", formula)
    if isinstance(formula, Equation):
        return f"{formula_text(formula.head, renamed=renamed)} {formula_text(formula.right, names, renamed)}"
    if isinstance(formula, str):
        return write(read_latex(renamed(formula)))
    return write(_tree(formula, Lines(names, renamed)))


def long_text(ratio: ClosedForm, names: Mapping[str, Node] | None = None) -> str:
    """A closed form whose terms stay as they are: to factor a long one would take minutes."""
    lines = Lines(names)
    top = lines.tree(_written(ratio.num))
    return write(top if ratio.den == 1 else Quotient(top, lines.tree(_written(ratio.den))))


def _written(part: Polynomial | MatrixPolynomial) -> sympy.Basic:
    return write_scalar(part) if isinstance(part, Polynomial) else write_matrix(part)


def _tree(formula: Any, lines: Lines) -> Node:
    if isinstance(formula, Polynomial):
        terms = []
        for coefficient, structure in collected(formula):
            if structure == 1:
                terms += [lines.signed(term) for term in lines.terms(coefficient)]
            else:
                terms.append(lines.product([coefficient, structure], []))
        return lines.total(terms) if terms else lines.tree(sympy.Integer(0))
    if isinstance(formula, ClosedForm) and formula.is_scalar:
        formula = pretty_ratio(formula)
    elif isinstance(formula, ClosedForm):
        formula = pretty_matrix_ratio(formula)
    elif isinstance(formula, MatrixPolynomial):
        formula = pretty_matrix(formula)
    return lines.tree(formula)


def plain(text: str, *, strict: bool = False) -> str:
    """Text with LaTeX mathematics between dollar signs as Unicode text for a terminal.

    Parameters
    ----------
    text : str
    strict : bool
        Refuse an unknown LaTeX command, which is otherwise shown as it is written.

    Raises
    ------
    UnknownCommand
        If ``strict``.
    """
    parts = text.split("$")
    if len(parts) % 2 == 0:
        return text
    parts[1::2] = [write(read_latex(part, strict=strict)) for part in parts[1::2]]
    return "".join(parts)
