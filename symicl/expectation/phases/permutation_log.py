"""Values and second derivatives where permutations leave matrices alone, in a certificate, as checkers need them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy

from symicl.algebra import MEANING, Call, Log, Polynomial, Write, closed_form, read_scalar, reciprocals_of
from symicl.expectation.phases.entry_sums import EntrySum
from symicl.expectation.phases.phases_log import factors_of

WHY_BLOCKS = "sums over coordinates of entries that permutations leave alone: which of them coincide"


def writer(claim: str) -> Write:
    """How to write such a value as asserted, with what is put in."""

    def write(log: Log, call: Call) -> int:
        value, at, *moves, size = call.arguments
        of, form = log.node(value), closed_form(value)
        full = statement(log, form, at, moves[0] if moves else None, size, of)
        return log.asserted(call.result, claim, WHY_BLOCKS, of=of, **full)

    return write


def statement(
    log: Log, form: Any, at: Mapping[str, Any], moves: Any, size: sympy.Expr, of: int
) -> dict[str, Any]:
    """The field ``phases`` of such a value; nothing if it divides by more than a number.

    Parameters
    ----------
    log : Log
    form : ClosedForm
        In sums over coordinates of entries.
    at : mapping from the names of matrices to ExchangeableMatrix
    moves : mapping from symbols to (matrix, copy), or None
    size : SymPy expression
        The number of coordinates.
    of : int
        The entry of the form.
    """
    used = form.letters()
    if form.denominator_letters() or reciprocals_of(used):
        return {}
    letters = log.letters
    sums = sorted(a for a in used if isinstance(MEANING[a], EntrySum))

    def terms(value: Polynomial) -> list[Any]:
        found: list[Any] = letters.closed_form(value)["terms"]
        return found

    fields = {
        "value": log.given("data", form, of=of),
        "sums": [[letters.id(a), factors_of(MEANING[a])] for a in sums],
        "size": terms(read_scalar(size)),
        "point": [[name, *(terms(x) for x in entries_of(matrix))] for name, matrix in at.items()],
    }
    if moves is not None:
        fields["moves"] = [[terms(read_scalar(z)), *move] for z, move in moves.items()]
    return {"phases": fields}


def entries_of(matrix: Any) -> tuple[Polynomial, Polynomial]:
    """Those on the diagonal and off it."""
    return matrix.entry((0, 1), (0, 1)), matrix.entry((0, 1), (1, 1))
