"""Weights beside those that attain the least loss: where statements on them are wrong."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from symicl.algebra import COLS, DIAGONAL_PART, PARTNER, ROWS, ClosedForm, homogeneous
from symicl.certificates import Attained
from symicl.statements.comparison import Comparison
from symicl.statements.kinds.instances import falls_below
from symicl.statements.ties import Ties
from symicl.verdicts import PROVED, REFUTED, UNDECIDED


def least_where_zero(ties: Ties, name: str) -> Comparison:
    """The least loss of weights of which one matrix is zero, compared with the least one of all weights."""
    found, model = ties.attained, ties.model
    grid = model.symbolic_weights(**model.sizes_on(ties.task))[name].grid
    letters = {min(a, PARTNER[a]) for row in grid for block in row for a in block.letters()}
    if not any(found.weights[a] for a in letters):
        return Comparison(PROVED)  # weights that attain it are among them
    nothing = {a: ClosedForm.zero(ROWS[a], COLS[a]) for a in letters}
    left = found.computed.substitute(nothing)
    at = _missed(found, left) if left else above_the_least(found)
    if at is not None:
        return Comparison(REFUTED, witness=f"is false {at}, which all of these have")
    return Comparison(UNDECIDED, reason=f"the least loss of weights with {name} = 0 is not known")


def _missed(found: Attained, prediction: ClosedForm) -> str | None:
    """An instance, in words, of the excess loss of predictions without a part of what the active feature makes."""
    optimum, task = found.optimum, found.optimum.loss.task
    problem = optimum.problem
    if optimum.solution is None:
        return None
    active = problem.contracted().substitute({problem.unknown: optimum.solution})
    if any(task.expectation(part * active) for part in (prediction, problem.offset)):
        return None
    at = falls_below((-task.expectation(active * active)).expr)
    return at and f"{at}, as minus the mean square of a part of the optimal prediction"


def also_attained(found: Attained) -> str | None:
    """Other weights with the prediction that is optimal, in words; None if none are seen."""
    unseen = sorted(a for a in found.weights if a not in found.computed.letters())
    if unseen:
        return f": the prediction does not depend on {len(unseen)} blocks of the weights"
    own = found.computed.substitute(dict(found.weights))
    for a, b in combinations([a for a, value in found.weights.items() if value], 2):
        other = {**found.weights, a: found.weights[a] * 2, b: found.weights[b] / 2}
        if found.computed.substitute(other) == own:
            return ": the prediction is the same with twice one block of them and half of another one"
    return None


def is_stationary_at_zero(found: Attained) -> bool:
    """True if the prediction is of degree two at least in the weights, so that zero weights have no gradient."""
    return not any(homogeneous(found.computed, found.weights, order) for order in (0, 1))


def above_the_least(found: Attained) -> str | None:
    """An instance, in words, where zero weights have a larger loss than the least one."""
    nothing = {a: ClosedForm.zero(ROWS[a], COLS[a]) for a in found.weights}
    parameters: dict[int, Any] = {a: value.substitute(nothing) for a, value in found.parameters.items()}
    loss = found.optimum.loss.closed_form
    zero = [a for a, value in parameters.items() if not value]
    gone = {*zero, *(PARTNER[a] for a in zero)}
    # The diagonal of a product of which a factor is zero.
    parts = {a for a in loss.letters() & DIAGONAL_PART.keys() if not gone.isdisjoint(DIAGONAL_PART[a])}
    parameters |= {a: ClosedForm.zero(ROWS[a], COLS[a]) for a in parts}
    at = falls_below((found.optimum.closed_form - loss.substitute(parameters)).expr)
    return at and f"{at}, as the least loss less that of the prediction 0"
