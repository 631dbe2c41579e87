"""LaTeX of closed forms: on one line, or displayed with long sums broken before a sign."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy

from symicl.algebra import ClosedForm
from symicl.errors import InputError, described
from symicl.typeset.pretty import collected, pretty_matrix_ratio, pretty_ratio
from symicl.typeset.printer import (  # fmt: skip
    coefficient_latex,
    expression_latex,
    join_signed,
    plus_first,
    terms_in_order,
    with_sign,
)
from symicl.typeset.wide import narrowed, pieces

TRAILING_RELATIONS = (r"\ge", r"\le", r"\to", r"\approx", r"\sim", ">", "<")
"""Relations that a left side may end in, instead of a sign of equality."""


@dataclass(frozen=True)
class Equation:
    """left = right, with the left side in LaTeX and the right side a closed form.

    A left side that ends in a relation, such as ``f\\ge``, makes it that relation.
    """

    left: str
    right: Any

    @property
    def head(self) -> str:
        """The left side with the relation."""
        return self.left if self.left.endswith(TRAILING_RELATIONS) else f"{self.left} ="

    @property
    def expr(self) -> Any:
        """The right side as a SymPy expression."""
        return getattr(self.right, "expr", self.right)

    def _repr_latex_(self) -> str:
        return display(self)


MAX_LINE_WIDTH = 60
"""Rough number of visible characters after which a sum is broken."""
MAX_TERM_WIDTH = 75
"""Rough number of visible characters after which a product is broken inside its parentheses."""
LONG_LEFT_SIDE = 20
"""Rough number of visible characters from which a left side may stand on a line of its own."""


def closed_form_of(formula: Any) -> Any:
    """The ``closed_form`` of an object of another layer that is one formula; anything else as it is."""
    return getattr(formula, "closed_form", formula) if getattr(formula, "is_one_formula", True) else formula


def signed_terms(formula: Any) -> list[str]:
    """The terms of a closed form in LaTeX, each with its sign."""
    formula = closed_form_of(formula)
    if isinstance(formula, ClosedForm) and formula.is_scalar:
        pairs = collected(formula)
        if pairs is not None:
            return plus_first([with_sign(_coefficient_times(c, structure)) for c, structure in pairs])
        formula = pretty_ratio(formula)
    elif isinstance(formula, ClosedForm):
        formula = pretty_matrix_ratio(formula)
    if isinstance(formula, str):
        return ["+" + formula]
    if isinstance(formula, sympy.MatAdd):
        return plus_first([with_sign(expression_latex(term)) for term in terms_in_order(formula)])
    text = expression_latex(formula)
    if formula is None or isinstance(formula, bool | type) or text.startswith(r"\mathtt{\text{"):
        remedy = "; call its own latex()" if hasattr(formula, "latex") else "; give a formula"
        raise InputError(f"{described(formula)} is no formula that can be typeset{remedy}")
    if isinstance(formula, sympy.Add):
        first, *others = pieces(text, 0)
        return [with_sign(first), *(piece[0] + piece[2:] for piece in others)]
    return [with_sign(text)]


def _coefficient_times(coefficient: sympy.Expr, structure: sympy.Expr) -> str:
    if structure == 1:
        return expression_latex(coefficient)
    sign, text = coefficient_latex(coefficient)
    return f"{sign}{text} {expression_latex(structure)}" if text else sign + expression_latex(structure)


def formula_latex(formula: Any) -> str:
    """LaTeX of one closed form or equation, on one line."""
    if isinstance(formula, Equation):
        return f"{formula.head} {join_signed(signed_terms(formula.right))}"
    return join_signed(signed_terms(formula))


latex = formula_latex
"""Its name at the top, `symicl.latex`."""


def display(formula: Any, *, where: str = "") -> str:
    """A displayed formula; long sums are broken before a sign and aligned.

    Parameters
    ----------
    formula : Equation, closed form, SymPy expression or str
    where : str
        LaTeX that explains a letter of the formula and is displayed behind it.
    """
    left = formula.head if isinstance(formula, Equation) else ""
    terms = _broken(signed_terms(formula.right if isinstance(formula, Equation) else formula))
    lines: list[list[str]] = [[]]
    width = _visible(left)
    if width > LONG_LEFT_SIDE and width + _visible(terms[0]) > MAX_LINE_WIDTH:
        lines.append([])  # the left side has a line of its own
        width = 3
    for term in terms:
        size = _visible(term)
        if lines[-1] and width + size > MAX_LINE_WIDTH:
            lines.append([])
            width = 3
        lines[-1].append(narrowed(term, _visible))
        width += size
    if where and width + _visible(where) <= MAX_LINE_WIDTH:
        lines[-1][-1] += rf",\qquad {where}"
        where = ""
    if len(lines) == 1 and not where:
        body = join_signed(lines[0])
        return "\\[\n" + (f"{left} {body}" if left else body) + "\n\\]"
    # Aligned at the left side itself: behind it there is no room where it is long.
    rows = ["&" + (f"{left} {{}}" if left else "") + (join_signed(lines[0]) if lines[0] else "")]
    rows += ["&\\quad " + " ".join(f"{t[0]} {t[1:]}" for t in line) for line in lines[1:]]
    if not lines[0]:
        rows[1] = "&\\quad " + join_signed(lines[1])
    if where:
        rows[-1] += ","
        rows.append("&\\quad " + where)
    return "\\begin{align*}\n" + " \\\\\n".join(rows) + "\n\\end{align*}"


def _broken(terms: list[str], depth: int = 1) -> list[str]:
    """The terms, those that no line holds cut before the signs in their parentheses, the outer ones first."""
    found = []
    for term in terms:
        if depth > 2 or _visible(term) <= MAX_TERM_WIDTH:
            found.append(term)
            continue
        first, *others = pieces(term, depth)
        found += _broken([first, *(piece[0] + piece[2:] for piece in others)], depth + 1)
    return found


def _visible(text: str) -> int:
    """Approximate number of printed characters."""
    size, in_command = 0, False
    for ch in text:
        if ch == "\\":
            in_command = True
            size += 1
        elif in_command and ch.isalpha():
            continue
        else:
            in_command = False
            size += ch not in "{} ^_"
    return size


def escaped(text: str) -> str:
    """Text with mathematics between dollar signs; special characters and accents outside of it are escaped."""
    from pylatexenc.latexencode import unicode_to_latex

    parts = text.split("$")
    for i in range(0, len(parts), 2):
        for character in "&%#_":
            parts[i] = parts[i].replace(character, "\\" + character)
        if not parts[i].isascii():
            parts[i] = unicode_to_latex(parts[i], non_ascii_only=True)
    return "$".join(parts)
