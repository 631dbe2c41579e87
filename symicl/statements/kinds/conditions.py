"""Assumptions of a proposition: scalars that are positive, covariances that are definite, and alternatives of these."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import sympy

from symicl.algebra import ClosedForm, Covariance, read_form
from symicl.statements.kinds.fields import as_form
from symicl.theory import is_nonnegative, is_positive
from symicl.typeset import formula_latex

Condition: TypeAlias = sympy.Basic | ClosedForm | tuple[sympy.Basic | ClosedForm, ...]
"""A scalar that is > 0, a covariance that is positive definite, a relation such as T > 3, or alternatives."""


def alternatives(condition: Condition) -> tuple[Any, ...]:
    """The parts of which one is enough."""
    return tuple(condition) if isinstance(condition, tuple) else (condition,)


def conditions(
    given: Sequence[Condition], claims: Mapping[str, sympy.Basic]
) -> tuple[list[ClosedForm], list[sympy.Basic]]:
    """The scalars that are > 0, and the covariances that are positive definite."""
    parts = [part for condition in given for part in alternatives(condition)]
    covariances = [part for part in parts if isinstance(part, Covariance)]
    scalars = [_above_zero(part, claims) for part in parts if not isinstance(part, Covariance)]
    return scalars, covariances


def _above_zero(condition: Any, claims: Mapping[str, sympy.Basic]) -> ClosedForm:
    """The scalar that is > 0."""
    if isinstance(condition, sympy.StrictGreaterThan | sympy.StrictLessThan):
        return read_form(condition.gts) - read_form(condition.lts)
    return as_form(condition, claims)


def implied(
    needed: tuple[list[ClosedForm], list[sympy.Basic]], had: tuple[list[ClosedForm], list[sympy.Basic]]
) -> bool:
    """True if each condition of the first list follows from one of the second."""
    return all(H in had[1] for H in needed[1]) and all(
        is_positive(g) or any(is_positive(g / h) or is_nonnegative(g - h) for h in had[0]) for g in needed[0]
    )


def with_meanings(given: Sequence[Condition], meaning: Mapping[sympy.Basic, sympy.Basic]) -> tuple[Any, ...]:
    """Conditions with symbols replaced by what they stand for."""

    def put(part: Any) -> Any:
        if isinstance(part, tuple):
            return tuple(map(put, part))
        return part.xreplace(dict(meaning)) if isinstance(part, sympy.Basic) else part

    return tuple(map(put, given))


def given_latex(given: Sequence[Condition]) -> str:
    """All of them, after *if*; empty for none."""
    choices = [[condition_latex(part) for part in alternatives(c)] for c in given]
    parts = ["either " * (len(choice) > 1) + " or ".join(choice) for choice in choices]
    return f"if {listed(parts)}" if parts else ""


def latex_in_words(form: ClosedForm) -> str:
    """A form within a sentence, where lines are broken: parentheses that grow would hold one together."""
    return formula_latex(form).replace(r"\left(", "(").replace(r"\right)", ")")


def said_to_vanish(forms: Iterable[ClosedForm]) -> str:
    """That forms vanish, in words."""
    parts = [f"${latex_in_words(form)}$" for form in forms]
    return f"{listed(parts)} {'vanishes' if len(parts) == 1 else 'vanish'}"


def condition_latex(condition: Any) -> str:
    """A condition without alternatives, between dollar signs."""
    if isinstance(condition, Covariance):
        return rf"${formula_latex(condition)}\succ0$"
    if isinstance(condition, sympy.StrictGreaterThan | sympy.StrictLessThan):
        return f"${formula_latex(condition.gts)}>{formula_latex(condition.lts)}$"
    return f"${formula_latex(condition)}>0$"


def listed(parts: Iterable[str]) -> str:
    """Words one after the other, and before the last one."""
    *first, last = parts
    return " and ".join(filter(None, [", ".join(first), last]))
