"""Quadratic objectives in one letter: the gradient, and the equation that it vanishes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from symicl.algebra import (
    COLS,
    INVERSE,
    MEANING,
    ONE,
    PARTNER,
    ROWS,
    ClosedForm,
    degree,
    gradient,
    homogeneous,
)
from symicl.errors import InputError, SymiclError, UnsupportedError
from symicl.language.powers import solution_value
from symicl.language.scope import Entry
from symicl.language.value import form_of
from symicl.statements import compare
from symicl.theory import MatrixSolution, factorise, solve
from symicl.verdicts import PROVED


@dataclass(frozen=True)
class Problem:
    """A quadratic objective in one unknown.

    Attributes
    ----------
    unknown : int
        The letter.
    objective : ClosedForm
    gradient : ClosedForm
        Half the gradient of the numerator of the objective, linear in K.
    """

    unknown: int
    objective: ClosedForm
    gradient: ClosedForm


@dataclass(frozen=True)
class Solution:
    """The minimiser of a problem.

    Attributes
    ----------
    form : ClosedForm
    of : MatrixSolution or None
        Of the factorised equation, which knows more ways to be compared; None for an unknown that is transposed there.
    """

    form: ClosedForm
    of: MatrixSolution | None = None


def derive(entry: Entry, objective: ClosedForm) -> Problem:
    """The gradient of an objective in the declared symbol.

    Raises
    ------
    InputError
        If the unknown does not occur.
    UnsupportedError
        If the objective is not quadratic in it.
    """
    (a,) = form_of(entry.value).letters()  # type: ignore[arg-type]
    if a not in objective.letters():
        raise InputError(f"{MEANING[a]} does not occur in the objective")
    if a in objective.denominator_letters() or degree(objective, a) > 2:
        raise UnsupportedError(f"the objective is not quadratic in {MEANING[a]}")
    if INVERSE[a] in objective.letters():
        raise UnsupportedError(
            f"the objective contains the inverse of {MEANING[a]}, so it is not quadratic in it"
        )
    num, _ = objective.fraction()
    # Half of it reads better, and so does the whole of what was symmetrised.
    scale = Fraction(1) if PARTNER[a] == a and ROWS[a] != ONE else Fraction(1, 2)
    return Problem(a, objective, gradient(num, a) * scale)


def _parts(problem: Problem) -> tuple[ClosedForm, ClosedForm]:
    """The gradient as its part of degree 1 in the unknown and the constant one."""
    linear, constant = (homogeneous(problem.gradient, [problem.unknown], order) for order in (1, 0))
    return linear, constant


def vanishes(problem: Problem, stated: ClosedForm) -> bool:
    """True if the gradient vanishes at a point, by putting it in."""
    linear, constant = _parts(problem)
    try:
        return not linear.substitute({problem.unknown: stated}) + constant
    except UnsupportedError:
        return False


def is_stationary(problem: Problem, stated: ClosedForm, solution: Solution | None) -> bool:
    """True if the gradient vanishes at a point, by algebra."""
    if vanishes(problem, stated):
        return True
    if solution is None:
        return False
    if solution.form == stated:
        return True
    return solution.of is not None and compare(solution.of, stated.expr).status == PROVED


def solution_of(problem: Problem) -> Solution | None:
    """The minimiser in closed form, where the normal equation can be solved."""
    linear, constant = _parts(problem)
    if not linear:
        return None
    a = problem.unknown
    if ROWS[a] == COLS[a] == ONE:
        return Solution(-constant / (linear / ClosedForm.of(a)))
    for equation, unknown in ((problem.gradient, a), (problem.gradient.T, PARTNER[a])):
        try:
            solution = solve(factorise(equation, unknown))
            form = solution_value(solution)
        except (SymiclError, ZeroDivisionError):
            continue
        return Solution(form, solution) if unknown == a else Solution(form.T)
    return None
