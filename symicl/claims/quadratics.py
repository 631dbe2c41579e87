"""Quadratic objectives in one letter: the gradient, and the equation that it vanishes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from symicl.algebra.letters import COLS, MEANING, ONE, PARTNER, ROWS, letter
from symicl.algebra.polynomial import MatrixPolynomial, Polynomial
from symicl.algebra.ratio import Ratio
from symicl.claims import value as v
from symicl.claims.powers import plain, solution_value
from symicl.claims.result import PROVED
from symicl.claims.scope import Entry
from symicl.claims.value import Value
from symicl.errors import InputError, SymiclError, UnsupportedError
from symicl.expectation.expect import cut_out
from symicl.theorems.compare import compare
from symicl.theory.normal_equations import MatrixSolution, factorise, solve


@dataclass(frozen=True)
class Problem:
    """A quadratic objective in one unknown.

    Attributes
    ----------
    unknown : int
        The letter.
    objective : Ratio
    gradient : MatrixPolynomial
        Half the gradient of the numerator of the objective, linear in K.
    """

    unknown: int
    objective: Ratio
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
    symmetric = PARTNER[a] == a
    direction = letter(("direction of", MEANING[a]), ROWS[a], COLS[a], symmetric=symmetric)
    moved = MatrixPolynomial.of(a) + MatrixPolynomial.of(direction)
    shifted = ratio.num.substitute({a: moved})
    linear = Polynomial({m: c for m, c in shifted if Polynomial({m: c}).degree(direction) == 1})
    gradient = cut_out(linear, direction, COLS[a], ROWS[a]).T * Fraction(1, 2)
    if symmetric and gradient.rows != ONE:
        gradient = gradient + gradient.T
    # Whole numbers stay whole, so that the solution reads well.
    gradient = MatrixPolynomial(
        gradient.rows, gradient.cols, {k: plain(c) for k, c in gradient.terms.items()}
    )
    return Problem(a, ratio, gradient)


def _parts(problem: Problem) -> tuple[MatrixPolynomial, MatrixPolynomial]:
    """The gradient as its part of degree 1 in the unknown and the constant one."""
    split: tuple[dict, dict] = ({}, {})
    both = {problem.unknown, PARTNER[problem.unknown]}
    for (monomial, word), c in problem.gradient.terms.items():
        inside = any(not both.isdisjoint(w) for w in (*monomial, word))
        split[0 if inside else 1][(monomial, word)] = c
    rows, cols = problem.gradient.rows, problem.gradient.cols
    return MatrixPolynomial(rows, cols, split[0]), MatrixPolynomial(rows, cols, split[1])


def is_stationary(problem: Problem, stated: Value, solution: Value | None) -> bool:
    """Whether the gradient vanishes at a point, by algebra."""
    linear, constant = _parts(problem)
    point = v.from_matrix(stated.matrix) if stated.matrix is not None else stated
    num = point.ratio.num
    at = num if isinstance(num, MatrixPolynomial) else MatrixPolynomial.identity(ONE, num)
    try:
        if not linear.substitute({problem.unknown: at}) + constant * point.ratio.den:
            return True
    except UnsupportedError:
        return False
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
        return Value(Ratio(-constant.trace(), slope))
    for equation, unknown in ((problem.gradient, a), (problem.gradient.T, PARTNER[a])):
        try:
            value = solution_value(solve(factorise(equation, unknown)))
        except (SymiclError, ZeroDivisionError):
            continue
        return value if unknown == a else v.transpose(value)
    return None
