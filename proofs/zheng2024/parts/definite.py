"""That each block of the second derivative over all weights is positive definite around the limit, by signs."""

from symicl.expectation import BLOCK_KINDS, SKEW, STANDARD, SYMMETRIC
from symicl.proofs.zheng2024.parts.letters import put
from symicl.proofs.zheng2024.parts.second_order import (
    block,
    completed,
    number_of_B,
    rows_of,
    stretched,
)
from symicl.proofs.zheng2024.setting import d
from symicl.statements import Definite, SecondDerivative
from symicl.theory import Sign

EXISTS_FROM = {STANDARD: 2, SKEW: 3, SYMMETRIC: 4}
"""The least d at which moves of a kind exist."""


def stretched_at(second, values):
    """The second variations as `second_order.stretched` has them, with values put in.

    Parameters
    ----------
    second : mapping
        From each kind of move to its sizes and the second variation.
    values : mapping from SymPy scalars to ClosedForm
    """
    return {kind: (sizes, put(stretched(sizes, form), values)) for kind, (sizes, form) in second.items()}


def blocks_are_definite(second, found, whole, at_size=None, combined=None):
    """Signs that show every block to be positive definite between the two directions of a bracket.

    A conclusion requires them, and its entry in a certificate has them decided again, so they are no checks of a step.
    The least loss for a direction has the derivative −(d/2)gαf/Δ² in α', where f has a simple root: that is the trivial
    block. Of the others the leading minors of the block of B are positive, and so is what the best moves of B leave, by
    leading minors or by diagonal dominance.

    Parameters
    ----------
    second : mapping
        What `stretched_at` gives, at this T.
    found : Bracket
        At this T, and at this d or at all from the least one on.
    whole : mapping
        From each kind of move to its sizes and the second variation, at any T and d.
    at_size : int, optional
        The only d; by default they are all from some d ≥ 3 on.
    combined : mapping, optional
        From kinds to the `Combined` moves of A in which what is left is nearly diagonal.

    Returns
    -------
    list of Sign
        That show it.
    list of Definite
        The same for certificates, with the second variations at any T and d.
    """
    definite, shown = [], [_positive(found, found.between(found.bends_upwards))]
    for kind in BLOCK_KINDS[1:]:
        if at_size is not None and at_size < EXISTS_FROM[kind]:
            continue
        rows = rows_of(kind, found.profile.size, at_size == 2)
        sizes, form = second[kind]
        matrix = block(sizes, put(form, {d: found.profile.size}), rows, found.profile)
        count = number_of_B(rows)
        square = completed(matrix, count)
        square.verify([row[count:] for row in matrix[:count]])
        nearly_diagonal = (combined or {}).get(kind)
        shown += [_positive(found, form) for form in square.positive_if(found.between, nearly_diagonal)]
        turned = ([], []) if nearly_diagonal is None else (nearly_diagonal.moves, nearly_diagonal.weights)
        derivative = SecondDerivative(whole[kind][1], tuple(whole[kind][0].values()))
        definite.append(Definite(derivative, rows[:count], rows[count:], square.best, square.weight, *turned))
    return shown, definite


def _positive(found, form):
    """That a polynomial is > 0, as it is, since nothing was divided."""
    return Sign(((form, True),), found.at_least)
