"""Quadratic objectives in one letter: the gradient, and the equation that it vanishes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from symicl.algebra.closed_form import ClosedForm, closed_form
from symicl.algebra.differentiate import gradient
from symicl.algebra.letters import COLS, INVERSE, MEANING, ONE, PARTNER, ROWS
from symicl.algebra.polynomial import MatrixPolynomial, Polynomial
from symicl.claims import value as v
from symicl.claims.powers import plain, solution_value
from symicl.claims.scope import Entry
from symicl.claims.value import Value
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


def derive(entry: Entry, objective: Value) -> Problem:
    """The gradient of an objective in the declared symbol.

    Raises
    ------
    InputError
        If the unknown does not occur.
    UnsupportedError
        If the objective is not quadratic in it.
    """
    assert entry.value is not None
    (a,) = entry.value.letters()
    ratio = objective.scalar
    if a not in objective.letters():
        raise InputError(f"{MEANING[a]} does not occur in the objective")
    if a in ratio.den.letters() or ratio.num.degree(a) > 2:
        raise UnsupportedError(f"the objective is not quadratic in {MEANING[a]}")
    if INVERSE[a] in ratio.num.letters():
        raise UnsupportedError(
            f"the objective contains the inverse of {MEANING[a]}, so it is not quadratic in it"
        )
    slope = gradient(ratio.num, a)
    # Half of it reads better, and so does the whole of what was symmetrised; whole numbers stay whole.
    scale = Fraction(1) if PARTNER[a] == a and ROWS[a] != ONE else Fraction(1, 2)
    terms = {k: plain(c * scale) for k, c in slope.terms.items()}
    return Problem(a, ratio, MatrixPolynomial(slope.rows, slope.cols, terms))


def _parts(problem: Problem) -> tuple[MatrixPolynomial, MatrixPolynomial]:
    """The gradient as its part of degree 1 in the unknown and the constant one."""
    split: tuple[dict, dict] = ({}, {})
    both = {problem.unknown, PARTNER[problem.unknown]}
    for (monomial, word), c in problem.gradient.terms.items():
        inside = any(not both.isdisjoint(w) for w in (*monomial, word))
        split[0 if inside else 1][(monomial, word)] = c
    rows, cols = problem.gradient.rows, problem.gradient.cols
    return MatrixPolynomial(rows, cols, split[0]), MatrixPolynomial(rows, cols, split[1])


def vanishes(problem: Problem, stated: Value) -> bool:
    """True if the gradient vanishes at a point, by putting it in."""
    linear, constant = _parts(problem)
    num = stated.ratio.num
    at = num if isinstance(num, MatrixPolynomial) else MatrixPolynomial.identity(ONE, num)
    try:
        return not linear.substitute({problem.unknown: at}) + constant * stated.ratio.den
    except UnsupportedError:
        return False


def is_stationary(problem: Problem, stated: Value, solution: Value | None) -> bool:
    """True if the gradient vanishes at a point, by algebra."""
    if vanishes(problem, stated):
        return True
    if solution is None:
        return False
    if v.equal(solution, stated):
        return True
    if not isinstance(solution.solution, MatrixSolution):
        return False
    return compare(solution.solution, stated.expr).status == PROVED


def solution_of(problem: Problem) -> Value | None:
    """The minimiser in closed form, where the normal equation can be solved."""
    linear, constant = _parts(problem)
    if not linear:
        return None
    a = problem.unknown
    if ROWS[a] == COLS[a] == ONE:
        slope = Polynomial({tuple(w for w in m if w != (a,)): c for m, c in linear.trace()})
        return Value(closed_form(-constant.trace(), slope))
    for equation, unknown in ((problem.gradient, a), (problem.gradient.T, PARTNER[a])):
        try:
            value = solution_value(solve(factorise(equation, unknown)))
        except (SymiclError, ZeroDivisionError):
            continue
        return value if unknown == a else v.transpose(value)
    return None
