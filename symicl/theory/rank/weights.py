"""Weights of bounded rank that compute the optimal predictor: K = U V in one block, with U and V letters."""

from __future__ import annotations

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
from symicl.theory.attainment import weights_at
from symicl.theory.rank.quadratic import Relaxation


def weights_of_inner_side(bound: Relaxation, rank: sympy.Expr) -> dict[str, Blocks]:
    """Weights of a model whose inner sides are small: both factors of K = U V in blocks of their own.

    Raises
    ------
    DerivationError, UnsupportedError
        If none are found.
    """
    unknown = bound.problem.unknown
    inner = dimension_index(rank)
    U = ClosedForm.of(letter(("left factor of K", rank), ROWS[unknown], inner))
    V = ClosedForm.of(letter(("right factor of K", rank), inner, COLS[unknown]))
    put_in = {unknown: U @ V}
    assignment = {a: value.substitute(put_in) for a, value in bound.attained_at.items()}
    loss = bound.problem.loss
    factors: list[Blocks] = []
    for blocks in loss.parameters.values():
        halves = _halves(blocks.map(lambda block: block.substitute(bound.attained_at)), unknown, U, V)
        factors += [half for pair in halves for half in (pair, pair.T)]
    return weights_at(loss, assignment, bound.problem.predictor().substitute(put_in), factors)


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
        whole = loss.parameters[name].map(lambda block: block.substitute(bound.attained_at))
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
