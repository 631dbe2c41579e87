"""How strict saddles and local minima are written for the checkers: where they are, and what decides there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import sympy

from symicl.algebra import ClosedForm, closed_form, letter_of, read_form, scalar_letter
from symicl.errors import UnsupportedError
from symicl.expectation import Move
from symicl.statements.proposition import PropositionWriter

ALONG = sympy.Symbol("s", nonnegative=True)
Pair: TypeAlias = tuple[ClosedForm, ClosedForm]
Form: TypeAlias = Mapping[Move, int | ClosedForm]
"""Moves with their sizes."""


@dataclass(frozen=True)
class SecondDerivative:
    """The second derivative of the loss over all A and B along moves of one kind.

    Attributes
    ----------
    form : ClosedForm
        A quadratic form in the sizes of the moves.
    moves : tuple
        The matrix and the copy of each, in the order of the sizes.
    """

    form: ClosedForm
    moves: tuple[Move, ...]

    def sizes(self, row: Form) -> list[ClosedForm]:
        """The sizes of all moves in a combination of some."""
        return [closed_form(row.get(move, 0)) for move in self.moves]


@dataclass(frozen=True)
class Falling:
    """A move along which the second derivative is negative; moves of A are taken D times."""

    second: SecondDerivative
    move: Form


@dataclass(frozen=True)
class Definite:
    """That the second derivative is positive definite for a kind of moves; see `second_order.Completed`.

    Attributes
    ----------
    second : SecondDerivative
    of_B, of_A : sequence of moves
        Which span all of the kind.
    best : list of lists of ClosedForm
        X with (block of B) X = w (its coupling to A).
    weight : ClosedForm
        w.
    turned : list of lists of ClosedForm
        Combinations of the moves of A in which the rest is nearly diagonal; none for leading minors.
    weights : list of ClosedForm
        Of these combinations.
    """

    second: SecondDerivative
    of_B: Sequence[Form]
    of_A: Sequence[Form]
    best: Sequence[Sequence[ClosedForm]]
    weight: ClosedForm
    turned: Sequence[Sequence[ClosedForm]] = ()
    weights: Sequence[ClosedForm] = ()


@dataclass(frozen=True)
class StationaryCase:
    """Some sizes, where the stationary points are for them, and what the second derivative does there.

    Attributes
    ----------
    values : dict
        From symbols, such as T and d, to their values; of d it may be a number plus a symbol that is not negative.
    forms : tuple of ClosedForm
        p, q, r, s with L = c + d (p β²/2 + s β + (d − 1)(q ββ' + r β'²/2)).
    directions : tuple
        Three lists of directions (α, α'), from (0, −1) to the first of the second list, from that to its last, and from
        there to (0, 1); all stationary points are in the second one. None if the loss depends on A through the sums
        of its columns alone: then α = 1, α' = 0 stands for all.
    shown : tuple of Falling or Definite
    """

    values: Mapping[sympy.Symbol, ClosedForm]
    forms: tuple[ClosedForm, ClosedForm, ClosedForm, ClosedForm]
    directions: Sequence[Sequence[Pair]]
    shown: Sequence[Falling | Definite]


def write_stability(saddle: bool, size: Any, proof: Any, writer: PropositionWriter, claim: str) -> None:
    """Write the entry of the rule `stability`.

    Parameters
    ----------
    saddle : bool
    size : symbol
    proof : SecondOrder
    writer : PropositionWriter
    claim : str

    Raises
    ------
    UnsupportedError
        If it was concluded without the places of its signs.
    """
    if not proof.cases or proof.times is None or proof.reduced is None:
        raise UnsupportedError("it is not said at which points which second derivatives have the signs")
    total = writer.sum_over_time(proof.times, proof.times.closed_form)
    if not total:
        raise UnsupportedError("the loss is no sum over t that a checker recomputes")
    writer.emit(
        "stability",
        claim=claim,
        saddle=saddle,
        total=total,
        reduced=writer.node(proof.reduced),
        size=writer.letter_id(letter_of(read_form(size))),
        s=writer.letter_id(scalar_letter(ALONG)),
        cases=[_case(case, writer) for case in proof.cases],
    )


def _case(case: StationaryCase, writer: PropositionWriter) -> list[Any]:
    data = writer.data
    values = {letter_of(read_form(x)): value for x, value in case.values.items()}
    directions = [[[data(x) for x in pair] for pair in way] for way in case.directions]
    counted = [[writer.letter_id(a), data(value)] for a, value in values.items()]
    return [counted, [*map(data, case.forms)], directions, [_shown(x, writer) for x in case.shown]]


def _shown(shown: Falling | Definite, writer: PropositionWriter) -> list[Any]:
    # What is only a hint stands in lowest terms, which a checker does not find.
    data = writer.data

    def rows(moves: Sequence[Form]) -> list[list[int]]:
        return [[data(c) for c in shown.second.sizes(row)] for row in moves]

    def matrix(forms: Sequence[Sequence[ClosedForm]]) -> list[list[int]]:
        return [[data(c) for c in row] for row in forms]

    line = writer.node(shown.second.form)
    if isinstance(shown, Falling):
        return [line, *rows([shown.move])]
    turned, weights = matrix(shown.turned), [data(t) for t in shown.weights]
    best, weight = matrix(shown.best), data(shown.weight)
    return [line, rows(shown.of_B), rows(shown.of_A), best, weight, turned, weights]
