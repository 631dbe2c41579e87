"""Minimisers of quadratic objectives: the point that the equations give, and whether a stated one is it."""

from __future__ import annotations

from symicl.algebra import ClosedForm
from symicl.errors import SymiclError
from symicl.language.scope import Entry
from symicl.language.value import checked, form_of
from symicl.theory import Quadratic, SystemSolution, as_quadratic


def derive(entry: Entry, objective: ClosedForm) -> Quadratic:
    """The objective as a quadratic in the declared symbol; see `as_quadratic`."""
    (a,) = form_of(entry.value).letters()  # type: ignore[arg-type]
    return as_quadratic(objective, [a])


def is_stationary(problem: Quadratic, stated: ClosedForm, solution: SystemSolution | None) -> bool:
    """True if the gradient vanishes at a point, by algebra."""
    (a,) = problem.unknowns
    if problem.is_stationary({a: stated}):
        return True
    return solution is not None and solution.values[a] == stated


def solution_of(problem: Quadratic) -> SystemSolution | None:
    """The minimiser in closed form, where the normal equation can be solved."""
    try:
        solution = problem.solve()
        for value in solution.values.values():
            checked(value)
    except (SymiclError, ZeroDivisionError):
        return None
    return solution
