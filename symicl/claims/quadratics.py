"""Quadratic objectives in one letter: the gradient, and the equation that it vanishes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from symicl.algebra.closed_form import ClosedForm, closed_form
from symicl.algebra.differentiate import gradient_in_words as gradient
from symicl.algebra.letters import COLS, INVERSE, MEANING, ONE, PARTNER, ROWS
from symicl.algebra.polynomial import MatrixPolynomial, Polynomial
from symicl.claims.powers import plain, solution_value
from symicl.claims.scope import Entry
from symicl.claims.value import form_of
from symicl.errors import InputError, SymiclError, UnsupportedError
from symicl.theorems.compare import compare
from symicl.theory.normal_equations import MatrixSolution, factorise, solve
from symicl.verdicts import PROVED


@dataclass(frozen=True)
class Problem:
    """A quadratic objective in one unknown.

    Attributes
    ----------
    unknown : int
        The letter.
    objective : ClosedForm
    gradient : MatrixPolynomial
        Half the gradient of the numerator of the objective, linear in K.
    """

    unknown: int
    objective: ClosedForm
    gradient: MatrixPolynomial


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
    if a in objective.den.letters() or objective.num.degree(a) > 2:
        raise UnsupportedError(f"the objective is not quadratic in {MEANING[a]}")
    if INVERSE[a] in objective.num.letters():
        raise UnsupportedError(
            f"the objective contains the inverse of {MEANING[a]}, so it is not quadratic in it"
        )
    slope = gradient(objective.num, a)
    # Half of it reads better, and so does the whole of what was symmetrised; whole numbers stay whole.
    scale = Fraction(1) if PARTNER[a] == a and ROWS[a] != ONE else Fraction(1, 2)
    terms = {k: plain(c * scale) for k, c in slope.terms.items()}
    return Problem(a, objective, MatrixPolynomial(slope.rows, slope.cols, terms))


def _parts(problem: Problem) -> tuple[MatrixPolynomial, MatrixPolynomial]:
    """The gradient as its part of degree 1 in the unknown and the constant one."""
    split: tuple[dict, dict] = ({}, {})
    both = {problem.unknown, PARTNER[problem.unknown]}
    for (monomial, word), c in problem.gradient.terms.items():
        inside = any(not both.isdisjoint(w) for w in (*monomial, word))
        split[0 if inside else 1][(monomial, word)] = c
    rows, cols = problem.gradient.rows, problem.gradient.cols
    return MatrixPolynomial(rows, cols, split[0]), MatrixPolynomial(rows, cols, split[1])


def vanishes(problem: Problem, stated: ClosedForm) -> bool:
    """True if the gradient vanishes at a point, by putting it in."""
    linear, constant = _parts(problem)
    num = stated.num
    at = num if isinstance(num, MatrixPolynomial) else MatrixPolynomial.identity(ONE, num)
    try:
        return not linear.substitute({problem.unknown: at}) + constant * stated.den
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
        slope = Polynomial({tuple(w for w in m if w != (a,)): c for m, c in linear.trace()})
        return Solution(closed_form(-constant.trace(), slope))
    for equation, unknown in ((problem.gradient, a), (problem.gradient.T, PARTNER[a])):
        try:
            solution = solve(factorise(equation, unknown))
            form = solution_value(solution)
        except (SymiclError, ZeroDivisionError):
            continue
        return Solution(form, solution) if unknown == a else Solution(form.T)
    return None
