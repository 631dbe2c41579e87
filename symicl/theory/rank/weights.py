"""Weights of bounded rank that compute the optimal predictor: K = U V in one block, or a sum of such products."""

from __future__ import annotations

from collections.abc import Sequence

import sympy

from symicl.algebra import (
    COLS,
    PARTNER,
    ROWS,
    Blocks,
    ClosedForm,
    dimension_index,
    letter,
    terms_of,
)
from symicl.errors import DerivationError
from symicl.theory.attainment import realisations, weights_at
from symicl.theory.rank.quadratic import Relaxation


def weights_of_inner_side(bound: Relaxation, sides: Sequence[sympy.Expr]) -> dict[str, Blocks]:
    """Weights of a model whose inner sides are small: K = Σ U_h V_h, each factor in a block of its own.

    Parameters
    ----------
    bound : LowerBound
    sides : sequence of SymPy expressions
        The inner sides of the products that K(θ) is the sum of, such as one for each head.

    Raises
    ------
    DerivationError, UnsupportedError
        If none are found.
    """
    problem, unknown = bound.problem, bound.problem.unknown
    assignment: dict[int, ClosedForm] = {}
    predicted, factors = ClosedForm.zero(ROWS[unknown], COLS[unknown]), []
    for h, (side, carrier) in enumerate(zip(sides, _apart(bound, len(sides)), strict=True)):
        inner = dimension_index(side)
        U = ClosedForm.of(letter(("left factor of K", h, side), ROWS[unknown], inner))
        V = ClosedForm.of(letter(("right factor of K", h, side), inner, COLS[unknown]))
        predicted = predicted + U @ V
        for a, value in carrier.items():
            here = value.substitute({unknown: U @ V})
            assignment[a] = assignment[a] + here if a in assignment else here
        for blocks in problem.loss.parameters.values():
            halves = _halves(_at(blocks, carrier), unknown, U, V)
            factors += [half for pair in halves for half in (pair, pair.T)]
    return weights_at(problem.loss, assignment, problem.predictor().substitute({unknown: predicted}), factors)


def _at(blocks: Blocks, assignment: dict[int, ClosedForm]) -> Blocks:
    return blocks.map(lambda block: block.substitute(assignment))


def _apart(bound: Relaxation, count: int) -> list[dict[int, ClosedForm]]:
    """Effective parameters that each realise the optimal predictor, no two of them with a block in common.

    Raises
    ------
    DerivationError
        If there are not as many.
    """
    if count == 1:
        return [bound.attained_at]
    found: list[dict[int, ClosedForm]] = []
    used: set[int] = set()
    for assignment in realisations(bound.problem):
        filled = {a for a, value in assignment.items() if value}
        if used.isdisjoint(filled):
            used |= filled
            found.append(assignment)
        if len(found) == count:
            return found
    raise DerivationError(f"the optimum is not seen to be a sum of {count} products")


def weights_of_rank(bound: Relaxation, name: str) -> dict[str, Blocks]:
    """Weights that compute f_K for every K, the named one of the rank of K.

    Raises
    ------
    DerivationError, UnsupportedError
        If none are found.
    """
    loss = bound.problem.loss
    weights = weights_at(loss, bound.attained_at, bound.problem.predictor())
    whole = weights.get(name)
    if whole is None:
        whole = _at(loss.parameters[name], bound.attained_at)
    if _only_block(whole, bound.problem.unknown) is None:
        raise DerivationError(f"the weights that are known to compute it have a larger rank of {name}")
    return weights


def _only_block(whole: Blocks, unknown: int) -> tuple[int, int, ClosedForm, bool] | None:
    """The place of the only block that is not zero, the number c and whether it is cKᵀ rather than cK."""
    filled = [(i, j, block) for i, row in enumerate(whole.grid) for j, block in enumerate(row) if block]
    if len(filled) != 1:
        return None
    i, j, block = filled[0]
    words = {word for _, word in terms_of(block.fraction()[0])}
    for a in (unknown, PARTNER[unknown]):
        if words == {(a,)}:
            return i, j, block.coefficient((a,)), a != unknown
    return None


def _halves(whole: Blocks, unknown: int, U: ClosedForm, V: ClosedForm) -> list[Blocks]:
    """A matrix of which one block is cK or cKᵀ as a product of two, a column and a row of blocks."""
    found = _only_block(whole, unknown)
    if found is None:
        return []
    i, j, c, is_transposed = found
    left, right = (V.T, U.T) if is_transposed else (U, V)
    zero = ClosedForm.zero
    column = [[left if k == i else zero(h, left.cols)] for k, h in enumerate(whole.heights)]
    row = [right * c if k == j else zero(right.rows, w) for k, w in enumerate(whole.widths)]
    return [Blocks(column), Blocks([row])]
