"""The same closed form in another style; every rearrangement is exact and checked before it is shown."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import Any

import sympy
from sympy.matrices.expressions import MatrixExpr

from symicl.algebra import ClosedForm
from symicl.errors import DerivationError
from symicl.typeset.eigenvalues import EigenSum, component, eigenvalue_form
from symicl.typeset.formula import Equation, closed_form_of
from symicl.typeset.instances import agree
from symicl.typeset.leading_order import normalised_form
from symicl.typeset.pretty import collected, pretty_matrix_ratio, pretty_ratio
from symicl.typeset.printer import expression_latex


class Style(StrEnum):
    """How closed forms are arranged.

    ``trace`` as they are derived; ``eigen`` with sums over eigenvalues where a trace is a function of one matrix or
    of one product of two; ``normalised`` with the leading power of n split off.
    """

    trace = "trace"
    eigen = "eigen"
    normalised = "normalised"


def restyled(formula: Any, style: Style) -> Any:
    """A formula in another style; what the style does not apply to stays as it is.

    Parameters
    ----------
    formula : Equation, closed form, SymPy expression or str
    style : Style

    Returns
    -------
    the same, or an expression that is equal to it

    Raises
    ------
    DerivationError
        If the rearranged expression is not equal to the given one.
    """
    if style is Style.trace or isinstance(formula, str):
        return formula
    if isinstance(formula, Equation):
        return Equation(formula.left, restyled(formula.right, style))
    formula = closed_form_of(formula)
    if isinstance(formula, ClosedForm) and formula.is_scalar:
        if collected(formula) is not None:  # terms in parameters, to be broken into lines
            return formula
        expression = pretty_ratio(formula)
    elif isinstance(formula, ClosedForm):
        expression = pretty_matrix_ratio(formula)
    elif isinstance(formula, sympy.Expr | MatrixExpr):
        expression = formula
    else:
        return formula
    arranged = _arranged(expression, style)
    return formula if arranged is None else arranged


def eigenvalues_of(formula: Any) -> str:
    """LaTeX that says whose eigenvalues the sums of a formula run over; empty where it has none."""
    right = formula.right if isinstance(formula, Equation) else formula
    sums = right.atoms(EigenSum) if isinstance(right, sympy.Basic) else set()
    if not sums:
        return ""
    one = min(sums, key=lambda s: s.eigenvalue.name)
    letter, _ = expression_latex(one.eigenvalue).split("_", 1)
    matrix = " ".join(expression_latex(m) for m in one.letters)
    text = rf"{letter}_{{1}},\dots,{letter}_{{d}}\text{{ the eigenvalues of }}{matrix}".replace(
        "_{d}", f"_{{{expression_latex(one.dimension)}}}"
    )
    vectors = sorted({u for total in sums for u in total.vectors}, key=str)
    for u in vectors:
        along = expression_latex(component(u, "i"))
        text += rf",\ {along}\text{{ the component of }}{expression_latex(u)}\text{{ along an eigenvector}}"
    return text


@lru_cache(maxsize=256)
def _arranged(expression: sympy.Basic, style: Style) -> sympy.Basic | None:
    """The expression in this style, checked; None where the style changes nothing, as in matrices of blocks."""
    if expression.has(sympy.BlockMatrix):
        return None
    arranged = eigenvalue_form(expression) if style is Style.eigen else normalised_form(expression)
    if arranged is None or arranged == expression:
        return None
    return checked(expression, arranged)


def checked(expression: sympy.Basic, arranged: sympy.Basic) -> sympy.Basic:
    """The rearranged expression, if it is equal to the original.

    Scalars without matrices are compared as rational functions; others in exact arithmetic at instances whose
    matrices do not commute and have known eigenvalues.

    Raises
    ------
    DerivationError
        If they differ.
    """
    if not agree(expression, arranged):
        raise DerivationError(
            f"a closed form changed its value when it was rearranged: {str(expression)[:80]}"
        )
    return arranged
