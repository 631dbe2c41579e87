"""Closed forms, equations and sentences as plain text: one notation for the terminal, JSON and claim files.

Formulas are written as `symicl.typeset.line` writes them, in Unicode: blanks are products, σ⁴ and Aᵀ are powers and
transposes, H_{T-2} is a harmonic number. The language of claims reads all of it back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sympy

from symicl.algebra import ClosedForm
from symicl.typeset.formula import Equation, closed_form_of
from symicl.typeset.latex_reader import read_latex
from symicl.typeset.line import Node, write_line
from symicl.typeset.line_printer import LinePrinter
from symicl.typeset.pretty import collected, pretty_matrix_ratio, pretty_ratio
from symicl.typeset.printer import join_signed, plus_first, terms_in_order, with_sign


def expression_text(expression: sympy.Basic, names: Mapping[str, Node] | None = None) -> str:
    """A SymPy expression on one line.

    Parameters
    ----------
    expression : SymPy expression
    names : mapping, optional
        How symbols are written, by their name; see `symicl.typeset.line_printer.named`.
    """
    return _line(expression, names)


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
        The same for a LaTeX string.
    """
    formula = closed_form_of(formula)
    if isinstance(formula, Equation):
        return f"{formula_text(formula.head, renamed=renamed)} {formula_text(formula.right, names, renamed)}"
    if isinstance(formula, str):
        return write_line(read_latex(renamed(formula)))
    return _line(formula, names)


def long_text(ratio: ClosedForm, names: Mapping[str, Node] | None = None) -> str:
    """A closed form whose terms stay as they are: to factor a long one would take minutes."""
    printer = LinePrinter(names)
    top, bottom = (printer.doprint(part.expr) for part in ratio.fraction())
    return write_line(printer.node(top if bottom == "1" else rf"\frac{{{top}}}{{{bottom}}}"))


def _line(formula: Any, names: Mapping[str, Node] | None) -> str:
    printer = LinePrinter(names)
    return write_line(printer.node(_latex(formula, printer)))


def _latex(formula: Any, printer: LinePrinter) -> str:
    if not isinstance(formula, ClosedForm):
        return str(printer.doprint(formula))
    if not formula.is_scalar:
        return str(printer.doprint(pretty_matrix_ratio(formula)))
    pairs = collected(formula)
    if pairs is None:
        return str(printer.doprint(pretty_ratio(formula)))
    terms: list[str] = []
    for coefficient, structure in pairs:
        if structure == 1:
            terms += [printer.signed(term) for term in terms_in_order(coefficient)]
        else:
            terms.append(with_sign(printer.product([coefficient, structure])))
    return join_signed(plus_first(terms))


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
    parts[1::2] = [write_line(read_latex(part, strict=strict)) for part in parts[1::2]]
    return "".join(parts)
