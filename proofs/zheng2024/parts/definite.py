"""That each block of the second derivative over all weights is positive definite around the limit, by signs."""

from symicl.expectation import BLOCK_KINDS, SKEW, STANDARD, SYMMETRIC, TRIVIAL
from symicl.proofs.zheng2024.parts.letters import put
from symicl.proofs.zheng2024.parts.only_limit import SIGNS
from symicl.proofs.zheng2024.parts.second_order import (
    block,
    completed,
    number_of_B,
    rows_of,
    stretched,
)
from symicl.proofs.zheng2024.setting import d
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


def blocks_are_definite(step, where, second, found, at_size=None, combined=None):
    """Require that every block is positive definite between the two directions of a bracket.

    Parameters
    ----------
    step : Recorder
    where : str
        T and d, in words.
    second : mapping
        What `stretched_at` gives, at this T.
    found : Bracket
        At this T, and at this d or at all from the least one on.
    at_size : int, optional
        The only d; by default they are all from some d ≥ 3 on.
    combined : mapping, optional
        From kinds to the `Combined` moves of A in which what is left is nearly diagonal.

    Returns
    -------
    list of Sign
        That show it.
    """
    shown = [_positive(found, found.between(found.bends_upwards))]
    step.require(
        f"{where}, {TRIVIAL.name} block: it is positive definite",
        *shown,
        rule=r"the least loss for a direction has the derivative $-\frac d2g\alpha f/\Delta^{2}$ in $\alpha'$, and "
        rf"$f$ has a simple root; {SIGNS}",
    )
    for kind in BLOCK_KINDS[1:]:
        if at_size is not None and at_size < EXISTS_FROM[kind]:
            continue
        rows = rows_of(kind, found.profile.size, at_size == 2)
        sizes, form = second[kind]
        matrix = block(sizes, put(form, {d: found.profile.size}), rows, found.profile)
        count = number_of_B(rows)
        square = completed(matrix, count)
        here = f"{where}, {kind.name} block"
        square.record(step, here, [row[count:] for row in matrix[:count]])
        nearly_diagonal = (combined or {}).get(kind)
        left = "leading minors" if nearly_diagonal is None else "diagonal dominance after a change of moves"
        signs = [_positive(found, form) for form in square.positive_if(found.between, nearly_diagonal)]
        step.require(
            f"{here}: it is positive definite",
            *signs,
            rule=f"leading minors of the block of $B$; {left} of what the best moves of $B$ leave: {SIGNS}",
        )
        shown += signs
    return shown


def _positive(found, form):
    """That a polynomial is > 0, as it is, since nothing was divided."""
    return Sign(((form, True),), found.at_least)
